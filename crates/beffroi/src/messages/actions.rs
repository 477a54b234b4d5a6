//! Changing what was said. The room's row is locked first, so that an edit and a deletion of one message follow each
//! other, and the event's number is that of the commit.

use super::{
    access::{self, DeletableMessage, EditableMessage},
    model,
    store::{self, Message},
    view::{self, MessageView},
};
use crate::{
    actor::Actor,
    audit::Act,
    error::{Code, Error, Result},
    event::{MESSAGE_DELETED, MESSAGE_EDITED, RoomEvent},
    ids::{MessageId, RoomId},
    platform::{http::etag::IfMatch, text},
    rooms,
    tx::Tx,
};
use serde_json::json;

pub const REASON_CHARS_MAX: usize = 500;

/// Replaces the text; what stood there before is kept in the message's history.
pub(super) async fn edit(
    tx: &mut Tx<'_>,
    actor: &Actor,
    room: RoomId,
    id: MessageId,
    text: String,
    if_match: &IfMatch,
) -> Result<MessageView> {
    let seq = number(tx, room).await?;
    let EditableMessage(message) = access::editable(&tx.db, actor, room, id).await?;
    let text = model::checked_text(text)?;
    if message.text == text {
        rooms::retreat(&tx.db, room, seq).await?;
        return view_of(tx, message).await;
    }
    if_match.require(&message)?;
    let now = tx.circumstances.now;
    store::keep_revision(&tx.db, &message).await?;
    let edited = store::set_text(&tx.db, &message, text, now).await?;
    tx.record(Act::MessageEdited { room, message: id }).await?;
    let view = view_of(tx, edited).await?;
    // What is stored names the message only: its text must not outlive it in the events. A replay shows it as it is then.
    rooms::append_event(&tx.db, room, seq, MESSAGE_EDITED, json!({"id": id}), now).await?;
    tx.publish(RoomEvent { room, seq, kind: MESSAGE_EDITED.to_owned(), data: &view }.publication());
    Ok(view)
}

/// Leaves a tombstone: the text and its history are gone, that something was said is not.
pub(super) async fn delete(
    tx: &mut Tx<'_>,
    actor: &Actor,
    room: RoomId,
    id: MessageId,
    reason: Option<String>,
    if_match: &IfMatch,
) -> Result<()> {
    let reason = checked_reason(reason)?;
    let seq = number(tx, room).await?;
    let DeletableMessage(message) = access::deletable(&tx.db, actor, room, id).await?;
    if_match.require(&message)?;
    let now = tx.circumstances.now;
    store::bury(&tx.db, &message, now).await?;
    tx.record(Act::MessageDeleted { room, message: id, reason: reason.clone() }).await?;
    let data = json!({"id": id, "seq": message.seq, "deleted_at": now, "by_author": message.author_id == actor.user, "reason": reason});
    let event = rooms::append_event(&tx.db, room, seq, MESSAGE_DELETED, data, now).await?;
    tx.publish(event.publication());
    Ok(())
}

/// The number of the event to come. It locks the room; whether the actor may know of it is said by the door that follows.
async fn number(tx: &Tx<'_>, room: RoomId) -> Result<i64> {
    rooms::advance_any(&tx.db, room).await?.ok_or(Error::refuse(Code::ROOM_NOT_FOUND))
}

async fn view_of(tx: &Tx<'_>, message: Message) -> Result<MessageView> {
    let mut views = view::views(&tx.db, vec![message]).await?;
    views.pop().ok_or(Error::broken("one message has one view"))
}

fn checked_reason(reason: Option<String>) -> Result<Option<String>> {
    text::optional_line("reason", reason.as_deref(), REASON_CHARS_MAX).map_err(|fault| Error::invalid(vec![fault]))
}
