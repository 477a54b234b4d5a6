use super::{
    access::{self, AdministeredRoom, KnownRoom},
    direct,
    model::{NewRoom, RoomChange, RoomRole},
    store::{self, Room},
};
use crate::{
    accounts,
    actor::Actor,
    audit::Act,
    error::{Code, Error, Result, is_unique_violation},
    event::{MEMBER_CHANGED, Publication, ROOM_CHANGED},
    ids::{InviteId, RoomId, UserId},
    platform::{
        http::etag::IfMatch,
        i18n::{self, Language},
    },
    tx::Tx,
};
use serde_json::json;

/// Opens a room; whoever opens it owns it.
pub async fn create(tx: &mut Tx<'_>, owner: UserId, new: NewRoom) -> Result<Room> {
    let new = new.validate()?;
    let id = RoomId(tx.app.random.id());
    let created = store::insert(&tx.db, id, new, owner, tx.circumstances.now).await;
    let room = created.map_err(|error| {
        if is_unique_violation(&error) { Error::refuse(Code::ROOM_NAME_TAKEN) } else { error.into() }
    })?;
    tx.record(Act::RoomCreated { room: id }).await?;
    admit(tx, owner, id, RoomRole::Owner, How::Themselves).await?;
    Ok(room)
}

/// Joins a public room; joining again changes nothing. Who manages rooms enters a private or restricted one this way:
/// an act of its own in the record, and shown to the members.
pub async fn join(tx: &mut Tx<'_>, actor: &Actor, room: RoomId) -> Result<()> {
    let KnownRoom { room: found, role } = access::known(&tx.db, actor, room).await?;
    if found.is_public() || role.is_some() {
        return enter(tx, actor.user, room, None).await;
    }
    if admit(tx, actor.user, room, RoomRole::Member, How::ByRight).await? {
        tx.record(Act::RoomEntered { room }).await?;
    }
    Ok(())
}

/// Joins a public room on somebody's behalf.
pub async fn join_public(tx: &mut Tx<'_>, user: UserId, room: &Room) -> Result<()> {
    if room.is_public() { enter(tx, user, room.id, None).await } else { Err(Error::refuse(Code::ROOM_NOT_FOUND)) }
}

/// Adds somebody to a room, or changes their role in it.
pub async fn seat(tx: &mut Tx<'_>, actor: &Actor, room: RoomId, user: UserId, role: RoomRole) -> Result<()> {
    let seq = store::advance_any(&tx.db, room).await?.ok_or(Error::refuse(Code::ROOM_NOT_FOUND))?;
    let seating = access::seating(&tx.db, actor, room).await?;
    let present = store::role_of(&tx.db, user, room).await?;
    if present == Some(role) {
        return store::retreat(&tx.db, room, seq).await;
    }
    if role != RoomRole::Member || present.is_some() {
        seating.may_appoint()?;
    } else {
        seating.may_add()?;
    }
    match present {
        None => {
            refuse_archived(tx, room).await?;
            require_account(tx, user).await?;
            if accounts::is_blocked(&tx.db, user, actor.user).await? {
                return Err(Error::refuse(Code::PERSON_UNREACHABLE));
            }
            store::insert_member(&tx.db, room, user, role, seq, tx.circumstances.now).await?;
            tx.publish(Publication::Joined { user, room, seq: seq - 1 });
        }
        Some(RoomRole::Owner) if store::count_owners(&tx.db, room).await? == 1 => {
            return Err(Error::refuse(Code::ROOM_LAST_OWNER));
        }
        Some(_) => store::set_role(&tx.db, room, user, role).await?,
    }
    tell_member_changed(tx, user, room, seq, Some(role), How::ByOthers).await?;
    tx.record(Act::RoomMemberChanged { room, member: user, role: Some(role.name()) }).await
}

/// Nobody new comes into an archived room; people still leave it.
async fn refuse_archived(tx: &Tx<'_>, room: RoomId) -> Result<()> {
    let is_archived = store::find(&tx.db, room).await?.is_some_and(|room| room.archived);
    if is_archived { Err(Error::refuse(Code::ROOM_ARCHIVED)) } else { Ok(()) }
}

async fn require_account(tx: &Tx<'_>, user: UserId) -> Result<()> {
    let account = accounts::find(&tx.db, user).await?.filter(|account| account.is_active);
    account.map(drop).ok_or(Error::refuse(Code::PERSON_NOT_FOUND))
}

/// Puts somebody out; their sockets stop hearing the room.
pub async fn unseat(tx: &mut Tx<'_>, actor: &Actor, room: RoomId, user: UserId) -> Result<()> {
    let seq = store::advance_any(&tx.db, room).await?.ok_or(Error::refuse(Code::ROOM_NOT_FOUND))?;
    let seating = access::seating(&tx.db, actor, room).await?;
    let role = store::role_of(&tx.db, user, room).await?.ok_or(Error::refuse(Code::ROOM_NOT_MEMBER))?;
    seating.may_remove(role)?;
    store::delete_member(&tx.db, room, user).await?;
    tell_member_changed(tx, user, room, seq, None, How::ByOthers).await?;
    tx.publish(Publication::Left { user, room });
    tx.record(Act::RoomMemberChanged { room, member: user, role: None }).await
}

/// Renames, describes, opens, closes, archives.
pub async fn change(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: RoomId,
    change: RoomChange,
    if_match: &IfMatch,
) -> Result<Room> {
    let change = change.validate()?;
    let seq = store::advance_any(&tx.db, id).await?.ok_or(Error::refuse(Code::ROOM_NOT_FOUND))?;
    let AdministeredRoom(room) = access::administered(&tx.db, actor, id).await?;
    if room.is_direct() && (change.policy.is_some() || change.archived.is_some()) {
        return Err(Error::refuse(Code::ROOM_DIRECT));
    }
    if_match.require(&room)?;
    let room = store::change(&tx.db, room, change).await.map_err(|error| {
        if is_unique_violation(&error) { Error::refuse(Code::ROOM_NAME_TAKEN) } else { error.into() }
    })?;
    let data = json!({
        "id": id, "name": room.name, "topic": room.topic, "policy": room.policy, "archived": room.archived,
    });
    let event = store::append_event(&tx.db, id, seq, ROOM_CHANGED, data, tx.circumstances.now).await?;
    tx.publish(event.publication());
    tx.record(Act::RoomChanged { room: id }).await?;
    Ok(room)
}

/// Deletes a room with everything that was said in it.
pub async fn delete(tx: &mut Tx<'_>, actor: &Actor, id: RoomId, if_match: &IfMatch) -> Result<()> {
    store::advance_any(&tx.db, id).await?.ok_or(Error::refuse(Code::ROOM_NOT_FOUND))?;
    let AdministeredRoom(room) = access::deletable(&tx.db, actor, id).await?;
    if_match.require(&room)?;
    for user in store::member_ids(&tx.db, id).await? {
        tx.publish(Publication::Left { user, room: id });
    }
    store::delete(&tx.db, id).await?;
    tx.record(Act::RoomDeleted { room: id, name: room.name }).await
}

/// Joins the room of an invitation.
pub async fn join_as_invited(tx: &mut Tx<'_>, user: UserId, room: RoomId, invite: InviteId) -> Result<()> {
    enter(tx, user, room, Some(invite)).await
}

/// Takes a new person to the room of their invitation, or else to where everybody meets: the oldest public room.
pub async fn join_as_newcomer(
    tx: &mut Tx<'_>,
    user: UserId,
    invited_to: Option<RoomId>,
    invite: InviteId,
) -> Result<()> {
    let room = match invited_to {
        Some(room) => Some(room),
        None => store::oldest_public(&tx.db).await?,
    };
    match room {
        Some(room) => enter(tx, user, room, Some(invite)).await,
        None => Ok(()),
    }
}

async fn enter(tx: &mut Tx<'_>, user: UserId, room: RoomId, invite: Option<InviteId>) -> Result<()> {
    if admit(tx, user, room, RoomRole::Member, How::Themselves).await? {
        tx.record(Act::RoomJoined { room, invite }).await?;
    }
    Ok(())
}

/// Adds a member and tells the room; says whether they were new.
async fn admit(tx: &mut Tx<'_>, user: UserId, room: RoomId, role: RoomRole, how: How) -> Result<bool> {
    // The room's row is locked before anything is looked at: two joins of one person cannot both be the first.
    let seq = store::advance_any(&tx.db, room).await?.ok_or(Error::refuse(Code::ROOM_NOT_FOUND))?;
    if store::is_member(&tx.db, user, room).await? {
        store::retreat(&tx.db, room, seq).await?;
        return Ok(false);
    }
    refuse_archived(tx, room).await?;
    store::insert_member(&tx.db, room, user, role, seq, tx.circumstances.now).await?;
    tx.publish(Publication::Joined { user, room, seq: seq - 1 });
    tell_member_changed(tx, user, room, seq, Some(role), how).await?;
    Ok(true)
}

/// Leaves a room; its last owner hands it over first. A conversation of two is not left.
pub async fn leave(tx: &mut Tx<'_>, user: UserId, room: RoomId) -> Result<()> {
    let not_member = || Error::refuse(Code::ROOM_NOT_MEMBER);
    let seq = store::advance_any(&tx.db, room).await?.ok_or_else(not_member)?;
    let found = store::find(&tx.db, room).await?.ok_or_else(not_member)?;
    let role = store::role_of(&tx.db, user, room).await?.ok_or_else(not_member)?;
    if role == RoomRole::Owner && store::count_owners(&tx.db, room).await? == 1 {
        return Err(Error::refuse(Code::ROOM_LAST_OWNER));
    }
    if found.is_one_to_one() {
        return Err(Error::refuse(Code::ROOM_DIRECT));
    }
    store::delete_member(&tx.db, room, user).await?;
    tell_member_changed(tx, user, room, seq, None, How::Themselves).await?;
    tx.publish(Publication::Left { user, room });
    tx.record(Act::RoomLeft { room }).await?;
    if found.is_direct() { direct::after_leaving(tx, room).await } else { Ok(()) }
}

/// By whose act somebody's place in a room changed: the members are told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Themselves,
    ByOthers,
    /// Somebody who manages rooms entered one that they were not invited to.
    ByRight,
}

pub(super) async fn tell_member_changed(
    tx: &mut Tx<'_>,
    user: UserId,
    room: RoomId,
    seq: i64,
    role: Option<RoomRole>,
    how: How,
) -> Result<()> {
    let person = accounts::people(&tx.db, [user]).await?.remove(&user);
    let person = person.ok_or(Error::broken("a member without an account"))?;
    let by = tx.circumstances.user.filter(|_| how == How::ByOthers);
    let by = match by {
        Some(by) => accounts::people(&tx.db, [by]).await?.remove(&by),
        None => None,
    };
    let data = json!({"user": person, "role": role, "by": by, "by_right": how == How::ByRight});
    let event = store::append_event(&tx.db, room, seq, MEMBER_CHANGED, data, tx.circumstances.now).await?;
    tx.publish(event.publication());
    Ok(())
}

/// Gives an account made from the shell a place to be: the room where everybody meets, opened if there is none yet and
/// the person may own it.
pub async fn welcome(tx: &mut Tx<'_>, user: UserId, language: Language, may_open: bool) -> Result<()> {
    match store::oldest_public(&tx.db).await? {
        Some(room) => enter(tx, user, room, None).await,
        None if may_open => {
            let name = i18n::text(language, "server.first_room", &[]);
            create(tx, user, NewRoom::public(name)).await.map(drop)
        }
        None => Ok(()),
    }
}
