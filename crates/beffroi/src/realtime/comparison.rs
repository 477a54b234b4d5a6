//! Compares what is heard here with the database: a publication that was lost is made up for, and so is what another
//! process on the same database did. Above all nobody hears on who was removed there (AU-3).

use super::hub::Hub;
use crate::{
    app::App,
    error::Result,
    event::MEMBER_CHANGED,
    ids::{RoomId, UserId},
    rooms,
};
use serde_json::{Value, json};
use std::{collections::HashSet, ops::Range};

/// Changes of members that are looked through for one removal.
const EVENTS_MAX: u64 = 1000;

/// Runs every half second: one reading of the heads of the rooms that are listened to; whatever else it costs is for rooms
/// in which something happened that was not published here.
pub async fn compare(app: &App) -> Result<()> {
    let (known, step) = app.hub.rooms();
    if known.is_empty() {
        return Ok(());
    }
    let heads = rooms::last_seqs(app.database.reader(), known.keys().copied().collect()).await?;
    for (room, head) in known {
        match heads.get(&room).copied() {
            Some(now) if now > head => {
                put_out_strangers(app, room, head..now, step).await?;
                app.hub.tell_head(room, now);
            }
            Some(_) => {}
            None => put_everybody_out(&app.hub, room, step),
        }
    }
    Ok(())
}

/// A room that is no more.
fn put_everybody_out(hub: &Hub, room: RoomId, step: u64) {
    for user in hub.listeners(room) {
        hub.put_out(room, user, None, step);
    }
}

/// Before the others are told of the head, so that whoever was removed hears of that and of nothing after it.
async fn put_out_strangers(app: &App, room: RoomId, missed: Range<i64>, step: u64) -> Result<()> {
    let members: HashSet<UserId> = rooms::member_ids(app.database.reader(), room).await?.into_iter().collect();
    for user in app.hub.listeners(room).difference(&members) {
        let seq = removal(app, room, *user, missed.clone()).await?;
        app.hub.put_out(room, *user, seq, step);
    }
    Ok(())
}

/// The number of the event by which somebody was removed. None if it is not among those that were missed: an end without
/// a word is better than none.
async fn removal(app: &App, room: RoomId, user: UserId, missed: Range<i64>) -> Result<Option<i64>> {
    let db = app.database.reader();
    let events = rooms::events_after(db, room, missed.start, missed.end, EVENTS_MAX, Some(MEMBER_CHANGED)).await?;
    let id = json!(user);
    let is_it = |data: &Value| data["user"]["id"] == id && data["role"].is_null();
    Ok(events.iter().rfind(|event| is_it(&event.data)).map(|event| event.seq))
}
