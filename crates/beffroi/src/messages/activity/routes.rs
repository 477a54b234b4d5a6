//! What others said to a person: answers to their messages, and everything in the threads they began. Only what they may
//! read now. New is what they have read neither in its room nor here, where a marker of their own moves.

use super::{
    super::view::{self, MessageView},
    store::{self, Wanted},
};
use crate::{
    actor::Actor,
    app::App,
    error::{Code, Error, Result},
    ids::{MessageId, RoomId, UserId},
    platform::http::{
        answer::{self, NoContent, Page},
        payload::{self, Payload, Query},
    },
    rooms,
};
use axum::extract::State;
use schemars::JsonSchema;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct List {
    cursor: Option<MessageId>,
    #[schemars(range(min = 1, max = payload::LIMIT_MAX))]
    limit: Option<i64>,
}

/// Something said to the caller.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "Activity")]
pub struct ActivityView {
    message: MessageView,
    unread: bool,
}

/// Lists what others answered to the caller or in threads that the caller began, newest first.
///
/// Errors: validation.
pub async fn list(actor: Actor, State(app): State<App>, Query(query): Query<List>) -> Result<Page<ActivityView>> {
    let db = app.database.reader();
    let limit = payload::limit(query.limit)?;
    let marker = store::marker_of(db, actor.user).await?;
    let wanted = Wanted { user: actor.user, before: query.cursor };
    let (answers, next) = answer::cut(wanted.newest(db, limit + 1).await?, limit, |answer| answer.id.to_string());
    let rooms = rooms::read_seqs(db, actor.user, answers.iter().map(|answer| answer.room_id)).await?;
    let read = Read { rooms, marker };
    let views = view::views(db, answers).await?.into_iter();
    Ok(Page::new(views.map(|message| ActivityView { unread: !read.covers(&message), message }).collect(), next))
}

/// How far somebody has read.
struct Read {
    rooms: HashMap<RoomId, i64>,
    marker: Option<MessageId>,
}

impl Read {
    /// A room that one only looks into has no marker, so that nothing there stays new for ever.
    fn covers(&self, message: &MessageView) -> bool {
        let seen_here = self.marker.is_some_and(|marker| message.id <= marker);
        seen_here || self.rooms.get(&message.room_id).is_none_or(|read| message.seq <= *read)
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkSeen {
    /// The newest that was seen.
    message: MessageId,
}

/// Says up to which message one has seen what others said to one; what is older is no longer new.
///
/// Errors: message.not_found.
pub async fn mark_seen(actor: Actor, State(app): State<App>, Payload(body): Payload<MarkSeen>) -> Result<NoContent> {
    let tx = app.database.begin().await?;
    require_said_to(&tx, actor.user, body.message).await?;
    store::move_marker(&tx, actor.user, body.message).await?;
    tx.commit().await?;
    Ok(NoContent)
}

/// An id that nobody was told of could lie in the future, and nothing would be new any more.
async fn require_said_to(db: &impl ConnectionTrait, user: UserId, message: MessageId) -> Result<()> {
    let was_said = store::is_said_to(db, user, message).await?;
    if was_said { Ok(()) } else { Err(Error::refuse(Code::MESSAGE_NOT_FOUND)) }
}
