use super::{
    actions::{self, REASON_CHARS_MAX},
    model::{Draft, TEXT_CHARS_MAX},
    pages::{Asked, Place, Way},
    store::{self, Message, Window},
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
    platform::clock::Moment,
    platform::http::{
        answer::{self, Created, Encoded, NoContent, Page, Repeatable, Success},
        etag::{Current, IfMatch},
        payload::{self, Ids, OptionalPayload, Payload, Query},
    },
    rooms::{self, Room},
    tx::Tx,
};
use axum::extract::State;
use beffroi_markup::Tree;
use schemars::JsonSchema;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Send {
    #[schemars(length(min = 1, max = TEXT_CHARS_MAX))]
    text: String,
    client_id: ClientId,
    reply_to: Option<MessageId>,
}

/// Sends a message. 201 once it is durable; 200 with the same message when this `client_id` has sent it before.
///
/// Errors: room.not_found, room.not_entered, room.not_writable, room.archived, person.unreachable,
/// message.client_id_reused, server.busy.
pub async fn send(
    actor: Actor,
    State(app): State<App>,
    circumstances: Circumstances,
    Ids(room): Ids<RoomId>,
    Payload(body): Payload<Send>,
) -> Result<Repeatable<MessageView>> {
    let draft = Draft::new(body.client_id, body.text)?.in_reply_to(body.reply_to);
    let author = Person { id: actor.user, username: actor.username.to_string() };
    let post = Post { room, author, permissions: actor.permissions, draft, circumstances };
    match app.messages.post(post).await? {
        Posted::Now(message) => {
            let location = format!("/api/v1/rooms/{}/messages/{}", message.room_id, message.id);
            Ok(Repeatable::Now(Created { location, data: message }))
        }
        Posted::Before(message) => Ok(Repeatable::Before(Success(message))),
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct List {
    before: Option<String>,
    after: Option<String>,
    around: Option<String>,
    cursor: Option<String>,
    #[schemars(range(min = 1, max = payload::LIMIT_MAX))]
    limit: Option<i64>,
}

/// A page of a room's history, newest first. `next` leads further the way that was asked.
///
/// Errors: request.invalid_cursor, room.not_found, room.not_entered.
pub async fn list(
    actor: Actor,
    State(app): State<App>,
    Ids(room): Ids<RoomId>,
    Query(query): Query<List>,
) -> Result<Encoded<Page<MessageView>>> {
    let db = app.database.reader();
    let limit = payload::limit(query.limit)?;
    // The rights first, at every request; what they open is the same for everybody.
    let rooms::ReadableRoom(Room { last_seq, .. }) = rooms::readable(db, &actor, room).await?;
    let asked = Asked { room, place: place(&query)?, limit };
    if let Some(page) = app.pages.get(&asked, last_seq) {
        return Ok(Encoded::of(page));
    }
    let page = Encoded::new(&page(db, &asked).await?)?;
    app.pages.keep(asked, last_seq, page.bytes());
    Ok(page)
}

async fn page(db: &impl ConnectionTrait, &Asked { room, place, limit }: &Asked) -> Result<Page<MessageView>> {
    let window = match place {
        Place::Newest => Window::Newest,
        Place::At { way, id, field } => {
            let seq = store::seq_of(db, room, id).await?.ok_or_else(|| unknown_cursor(field))?;
            match way {
                Way::Before => Window::Before(seq),
                Way::After => Window::After(seq),
                Way::Around => Window::Around(seq),
            }
        }
    };
    let page = store::page(db, room, window, limit).await?;
    let is_full = u64::try_from(page.len()).is_ok_and(|length| length == limit);
    let (edge, way) = match window {
        Window::After(_) => (page.first(), "after"),
        _ => (page.last(), "before"),
    };
    let next = edge.filter(|_| is_full).map(|message| format!("{way}:{}", message.id));
    Ok(Page::new(view::views(db, page).await?, next))
}

fn place(query: &List) -> Result<Place> {
    let (way, field, id) = match (&query.before, &query.after, &query.around, &query.cursor) {
        (None, None, None, None) => return Ok(Place::Newest),
        (Some(id), None, None, None) => (Way::Before, "before", id.as_str()),
        (None, Some(id), None, None) => (Way::After, "after", id.as_str()),
        (None, None, Some(id), None) => (Way::Around, "around", id.as_str()),
        (None, None, None, Some(cursor)) => match cursor.split_once(':') {
            Some(("before", id)) => (Way::Before, "cursor", id),
            Some(("after", id)) => (Way::After, "cursor", id),
            _ => return Err(unknown_cursor("cursor")),
        },
        _ => return Err(Error::invalid(vec![FieldError::new("cursor", "duplicate")])),
    };
    let id = id.parse().map(MessageId).map_err(|_| unknown_cursor(field))?;
    Ok(Place::At { way, id, field })
}

fn unknown_cursor(field: &str) -> Error {
    Error::refuse_fields(Code::INVALID_CURSOR, vec![FieldError::new(field, "malformed")])
}

/// Shows one message.
///
/// Errors: room.not_found, room.not_entered, message.not_found.
pub async fn show(
    actor: Actor,
    State(app): State<App>,
    Ids((room, message)): Ids<(RoomId, MessageId)>,
) -> Result<Current<MessageView>> {
    let db = app.database.reader();
    rooms::readable(db, &actor, room).await?;
    let message = store::find(db, room, message).await?.ok_or(Error::refuse(Code::MESSAGE_NOT_FOUND))?;
    let view = view::views(db, vec![message]).await?.pop();
    view.map(Current).ok_or(Error::broken("one message has one view"))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Thread {
    cursor: Option<MessageId>,
    #[schemars(range(min = 1, max = payload::LIMIT_MAX))]
    limit: Option<i64>,
}

/// The thread of a message, whichever of its messages is named: the first one, then the answers, oldest first. A first
/// message that was deleted stands there as its tombstone.
///
/// Errors: request.invalid_cursor, room.not_found, room.not_entered, message.not_found.
pub async fn thread(
    actor: Actor,
    State(app): State<App>,
    Ids((room, message)): Ids<(RoomId, MessageId)>,
    Query(query): Query<Thread>,
) -> Result<Page<MessageView>> {
    let db = app.database.reader();
    let limit = payload::limit(query.limit)?;
    rooms::readable(db, &actor, room).await?;
    let found = |message: Option<Message>| message.ok_or(Error::refuse(Code::MESSAGE_NOT_FOUND));
    let named = found(store::find(db, room, message).await?)?;
    let root = match named.thread_root {
        Some(root) => found(store::find(db, room, root).await?)?,
        None => named,
    };
    let mut messages = Vec::new();
    let after = match query.cursor {
        Some(cursor) => place_in_thread(db, &root, cursor).await?,
        None => {
            messages.push(root.clone());
            root.seq
        }
    };
    messages.extend(store::replies(db, root.id, after, limit + 1).await?);
    let (messages, next) = answer::cut(messages, limit, |message| message.id.to_string());
    Ok(Page::new(view::views(db, messages).await?, next))
}

async fn place_in_thread(db: &impl ConnectionTrait, root: &Message, cursor: MessageId) -> Result<i64> {
    let message = store::find(db, root.room_id, cursor).await?;
    let within = message.filter(|message| message.id == root.id || message.thread_root == Some(root.id));
    within.map(|message| message.seq).ok_or_else(|| unknown_cursor("cursor"))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    #[schemars(length(min = 1, max = TEXT_CHARS_MAX))]
    text: String,
}

/// Replaces the text of a message; what it said before is kept in its history.
///
/// Errors: room.not_found, room.not_entered, room.not_writable, room.archived, person.unreachable, message.not_found,
/// message.deleted.
pub async fn edit(
    actor: Actor,
    State(app): State<App>,
    circumstances: Circumstances,
    Ids((room, message)): Ids<(RoomId, MessageId)>,
    if_match: IfMatch,
    Payload(body): Payload<Edit>,
) -> Result<Current<MessageView>> {
    let mut tx = Tx::begin(&app, circumstances).await?;
    let view = actions::edit(&mut tx, &actor, room, message, body.text, &if_match).await?;
    tx.commit().await?;
    Ok(Current(view))
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Delete {
    #[schemars(length(max = REASON_CHARS_MAX))]
    reason: Option<String>,
}

/// Deletes a message: its text and history are gone, that something was said is not.
///
/// Errors: room.not_found, room.not_entered, message.not_found, message.deleted.
pub async fn delete(
    actor: Actor,
    State(app): State<App>,
    circumstances: Circumstances,
    Ids((room, message)): Ids<(RoomId, MessageId)>,
    if_match: IfMatch,
    OptionalPayload(body): OptionalPayload<Delete>,
) -> Result<NoContent> {
    let mut tx = Tx::begin(&app, circumstances).await?;
    actions::delete(&mut tx, &actor, room, message, body.reason, &if_match).await?;
    tx.commit().await?;
    Ok(NoContent)
}

/// A text that a message had.
#[derive(JsonSchema, Serialize)]
pub struct RevisionView {
    text: String,
    tree: Tree,
    written_at: Moment,
}

/// What a message said before its edits, oldest first.
///
/// Errors: room.not_found, room.not_entered, message.not_found.
pub async fn history(
    actor: Actor,
    State(app): State<App>,
    Ids((room, message)): Ids<(RoomId, MessageId)>,
) -> Result<Page<RevisionView>> {
    let db = app.database.reader();
    rooms::readable(db, &actor, room).await?;
    let message = store::find(db, room, message).await?.ok_or(Error::refuse(Code::MESSAGE_NOT_FOUND))?;
    let revisions = store::revisions(db, message.id).await?;
    let view = |revision: store::Revision| RevisionView {
        tree: beffroi_markup::parse(&revision.text),
        text: revision.text,
        written_at: revision.written_at,
    };
    Ok(Page::whole(revisions.into_iter().map(view).collect()))
}
