//! The doors to a message: an id becomes a proof of what the actor may do to it, or a refusal. A message is looked for in
//! the room of the path only: a right in one room is none in another. In a conversation each has their own words alone,
//! whatever their role.

use super::store::{self, Message};
use crate::{
    actor::Actor,
    error::{Code, Error, Result},
    ids::{MessageId, RoomId},
    roles::Permission,
    rooms,
};
use sea_orm::ConnectionTrait;

/// A message that the actor may change.
pub(super) struct EditableMessage(pub Message);

/// A message that the actor may delete.
pub(super) struct DeletableMessage(pub Message);

/// One's own, or anybody's with `edit_all_messages`; in a room that one may write to.
pub(super) async fn editable(
    db: &impl ConnectionTrait,
    actor: &Actor,
    room: RoomId,
    id: MessageId,
) -> Result<EditableMessage> {
    let rooms::WritableRoom { is_direct, .. } = rooms::writable(db, actor, room).await?;
    let message = standing(db, room, id).await?;
    require(actor, &message, Permission::EditOwnMessages, Permission::EditAllMessages, is_direct)?;
    Ok(EditableMessage(message))
}

/// One's own, or anybody's with `delete_all_messages`; in a room that one may read.
pub(super) async fn deletable(
    db: &impl ConnectionTrait,
    actor: &Actor,
    room: RoomId,
    id: MessageId,
) -> Result<DeletableMessage> {
    let rooms::ReadableRoom(found) = rooms::readable(db, actor, room).await?;
    let message = standing(db, room, id).await?;
    require(actor, &message, Permission::DeleteOwnMessages, Permission::DeleteAllMessages, found.is_direct())?;
    Ok(DeletableMessage(message))
}

/// A message that was not deleted.
async fn standing(db: &impl ConnectionTrait, room: RoomId, id: MessageId) -> Result<Message> {
    let message = store::find(db, room, id).await?.ok_or(Error::refuse(Code::MESSAGE_NOT_FOUND))?;
    if message.deleted_at.is_some() { Err(Error::refuse(Code::MESSAGE_DELETED)) } else { Ok(message) }
}

fn require(actor: &Actor, message: &Message, own: Permission, all: Permission, is_direct: bool) -> Result<()> {
    let is_own = message.author_id == actor.user;
    let may_all = actor.holds(all) && (is_own || !is_direct);
    if may_all || is_own && actor.holds(own) { Ok(()) } else { Err(Error::refuse(Code::FORBIDDEN)) }
}
