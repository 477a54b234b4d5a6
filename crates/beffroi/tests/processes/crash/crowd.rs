//! People who do not give up: each sends one message after the other and repeats it while the server refuses; alice
//! listens, and comes back with her cursor whenever her socket ends.

use super::{Heads, History, Sent, Told, assert_without_gap, heads_in, seq, without_t};
use crate::{
    people::{PASSWORD, Person, Socket, fresh_client_id},
    program::{Deployment, Server},
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};
use tokio::{
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::{sleep, timeout},
};

const SENDERS: usize = 8;
/// A client's own pace after a refusal: quicker than it is told, so that the server is not left in peace.
const PACE: Duration = Duration::from_millis(100);
/// How often alice asks for a cursor.
const PING_INTERVAL: Duration = Duration::from_secs(1);
/// Longer than anything here takes; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the crowd met so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub acknowledged: usize,
    pub refused: usize,
    is_over: bool,
}

pub struct Crowd {
    pub server: Server,
    pub alice: Person,
    pub rooms: [String; 2],
    tally: watch::Sender<Tally>,
    talking: JoinSet<Vec<Sent>>,
    /// Where alice's listening ends.
    target: watch::Sender<Option<Heads>>,
    listening: JoinHandle<Ear>,
}

impl Crowd {
    /// Opens the server and lets everybody talk. `refusals` are the codes that may be met, and no others.
    pub async fn gather(deployment: &Deployment, refusals: &'static [&'static str]) -> Self {
        deployment.create_user("alice", "admin", PASSWORD).succeeded();
        let server = deployment.serve();
        let alice = Person::signed_in(server.address, "alice").await;
        let rooms = [alice.open_room("Workshop").await, alice.open_room("Garden").await];
        let (tally, target) = (watch::Sender::default(), watch::Sender::default());
        let listening = tokio::spawn(Ear::of(&alice, target.subscribe()).await.listen());
        let mut talking = JoinSet::new();
        for _ in 0..SENDERS {
            talking.spawn(talk_on(alice.clone(), rooms.clone(), tally.clone(), refusals));
        }
        Self { server, alice, rooms, tally, talking, target, listening }
    }

    pub fn tally(&self) -> Tally {
        *self.tally.borrow()
    }

    /// Returns once so many more messages were acknowledged; how long that took.
    pub async fn until_acknowledged(&self, more: usize) -> Duration {
        let before = self.tally().acknowledged;
        self.until(|tally| tally.acknowledged >= before + more).await
    }

    /// Returns once so many more messages were refused.
    pub async fn until_refused(&self, more: usize) -> Duration {
        let before = self.tally().refused;
        self.until(|tally| tally.refused >= before + more).await
    }

    async fn until(&self, is_so: impl Fn(Tally) -> bool) -> Duration {
        let started = Instant::now();
        let mut tally = self.tally.subscribe();
        let waited = timeout(PATIENCE, tally.wait_for(|tally| is_so(*tally))).await;
        assert!(waited.is_ok(), "nothing changed for {PATIENCE:?}: {:?}", self.tally());
        started.elapsed()
    }

    /// Everybody comes to an end; then what was acknowledged is there once, before a restart of the server and after it,
    /// and alice heard it all.
    pub async fn go_home(mut self, deployment: &Deployment) -> Tally {
        self.tally.send_modify(|tally| tally.is_over = true);
        let mut sent = Vec::new();
        while let Some(said) = self.talking.join_next().await {
            sent.extend(said.expect("nobody panics"));
        }
        let history = self.history().await;
        let heads = history.iter().map(|(room, events)| (room.clone(), events.last().map_or(0, seq))).collect();
        self.target.send_replace(Some(heads));
        let ear = timeout(PATIENCE, &mut self.listening).await.expect("alice catches up").expect("alice is well");
        ear.assert_heard(&history);

        let told = Told::of(&history);
        sent.iter().for_each(|message| message.assert_once(&told));
        assert_eq!(told.messages(), sent.len(), "nobody said anything else");
        history.values().for_each(|events| assert_without_gap(events));

        let tally = self.tally();
        self.server.kill();
        self.server = deployment.serve();
        self.alice = self.alice.at(self.server.address);
        assert!(self.history().await == history, "the restart changed the past");
        tally
    }

    async fn history(&self) -> History {
        let mut history = BTreeMap::new();
        for room in &self.rooms {
            history.insert(room.clone(), self.alice.changes(room, 0).await);
        }
        history
    }
}

async fn talk_on(
    alice: Person,
    rooms: [String; 2],
    tally: watch::Sender<Tally>,
    refusals: &'static [&'static str],
) -> Vec<Sent> {
    let mut sent: Vec<Sent> = Vec::new();
    while !tally.borrow().is_over {
        let (room, client_id) = (rooms[sent.len() % 2].clone(), fresh_client_id());
        let text = format!("*I* say {client_id} once");
        let mut message = Sent { room, client_id, text, acknowledged: None };
        while message.acknowledged.is_none() {
            message.acknowledged = acknowledged(&alice, &message, refusals).await;
            let is_refused = message.acknowledged.is_none();
            tally.send_modify(|tally| if is_refused { tally.refused += 1 } else { tally.acknowledged += 1 });
            if is_refused {
                sleep(PACE).await;
            }
        }
        sent.push(message);
    }
    sent
}

/// The message as acknowledged; None where the server asked to come back, in the one form that this has.
async fn acknowledged(alice: &Person, message: &Sent, refusals: &[&str]) -> Option<Value> {
    let body = json!({"text": message.text, "client_id": message.client_id});
    let path = format!("/api/v1/rooms/{}/messages", message.room);
    let answer = alice.send(Method::POST, &path, Some(body)).await.expect("the server stays up");
    let status = answer.status();
    let retry_after = answer.headers().get("retry-after").cloned();
    let body: Value = answer.json().await.expect("JSON");
    if status.is_success() {
        return Some(body["data"].clone());
    }
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{body}");
    assert!(retry_after.is_some(), "{body}");
    assert!(refusals.contains(&body["code"].as_str().expect("a code")), "{body}");
    None
}

/// What alice heard, over as many sockets as it took.
struct Ear {
    alice: Person,
    target: watch::Receiver<Option<Heads>>,
    cursor: String,
    /// The numbers before the first that she could hear.
    first: Heads,
    known: Heads,
    heard: Vec<Value>,
    /// Numbers that she was told to read elsewhere, being too many.
    gaps: Vec<(String, i64, i64)>,
}

impl Ear {
    async fn of(alice: &Person, target: watch::Receiver<Option<Heads>>) -> Self {
        let (_, frames) = Socket::synced(alice, None).await;
        let cursor = frames[1]["cursor"].as_str().expect("a cursor").to_owned();
        let known = heads_in(&frames[0]);
        Self { alice: alice.clone(), target, cursor, first: known.clone(), known, heard: Vec::new(), gaps: Vec::new() }
    }

    async fn listen(mut self) -> Self {
        while !self.is_done() {
            let Some((socket, frames)) = Socket::try_synced(&self.alice, Some(&self.cursor)).await else {
                sleep(PACE).await;
                continue;
            };
            frames.iter().for_each(|frame| self.take(frame));
            self.hear(socket).await;
        }
        self
    }

    async fn hear(&mut self, mut socket: Socket) {
        let mut pinged = Instant::now();
        while !self.is_done() {
            match timeout(PACE, socket.heard()).await {
                Ok(Some(frame)) => self.take(&frame),
                Ok(None) => return,
                Err(_) => {}
            }
            if pinged.elapsed() > PING_INTERVAL {
                socket.ping().await;
                pinged = Instant::now();
            }
        }
    }

    fn take(&mut self, frame: &Value) {
        match frame["t"].as_str() {
            Some("event") => self.take_event(without_t(frame)),
            Some("pong" | "caught_up") => frame["cursor"].as_str().expect("a cursor").clone_into(&mut self.cursor),
            Some("gap") => {
                let room = frame["room"].as_str().expect("a room").to_owned();
                let (from, to) = (frame["from"].as_i64().expect("from"), frame["to"].as_i64().expect("to"));
                assert!(from <= self.known[&room] + 1, "{frame} after {}", self.known[&room]);
                self.known.insert(room.clone(), to);
                self.gaps.push((room, from, to));
            }
            Some("resumed") => {}
            _ => panic!("{frame}"),
        }
    }

    /// Her cursor is a little older than what she heard last: that comes again, and nothing is left out.
    fn take_event(&mut self, event: Value) {
        let known = self.known.get_mut(room_of(&event)).expect("a room of alice's");
        assert!(seq(&event) <= *known + 1, "a hole after {known}: {event}");
        if seq(&event) == *known + 1 {
            *known += 1;
            self.heard.push(event);
        }
    }

    fn is_done(&self) -> bool {
        self.target.borrow().as_ref().is_some_and(|heads| heads.iter().all(|(room, head)| self.known[room] >= *head))
    }

    fn assert_heard(&self, history: &History) {
        for event in &self.heard {
            let place = usize::try_from(seq(event) - 1).expect("a place");
            assert_eq!(Some(event), history[room_of(event)].get(place), "what alice heard is what happened");
        }
        // Every number was heard or is in a gap; a gap may begin before what was heard last.
        let mut numbers: BTreeSet<(&str, i64)> = self.heard.iter().map(|event| (room_of(event), seq(event))).collect();
        numbers.extend(self.gaps.iter().flat_map(|(room, from, to)| (*from..=*to).map(|seq| (room.as_str(), seq))));
        for (room, events) in history {
            let first = self.first[room] + 1;
            let missed: Vec<i64> =
                (first..=events.len() as i64).filter(|seq| !numbers.contains(&(room, *seq))).collect();
            assert!(missed.is_empty(), "alice never heard {missed:?}");
        }
    }
}

fn room_of(event: &Value) -> &str {
    event["room"].as_str().expect("a room")
}
