//! The only doors to a room: an id becomes a proof of what the actor may do in it, or a refusal. A room that somebody
//! may not know of is not found.

use super::store::{self, Room};
use crate::{
    actor::Actor,
    error::{Code, Error, Result},
    ids::{RoomId, UserId},
    roles::Permission,
};
use sea_orm::ConnectionTrait;

/// A room that the actor may read.
#[derive(Clone, Debug)]
pub struct ReadableRoom(pub Room);

/// A room that the actor may write to.
#[derive(Clone, Debug)]
pub struct WritableRoom {
    pub id: RoomId,
    /// Whether the right rests on membership; then it ends with it, and the writer looks again.
    pub as_member: bool,
}

/// Public rooms for everybody, the others for their members.
pub async fn readable(db: &impl ConnectionTrait, actor: &Actor, id: RoomId) -> Result<ReadableRoom> {
    let room = store::find(db, id).await?.ok_or(Error::refuse(Code::ROOM_NOT_FOUND))?;
    if room.policy == "public" || store::is_member(db, actor.user, id).await? {
        Ok(ReadableRoom(room))
    } else {
        Err(Error::refuse(Code::ROOM_NOT_FOUND))
    }
}

/// For what a member says by another way than a request of their own.
pub async fn writable_by_member(db: &impl ConnectionTrait, user: UserId, id: RoomId) -> Result<WritableRoom> {
    if store::is_member(db, user, id).await? {
        Ok(WritableRoom { id, as_member: true })
    } else {
        Err(Error::refuse(Code::ROOM_NOT_WRITABLE))
    }
}

/// Members write; in a public room those who manage rooms do, too.
pub async fn writable(db: &impl ConnectionTrait, actor: &Actor, id: RoomId) -> Result<WritableRoom> {
    let ReadableRoom(room) = readable(db, actor, id).await?;
    let as_member = store::is_member(db, actor.user, id).await?;
    let as_keeper = room.policy == "public" && actor.holds(Permission::ManageRooms);
    if !as_member && !as_keeper {
        return Err(Error::refuse(Code::ROOM_NOT_WRITABLE));
    }
    if room.archived {
        return Err(Error::refuse(Code::ROOM_ARCHIVED));
    }
    Ok(WritableRoom { id, as_member })
}
