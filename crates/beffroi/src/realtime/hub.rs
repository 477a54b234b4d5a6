//! Who listens to what. A publication is encoded once and shared; each socket has a bounded queue, and one that does
//! not read is dropped rather than waited for: its cursor stays good.

use super::typing::Typing;
use crate::{
    actor::{ActorSession, CredentialKind},
    error::Code,
    event::Publication,
    ids::{RoomId, SessionId, UserId},
    platform::clock::Moment,
};
use axum::extract::ws::Utf8Bytes;
use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{mpsc, oneshot};

/// Events waiting for one socket; a client further behind reads slower than its rooms write.
const QUEUE_MAX: usize = 1024;
/// With so many waiting, what is only good for the moment is left out: events come first.
const EPHEMERAL_BEHIND_MAX: usize = 64;

/// What a socket is told.
#[derive(Clone, Debug)]
pub(super) enum Delivery {
    Event {
        room: RoomId,
        seq: i64,
        frame: Utf8Bytes,
    },
    /// The room has got so far: whoever has not heard it all reads the rest.
    Head {
        room: RoomId,
        seq: i64,
    },
    Joined {
        room: RoomId,
        seq: i64,
    },
    Left {
        room: RoomId,
    },
    /// Not numbered, and for whoever is there.
    Frame(Utf8Bytes),
}

/// Why a socket is ended from outside: at once, past whatever waits in its queue.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ending {
    /// The code of what became of the credential.
    Credential(&'static str),
    /// The person may no longer read anything.
    Forbidden,
    Restarting,
}

/// A socket's end of its queue. None from it means that the socket was too slow.
pub(super) struct Listener {
    pub id: u64,
    pub queue: mpsc::Receiver<Delivery>,
    pub ended: oneshot::Receiver<Ending>,
}

#[derive(Default)]
pub struct Hub {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    next_id: u64,
    /// Rises whenever a socket begins to listen.
    step: u64,
    sockets: HashMap<u64, Socket>,
    rooms: HashMap<RoomId, Room>,
}

struct Socket {
    user: UserId,
    session: SessionId,
    kind: CredentialKind,
    idle_expires_at: Moment,
    absolute_expires_at: Moment,
    /// What it listens to, and since which of the hub's steps.
    rooms: HashMap<RoomId, u64>,
    queue: mpsc::Sender<Delivery>,
    /// Gone once it was told.
    ending: Option<oneshot::Sender<Ending>>,
}

#[derive(Default)]
struct Room {
    sockets: Vec<u64>,
    /// Up to which number everything was published here, or read from the database.
    head: i64,
    typing: Typing,
}

impl Hub {
    pub fn publish(&self, publication: Publication) {
        let mut inner = self.lock();
        match publication {
            Publication::Event { room, seq, frame } => inner.deliver(room, seq, Delivery::Event { room, seq, frame }),
            Publication::Joined { user, room, seq } => {
                for id in inner.sockets_of(|socket| socket.user == user) {
                    inner.listen(id, room, seq);
                    inner.send(id, Delivery::Joined { room, seq });
                }
            }
            Publication::Left { user, room } => {
                for id in inner.sockets_of(|socket| socket.user == user) {
                    inner.send(id, Delivery::Left { room });
                    inner.stop_listening(id, room);
                }
            }
            Publication::Notice { user, but, frame } => {
                for id in inner.sockets_of(|socket| socket.user == user && socket.session != but) {
                    inner.send(id, Delivery::Frame(frame.clone()));
                }
            }
            Publication::PersonChanged { .. } | Publication::RoleChanged { .. } => {}
            Publication::SessionEnded { session, reason } => {
                for id in inner.sockets_of(|socket| socket.session == session) {
                    inner.end(id, Ending::Credential(reason));
                }
            }
        }
    }

    /// Tells of a room's head that was read from the database: heals a publication that was lost, or made by another
    /// process.
    pub(super) fn tell_head(&self, room: RoomId, seq: i64) {
        let mut inner = self.lock();
        if inner.rooms.get(&room).is_some_and(|known| known.head < seq) {
            inner.deliver(room, seq, Delivery::Head { room, seq });
            inner.has_all_until(room, seq);
        }
    }

    /// Ends hearing a room for somebody who is no member any more, once they heard the event `seq` that says so. Whoever
    /// began to listen after `step` joined again since that was read.
    pub(super) fn put_out(&self, room: RoomId, user: UserId, seq: Option<i64>, step: u64) {
        let mut inner = self.lock();
        let is_meant = |socket: &Socket| socket.user == user && socket.rooms.get(&room).is_some_and(|at| *at <= step);
        for id in inner.sockets_of(is_meant) {
            if let Some(seq) = seq {
                inner.send(id, Delivery::Head { room, seq });
            }
            inner.send(id, Delivery::Left { room });
            inner.stop_listening(id, room);
        }
    }

    /// The rooms that anybody listens to and their heads as known here, at which step of the hub.
    pub(super) fn rooms(&self) -> (HashMap<RoomId, i64>, u64) {
        let inner = self.lock();
        (inner.rooms.iter().map(|(id, room)| (*id, room.head)).collect(), inner.step)
    }

    /// Who listens to a room.
    pub(super) fn listeners(&self, room: RoomId) -> HashSet<UserId> {
        let inner = self.lock();
        let ids = inner.rooms.get(&room).map(|room| room.sockets.as_slice()).unwrap_or_default();
        ids.iter().filter_map(|id| inner.sockets.get(id)).map(|socket| socket.user).collect()
    }

    /// A request kept the session alive: its sockets live on with it.
    pub fn extend_session(&self, session: SessionId, idle_expires_at: Moment) {
        for socket in self.lock().sockets.values_mut().filter(|socket| socket.session == session) {
            socket.idle_expires_at = idle_expires_at;
        }
    }

    /// A socket's own credential was renewed.
    pub(super) fn extend_socket(&self, id: u64, session: &ActorSession) {
        if let Some(socket) = self.lock().sockets.get_mut(&id) {
            socket.idle_expires_at = session.idle_expires_at;
            socket.absolute_expires_at = session.absolute_expires_at;
        }
    }

    /// Ends the sockets whose session is over.
    pub fn end_expired(&self, now: Moment) {
        let mut inner = self.lock();
        for (id, reason) in inner.expired(now) {
            inner.end(id, Ending::Credential(reason));
        }
    }

    /// Ends the sockets of a person who is shut out.
    pub fn end_sockets_of(&self, user: UserId, reason: &'static str) {
        let mut inner = self.lock();
        for id in inner.sockets_of(|socket| socket.user == user) {
            inner.end(id, Ending::Credential(reason));
        }
    }

    /// Ends the sockets of a person who may no longer read.
    pub fn shut_out(&self, user: UserId) {
        let mut inner = self.lock();
        for id in inner.sockets_of(|socket| socket.user == user) {
            inner.end(id, Ending::Forbidden);
        }
    }

    /// Somebody writes in a room: whether the others are to be told. Never of a room that the socket does not hear.
    pub(super) fn note_typing(&self, id: u64, room: RoomId, now: Moment) -> bool {
        let mut inner = self.lock();
        let hears = inner.sockets.get(&id).filter(|socket| socket.rooms.contains_key(&room)).map(|socket| socket.user);
        let (Some(user), Some(listening)) = (hears, inner.rooms.get_mut(&room)) else { return false };
        listening.typing.note(user, now)
    }

    /// Who was noted may not write there after all.
    pub(super) fn refuse_typing(&self, room: RoomId, user: UserId) {
        if let Some(listening) = self.lock().rooms.get_mut(&room) {
            listening.typing.refuse(user);
        }
    }

    /// Tells the others in a room what is only good for the moment.
    pub(super) fn tell_others(&self, room: RoomId, but: UserId, frame: &Utf8Bytes) {
        let inner = self.lock();
        let Some(listening) = inner.rooms.get(&room) else { return };
        let sockets = listening.sockets.iter().filter_map(|id| inner.sockets.get(id));
        for socket in sockets.filter(|socket| socket.user != but) {
            socket.tell_in_passing(frame);
        }
    }

    /// Everybody who has a socket.
    pub fn people(&self) -> HashSet<UserId> {
        self.lock().sockets.values().map(|socket| socket.user).collect()
    }

    /// Asks every socket to come back to another process.
    pub fn say_restarting(&self) {
        let mut inner = self.lock();
        for id in inner.sockets_of(|_| true) {
            inner.end(id, Ending::Restarting);
        }
    }

    pub fn room_count(&self) -> usize {
        self.lock().rooms.len()
    }

    pub fn socket_count(&self) -> usize {
        self.lock().sockets.len()
    }

    /// Registers a socket before it reads what it missed: what happens meanwhile waits in its queue.
    pub(super) fn register(&self, user: UserId, session: &ActorSession) -> Listener {
        let (sender, queue) = mpsc::channel(QUEUE_MAX);
        let (ending, ended) = oneshot::channel();
        let mut inner = self.lock();
        inner.next_id += 1;
        let id = inner.next_id;
        let socket = Socket {
            user,
            session: session.id,
            kind: session.kind,
            idle_expires_at: session.idle_expires_at,
            absolute_expires_at: session.absolute_expires_at,
            rooms: HashMap::new(),
            queue: sender,
            ending: Some(ending),
        };
        inner.sockets.insert(id, socket);
        Listener { id, queue, ended }
    }

    /// Listens to rooms whose heads were just read.
    pub(super) fn listen(&self, id: u64, rooms: impl IntoIterator<Item = (RoomId, i64)>) {
        let mut inner = self.lock();
        for (room, head) in rooms {
            inner.listen(id, room, head);
        }
    }

    pub(super) fn stop_listening(&self, id: u64, rooms: impl IntoIterator<Item = RoomId>) {
        let mut inner = self.lock();
        for room in rooms {
            inner.stop_listening(id, room);
        }
    }

    pub(super) fn forget(&self, id: u64) {
        self.lock().forget(id);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Socket {
    /// For what may be lost: left out when events wait already.
    fn tell_in_passing(&self, frame: &Utf8Bytes) {
        let waiting = self.queue.max_capacity() - self.queue.capacity();
        if waiting < EPHEMERAL_BEHIND_MAX {
            // One that is gone needs to know nothing.
            let _gone = self.queue.try_send(Delivery::Frame(frame.clone()));
        }
    }
}

impl Inner {
    fn sockets_of(&self, is_meant: impl Fn(&Socket) -> bool) -> Vec<u64> {
        self.sockets.iter().filter(|(_, socket)| is_meant(socket)).map(|(id, _)| *id).collect()
    }

    fn expired(&self, now: Moment) -> Vec<(u64, &'static str)> {
        let reason = |socket: &Socket| match socket.kind {
            CredentialKind::AccessToken => Code::TOKEN_EXPIRED.name,
            CredentialKind::Cookie if socket.absolute_expires_at <= now => Code::SESSION_ABSOLUTE.name,
            CredentialKind::Cookie => Code::SESSION_IDLE.name,
        };
        let is_over = |socket: &Socket| socket.idle_expires_at.min(socket.absolute_expires_at) <= now;
        self.sockets.iter().filter(|(_, socket)| is_over(socket)).map(|(id, socket)| (*id, reason(socket))).collect()
    }

    fn deliver(&mut self, room: RoomId, seq: i64, delivery: Delivery) {
        let Some(listening) = self.rooms.get_mut(&room) else { return };
        // Past a hole lies what this process knows nothing of, such as a removal: the comparison looks.
        if seq == listening.head + 1 {
            listening.head = seq;
        }
        let sockets = &self.sockets;
        let too_slow: Vec<u64> = listening
            .sockets
            .iter()
            .filter(|id| sockets.get(id).is_none_or(|socket| socket.queue.try_send(delivery.clone()).is_err()))
            .copied()
            .collect();
        for id in too_slow {
            self.forget(id);
        }
    }

    fn has_all_until(&mut self, room: RoomId, seq: i64) {
        if let Some(listening) = self.rooms.get_mut(&room) {
            listening.head = listening.head.max(seq);
        }
    }

    fn send(&mut self, id: u64, delivery: Delivery) {
        if self.sockets.get(&id).is_some_and(|socket| socket.queue.try_send(delivery).is_err()) {
            self.forget(id);
        }
    }

    fn end(&mut self, id: u64, ending: Ending) {
        let sender = self.sockets.get_mut(&id).and_then(|socket| socket.ending.take());
        // A socket that is gone already has ended.
        let _gone = sender.map(|sender| sender.send(ending));
    }

    fn listen(&mut self, id: u64, room: RoomId, head: i64) {
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        self.step += 1;
        if socket.rooms.insert(room, self.step).is_none() {
            self.rooms.entry(room).or_insert_with(|| Room { head, ..Room::default() }).sockets.push(id);
        }
    }

    fn stop_listening(&mut self, id: u64, room: RoomId) {
        if let Some(socket) = self.sockets.get_mut(&id) {
            socket.rooms.remove(&room);
        }
        if let Some(listening) = self.rooms.get_mut(&room) {
            listening.sockets.retain(|other| *other != id);
            if listening.sockets.is_empty() {
                self.rooms.remove(&room);
            }
        }
    }

    /// Dropping the sender ends the queue: the socket sends what is in it, then closes as too slow.
    fn forget(&mut self, id: u64) {
        let Some(socket) = self.sockets.remove(&id) else { return };
        for room in socket.rooms.into_keys() {
            self.stop_listening(id, room);
        }
    }
}
