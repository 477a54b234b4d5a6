//! The events of a room from the database, in their order: new messages and everything else, merged by number.
//! Messages show as they are now: a text that was taken back is not replayed.

use crate::{
    error::{Error, Result},
    event::{MESSAGE_CREATED, MESSAGE_EDITED, RoomEvent},
    ids::{MessageId, RoomId},
    messages, rooms,
};
use sea_orm::ConnectionTrait;
use serde_json::Value;
use std::collections::HashMap;

/// The events with numbers in `after+1 ..= until`, at most `limit` of them; on demand only those of one kind.
pub(super) async fn events(
    db: &impl ConnectionTrait,
    room: RoomId,
    after: i64,
    until: i64,
    limit: u64,
    kind: Option<&str>,
) -> Result<Vec<RoomEvent<Value>>> {
    let created = match kind {
        None | Some(MESSAGE_CREATED) => messages::created_after(db, room, after, until, limit).await?,
        Some(_) => Vec::new(),
    };
    let mut events = rooms::events_after(db, room, after, until, limit, kind).await?;
    show_edited(db, room, &mut events).await?;
    for view in messages::views(db, created).await? {
        let event = view.created();
        let data = serde_json::to_value(event.data).map_err(Error::internal)?;
        events.push(RoomEvent { room, seq: event.seq, kind: event.kind, data });
    }
    events.sort_by_key(|event| event.seq);
    events.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(events)
}

/// An edit is stored by the id of its message.
async fn show_edited(db: &impl ConnectionTrait, room: RoomId, events: &mut [RoomEvent<Value>]) -> Result<()> {
    let ids = events.iter().filter_map(edited).collect();
    let edited_messages = messages::find_all(db, room, ids).await?;
    let views = messages::views(db, edited_messages).await?;
    let views: HashMap<MessageId, Value> = views
        .into_iter()
        .map(|view| Ok((view.id, serde_json::to_value(view).map_err(Error::internal)?)))
        .collect::<Result<_>>()?;
    for event in events {
        if let Some(view) = edited(event).and_then(|id| views.get(&id)) {
            event.data = view.clone();
        }
    }
    Ok(())
}

fn edited(event: &RoomEvent<Value>) -> Option<MessageId> {
    let id = (event.kind == MESSAGE_EDITED).then(|| event.data["id"].as_str())??;
    id.parse().ok().map(MessageId)
}
