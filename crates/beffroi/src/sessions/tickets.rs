//! Tickets for the socket (AU-11): for a client that can neither send a header with its upgrade nor has a cookie. One is
//! good for one use within half a minute, by the person, session and `Origin` that it was made for, and whatever that
//! session is good for then.
//!
//! They lie in the memory of this process: with several of them behind one address they belong into a shared store. A
//! stop loses them, and clients ask for the next one.

use crate::{
    actor::{Actor, ActorSession},
    error::{Error, Result},
    ids::{SessionId, UserId},
    platform::clock::Moment,
};
use beffroi_crypto::token;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

pub(super) const LIFETIME: Duration = Duration::from_secs(30);
/// Waiting tickets of one session; a further one takes the place of the oldest.
const PER_SESSION_MAX: usize = 8;
/// Waiting tickets in all, a few megabytes.
const TICKETS_MAX: usize = 20_000;

/// What a ticket stands for.
#[derive(Clone, Debug)]
pub(super) struct Ticket {
    pub user: UserId,
    pub session: ActorSession,
    /// Of the person's tokens, when it was made.
    pub epoch: i64,
    /// Of the page that asked for it; a program has none.
    pub origin: Option<String>,
    expires_at: Moment,
}

impl Ticket {
    pub(super) fn new(actor: &Actor, epoch: i64, origin: Option<String>, now: Moment) -> Self {
        Self { user: actor.user, session: actor.session, epoch, origin, expires_at: now + LIFETIME }
    }
}

/// The tickets that wait for their use, by the digest of their secret.
#[derive(Default)]
pub struct Tickets(Mutex<HashMap<[u8; 32], Ticket>>);

impl Tickets {
    pub(super) fn keep(&self, secret: &str, ticket: Ticket, now: Moment) -> Result<()> {
        let mut waiting = self.lock();
        waiting.retain(|_, other| other.expires_at > now);
        while let Some(oldest) = one_too_many(&waiting, ticket.session.id) {
            waiting.remove(&oldest);
        }
        if waiting.len() >= TICKETS_MAX {
            return Err(Error::busy(LIFETIME));
        }
        waiting.insert(token::digest(secret), ticket);
        Ok(())
    }

    /// Takes a ticket out, for good: of many who bring it, one gets it.
    pub(super) fn take(&self, secret: &str, now: Moment) -> Option<Ticket> {
        self.lock().remove(&token::digest(secret)).filter(|ticket| ticket.expires_at > now)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<[u8; 32], Ticket>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The oldest ticket of a session that has as many as it may.
fn one_too_many(waiting: &HashMap<[u8; 32], Ticket>, session: SessionId) -> Option<[u8; 32]> {
    let own = || waiting.iter().filter(|(_, ticket)| ticket.session.id == session);
    let oldest = || own().min_by_key(|(_, ticket)| ticket.expires_at).map(|(digest, _)| *digest);
    if own().count() >= PER_SESSION_MAX { oldest() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{actor::CredentialKind, platform::random::Random};

    fn ticket(session: SessionId, now: Moment) -> Ticket {
        let session = ActorSession {
            id: session,
            kind: CredentialKind::Cookie,
            idle_expires_at: now,
            absolute_expires_at: now,
            by_ticket: false,
        };
        Ticket { user: UserId(session.id.0), session, epoch: 0, origin: None, expires_at: now + LIFETIME }
    }

    #[test]
    fn a_flood_of_tickets_takes_bounded_memory_and_the_newest_of_a_session_stay() {
        let (tickets, random, now) = (Tickets::default(), Random::seeded(1), Moment(1_000_000));
        let greedy = SessionId(random.id());
        for number in 0..100 {
            let now = now + Duration::from_millis(number);
            tickets.keep(&format!("greedy {number}"), ticket(greedy, now), now).expect("a place");
        }
        assert_eq!(tickets.lock().len(), PER_SESSION_MAX);
        assert!(tickets.take("greedy 99", now).is_some() && tickets.take("greedy 0", now).is_none());

        // Straight into memory: counting each session's tickets 20,000 times is not what is tried here.
        for number in 0..TICKETS_MAX {
            tickets.lock().insert(token::digest(&number.to_string()), ticket(SessionId(random.id()), now));
        }
        let full = tickets.keep("one more", ticket(SessionId(random.id()), now), now);
        assert_eq!(full.expect_err("full").code(), crate::error::Code::BUSY);
        let later = now + LIFETIME + Duration::from_secs(1);
        tickets.keep("one more", ticket(SessionId(random.id()), later), later).expect("the others are over");
        assert_eq!(tickets.lock().len(), 1);
    }
}
