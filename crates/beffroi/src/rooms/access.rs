//! The only doors to a room: an id becomes a proof of what the actor may do in it, or a refusal. A room that somebody
//! may not know of is not found (AZ-4).
//!
//! | policy | reads | writes | adds people |
//! | --- | --- | --- | --- |
//! | public | everybody | members, and those who manage rooms | everybody joins, and invites; owners and moderators add |
//! | private | members | members | members |
//! | restricted | members | members | owners and moderators of the room |
//! | direct | its people | its people, unless one of two blocked the other | nobody |
//!
//! Who manages rooms may know that a private or restricted room exists, and enters it by an explicit act only. A direct one
//! is there for its people alone: no role opens it, none even learns of it.

use super::{
    direct_store,
    model::{Policy, RoomRole},
    store::{self, Room},
};
use crate::{
    actor::Actor,
    error::{Code, Error, Result},
    ids::RoomId,
    roles::{Permission, PermissionSet},
};
use sea_orm::ConnectionTrait;

/// A room that the actor may know of; what is said in it is another matter.
#[derive(Clone, Debug)]
pub struct KnownRoom {
    pub room: Room,
    /// The actor's own place in it.
    pub role: Option<RoomRole>,
}

/// A room that the actor may read.
#[derive(Clone, Debug)]
pub struct ReadableRoom(pub Room);

/// A room that the actor may write to.
#[derive(Clone, Debug)]
pub struct WritableRoom {
    pub id: RoomId,
    pub is_direct: bool,
}

/// A room whose name, topic and policy the actor may change, and which they may archive.
#[derive(Clone, Debug)]
pub struct AdministeredRoom(pub Room);

/// Public rooms, one's own, and any room for those who manage rooms.
pub async fn known(db: &impl ConnectionTrait, actor: &Actor, id: RoomId) -> Result<KnownRoom> {
    let found = store::find_with_role(db, actor.user, id).await?;
    let (room, role) = found.ok_or(Error::refuse(Code::ROOM_NOT_FOUND))?;
    let may_know = !room.is_direct() && actor.holds(Permission::ManageRooms);
    if room.is_public() || role.is_some() || may_know {
        Ok(KnownRoom { room, role })
    } else {
        Err(Error::refuse(Code::ROOM_NOT_FOUND))
    }
}

/// Public rooms for everybody, the others for their members.
pub async fn readable(db: &impl ConnectionTrait, actor: &Actor, id: RoomId) -> Result<ReadableRoom> {
    let KnownRoom { room, role } = known(db, actor, id).await?;
    if room.is_public() || role.is_some() { Ok(ReadableRoom(room)) } else { Err(Error::refuse(Code::ROOM_NOT_ENTERED)) }
}

/// Members write; in a public room those who manage rooms do, too.
pub async fn writable(db: &impl ConnectionTrait, actor: &Actor, id: RoomId) -> Result<WritableRoom> {
    let (room, role) = store::find_with_role(db, actor.user, id).await?.ok_or(Error::refuse(Code::ROOM_NOT_FOUND))?;
    let is_closed = room.is_one_to_one() && direct_store::closed_among(db, vec![id]).await?.contains(&id);
    to_write_to(&room, actor.permissions, role.is_some(), is_closed).map_err(Error::refuse)
}

/// The same of a room that was read, with the membership of whoever wants to write and whether a block has closed it.
/// Conversations of two are what blocks close.
pub fn to_write_to(
    room: &Room,
    permissions: PermissionSet,
    is_member: bool,
    is_closed: bool,
) -> Result<WritableRoom, Code> {
    let is_keeper = permissions.holds(Permission::ManageRooms);
    let is_direct = room.is_direct();
    match (is_member, is_keeper) {
        (false, true) if is_direct => Err(Code::ROOM_NOT_FOUND),
        (false, true) if !room.is_public() => Err(Code::ROOM_NOT_ENTERED),
        (false, false) if room.is_public() => Err(Code::ROOM_NOT_WRITABLE),
        (false, false) => Err(Code::ROOM_NOT_FOUND),
        _ if room.archived => Err(Code::ROOM_ARCHIVED),
        _ if is_direct && !permissions.holds(Permission::SendDm) => Err(Code::FORBIDDEN),
        _ if is_closed => Err(Code::PERSON_UNREACHABLE),
        _ => Ok(WritableRoom { id: room.id, is_direct }),
    }
}

/// Owners administer their room; who manages rooms, those they can read; the people of a larger conversation, that.
pub async fn administered(db: &impl ConnectionTrait, actor: &Actor, id: RoomId) -> Result<AdministeredRoom> {
    let ReadableRoom(room) = readable(db, actor, id).await?;
    if room.is_direct() {
        return if room.is_group { Ok(AdministeredRoom(room)) } else { Err(Error::refuse(Code::ROOM_DIRECT)) };
    }
    let role = store::role_of(db, actor.user, id).await?;
    if role == Some(RoomRole::Owner) || actor.holds(Permission::ManageRooms) {
        Ok(AdministeredRoom(room))
    } else {
        Err(Error::refuse(Code::ROOM_NOT_YOURS))
    }
}

/// Owners delete their room; who may delete rooms, any they know of.
pub async fn deletable(db: &impl ConnectionTrait, actor: &Actor, id: RoomId) -> Result<AdministeredRoom> {
    let KnownRoom { room, role } = known(db, actor, id).await?;
    refuse_direct(&room)?;
    if role == Some(RoomRole::Owner) || actor.holds(Permission::DeleteRooms) {
        Ok(AdministeredRoom(room))
    } else {
        Err(Error::refuse(Code::ROOM_NOT_YOURS))
    }
}

/// What is done to rooms is not done to conversations: nobody is added, put out, or in charge.
fn refuse_direct(room: &Room) -> Result<()> {
    if room.is_direct() { Err(Error::refuse(Code::ROOM_DIRECT)) } else { Ok(()) }
}

/// What one person may do to another's place in a room. Called under the room's lock.
pub(super) struct Seating {
    pub room: Room,
    /// The actor's own role.
    by: Option<RoomRole>,
    is_keeper: bool,
    /// Nobody owns the room, and the actor manages rooms.
    is_guardian: bool,
}

/// The room with the actor's say about its members.
pub(super) async fn seating(db: &impl ConnectionTrait, actor: &Actor, id: RoomId) -> Result<Seating> {
    let ReadableRoom(room) = readable(db, actor, id).await?;
    refuse_direct(&room)?;
    let by = store::role_of(db, actor.user, id).await?;
    let is_guardian = actor.holds(Permission::ManageRooms) && store::is_orphaned(db, id).await?;
    Ok(Seating { room, by, is_keeper: actor.holds(Permission::KickUsers), is_guardian })
}

/// Refuses who may not bring people into the room: in public rooms everybody may, they could join by themselves.
pub async fn require_may_add(db: &impl ConnectionTrait, actor: &Actor, id: RoomId) -> Result<()> {
    let seating = seating(db, actor, id).await?;
    if seating.room.is_public() { Ok(()) } else { seating.may_add() }
}

impl Seating {
    fn refuse<T>() -> Result<T> {
        Err(Error::refuse(Code::ROOM_NOT_YOURS))
    }

    /// Adding somebody as a simple member.
    pub(super) fn may_add(&self) -> Result<()> {
        let private = self.room.policy == Policy::Private.name();
        match self.by {
            Some(RoomRole::Owner | RoomRole::Moderator) => Ok(()),
            Some(RoomRole::Member) if private => Ok(()),
            _ => Self::refuse(),
        }
    }

    /// Giving or taking a role in the room. One that nobody owns gets its next owner from those who manage rooms.
    pub(super) fn may_appoint(&self) -> Result<()> {
        if self.by == Some(RoomRole::Owner) || self.is_guardian { Ok(()) } else { Self::refuse() }
    }

    /// Putting somebody out: owners anybody but owners, moderators simple members, who may kick anybody but owners.
    pub(super) fn may_remove(&self, other: RoomRole) -> Result<()> {
        let outranks = match self.by {
            _ if other == RoomRole::Owner => false,
            Some(RoomRole::Owner) => true,
            Some(RoomRole::Moderator) => other == RoomRole::Member || self.is_keeper,
            _ => self.is_keeper,
        };
        if outranks { Ok(()) } else { Self::refuse() }
    }
}
