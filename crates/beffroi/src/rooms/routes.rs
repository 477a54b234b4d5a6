use super::{
    access, actions, direct,
    model::{NewRoom, Policy, RoomChange, RoomRole},
    store,
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
        answer::{Created, NoContent, Page, Success},
        payload::{Ids, Payload},
    },
    tx::Tx,
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Members shown at once.
const MEMBERS_MAX: u64 = 1000;

pub async fn list(actor: Actor, State(app): State<App>) -> Result<Page<RoomView>> {
    let db = app.database.reader();
    let rooms = store::list_for(db, actor.user).await?;
    Ok(Page::whole(view::views(db, actor.user, rooms).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Create {
    name: String,
    topic: Option<String>,
    policy: Option<Policy>,
}

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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenDirect {
    users: Vec<UserId>,
}

/// The conversation with some people: 201 when it is opened, 200 when they have one.
pub async fn open_direct(
    actor: Actor,
    State(app): State<App>,
    circumstances: Circumstances,
    Payload(body): Payload<OpenDirect>,
) -> Result<Response> {
    let mut tx = Tx::begin(&app, circumstances).await?;
    let (room, is_new) = direct::open(&mut tx, &actor, &body.users).await?;
    let view = view(&tx.db, &actor, room).await?;
    tx.commit().await?;
    if is_new {
        Ok(Created { location: format!("/api/v1/rooms/{room}"), data: view }.into_response())
    } else {
        Ok(Success(view).into_response())
    }
}

pub async fn show(actor: Actor, State(app): State<App>, Ids(room): Ids<RoomId>) -> Result<Success<RoomView>> {
    Ok(Success(view(app.database.reader(), &actor, room).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    name: Option<String>,
    topic: Option<String>,
    policy: Option<Policy>,
    archived: Option<bool>,
}

pub async fn change(
    actor: Actor,
    State(app): State<App>,
    circumstances: Circumstances,
    Ids(room): Ids<RoomId>,
    Payload(body): Payload<Change>,
) -> Result<Success<RoomView>> {
    let Change { name, topic, policy, archived } = body;
    let mut tx = Tx::begin(&app, circumstances).await?;
    actions::change(&mut tx, &actor, room, RoomChange { name, topic, policy, archived }).await?;
    let view = view(&tx.db, &actor, room).await?;
    tx.commit().await?;
    Ok(Success(view))
}

pub async fn delete(
    actor: Actor,
    State(app): State<App>,
    circumstances: Circumstances,
    Ids(room): Ids<RoomId>,
) -> Result<NoContent> {
    let mut tx = Tx::begin(&app, circumstances).await?;
    actions::delete(&mut tx, &actor, room).await?;
    tx.commit().await?;
    Ok(NoContent)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seat {
    role: RoomRole,
}

/// Adds somebody to the room, or changes their role in it.
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

#[derive(Serialize)]
pub struct MemberView {
    user: Person,
    role: String,
}

pub async fn members(actor: Actor, State(app): State<App>, Ids(room): Ids<RoomId>) -> Result<Page<MemberView>> {
    let db = app.database.reader();
    access::readable(db, &actor, room).await?;
    let members = store::list_members(db, room, MEMBERS_MAX).await?;
    let mut people: HashMap<_, _> = accounts::people(db, members.iter().map(|member| member.user_id)).await?;
    let view = |member: store::member::Model| {
        people.remove(&member.user_id).map(|user| MemberView { user, role: member.role })
    };
    Ok(Page::whole(members.into_iter().filter_map(view).collect()))
}

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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarkRead {
    message: MessageId,
}

/// Says up to which message one has read.
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
