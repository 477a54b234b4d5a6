//! One socket's life: hello, sync, what was missed, then live until somebody ends it.
//!
//! The socket is registered at the hub before it reads what was missed. `heard` holds the number that each room has got
//! to on this socket: an event at or below it is a duplicate, one further than the next is a hole and read from the
//! database. So the client hears every number once and in order, whatever order publications came in.

use super::{
    cursor::{self, Heard},
    hub::{Delivery, Ending, Listener},
    replay, typing,
};
use crate::{
    accounts::Person,
    actor::Actor,
    app::App,
    error::{Code, Error, Result, chain},
    ids::RoomId,
    messages,
    roles::Permission,
    rooms, sessions,
};
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures_util::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, timeout},
};

/// How often a client pings.
const HEARTBEAT: Duration = Duration::from_secs(30);
/// A client that was silent for so long is gone.
const SILENCE_MAX: Duration = Duration::from_secs(75);
/// The first frame of a client, `sync`, comes within this time.
const SYNC_DEADLINE: Duration = Duration::from_secs(10);
/// A client takes what we send within this time.
const SEND_DEADLINE: Duration = Duration::from_secs(30);
/// An ended socket gets so long to take its close frame.
const GOODBYE_DEADLINE: Duration = Duration::from_millis(500);
/// Missed events that are sent through the socket; a room further behind is paged by HTTP.
const REPLAY_MAX: i64 = 500;
/// Wrong frames before the socket is closed.
const ERRORS_MAX: u32 = 3;
/// Frames that a client may send at once, and how fast it earns new ones: it has little to say.
const FRAMES_BURST: f64 = 20.0;
const FRAMES_PER_SECOND: f64 = 2.0;
/// Deliveries taken from the queue before the socket is flushed.
const FLUSH_AFTER: usize = 256;

/// Close codes of the protocol.
mod close {
    pub(super) const RESTARTING: u16 = 1012;
    pub(super) const UNSUPPORTED: u16 = 1003;
    pub(super) const INTERNAL: u16 = 1011;
    pub(super) const PROTOCOL: u16 = 4000;
    pub(super) const CREDENTIAL_ENDED: u16 = 4001;
    pub(super) const FORBIDDEN: u16 = 4003;
    pub(super) const RATE_LIMITED: u16 = 4008;
    pub(super) const TOO_SLOW: u16 = 4009;
}

/// Why a socket ends.
enum End {
    Closed,
    Close(u16, &'static str),
    Failed(Error),
}

impl From<Error> for End {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<axum::Error> for End {
    fn from(_: axum::Error) -> Self {
        Self::Closed
    }
}

#[derive(Deserialize)]
#[serde(tag = "t", rename_all = "snake_case", deny_unknown_fields)]
enum Frame {
    Sync {
        cursor: Option<String>,
    },
    Ping {},
    /// The person writes in a room: for whoever is there now.
    Typing {
        room: RoomId,
    },
    /// A bearer socket lives on with a new access token of the same session.
    Renew {
        access_token: SecretString,
    },
}

struct Socket {
    id: u64,
    app: App,
    actor: Actor,
    out: SplitSink<WebSocket, Message>,
    heard: Heard,
    errors: u32,
    allowance: f64,
    last_frame_at: Instant,
}

pub(super) async fn run(app: App, actor: Actor, stream: WebSocket) {
    let Listener { id, queue, ended } = app.hub.register(actor.user, &actor.session);
    let hub = app.hub.clone();
    let (out, incoming) = stream.split();
    let mut socket = Socket {
        id,
        app,
        actor,
        out,
        heard: Heard::new(),
        errors: 0,
        allowance: FRAMES_BURST,
        last_frame_at: Instant::now(),
    };
    // Ended from outside is ended at once, even in the middle of sending to somebody who does not read (AU-11).
    let end = tokio::select! {
        biased;
        end = ending(ended) => end,
        lived = socket.live(queue, incoming) => match lived {
            Ok(never) => match never {},
            Err(end) => end,
        },
    };
    hub.forget(id);
    socket.say_goodbye(end).await;
}

async fn ending(ended: oneshot::Receiver<Ending>) -> End {
    match ended.await {
        Ok(Ending::Credential(reason)) => End::Close(close::CREDENTIAL_ENDED, reason),
        Ok(Ending::Forbidden) => End::Close(close::FORBIDDEN, Code::FORBIDDEN.name),
        Ok(Ending::Restarting) => End::Close(close::RESTARTING, "restarting"),
        // Dropped by the hub for being too slow: the end of the queue says so.
        Err(_) => std::future::pending().await,
    }
}

impl Socket {
    async fn live(
        &mut self,
        mut queue: mpsc::Receiver<Delivery>,
        mut incoming: SplitStream<WebSocket>,
    ) -> Result<std::convert::Infallible, End> {
        let heartbeat_ms = u64::try_from(HEARTBEAT.as_millis()).unwrap_or(u64::MAX);
        self.send(json!({
            "t": "hello",
            "heartbeat_ms": heartbeat_ms,
            "limits": {"frame_bytes": 4096, "message_chars": messages::model::TEXT_CHARS_MAX},
        }))
        .await?;
        let late = End::Close(close::PROTOCOL, "sync.missing");
        let cursor = timeout(SYNC_DEADLINE, self.await_sync(&mut incoming)).await.map_err(|_| late)??;
        self.catch_up(cursor).await?;

        let mut silence = Box::pin(tokio::time::sleep(SILENCE_MAX));
        loop {
            tokio::select! {
                delivery = queue.recv() => self.deliver(delivery, &mut queue).await?,
                message = incoming.next() => {
                    silence.as_mut().reset(Instant::now() + SILENCE_MAX);
                    self.hear(message).await?;
                }
                () = &mut silence => return Err(End::Close(close::PROTOCOL, "silent")),
            }
        }
    }

    /// The first frame says from where to go on.
    async fn await_sync(&mut self, incoming: &mut SplitStream<WebSocket>) -> Result<Option<String>, End> {
        loop {
            match self.read(incoming.next().await)? {
                Some(Ok(Frame::Sync { cursor })) => return Ok(cursor),
                Some(Ok(Frame::Ping {})) => self.pong().await?,
                Some(Ok(Frame::Typing { room })) => self.tell_typing(room).await?,
                Some(Ok(Frame::Renew { access_token })) => self.renew(&access_token).await?,
                Some(Err(code)) => self.complain(code).await?,
                None => {}
            }
        }
    }

    async fn hear(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        match self.read(message)? {
            Some(Ok(Frame::Ping {})) => self.pong().await,
            Some(Ok(Frame::Typing { room })) => self.tell_typing(room).await,
            Some(Ok(Frame::Renew { access_token })) => self.renew(&access_token).await,
            Some(Ok(Frame::Sync { .. })) => self.complain("sync.repeated").await,
            Some(Err(code)) => self.complain(code).await,
            None => Ok(()),
        }
    }

    /// A frame, or the code of what is wrong with it; None for what the protocol below us answers itself.
    fn read(
        &mut self,
        message: Option<Result<Message, axum::Error>>,
    ) -> Result<Option<Result<Frame, &'static str>>, End> {
        let message = match message {
            None | Some(Ok(Message::Close(_))) => return Err(End::Closed),
            Some(Err(error)) => return Err(broken_frame(&error)),
            Some(Ok(message)) => message,
        };
        self.pay()?;
        match message {
            Message::Text(text) => Ok(Some(parse(&text))),
            Message::Binary(_) => Err(End::Close(close::UNSUPPORTED, "frame.binary")),
            _ => Ok(None),
        }
    }

    fn pay(&mut self) -> Result<(), End> {
        let now = Instant::now();
        let earned = now.duration_since(self.last_frame_at).as_secs_f64() * FRAMES_PER_SECOND;
        self.last_frame_at = now;
        self.allowance = (self.allowance + earned).min(FRAMES_BURST) - 1.0;
        if self.allowance < 0.0 { Err(End::Close(close::RATE_LIMITED, "rate_limited")) } else { Ok(()) }
    }

    async fn complain(&mut self, code: &'static str) -> Result<(), End> {
        self.errors += 1;
        self.send(json!({"t": "error", "code": code})).await?;
        if self.errors >= ERRORS_MAX { Err(End::Close(close::PROTOCOL, code)) } else { Ok(()) }
    }

    async fn renew(&mut self, access_token: &SecretString) -> Result<(), End> {
        let renewed = sessions::authenticate_bearer(&self.app, access_token.expose_secret()).await;
        match renewed {
            Ok(actor) if actor.user == self.actor.user && actor.session.id == self.actor.session.id => {
                self.app.hub.extend_socket(self.id, &actor.session);
                Ok(())
            }
            Ok(_) => self.complain("renew.other_session").await,
            Err(Error::Refused(refusal)) => self.complain(refusal.code.name).await,
            Err(error) => Err(error.into()),
        }
    }

    /// Tells the others, through the same door as a message. Whoever may not write there is not told so: the frame says
    /// nothing that needs an answer, and a refusal would tell of rooms.
    async fn tell_typing(&mut self, room: RoomId) -> Result<(), End> {
        // First what costs nothing: a database read at most once in a while, and never for a room of others.
        if !self.app.hub.note_typing(self.id, room, self.app.clock.now()) {
            return Ok(());
        }
        if self.may_write(room).await? {
            let person = Person { id: self.actor.user, username: self.actor.username.to_string() };
            self.app.hub.tell_others(room, person.id, &typing::frame(room, &person));
        } else {
            self.app.hub.refuse_typing(room, self.actor.user);
        }
        Ok(())
    }

    /// Whether a message of theirs would be taken now: the socket outlives the rights that it opened with.
    async fn may_write(&self, room: RoomId) -> Result<bool> {
        let permissions = sessions::permissions_now(&self.app, self.actor.user).await?;
        let actor = Actor { permissions, ..self.actor.clone() };
        if !actor.holds(Permission::SendMessages) {
            return Ok(false);
        }
        match rooms::writable(self.app.database.reader(), &actor, room).await {
            Ok(_) => Ok(true),
            Err(Error::Refused(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn catch_up(&mut self, cursor: Option<String>) -> Result<(), End> {
        let app = self.app.clone();
        let db = app.database.reader();
        // The session may have ended since the request was recognised, before the hub knew of this socket or while the
        // client kept it waiting for `sync`: nothing is replayed then. From here on the hub tells.
        if let Some(over) = sessions::why_over_now(&app, self.actor.session.id).await? {
            return Err(End::Close(close::CREDENTIAL_ENDED, over.name));
        }
        if !sessions::may_read(&app, self.actor.user).await? {
            return Err(End::Close(close::FORBIDDEN, Code::FORBIDDEN.name));
        }
        // The hub first, then the database again: what is committed in between is in the queue, in the answer, or in
        // both. A room that was left in between is in the first reading only, and must not be heard any more.
        let known = rooms::rooms_of(db, self.actor.user).await?;
        app.hub.listen(self.id, known.iter().copied());
        let heads: Heard = rooms::rooms_of(db, self.actor.user).await?.into_iter().collect();
        let left = known.into_iter().map(|(room, _)| room).filter(|room| !heads.contains_key(room));
        app.hub.stop_listening(self.id, left);
        let from = cursor.and_then(|cursor| cursor::decode(&app.keys, self.actor.user, &cursor, heads.keys().copied()));
        // A cursor that is ahead of a room comes from before a restored backup: its numbers stand for other events by now.
        let is_of_this_history =
            |from: &Heard| from.iter().all(|(room, seq)| heads.get(room).is_some_and(|head| seq <= head));
        match from.filter(is_of_this_history) {
            None => self.send_snapshot(heads).await?,
            Some(from) => self.send_missed(from, heads).await?,
        }
        let cursor = self.cursor();
        self.send(json!({"t": "caught_up", "cursor": cursor})).await
    }

    async fn send_snapshot(&mut self, heads: Heard) -> Result<(), End> {
        let mut unread = messages::unread(self.app.database.reader(), self.actor.user, None).await?;
        let rooms: Vec<Value> = heads
            .iter()
            .map(|(room, last_seq)| json!({"id": room, "last_seq": last_seq, "unread": unread.remove(room).unwrap_or(0)}))
            .collect();
        self.heard = heads;
        self.send(json!({"t": "snapshot", "rooms": rooms})).await
    }

    async fn send_missed(&mut self, from: Heard, heads: Heard) -> Result<(), End> {
        // A room that is not among them was left, or is gone, while nobody told.
        self.feed(json!({"t": "resumed", "rooms": heads.keys().collect::<Vec<_>>()})).await?;
        for (room, head) in heads {
            let after = from.get(&room).copied().unwrap_or(0);
            if head - after > REPLAY_MAX {
                self.feed(json!({"t": "gap", "room": room, "from": after + 1, "to": head})).await?;
            } else if head > after {
                self.send_from_database(room, after, head).await?;
            }
            self.heard.insert(room, head);
        }
        self.flush().await
    }

    async fn send_from_database(&mut self, room: RoomId, after: i64, until: i64) -> Result<(), End> {
        let db = self.app.database.reader();
        let limit = u64::try_from(REPLAY_MAX).unwrap_or(u64::MAX);
        for event in replay::events(db, room, after, until, limit, None).await? {
            self.feed_frame(event.frame()).await?;
        }
        Ok(())
    }

    /// Feeds a delivery and whatever else waits behind it, then flushes once.
    async fn deliver(&mut self, first: Option<Delivery>, queue: &mut mpsc::Receiver<Delivery>) -> Result<(), End> {
        let mut next = Some(first.ok_or(End::Close(close::TOO_SLOW, "too_slow"))?);
        for _ in 0..FLUSH_AFTER {
            let Some(delivery) = next else { break };
            self.tell(delivery).await?;
            next = queue.try_recv().ok();
        }
        if let Some(delivery) = next {
            self.tell(delivery).await?;
        }
        self.flush().await
    }

    async fn tell(&mut self, delivery: Delivery) -> Result<(), End> {
        match delivery {
            Delivery::Event { room, seq, frame } => match self.heard.get(&room).copied() {
                Some(heard) if seq <= heard => Ok(()),
                Some(heard) if seq == heard + 1 => {
                    self.heard.insert(room, seq);
                    self.feed_frame(frame).await
                }
                // In the hole may lie their own removal by another process: whoever still belongs there after the number was
                // committed may hear all of it. The comparison tells anybody else.
                Some(_) if rooms::is_member(self.app.database.reader(), self.actor.user, room).await? => {
                    self.fill_hole(room, seq).await
                }
                Some(_) => Ok(()),
                // A room that was left, or is about to be announced as joined.
                None => Ok(()),
            },
            Delivery::Head { room, seq } if self.heard.get(&room).is_some_and(|heard| *heard < seq) => {
                self.fill_hole(room, seq).await
            }
            Delivery::Head { .. } => Ok(()),
            Delivery::Joined { room, seq } => {
                self.heard.entry(room).or_insert(seq);
                Ok(())
            }
            Delivery::Left { room } => {
                self.heard.remove(&room);
                self.feed(json!({"t": "left", "room": room})).await
            }
            Delivery::Frame(frame) => self.feed_frame(frame).await,
        }
    }

    async fn fill_hole(&mut self, room: RoomId, until: i64) -> Result<(), End> {
        let heard = self.heard.get(&room).copied().unwrap_or(until);
        if until - heard > REPLAY_MAX {
            self.feed(json!({"t": "gap", "room": room, "from": heard + 1, "to": until})).await?;
        } else {
            self.send_from_database(room, heard, until).await?;
        }
        self.heard.insert(room, until);
        Ok(())
    }

    async fn pong(&mut self) -> Result<(), End> {
        let cursor = self.cursor();
        self.send(json!({"t": "pong", "cursor": cursor})).await
    }

    fn cursor(&self) -> String {
        cursor::encode(&self.app.keys, self.actor.user, self.heard.iter().map(|(room, seq)| (*room, *seq)))
    }

    async fn send(&mut self, frame: Value) -> Result<(), End> {
        self.feed(frame).await?;
        self.flush().await
    }

    async fn feed(&mut self, frame: Value) -> Result<(), End> {
        self.feed_frame(Utf8Bytes::from(frame.to_string())).await
    }

    async fn feed_frame(&mut self, frame: Utf8Bytes) -> Result<(), End> {
        let slow = || End::Close(close::TOO_SLOW, "too_slow");
        Ok(timeout(SEND_DEADLINE, self.out.feed(Message::Text(frame))).await.map_err(|_| slow())??)
    }

    async fn flush(&mut self) -> Result<(), End> {
        let slow = || End::Close(close::TOO_SLOW, "too_slow");
        Ok(timeout(SEND_DEADLINE, self.out.flush()).await.map_err(|_| slow())??)
    }

    async fn say_goodbye(&mut self, end: End) {
        let (code, reason) = match end {
            End::Closed => return,
            End::Close(code, reason) => (code, reason),
            End::Failed(error) => {
                tracing::error!(error = chain(&error), "a socket failed");
                (close::INTERNAL, "server.error")
            }
        };
        let frame = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
        // Who was too slow gets the time to read why; anybody else is out within the second.
        let deadline = if code == close::TOO_SLOW { SEND_DEADLINE } else { GOODBYE_DEADLINE };
        let _gone_already = timeout(deadline, self.out.send(Message::Close(Some(frame)))).await;
    }
}

fn parse(text: &str) -> Result<Frame, &'static str> {
    let frame: Value = serde_json::from_str(text).map_err(|_| "frame.malformed")?;
    let is_known = matches!(frame["t"].as_str(), Some("sync" | "ping" | "typing" | "renew"));
    if !is_known {
        return Err("frame.unknown");
    }
    serde_json::from_str(text).map_err(|_| "frame.malformed")
}

/// RFC 6455 §7.4.1: 1009 for a frame that is too big, 1007 for text that is not UTF-8, 1002 for anything else.
fn broken_frame(error: &axum::Error) -> End {
    let text = chain(error);
    if text.contains("too long") || text.contains("too big") {
        End::Close(1009, "frame.too_large")
    } else if text.to_lowercase().contains("utf-8") {
        End::Close(1007, "frame.not_utf8")
    } else {
        End::Closed
    }
}
