use super::{
    model::Draft,
    store::{self, Window},
    view::{self, MessageView},
    writer::{Post, Posted},
};
use crate::{
    accounts::Person,
    actor::Actor,
    app::App,
    audit::Circumstances,
    error::{Code, Error, FieldError, Result},
    ids::{ClientId, MessageId, RoomId},
    platform::http::{
        answer::{Created, Page, Success},
        payload::{self, Ids, Payload, Query},
    },
    rooms,
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use sea_orm::ConnectionTrait;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Send {
    text: String,
    client_id: ClientId,
}

/// Sends a message. 201 once it is durable; 200 with the same message when this `client_id` has sent it before.
pub async fn send(
    actor: Actor,
    State(app): State<App>,
    circumstances: Circumstances,
    Ids(room): Ids<RoomId>,
    Payload(body): Payload<Send>,
) -> Result<Response> {
    let draft = Draft::new(body.client_id, body.text)?;
    let room = rooms::writable(app.database.reader(), &actor, room).await?;
    let author = Person { id: actor.user, username: actor.username.to_string() };
    match app.messages.post(Post { room, author, draft, circumstances }).await? {
        Posted::Now(message) => {
            let location = format!("/api/v1/rooms/{}/messages/{}", message.room_id, message.id);
            Ok(Created { location, data: message }.into_response())
        }
        Posted::Before(message) => Ok(Success(message).into_response()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    before: Option<String>,
    after: Option<String>,
    cursor: Option<String>,
    limit: Option<i64>,
}

/// A page of a room's history, newest first. `next` leads further the way that was asked.
pub async fn list(
    actor: Actor,
    State(app): State<App>,
    Ids(room): Ids<RoomId>,
    Query(query): Query<List>,
) -> Result<Page<MessageView>> {
    let db = app.database.reader();
    let limit = payload::limit(query.limit)?;
    rooms::readable(db, &actor, room).await?;
    let window = window(db, room, &query).await?;
    let page = store::page(db, room, window, limit).await?;
    let is_full = u64::try_from(page.len()).is_ok_and(|length| length == limit);
    let (edge, way) = match window {
        Window::After(_) => (page.first(), "after"),
        _ => (page.last(), "before"),
    };
    let next = edge.filter(|_| is_full).map(|message| format!("{way}:{}", message.id));
    Ok(Page::new(view::views(db, page).await?, next))
}

async fn window(db: &impl ConnectionTrait, room: RoomId, query: &List) -> Result<Window> {
    let (way, field, id) = match (&query.before, &query.after, &query.cursor) {
        (None, None, None) => return Ok(Window::Newest),
        (Some(id), None, None) => ("before", "before", id.as_str()),
        (None, Some(id), None) => ("after", "after", id.as_str()),
        (None, None, Some(cursor)) => match cursor.split_once(':') {
            Some((way @ ("before" | "after"), id)) => (way, "cursor", id),
            _ => return Err(unknown_cursor("cursor")),
        },
        _ => return Err(Error::invalid(vec![FieldError::new("cursor", "duplicate")])),
    };
    let id = id.parse().map(MessageId).map_err(|_| unknown_cursor(field))?;
    let seq = store::seq_of(db, room, id).await?.ok_or_else(|| unknown_cursor(field))?;
    Ok(if way == "after" { Window::After(seq) } else { Window::Before(seq) })
}

fn unknown_cursor(field: &str) -> Error {
    Error::refuse_fields(Code::INVALID_CURSOR, vec![FieldError::new(field, "malformed")])
}

pub async fn show(
    actor: Actor,
    State(app): State<App>,
    Ids((room, message)): Ids<(RoomId, MessageId)>,
) -> Result<Success<MessageView>> {
    let db = app.database.reader();
    rooms::readable(db, &actor, room).await?;
    let message = store::find(db, room, message).await?.ok_or(Error::refuse(Code::MESSAGE_NOT_FOUND))?;
    let view = view::views(db, vec![message]).await?.pop();
    view.map(Success).ok_or(Error::broken("one message has one view"))
}
