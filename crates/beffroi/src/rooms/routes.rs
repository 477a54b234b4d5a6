use super::{
    access, actions, direct,
    model::{NAME_CHARS_MAX, NewRoom, Policy, RoomChange, RoomRole, TOPIC_CHARS_MAX},
    store::{self, Listed},
    view::{self, RoomView, view},
};
use crate::{
    accounts::{self, Person},
    actor::Actor,
    app::App,
    audit::Circumstances,
    error::{Code, Error, Result},
    ids::{MessageId, RoomId, UserId},
    messages,
    platform::http::{
        answer::{self, Created, NoContent, Page, Repeatable, Success},
        etag::{Current, IfMatch},
        keyset,
        payload::{self, Ids, Payload, Query},
    },
    roles::Permission,
    tx::Tx,
};
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// Those that nobody owns any more, for who manages rooms.
    orphaned: Option<bool>,
    cursor: Option<String>,
    #[schemars(range(min = 1, max = payload::LIMIT_MAX))]
    limit: Option<i64>,
}

/// Lists public rooms and one's own by name; or, for who manages rooms, those that nobody owns any more.
///
/// Errors: auth.forbidden, request.invalid_cursor, validation.
pub async fn list(actor: Actor, State(app): State<App>, Query(query): Query<List>) -> Result<Page<RoomView>> {
    let db = app.database.reader();
    let limit = payload::limit(query.limit)?;
    let which = match query.orphaned {
        Some(true) if !actor.holds(Permission::ManageRooms) => return Err(Error::refuse(Code::FORBIDDEN)),
        Some(true) => Listed::Orphaned,
        _ => Listed::VisibleTo(actor.user),
    };
    let rooms = store::list(db, which, keyset::after(query.cursor.as_deref())?, limit + 1).await?;
    let (rooms, next) = answer::cut(rooms, limit, |room| keyset::cursor(&(&room.name, room.id)));
    Ok(Page::new(view::views(db, actor.user, rooms).await?, next))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Create {
    #[schemars(length(min = 1, max = NAME_CHARS_MAX))]
    name: String,
    #[schemars(length(max = TOPIC_CHARS_MAX))]
    topic: Option<String>,
    policy: Option<Policy>,
}

/// Opens a room; whoever opens it owns it.
///
/// Errors: room.name_taken.
pub async fn create(
    actor: Actor,
    State(app): State<App>,
    circumstances: Circumstances,
    Payload(body): Payload<Create>,
) -> Result<Created<RoomView>> {
    let new = NewRoom {
        name: body.name,
        topic: body.topic.unwrap_or_default(),
        policy: body.policy.unwrap_or(Policy::Public),
    };
    let mut tx = Tx::begin(&app, circumstances).await?;
    let room = actions::create(&mut tx, actor.user, new).await?;
    let view = view(&tx.db, &actor, room.id).await?;
    tx.commit().await?;
    Ok(Created { location: format!("/api/v1/rooms/{}", room.id), data: view })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenDirect {
    /// The others: one for a conversation of two, up to nine for a group.
    #[schemars(length(min = 1, max = direct::NAMED_MAX))]
    users: Vec<UserId>,
}

/// Opens the conversation with some people: 201 when it is new, 200 when they have one.
///
/// Errors: person.unreachable.
pub async fn open_direct(
    actor: Actor,
    State(app): State<App>,
    circumstances: Circumstances,
    Payload(body): Payload<OpenDirect>,
) -> Result<Repeatable<RoomView>> {
    let mut tx = Tx::begin(&app, circumstances).await?;
    let (room, is_new) = direct::open(&mut tx, &actor, &body.users).await?;
    let view = view(&tx.db, &actor, room).await?;
    tx.commit().await?;
    if is_new {
        Ok(Repeatable::Now(Created { location: format!("/api/v1/rooms/{room}"), data: view }))
    } else {
        Ok(Repeatable::Before(Success(view)))
    }
}

/// Shows one room.
///
/// Errors: room.not_found.
pub async fn show(actor: Actor, State(app): State<App>, Ids(room): Ids<RoomId>) -> Result<Current<RoomView>> {
    Ok(Current(view(app.database.reader(), &actor, room).await?))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    #[schemars(length(min = 1, max = NAME_CHARS_MAX))]
    name: Option<String>,
    #[schemars(length(max = TOPIC_CHARS_MAX))]
    topic: Option<String>,
    policy: Option<Policy>,
    archived: Option<bool>,
}

/// Renames a room, describes it, opens or closes it, archives it. What is absent stays.
///
/// Errors: room.not_found, room.not_entered, room.not_yours, room.direct, room.name_taken.
pub async fn change(
    actor: Actor,
    State(app): State<App>,
    circumstances: Circumstances,
    Ids(room): Ids<RoomId>,
    if_match: IfMatch,
    Payload(body): Payload<Change>,
) -> Result<Current<RoomView>> {
    let Change { name, topic, policy, archived } = body;
    let mut tx = Tx::begin(&app, circumstances).await?;
    actions::change(&mut tx, &actor, room, RoomChange { name, topic, policy, archived }, &if_match).await?;
    let view = view(&tx.db, &actor, room).await?;
    tx.commit().await?;
    Ok(Current(view))
}

/// Deletes a room with everything that was said in it.
///
/// Errors: room.not_found, room.not_yours, room.direct.
pub async fn delete(
    actor: Actor,
    State(app): State<App>,
    circumstances: Circumstances,
    Ids(room): Ids<RoomId>,
    if_match: IfMatch,
) -> Result<NoContent> {
    let mut tx = Tx::begin(&app, circumstances).await?;
    actions::delete(&mut tx, &actor, room, &if_match).await?;
    tx.commit().await?;
    Ok(NoContent)
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Seat {
    role: RoomRole,
}

/// Adds somebody to the room, or changes their role in it.
///
/// Errors: room.not_found, room.not_entered, room.not_yours, room.direct, room.archived, room.last_owner, person.not_found,
/// person.unreachable.
pub async fn seat(
    actor: Actor,
    State(app): State<App>,
    circumstances: Circumstances,
    Ids((room, user)): Ids<(RoomId, UserId)>,
    Payload(body): Payload<Seat>,
) -> Result<NoContent> {
    let mut tx = Tx::begin(&app, circumstances).await?;
    actions::seat(&mut tx, &actor, room, user, body.role).await?;
    tx.commit().await?;
    Ok(NoContent)
}

/// Puts somebody out of the room.
///
/// Errors: room.not_found, room.not_entered, room.not_yours, room.direct, room.not_member.
pub async fn unseat(
    actor: Actor,
    State(app): State<App>,
    circumstances: Circumstances,
    Ids((room, user)): Ids<(RoomId, UserId)>,
) -> Result<NoContent> {
    let mut tx = Tx::begin(&app, circumstances).await?;
    actions::unseat(&mut tx, &actor, room, user).await?;
    tx.commit().await?;
    Ok(NoContent)
}

#[derive(JsonSchema, Serialize)]
pub struct MemberView {
    user: Person,
    role: String,
    /// Shown to members only.
    #[serde(skip_serializing_if = "Option::is_none")]
    presence: Option<Presence>,
}

/// Whether somebody has the chat open. It is read with the list and never pushed: in a room of `n`, telling everybody of
/// everybody who comes and goes would cost `n²` frames.
#[derive(Clone, Copy, JsonSchema, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    Online,
    Offline,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListMembers {
    cursor: Option<String>,
    #[schemars(range(min = 1, max = payload::LIMIT_MAX))]
    limit: Option<i64>,
}

/// Lists who is in a room, in the order in which they came.
///
/// Errors: room.not_found, room.not_entered, request.invalid_cursor, validation.
pub async fn members(
    actor: Actor,
    State(app): State<App>,
    Ids(room): Ids<RoomId>,
    Query(query): Query<ListMembers>,
) -> Result<Page<MemberView>> {
    let db = app.database.reader();
    let limit = payload::limit(query.limit)?;
    access::readable(db, &actor, room).await?;
    let members = store::list_members(db, room, keyset::after(query.cursor.as_deref())?, limit + 1).await?;
    let (members, next) = answer::cut(members, limit, |member| keyset::cursor(&(member.joined_at.0, member.user_id)));
    let mut people: HashMap<_, _> = accounts::people(db, members.iter().map(|member| member.user_id)).await?;
    // A visitor learns who belongs to a public room, not who is awake.
    let online = store::is_member(db, actor.user, room).await?.then(|| app.hub.people());
    let presence =
        |user| online.as_ref().map(|online| if online.contains(&user) { Presence::Online } else { Presence::Offline });
    let view = |member: store::member::Model| {
        let presence = presence(member.user_id);
        people.remove(&member.user_id).map(|user| MemberView { user, role: member.role, presence })
    };
    Ok(Page::new(members.into_iter().filter_map(view).collect(), next))
}

/// Joins a public room; who manages rooms enters any.
///
/// Errors: room.not_found, room.archived.
pub async fn join(
    actor: Actor,
    State(app): State<App>,
    circumstances: Circumstances,
    Ids(room): Ids<RoomId>,
) -> Result<Success<RoomView>> {
    let mut tx = Tx::begin(&app, circumstances).await?;
    actions::join(&mut tx, &actor, room).await?;
    let view = view(&tx.db, &actor, room).await?;
    tx.commit().await?;
    Ok(Success(view))
}

/// Leaves a room.
///
/// Errors: room.not_found, room.not_member, room.direct, room.last_owner.
pub async fn leave(
    actor: Actor,
    State(app): State<App>,
    circumstances: Circumstances,
    Ids(room): Ids<RoomId>,
) -> Result<NoContent> {
    let mut tx = Tx::begin(&app, circumstances).await?;
    access::known(&tx.db, &actor, room).await?;
    actions::leave(&mut tx, actor.user, room).await?;
    tx.commit().await?;
    Ok(NoContent)
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkRead {
    message: MessageId,
}

/// Says up to which message one has read.
///
/// Errors: room.not_found, room.not_entered, message.not_found.
pub async fn mark_read(
    actor: Actor,
    State(app): State<App>,
    Ids(room): Ids<RoomId>,
    Payload(body): Payload<MarkRead>,
) -> Result<NoContent> {
    let tx = app.database.begin().await?;
    access::readable(&tx, &actor, room).await?;
    let seq = messages::seq_of(&tx, room, body.message).await?.ok_or(Error::refuse(Code::MESSAGE_NOT_FOUND))?;
    store::mark_read(&tx, actor.user, room, seq).await?;
    tx.commit().await?;
    Ok(NoContent)
}
