//! The events of a room from the database, in their order: new messages and everything else, merged by number.

use crate::{
    error::{Error, Result},
    event::RoomEvent,
    ids::RoomId,
    messages, rooms,
};
use sea_orm::ConnectionTrait;
use serde_json::Value;

/// The events with numbers in `after+1 ..= until`, at most `limit` of them.
pub(super) async fn events(
    db: &impl ConnectionTrait,
    room: RoomId,
    after: i64,
    until: i64,
    limit: u64,
) -> Result<Vec<RoomEvent<Value>>> {
    let created = messages::created_after(db, room, after, until, limit).await?;
    let mut events = rooms::events_after(db, room, after, until, limit).await?;
    for view in messages::views(db, created).await? {
        let event = view.created();
        let data = serde_json::to_value(event.data).map_err(Error::internal)?;
        events.push(RoomEvent { room, seq: event.seq, kind: event.kind, data });
    }
    events.sort_by_key(|event| event.seq);
    events.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(events)
}
