//! Direct messages: conversations of two to ten people, opened by one of them and for them alone, whatever anybody's role
//! (AZ-4). The same people have one conversation, however often it is opened.
//!
//! Two people have theirs for good. A larger one may be named and left by each of them; nobody is added to it, since what
//! was said was said to those who were there. Once somebody left, the same people may open another one.

use super::{
    actions::{How, tell_member_changed},
    direct_store as direct,
    model::RoomRole,
    store,
};
use crate::{
    accounts,
    actor::Actor,
    audit::Act,
    error::{Code, Error, FieldError, Result},
    event::Publication,
    ids::{RoomId, UserId},
    tx::Tx,
};
use std::collections::BTreeSet;

/// Others in one conversation: a larger circle is a room.
const OTHERS_MAX: usize = 9;
/// Whoever opens one may name themselves as well.
pub(super) const NAMED_MAX: usize = OTHERS_MAX + 1;

/// Opens the conversation with some people, or finds it; says whether it is new.
pub async fn open(tx: &mut Tx<'_>, actor: &Actor, with: &[UserId]) -> Result<(RoomId, bool)> {
    let others: BTreeSet<UserId> = with.iter().copied().filter(|user| *user != actor.user).collect();
    if !(1..=OTHERS_MAX).contains(&others.len()) || with.len() > NAMED_MAX {
        let field = FieldError::new("users", "out_of_range").with("min", 1).with("max", OTHERS_MAX);
        return Err(Error::invalid(vec![field]));
    }
    let mut people = others.clone();
    people.insert(actor.user);
    if let Some(room) = direct::find(&tx.db, &people).await? {
        return Ok((room.id, false));
    }
    require_accounts(tx, with).await?;
    if accounts::is_any_blocked(&tx.db, actor.user, &Vec::from_iter(others)).await? {
        return Err(Error::refuse(Code::PERSON_UNREACHABLE));
    }
    let id = RoomId(tx.app.random.id());
    match direct::insert(&tx.db, id, &people, actor.user, tx.circumstances.now).await? {
        Some(room) => begin(tx, actor.user, room, &people).await.map(|()| (room, true)),
        None => {
            let room = direct::find(&tx.db, &people).await?;
            room.map(|room| (room.id, false)).ok_or(Error::broken("a conversation that is there and is not"))
        }
    }
}

/// Every person who cannot be written to is named.
async fn require_accounts(tx: &Tx<'_>, with: &[UserId]) -> Result<()> {
    let active = accounts::active_among(&tx.db, with.iter().copied()).await?;
    let missing = with.iter().enumerate().filter(|(_, user)| !active.contains(user));
    let broken: Vec<_> = missing.map(|(at, _)| FieldError::new(format!("users[{at}]"), "not_available")).collect();
    if broken.is_empty() { Ok(()) } else { Err(Error::invalid(broken)) }
}

/// Takes the people in, so that all their sockets hear the conversation from its first event on.
async fn begin(tx: &mut Tx<'_>, by: UserId, room: RoomId, people: &BTreeSet<UserId>) -> Result<()> {
    let count = i64::try_from(people.len()).map_err(Error::internal)?;
    let last =
        store::advance(&tx.db, room, count).await?.ok_or(Error::broken("a conversation that was just opened"))?;
    for user in people {
        store::insert_member(&tx.db, room, *user, RoomRole::Member, last, tx.circumstances.now).await?;
        tx.publish(Publication::Joined { user: *user, room, seq: 0 });
    }
    for (seq, user) in (1..=last).zip(people) {
        let how = if *user == by { How::Themselves } else { How::ByOthers };
        tell_member_changed(tx, *user, room, seq, Some(RoomRole::Member), how).await?;
    }
    tx.record(Act::DmOpened { room, people: people.len() }).await
}

/// What remains to be done when somebody has left a larger conversation: nobody can come back to an empty one.
pub(super) async fn after_leaving(tx: &Tx<'_>, room: RoomId) -> Result<()> {
    if store::member_ids(&tx.db, room).await?.is_empty() {
        return store::delete(&tx.db, room).await;
    }
    direct::forget_key(&tx.db, room).await
}
