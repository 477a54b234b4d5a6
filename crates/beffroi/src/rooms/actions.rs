use super::{
    model::{NewRoom, Policy, RoomRole},
    store::{self, Room},
};
use crate::{
    accounts,
    audit::Act,
    error::{Code, Error, Result, is_unique_violation},
    event::{MEMBER_CHANGED, Publication},
    ids::{InviteId, RoomId, UserId},
    invites::Invite,
    platform::i18n::{self, Language},
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
    admit(tx, owner, id, RoomRole::Owner).await?;
    Ok(room)
}

/// Joins a public room; joining again changes nothing.
pub async fn join(tx: &mut Tx<'_>, user: UserId, room: RoomId) -> Result<()> {
    let found = store::find(&tx.db, room).await?.filter(|room| room.policy == Policy::Public.name());
    if found.is_none() && !store::is_member(&tx.db, user, room).await? {
        return Err(Error::refuse(Code::ROOM_NOT_FOUND));
    }
    enter(tx, user, room, None).await
}

/// Joins the room of an invitation.
pub async fn join_as_invited(tx: &mut Tx<'_>, user: UserId, room: RoomId, invite: InviteId) -> Result<()> {
    enter(tx, user, room, Some(invite)).await
}

/// Takes a new person to the room of their invitation, or else to where everybody meets: the oldest public room.
pub async fn join_as_newcomer(tx: &mut Tx<'_>, user: UserId, invite: &Invite) -> Result<()> {
    let room = match invite.room_id {
        Some(room) => Some(room),
        None => store::oldest_public(&tx.db).await?,
    };
    match room {
        Some(room) => enter(tx, user, room, Some(invite.id)).await,
        None => Ok(()),
    }
}

async fn enter(tx: &mut Tx<'_>, user: UserId, room: RoomId, invite: Option<InviteId>) -> Result<()> {
    if admit(tx, user, room, RoomRole::Member).await? {
        tx.record(Act::RoomJoined { room, invite }).await?;
    }
    Ok(())
}

/// Adds a member and tells the room; says whether they were new.
async fn admit(tx: &mut Tx<'_>, user: UserId, room: RoomId, role: RoomRole) -> Result<bool> {
    // The room's row is locked before anything is looked at: two joins of one person cannot both be the first.
    let seq = store::advance(&tx.db, room, 1).await?.ok_or(Error::refuse(Code::ROOM_NOT_FOUND))?;
    if store::is_member(&tx.db, user, room).await? {
        store::retreat(&tx.db, room, seq).await?;
        return Ok(false);
    }
    store::insert_member(&tx.db, room, user, role, seq, tx.circumstances.now).await?;
    tx.publish(Publication::Joined { user, room, seq: seq - 1 });
    tell_member_changed(tx, user, room, seq, Some(role)).await?;
    Ok(true)
}

/// Leaves a room; its last owner hands it over first.
pub async fn leave(tx: &mut Tx<'_>, user: UserId, room: RoomId) -> Result<()> {
    let not_member = || Error::refuse(Code::ROOM_NOT_MEMBER);
    let seq = store::advance(&tx.db, room, 1).await?.ok_or_else(not_member)?;
    let role = store::role_of(&tx.db, user, room).await?.ok_or_else(not_member)?;
    if role == RoomRole::Owner.name() && store::count_owners(&tx.db, room).await? == 1 {
        return Err(Error::refuse(Code::ROOM_LAST_OWNER));
    }
    store::delete_member(&tx.db, room, user).await?;
    tell_member_changed(tx, user, room, seq, None).await?;
    tx.publish(Publication::Left { user, room });
    tx.record(Act::RoomLeft { room }).await
}

async fn tell_member_changed(
    tx: &mut Tx<'_>,
    user: UserId,
    room: RoomId,
    seq: i64,
    role: Option<RoomRole>,
) -> Result<()> {
    let person = accounts::people(&tx.db, [user]).await?.remove(&user);
    let person = person.ok_or(Error::broken("a member without an account"))?;
    let data = json!({"user": person, "role": role});
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
