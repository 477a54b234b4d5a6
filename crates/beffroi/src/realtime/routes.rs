use super::{replay, socket};
use crate::{
    actor::{Actor, CredentialKind},
    app::App,
    error::{Code, Error, FieldError, Result},
    event::{self, RoomEvent},
    ids::RoomId,
    platform::http::{
        answer::Success,
        connections::Connection,
        cross_site,
        describe::{As, Socket},
        payload::{Ids, Query},
    },
    rooms,
};
use axum::extract::{State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection};
use http::{HeaderMap, Uri, header};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

const SUBPROTOCOL: &str = "beffroi.v1";
/// Largest frame inwards.
const FRAME_BYTES_MAX: usize = 4 * 1024;
/// Where a socket reads to. Clients say little; the largest frame takes a few reads.
const READ_BUFFER_BYTES: usize = 1024;
/// What is gathered for a socket before it is written. With both so small an idle one costs about 12 KiB instead of 137.
const WRITE_BUFFER_BYTES: usize = 4 * 1024;
/// A client that does not read may hold back so much before its socket is closed.
const WRITE_BUFFER_BYTES_MAX: usize = 1024 * 1024;
/// Events in one answer of `changes`.
const CHANGES_MAX: u64 = 200;

/// How a client that can send no header with its upgrade says who it is.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// From `POST /api/v1/ws-ticket`.
    #[serde(rename = "ticket")]
    _ticket: Option<String>,
}

/// Opens the socket: signed in, readable rooms, and asked from our own pages (AU-11), all before the upgrade.
///
/// Errors: auth.ticket_invalid, auth.ambiguous.
pub async fn open(
    actor: Actor,
    State(app): State<App>,
    Connection(place): Connection,
    Query(_): Query<Opening>,
    headers: HeaderMap,
    uri: Uri,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<As<Socket>> {
    // A browser sends its cookie along from any page, so that the page must be ours; a program says who it is itself.
    let may_lack_origin = actor.session.kind == CredentialKind::AccessToken && !headers.contains_key(header::ORIGIN);
    let has_own_origin = actor.session.by_ticket || may_lack_origin;
    if !has_own_origin && !cross_site::is_own_origin(&app, &headers, &uri) {
        return Err(Error::refuse(Code::CROSS_SITE));
    }
    let upgrade = upgrade.map_err(|_| Error::refuse(Code::UPGRADE_REQUIRED))?;
    let upgrade = upgrade
        .protocols([SUBPROTOCOL])
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_write_buffer_size(WRITE_BUFFER_BYTES_MAX)
        .max_message_size(FRAME_BYTES_MAX)
        .max_frame_size(FRAME_BYTES_MAX);
    let live = move |stream| async move {
        socket::run(app, actor, stream).await;
        drop(place);
    };
    Ok(upgrade.on_upgrade(live).into())
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct After {
    #[schemars(range(min = 0))]
    after: Option<i64>,
    /// Only events of this kind.
    kind: Option<EventKind>,
}

/// The kinds of events, by the names they bear on the socket.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
enum EventKind {
    #[serde(rename = "message.created")]
    MessageCreated,
    #[serde(rename = "message.edited")]
    MessageEdited,
    #[serde(rename = "message.deleted")]
    MessageDeleted,
    #[serde(rename = "room.changed")]
    RoomChanged,
    #[serde(rename = "member.changed")]
    MemberChanged,
}

impl EventKind {
    fn name(self) -> &'static str {
        match self {
            Self::MessageCreated => event::MESSAGE_CREATED,
            Self::MessageEdited => event::MESSAGE_EDITED,
            Self::MessageDeleted => event::MESSAGE_DELETED,
            Self::RoomChanged => event::ROOM_CHANGED,
            Self::MemberChanged => event::MEMBER_CHANGED,
        }
    }
}

#[derive(JsonSchema, Serialize)]
pub struct Changes {
    events: Vec<RoomEvent<Value>>,
    last_seq: i64,
    /// Whether there is more to ask for, after the last of these.
    more: bool,
}

/// What happened in a room after a number: how a client fills a hole.
///
/// Errors: room.not_found, room.not_entered.
pub async fn changes(
    actor: Actor,
    State(app): State<App>,
    Ids(room): Ids<RoomId>,
    Query(query): Query<After>,
) -> Result<Success<Changes>> {
    let db = app.database.reader();
    let rooms::ReadableRoom(room) = rooms::readable(db, &actor, room).await?;
    let after = query.after.unwrap_or(0);
    if !(0..=room.last_seq).contains(&after) {
        let field = FieldError::new("after", "out_of_range").with("min", 0).with("max", room.last_seq);
        return Err(Error::invalid(vec![field]));
    }
    let events =
        replay::events(db, room.id, after, room.last_seq, CHANGES_MAX, query.kind.map(EventKind::name)).await?;
    let is_full = events.len() as u64 == CHANGES_MAX;
    let reached = events.last().filter(|_| is_full).map_or(room.last_seq, |event| event.seq);
    Ok(Success(Changes { events, last_seq: room.last_seq, more: reached < room.last_seq }))
}
