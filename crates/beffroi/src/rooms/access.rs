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
    ids::{RoomId, UserId},
    roles::Permission,
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
    /// Whether the right rests on membership; then it ends with it, and the writer looks again.
    pub as_member: bool,
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
    let KnownRoom { room, role } = known(db, actor, id).await?;
    let as_keeper = room.is_public() && actor.holds(Permission::ManageRooms);
    match role {
        None if !room.is_public() => Err(Error::refuse(Code::ROOM_NOT_ENTERED)),
        None if !as_keeper => Err(Error::refuse(Code::ROOM_NOT_WRITABLE)),
        _ if room.archived => Err(Error::refuse(Code::ROOM_ARCHIVED)),
        _ if room.is_direct() => open_conversation(db, actor, &room).await,
        role => Ok(WritableRoom { id, as_member: role.is_some(), is_direct: false }),
    }
}

/// A conversation that its people may go on with.
async fn open_conversation(db: &impl ConnectionTrait, actor: &Actor, room: &Room) -> Result<WritableRoom> {
    if !actor.holds(Permission::SendDm) {
        return Err(Error::refuse(Code::FORBIDDEN));
    }
    if room.is_one_to_one() && direct_store::closed_among(db, vec![room.id]).await?.contains(&room.id) {
        return Err(Error::refuse(Code::PERSON_UNREACHABLE));
    }
    Ok(WritableRoom { id: room.id, as_member: true, is_direct: true })
}

/// For what a member says by another way than a request of their own.
pub async fn writable_by_member(db: &impl ConnectionTrait, user: UserId, id: RoomId) -> Result<WritableRoom> {
    if store::is_member(db, user, id).await? {
        Ok(WritableRoom { id, as_member: true, is_direct: false })
    } else {
        Err(Error::refuse(Code::ROOM_NOT_WRITABLE))
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
