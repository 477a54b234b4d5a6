//! Real sockets: hearing what is said, missing nothing, being put out.

use crate::house::{Engine, House, Person, Postgres, Sqlite};
use beffroi::jobs;
use futures_util::{SinkExt, StreamExt};
use http::{StatusCode, header};
use rstest::rstest;
use serde_json::{Value, json};
use std::{net::SocketAddr, time::Duration};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{self, Message, client::IntoClientRequest},
};
use uuid::Uuid;

/// Longer than any answer takes; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub async fn open(address: SocketAddr, person: &Person) -> Self {
        Self::try_open(address, person, Some(&format!("http://{address}"))).await.expect("the socket opens")
    }

    async fn try_open(
        address: SocketAddr,
        person: &Person,
        origin: Option<&str>,
    ) -> Result<Self, Box<tungstenite::Error>> {
        Self::try_open_at(address, "/ws", person, origin).await
    }

    pub async fn try_open_at(
        address: SocketAddr,
        path: &str,
        person: &Person,
        origin: Option<&str>,
    ) -> Result<Self, Box<tungstenite::Error>> {
        let mut request = format!("ws://{address}{path}").into_client_request().expect("a request");
        let headers = request.headers_mut();
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, "beffroi.v1".parse().expect("a value"));
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().expect("a value"));
        }
        if let Some(token) = &person.bearer {
            headers.insert(header::AUTHORIZATION, format!("Bearer {token}").parse().expect("a value"));
        }
        if let Some(cookie) = &person.cookie {
            headers.insert(header::COOKIE, cookie.parse().expect("a value"));
        }
        let (stream, response) = connect_async(request).await.map_err(Box::new)?;
        assert_eq!(response.headers()[header::SEC_WEBSOCKET_PROTOCOL], "beffroi.v1");
        Ok(Self(stream))
    }

    /// Opens and goes on from a cursor; returns the frames up to and with `caught_up`.
    pub async fn synced(address: SocketAddr, person: &Person, cursor: Option<&str>) -> (Self, Vec<Value>) {
        let mut socket = Self::open(address, person).await;
        let frames = socket.sync(cursor).await;
        (socket, frames)
    }

    pub async fn sync(&mut self, cursor: Option<&str>) -> Vec<Value> {
        assert_eq!(self.next().await["t"], "hello");
        self.send(json!({"t": "sync", "cursor": cursor})).await;
        let mut frames = Vec::new();
        while frames.last().is_none_or(|frame: &Value| frame["t"] != "caught_up") {
            frames.push(self.next().await);
        }
        frames
    }

    pub async fn send(&mut self, frame: Value) {
        self.0.send(Message::text(frame.to_string())).await.expect("it sends");
    }

    pub async fn next(&mut self) -> Value {
        loop {
            match timeout(PATIENCE, self.0.next()).await.expect("a frame in time").expect("an open socket") {
                Ok(Message::Text(text)) => return serde_json::from_str(&text).expect("JSON"),
                Ok(Message::Ping(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    pub async fn closed(&mut self) -> (u16, String) {
        loop {
            match timeout(PATIENCE, self.0.next()).await.expect("a frame in time") {
                Some(Ok(Message::Close(Some(frame)))) => return (frame.code.into(), frame.reason.to_string()),
                Some(Ok(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    pub async fn cursor(&mut self) -> String {
        self.send(json!({"t": "ping"})).await;
        loop {
            let frame = self.next().await;
            if frame["t"] == "pong" {
                return frame["cursor"].as_str().expect("a cursor").to_owned();
            }
        }
    }
}

fn texts(frames: &[Value]) -> Vec<String> {
    let said = frames.iter().filter(|frame| frame["kind"] == "message.created");
    said.map(|frame| frame["data"]["text"].as_str().expect("text").to_owned()).collect()
}

// CH-3
#[rstest]
#[tokio::test]
async fn bob_hears_alice_at_once(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let (address, square) = (house.listen().await, alice.square().await);
    let (mut socket, frames) = Socket::synced(address, &bob, None).await;
    assert_eq!(
        (frames[0]["t"].as_str(), frames[0]["rooms"][0]["id"].as_str()),
        (Some("snapshot"), Some(square.as_str()))
    );
    let said = alice.say(&square, "Hello Bob").await;
    let heard = socket.next().await;
    assert_eq!(
        heard,
        json!({"t": "event", "room": square, "seq": said["seq"], "kind": "message.created", "data": said})
    );
}

// CH-3: a reconnecting client gets exactly what it missed.
#[rstest]
#[tokio::test]
async fn bob_comes_back_and_hears_exactly_what_he_missed(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let (address, square) = (house.listen().await, alice.square().await);
    alice.say(&square, "before").await;
    let (mut socket, frames) = Socket::synced(address, &bob, None).await;
    assert_eq!(texts(&frames), Vec::<String>::new());
    alice.say(&square, "while here").await;
    assert_eq!(socket.next().await["data"]["text"], "while here");
    let cursor = socket.cursor().await;
    drop(socket);

    for number in 0..5 {
        alice.say(&square, &format!("missed {number}")).await;
    }
    house.member(&alice, "carol").await;
    let (mut socket, frames) = Socket::synced(address, &bob, Some(&cursor)).await;
    assert_eq!(frames[0]["t"], "resumed");
    assert_eq!(texts(&frames), ["missed 0", "missed 1", "missed 2", "missed 3", "missed 4"]);
    let kinds: Vec<_> = frames.iter().filter_map(|frame| frame["kind"].as_str()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "member.changed").count(), 1);
    let seqs: Vec<_> = frames.iter().filter_map(|frame| frame["seq"].as_i64()).collect();
    assert!(seqs.windows(2).all(|pair| pair[1] == pair[0] + 1), "{seqs:?}");

    // And nothing twice: the next cursor goes on from here.
    let cursor = socket.cursor().await;
    let (_, frames) = Socket::synced(address, &bob, Some(&cursor)).await;
    assert_eq!(frames.iter().filter(|frame| frame["t"] == "event").count(), 0);
}

#[rstest]
#[tokio::test]
async fn a_cursor_that_is_not_ones_own_begins_afresh(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let (address, square) = (house.listen().await, alice.square().await);
    let (mut socket, _) = Socket::synced(address, &alice, None).await;
    let (of_alice, mut forged) = (socket.cursor().await, socket.cursor().await.into_bytes());
    alice.say(&square, "hello").await;
    forged[12] ^= 1;
    let forged = String::from_utf8(forged).expect("ASCII");
    for (who, cursor) in [(&bob, of_alice.as_str()), (&alice, &forged), (&alice, ""), (&alice, "AAAA"), (&alice, "💥")]
    {
        let (_, frames) = Socket::synced(address, who, Some(cursor)).await;
        assert_eq!(frames[0]["t"], "snapshot", "{cursor}");
    }
    let (_, frames) = Socket::synced(address, &alice, Some(&of_alice)).await;
    assert_eq!((frames[0]["t"].as_str(), texts(&frames)), (Some("resumed"), vec!["hello".to_owned()]));
}

// CH-3: a room too far behind is paged by HTTP.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_room_far_behind_is_a_gap_that_changes_fill(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let (address, square) = (house.listen().await, alice.square().await);
    let (mut socket, _) = Socket::synced(address, &alice, None).await;
    let cursor = socket.cursor().await;
    drop(socket);
    let sends = (0..510).map(|number| {
        let (alice, square) = (alice.clone(), square.clone());
        tokio::spawn(async move { alice.say(&square, &format!("{number}")).await })
    });
    for send in sends.collect::<Vec<_>>() {
        send.await.expect("no panic");
    }
    let (_, frames) = Socket::synced(address, &alice, Some(&cursor)).await;
    let gap = frames.iter().find(|frame| frame["t"] == "gap").expect("a gap");
    let (from, to) = (gap["from"].as_i64().expect("a number"), gap["to"].as_i64().expect("a number"));
    assert_eq!(to - from + 1, 510);

    let (mut after, mut heard) = (from - 1, 0);
    loop {
        let page = alice.get(&format!("/api/v1/rooms/{square}/changes?after={after}")).await.expect(StatusCode::OK);
        for event in page["events"].as_array().expect("a list") {
            after += 1;
            heard += 1;
            assert_eq!(event["seq"], after);
        }
        if page["more"] == false {
            break;
        }
    }
    assert_eq!((heard, after), (510, to));
}

#[rstest]
#[tokio::test]
async fn joining_and_leaving_begin_and_end_what_one_hears(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let garden = alice.post("/api/v1/rooms", json!({"name": "Garden"})).await.expect(StatusCode::CREATED);
    let garden = garden["id"].as_str().expect("an id");
    let (address, square) = (house.listen().await, alice.square().await);
    let (mut socket, _) = Socket::synced(address, &bob, None).await;
    alice.say(garden, "before bob").await;
    let me = format!("/api/v1/rooms/{garden}/members/me");
    bob.post(&me, json!({})).await.expect(StatusCode::OK);
    let joined = socket.next().await;
    assert_eq!((joined["kind"].as_str(), joined["data"]["role"].as_str()), (Some("member.changed"), Some("member")));
    alice.say(garden, "with bob").await;
    assert_eq!(socket.next().await["data"]["text"], "with bob");
    bob.delete(&me).await;
    let left = socket.next().await;
    assert_eq!((left["kind"].as_str(), left["data"]["role"].clone()), (Some("member.changed"), Value::Null));
    assert_eq!(socket.next().await, json!({"t": "left", "room": garden}));
    alice.say(garden, "after bob").await;
    alice.say(&square, "to everybody").await;
    assert_eq!(socket.next().await["data"]["text"], "to everybody");
}

// AZ-4: put out is put out, on the open socket as well.
#[rstest]
#[tokio::test]
async fn putting_a_member_out_ends_what_they_hear(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let body = json!({"name": "Cellar", "policy": "private"});
    let cellar = alice.post("/api/v1/rooms", body).await.expect(StatusCode::CREATED);
    let cellar = cellar["id"].as_str().expect("an id");
    let seat = format!("/api/v1/rooms/{cellar}/members/{}", bob.id);
    let (address, square) = (house.listen().await, alice.square().await);
    let (mut socket, _) = Socket::synced(address, &bob, None).await;
    assert_eq!(alice.put(&seat, json!({"role": "member"})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(socket.next().await["data"]["by"]["username"], "alice");
    alice.say(cellar, "welcome").await;
    assert_eq!(socket.next().await["data"]["text"], "welcome");
    assert_eq!(alice.delete(&seat).await.status, StatusCode::NO_CONTENT);
    assert_eq!(socket.next().await["data"]["role"], Value::Null);
    assert_eq!(socket.next().await, json!({"t": "left", "room": cellar}));
    alice.say(cellar, "without bob").await;
    alice.say(&square, "to everybody").await;
    assert_eq!(socket.next().await["data"]["text"], "to everybody");
    let cursor = socket.cursor().await;
    let (_, frames) = Socket::synced(address, &bob, Some(&cursor)).await;
    assert!(!frames.iter().any(|frame| frame.to_string().contains(cellar)));
}

// CH-1: a room that is deleted is told to whoever hears it, also when they come back.
#[rstest]
#[tokio::test]
async fn bob_hears_that_a_room_is_gone(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let garden = alice.post("/api/v1/rooms", json!({"name": "Garden"})).await.expect(StatusCode::CREATED);
    let garden = garden["id"].as_str().expect("an id");
    bob.post(&format!("/api/v1/rooms/{garden}/members/me"), json!({})).await.expect(StatusCode::OK);
    let (address, square) = (house.listen().await, alice.square().await);
    let (mut socket, _) = Socket::synced(address, &bob, None).await;
    let cursor = socket.cursor().await;
    let (_, before) = Socket::synced(address, &bob, Some(&cursor)).await;
    assert!(before[0]["rooms"].as_array().expect("a list").contains(&json!(garden)));
    assert_eq!(alice.delete(&format!("/api/v1/rooms/{garden}")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(socket.next().await, json!({"t": "left", "room": garden}));
    let (_, after) = Socket::synced(address, &bob, Some(&cursor)).await;
    assert_eq!(after[0], json!({"t": "resumed", "rooms": [square]}));
}

// CH-3: a publication that never came is made up for from the database.
#[rstest]
#[tokio::test]
async fn an_event_that_was_not_published_is_heard_all_the_same(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let (address, square) = (house.listen().await, alice.square().await);
    let (mut socket, _) = Socket::synced(address, &alice, None).await;
    // Another process on the same database: its hub is not ours.
    let other = House::beside(&house).await;
    let mut elsewhere = other.visitor();
    elsewhere.sign_in("alice", crate::house::PASSWORD).await.expect(StatusCode::OK);
    elsewhere.say(&square, "from elsewhere").await;
    alice.say(&square, "from here").await;
    assert_eq!(socket.next().await["data"]["text"], "from elsewhere");
    assert_eq!(socket.next().await["data"]["text"], "from here");

    elsewhere.say(&square, "from elsewhere again").await;
    jobs::compare_heads(house.app.clone()).await.expect("it compares");
    assert_eq!(socket.next().await["data"]["text"], "from elsewhere again");
}

// AU-11: the credential is checked before the upgrade.
#[rstest]
#[tokio::test]
async fn the_socket_opens_for_signed_in_people_on_our_own_pages_only(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let address = house.listen().await;
    let own = format!("http://{address}");
    let refused = async |who: &Person, origin: Option<&str>| match Socket::try_open(address, who, origin).await {
        Err(error) => match *error {
            tungstenite::Error::Http(response) => response.status().as_u16(),
            other => panic!("{other}"),
        },
        Ok(_) => panic!("it opened"),
    };
    assert_eq!(refused(&house.visitor(), Some(&own)).await, 401);
    assert_eq!(refused(&alice, Some("http://evil.test")).await, 403);
    assert_eq!(refused(&alice, Some("null")).await, 403);
    assert_eq!(refused(&alice, None).await, 403);
    assert!(Socket::try_open(address, &alice, Some(&own)).await.is_ok());
    let plain = alice.request(http::Method::GET, "/ws").header(header::ORIGIN, "http://beffroi.test").body("".into());
    alice.send(plain.expect("a request")).await.refused(426, "request.upgrade_required");
}

// AU-11: and while it lives.
#[rstest]
#[tokio::test]
async fn signing_out_closes_the_sockets_of_that_session(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let mut elsewhere = house.visitor();
    elsewhere.sign_in("alice", crate::house::PASSWORD).await.expect(StatusCode::OK);
    let (address, square) = (house.listen().await, alice.square().await);
    let (mut ending, _) = Socket::synced(address, &alice, None).await;
    let (mut staying, _) = Socket::synced(address, &elsewhere, None).await;
    alice.post("/api/v1/auth/logout", json!({})).await;
    assert_eq!(ending.closed().await, (4001, "auth.session_revoked".to_owned()));
    elsewhere.say(&square, "still here").await;
    assert_eq!(staying.next().await["data"]["text"], "still here");
}

// AU-11: a socket that waits with its first frame until after the sign-out hears nothing of what it missed.
#[rstest]
#[tokio::test]
async fn a_session_that_ended_before_sync_is_replayed_nothing(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let (address, square) = (house.listen().await, alice.square().await);
    let (mut before, _) = Socket::synced(address, &bob, None).await;
    let cursor = before.cursor().await;
    let mut waiting = Socket::open(address, &bob).await;
    assert_eq!(waiting.next().await["t"], "hello");
    bob.post("/api/v1/auth/logout", json!({})).await;
    alice.say(&square, "not for whoever holds the old credential").await;
    waiting.send(json!({"t": "sync", "cursor": cursor})).await;
    match timeout(PATIENCE, waiting.0.next()).await.expect("a frame in time") {
        Some(Ok(Message::Close(Some(frame)))) => assert_eq!(u16::from(frame.code), 4001),
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[tokio::test]
async fn a_socket_ends_with_its_session_and_pings_do_not_keep_it(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let address = house.listen().await;
    let (mut socket, _) = Socket::synced(address, &alice, None).await;
    house.advance(Duration::from_secs(20 * 60));
    alice.get("/api/v1/auth/me").await.expect(StatusCode::OK);
    house.advance(Duration::from_secs(20 * 60));
    socket.cursor().await;
    jobs::watch_sessions(house.app.clone()).await.expect("it watches");
    socket.cursor().await;
    house.advance(Duration::from_secs(10 * 60));
    jobs::watch_sessions(house.app.clone()).await.expect("it watches");
    assert_eq!(socket.closed().await, (4001, "auth.session_idle".to_owned()));
}

// AU-11, AU-3: a session that another process ended.
#[rstest]
#[tokio::test]
async fn a_session_that_ended_elsewhere_ends_its_sockets_here(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let address = house.listen().await;
    let (mut socket, _) = Socket::synced(address, &alice, None).await;
    let other = House::beside(&house).await;
    let mut elsewhere = other.visitor();
    elsewhere.cookie = alice.cookie.clone();
    house.advance(Duration::from_secs(1));
    assert_eq!(elsewhere.post("/api/v1/auth/logout", json!({})).await.status, StatusCode::NO_CONTENT);
    jobs::watch_sessions(house.app.clone()).await.expect("it watches");
    assert_eq!(socket.closed().await, (4001, "auth.session_revoked".to_owned()));
}

// AU-11: a program's socket ends with its access token, unless it is renewed in place with one of the same session.
#[rstest]
#[tokio::test]
async fn a_bearer_socket_is_renewed_in_place(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let address = house.listen().await;
    let sign_in = async |name: &str| {
        let mut program = house.visitor();
        let body = json!({"username": name, "password": crate::house::PASSWORD});
        let pair = program.post("/api/v1/auth/login", body).await.expect(StatusCode::OK);
        program.bearer = pair["access_token"].as_str().map(str::to_owned);
        (program, pair)
    };
    let (program, pair) = sign_in("alice").await;
    let (stranger, _) = sign_in(&bob.name).await;
    assert!(Socket::try_open(address, &program, Some("http://evil.test")).await.is_err());
    let mut socket = Socket::try_open(address, &program, None).await.expect("a program needs no origin");
    assert_eq!(socket.next().await["t"], "hello");
    socket.send(json!({"t": "sync", "cursor": null})).await;
    while socket.next().await["t"] != "caught_up" {}

    house.advance(Duration::from_secs(10 * 60));
    socket.send(json!({"t": "renew", "access_token": stranger.bearer})).await;
    assert_eq!(socket.next().await["code"], "renew.other_session");
    socket.send(json!({"t": "renew", "access_token": "nonsense"})).await;
    assert_eq!(socket.next().await["code"], "auth.token_invalid");
    let next = house.visitor().post("/api/v1/auth/refresh", json!({"refresh_token": pair["refresh_token"]})).await;
    let next = next.expect(StatusCode::OK);
    socket.send(json!({"t": "renew", "access_token": next["access_token"]})).await;
    socket.cursor().await;
    house.advance(Duration::from_secs(10 * 60));
    jobs::watch_sessions(house.app.clone()).await.expect("it watches");
    socket.cursor().await;
    house.advance(Duration::from_secs(10 * 60));
    jobs::watch_sessions(house.app.clone()).await.expect("it watches");
    assert_eq!(socket.closed().await, (4001, "auth.token_expired".to_owned()));
}

// AU-11: not even a reader who takes nothing keeps a revoked socket open behind what waits for them.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_socket_of_somebody_who_does_not_read(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let (address, square) = (house.listen().await, alice.square().await);
    let (_unread, _) = Socket::synced(address, &bob, None).await;
    let text = "x".repeat(4000);
    for _ in 0..8 {
        let sends: Vec<_> = (0..100)
            .map(|_| {
                let (alice, square, text) = (alice.clone(), square.clone(), text.clone());
                tokio::spawn(async move { alice.say(&square, &text).await })
            })
            .collect();
        for send in sends {
            send.await.expect("no panic");
        }
    }
    assert_eq!(house.app.hub.socket_count(), 1, "the socket should still be there, with much to send");
    bob.post("/api/v1/auth/logout", json!({})).await;
    let gone = async {
        while house.app.hub.socket_count() > 0 {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(1), gone).await.expect("out within a second");
}

// Frames that no client should send: the close codes of the protocol.
#[rstest]
#[tokio::test]
async fn wrong_frames_are_told_and_then_the_socket_closes(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let address = house.listen().await;
    let (mut socket, _) = Socket::synced(address, &alice, None).await;
    for (frame, code) in [
        (json!({"t": "nonsense"}).to_string(), "frame.unknown"),
        (json!({"t": "ping", "extra": 1}).to_string(), "frame.malformed"),
        ("{".to_owned(), "frame.malformed"),
    ] {
        socket.0.send(Message::text(frame)).await.expect("it sends");
        assert_eq!(socket.next().await, json!({"t": "error", "code": code}));
    }
    assert_eq!(socket.closed().await, (4000, "frame.malformed".to_owned()));

    let (mut socket, _) = Socket::synced(address, &alice, None).await;
    socket.0.send(Message::binary(vec![1, 2, 3])).await.expect("it sends");
    assert_eq!(socket.closed().await.0, 1003);

    let (mut socket, _) = Socket::synced(address, &alice, None).await;
    let _refused_while_sending = socket.0.send(Message::text("x".repeat(5000))).await;
    assert_eq!(socket.closed().await.0, 1009);

    let (mut socket, _) = Socket::synced(address, &alice, None).await;
    for _ in 0..40 {
        let _closed_meanwhile = socket.0.send(Message::text(json!({"t": "ping"}).to_string())).await;
    }
    assert_eq!(socket.closed().await, (4008, "rate_limited".to_owned()));
}

// One who does not read is let go; the cursor stays good.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_read_is_let_go_and_loses_nothing(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let (address, square) = (house.listen().await, alice.square().await);
    let (mut socket, _) = Socket::synced(address, &alice, None).await;
    let cursor = socket.cursor().await;
    let text = "x".repeat(4000);
    let mut sent = 0;
    while house.app.hub.socket_count() > 0 && sent < 6000 {
        let sends: Vec<_> = (0..100)
            .map(|_| {
                let (alice, square, text) = (alice.clone(), square.clone(), text.clone());
                tokio::spawn(async move {
                    alice
                        .say_as(&square, &text, Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, 0, 0)))
                        .await
                        .status
                })
            })
            .collect();
        for send in sends {
            send.await.expect("no panic");
        }
        sent += 100;
    }
    assert_eq!(house.app.hub.socket_count(), 0, "the slow socket is still held after {sent} messages");
    let (_, frames) = Socket::synced(address, &alice, Some(&cursor)).await;
    assert!(frames.iter().any(|frame| frame["t"] == "gap" || frame["t"] == "event"));
}
