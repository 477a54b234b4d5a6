//! The server is killed in the middle of a busy conversation, again and again, or told to stop in it. What it
//! acknowledged is there, what it did not can be sent again, and who listened hears the rest.
//!
//! Three kills by default; `BEFFROI_KILLS` says how many, 200 in the long form. SIGKILL leaves the operating system's cache
//! alone: that a power cut loses nothing either rests on the settings that the server insists on when it starts. `outages`
//! lets the server live and takes its database or its disk away.
//!
//! A test that cannot fail proves nothing: in a build that acknowledges before it commits (the feature
//! `acknowledge-before-commit-and-lose-messages`) the tests of kills must see messages lost, and pass when they do.

mod crowd;
mod outages;

use crate::{
    people::{PASSWORD, Person, Socket, fresh_client_id},
    postgres,
    program::{self, Deployment, Server},
};
use reqwest::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, HashMap},
    env,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;
use uuid::Uuid;

const SENDERS: usize = 8;
/// Pings are dear (20 at once, 2 a second): one for so many events, and no more than so many on a socket.
const EVENTS_PER_PING: usize = 25;
const PINGS_MAX: usize = 15;
/// Missed events that a socket is told one by one; beyond, it is told of the gap.
const REPLAY_MAX: usize = 500;

// CH-3
#[cfg_attr(feature = "acknowledge-before-commit-and-lose-messages", should_panic(expected = "is there 0 times"))]
#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_or_doubled_when_a_server_on_sqlite_is_killed() {
    outlive_kills("SQLite", &Deployment::on_disk()).await;
}

// CH-3
#[cfg_attr(feature = "acknowledge-before-commit-and-lose-messages", should_panic(expected = "is there 0 times"))]
#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_or_doubled_when_a_server_on_postgresql_is_killed() {
    let Some(cluster) = postgres::own_cluster(program::disk_folder(), "") else { return };
    outlive_kills("PostgreSQL", &Deployment::on_disk().on_postgres(&cluster).await).await;
}

// CH-3, OB-7: the twin that is asked politely ends in order, and keeps the same promise.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_or_doubled_when_a_busy_server_is_told_to_stop(
    #[values(false, true)] on_postgres: bool,
) {
    let mut deployment = Deployment::new();
    if on_postgres {
        let Some(cluster) = postgres::cluster() else { return };
        deployment = deployment.on_postgres(cluster).await;
    }
    let mut story = Story::begin(&deployment).await;
    for stop in 0..2 {
        story.live_through(stop, |server| assert!(server.stop("TERM").success(), "it ends in order")).await;
    }
    story.assert_still_true().await;
}

/// A figure of the long form, from the environment; three in the short one.
fn how_often(name: &str) -> u64 {
    env::var(name).map_or(3, |times| times.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

async fn outlive_kills(engine: &str, deployment: &Deployment) {
    let kills = how_often("BEFFROI_KILLS");
    let started = Instant::now();
    let mut story = Story::begin(deployment).await;
    for kill in 0..kills {
        story.live_through(kill, Server::kill).await;
    }
    story.assert_still_true().await;
    println!(
        "{engine}: {kills} kills in {:.1} s; {} messages acknowledged, {} sent again, {} of them had arrived; \
         {} comings and goings acknowledged",
        started.elapsed().as_secs_f64(),
        story.sent.len() - story.resent,
        story.resent,
        story.had_arrived,
        story.moves,
    );
}

struct Story<'a> {
    deployment: &'a Deployment,
    server: Option<Server>,
    alice: Person,
    bob: Person,
    rooms: [String; 2],
    sent: Vec<Sent>,
    /// What is known to have happened, read on after each end and once more from the beginning when all is over.
    history: History,
    /// How often bob was told that he came or went.
    moves: usize,
    ends: usize,
    resent: usize,
    had_arrived: usize,
}

impl<'a> Story<'a> {
    async fn begin(deployment: &'a Deployment) -> Self {
        deployment.create_user("alice", "admin", PASSWORD).succeeded();
        deployment.create_user("bob", "user", PASSWORD).succeeded();
        let server = deployment.serve();
        let alice = Person::signed_in(server.address, "alice").await;
        let bob = Person::signed_in(server.address, "bob").await;
        let rooms = [alice.open_room("Workshop").await, alice.open_room("Garden").await];
        let server = Some(server);
        let history = rooms.iter().map(|room| (room.clone(), Vec::new())).collect();
        Self {
            deployment,
            server,
            alice,
            bob,
            rooms,
            sent: Vec::new(),
            history,
            moves: 0,
            ends: 0,
            resent: 0,
            had_arrived: 0,
        }
    }

    async fn live_through(&mut self, end: u64, end_it: impl FnOnce(Server)) {
        let (heads, listened, mut sent) = self.talk_until_the_end(end, end_it).await;
        self.restart();

        let (mut socket, frames) = Socket::synced(&self.alice, Some(&listened.cursor)).await;
        self.read_on().await;
        let told = Told::of(&self.history);
        for message in sent.iter().filter(|message| message.acknowledged.is_some()) {
            message.assert_once(&told);
        }
        self.assert_whole();
        listened.assert_true(&heads, &self.history);
        assert_exactly_what_was_missed(&frames, &listened.known_by_cursor(&heads), &self.history);

        let mut news = 0;
        for message in sent.iter_mut().filter(|message| message.acknowledged.is_none()) {
            let is_new = message.send(&self.alice).await.expect("an answer") == StatusCode::CREATED;
            self.resent += 1;
            news += usize::from(is_new);
            self.had_arrived += usize::from(!is_new);
        }
        self.read_on().await;
        self.assert_whole();
        let told = Told::of(&self.history);
        sent.iter().for_each(|message| message.assert_once(&told));
        self.sent.append(&mut sent);
        assert_eq!(told.messages(), self.sent.len(), "nobody said anything else");
        for _ in 0..news {
            let heard = socket.next().await;
            let room = heard["room"].as_str().expect("a room");
            assert!(self.history[room].contains(&without_t(&heard)), "{heard}");
        }
    }

    /// The past did not change behind our back, and everything that was ever sent is in it once.
    async fn assert_still_true(&self) {
        for (room, events) in &self.history {
            assert_eq!(&self.alice.changes(room, 0).await, events);
        }
        let told = Told::of(&self.history);
        self.sent.iter().for_each(|message| message.assert_once(&told));
    }

    /// Everybody talks at once, alice listens, bob comes and goes, and then the server is gone.
    async fn talk_until_the_end(&mut self, end: u64, end_it: impl FnOnce(Server)) -> (Heads, Listened, Vec<Sent>) {
        let (socket, frames) = Socket::synced(&self.alice, None).await;
        let heads = heads_in(&frames[0]);
        let cursor = frames[1]["cursor"].as_str().expect("a cursor").to_owned();
        let rooms = self.bob.rooms().await;
        let is_bob_in = rooms.iter().any(|room| room["id"] == self.rooms[1].as_str() && !room["role"].is_null());
        let listening = tokio::spawn(listen(socket, cursor));
        let mut talking = JoinSet::new();
        for _ in 0..SENDERS {
            talking.spawn(talk(self.alice.clone(), self.rooms.clone()));
        }
        let restless = tokio::spawn(come_and_go(self.bob.clone(), self.rooms[1].clone(), is_bob_in));
        // Not to wait for anything: so long the load lasts.
        tokio::time::sleep(load_time(end)).await;
        end_it(self.server.take().expect("it serves"));
        self.ends += 1;
        self.moves += restless.await.expect("bob is well");
        let sent = talking.join_all().await.into_iter().flatten().collect();
        (heads, listening.await.expect("alice is well"), sent)
    }

    fn restart(&mut self) {
        let server = self.deployment.serve();
        self.alice = self.alice.at(server.address);
        self.bob = self.bob.at(server.address);
        self.server = Some(server);
    }

    async fn read_on(&mut self) {
        for (room, events) in &mut self.history {
            let known = events.last().map_or(0, seq);
            events.extend(self.alice.changes(room, known).await);
        }
    }

    /// Numbers without a gap, and bob in and out by turns as often as he was told.
    fn assert_whole(&self) {
        self.history.values().for_each(|events| assert_without_gap(events));
        let is_bobs = |event: &&Value| event["kind"] == "member.changed" && event["data"]["user"]["username"] == "bob";
        let garden = self.history[&self.rooms[1]].iter();
        let bobs: Vec<bool> = garden.filter(is_bobs).map(|event| event["data"]["role"].is_null()).collect();
        assert!(bobs.iter().enumerate().all(|(at, is_gone)| *is_gone == (at % 2 == 1)), "{bobs:?}");
        // The last move before each end may have been made without an answer.
        assert!((self.moves..=self.moves + self.ends).contains(&bobs.len()), "{} of {}", bobs.len(), self.moves);
    }
}

fn assert_without_gap(events: &[Value]) {
    let numbers: Vec<i64> = events.iter().map(seq).collect();
    assert_eq!(numbers, (1..=numbers.len() as i64).collect::<Vec<_>>());
}

/// Pseudo-random, 50 to 400 ms, the same each time: SplitMix64.
fn load_time(end: u64) -> Duration {
    let mut bits = (end + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    Duration::from_millis(50 + (bits ^ (bits >> 31)) % 351)
}

/// The events of each room, in their order.
type History = BTreeMap<String, Vec<Value>>;
/// How far each room is known.
type Heads = HashMap<String, i64>;

fn seq(event: &Value) -> i64 {
    event["seq"].as_i64().expect("a number")
}

fn heads_in(snapshot: &Value) -> Heads {
    let rooms = snapshot["rooms"].as_array().expect("a list").iter();
    let head = |room: &Value| (room["id"].as_str().expect("an id").to_owned(), room["last_seq"].as_i64().expect("one"));
    rooms.map(head).collect()
}

/// An event of the socket as `changes` shows it.
fn without_t(frame: &Value) -> Value {
    let mut event = frame.clone();
    event.as_object_mut().expect("an object").remove("t");
    event
}

struct Sent {
    room: String,
    client_id: Uuid,
    text: String,
    /// What the server answered; null where it went away half-way through the answer.
    acknowledged: Option<Value>,
}

/// Sends one message after the other until the server is gone.
async fn talk(alice: Person, rooms: [String; 2]) -> Vec<Sent> {
    let mut sent: Vec<Sent> = Vec::new();
    loop {
        let (room, client_id) = (rooms[sent.len() % 2].clone(), fresh_client_id());
        let text = format!("*I* say {client_id} once");
        let mut message = Sent { room, client_id, text, acknowledged: None };
        let answered = message.send(&alice).await;
        sent.push(message);
        if answered.is_err() {
            return sent;
        }
    }
}

impl Sent {
    async fn send(&mut self, person: &Person) -> reqwest::Result<StatusCode> {
        let body = json!({"text": self.text, "client_id": self.client_id});
        let path = format!("/api/v1/rooms/{}/messages", self.room);
        let answer = person.send(Method::POST, &path, Some(body)).await?;
        let status = answer.status();
        assert!(matches!(status, StatusCode::CREATED | StatusCode::OK), "{status}");
        let body: Value = answer.json().await.unwrap_or_default();
        self.acknowledged = Some(body["data"].clone());
        Ok(status)
    }

    fn assert_once(&self, told: &Told) {
        let found = told.by_client_id(self.client_id);
        assert_eq!(found.len(), 1, "{} is there {} times: {found:?}", self.text, found.len());
        let (room, message) = (&found[0]["room"], &found[0]["data"]);
        assert_eq!((room, &message["text"]), (&json!(self.room), &json!(self.text)));
        let acknowledged = self.acknowledged.as_ref().filter(|answer| !answer.is_null());
        assert!(acknowledged.is_none_or(|answer| answer == message), "{acknowledged:?} became {message}");
    }
}

/// The messages of a history by their client ids.
struct Told<'a>(HashMap<&'a str, Vec<&'a Value>>);

impl<'a> Told<'a> {
    fn of(history: &'a History) -> Self {
        let mut told: HashMap<&str, Vec<&Value>> = HashMap::new();
        for event in history.values().flatten().filter(|event| event["kind"] == "message.created") {
            told.entry(event["data"]["client_id"].as_str().expect("an id")).or_default().push(event);
        }
        Self(told)
    }

    fn by_client_id(&self, client_id: Uuid) -> &[&'a Value] {
        self.0.get(client_id.to_string().as_str()).map_or(&[], Vec::as_slice)
    }

    fn messages(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }
}

/// Joins and leaves by turns until the server is gone; how often it said so.
async fn come_and_go(bob: Person, room: String, mut is_in: bool) -> usize {
    let mut moves = 0;
    loop {
        let method = if is_in { Method::DELETE } else { Method::POST };
        match bob.send(method, &format!("/api/v1/rooms/{room}/members/me"), None).await {
            Ok(answer) => assert!(answer.status().is_success(), "{}", answer.status()),
            Err(_) => return moves,
        }
        moves += 1;
        is_in = !is_in;
    }
}

/// What a socket heard, and the last cursor it was given: it came after so many of the events.
struct Listened {
    heard: Vec<Value>,
    cursor: String,
    heard_by_cursor: usize,
}

/// Listens until the server is gone.
async fn listen(mut socket: Socket, cursor: String) -> Listened {
    let mut listened = Listened { heard: Vec::new(), cursor, heard_by_cursor: 0 };
    let mut pings = 0;
    while let Some(frame) = socket.heard().await {
        match frame["t"].as_str() {
            Some("event") => listened.heard.push(without_t(&frame)),
            Some("pong") => {
                frame["cursor"].as_str().expect("a cursor").clone_into(&mut listened.cursor);
                listened.heard_by_cursor = listened.heard.len();
            }
            _ => panic!("{frame}"),
        }
        if listened.heard.len() >= (pings + 1) * EVENTS_PER_PING && pings < PINGS_MAX {
            socket.ping().await;
            pings += 1;
        }
    }
    listened
}

impl Listened {
    /// What was heard is durable, and came once and in order.
    fn assert_true(&self, heads: &Heads, history: &History) {
        let mut heads = heads.clone();
        for event in &self.heard {
            let room = event["room"].as_str().expect("a room");
            let head = heads.get_mut(room).expect("a room of alice's");
            // The history is without a gap: number n stands at place n - 1.
            let true_one = history[room].get(usize::try_from(*head).expect("a place"));
            assert_eq!(Some(event), true_one, "what alice heard before the end, after {head}");
            *head += 1;
        }
    }

    fn known_by_cursor(&self, heads: &Heads) -> Heads {
        let mut known = heads.clone();
        for event in &self.heard[..self.heard_by_cursor] {
            known.insert(event["room"].as_str().expect("a room").to_owned(), seq(event));
        }
        known
    }
}

/// The socket resumed: of each room what came after the cursor, or the one gap that says where to read it.
fn assert_exactly_what_was_missed(frames: &[Value], known: &Heads, history: &History) {
    assert_eq!(frames[0]["t"], "resumed");
    for (room, events) in history {
        let missed: Vec<&Value> = events.iter().filter(|event| seq(event) > known[room]).collect();
        let is_here = |frame: &&Value| frame["room"] == room.as_str();
        let told: Vec<Value> = frames.iter().filter(is_here).map(without_t).collect();
        if missed.len() > REPLAY_MAX {
            assert_eq!(told, [json!({"room": room, "from": known[room] + 1, "to": events.len()})]);
            continue;
        }
        let numbers = |events: &[&Value]| events.iter().map(|event| seq(event)).collect::<Vec<_>>();
        assert_eq!(numbers(&told.iter().collect::<Vec<_>>()), numbers(&missed), "what alice missed of {room}");
        assert!(told.iter().eq(missed), "{told:?}");
    }
}
