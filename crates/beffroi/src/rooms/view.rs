//! A room as somebody sees it, with their own place in it and, in a conversation, the people of it.

use super::{
    access::{self, KnownRoom},
    direct_store,
    store::{self, Room, RoomAndMember},
};
use crate::{
    accounts::{self, Person},
    actor::Actor,
    error::Result,
    ids::{RoomId, UserId},
    messages,
    platform::http::etag::{Editable, Tag},
};
use schemars::JsonSchema;
use sea_orm::ConnectionTrait;
use serde::Serialize;
use std::collections::HashMap;

/// A room as the caller sees it.
#[derive(JsonSchema, Serialize)]
pub struct RoomView {
    pub(super) id: RoomId,
    name: String,
    topic: String,
    policy: String,
    sensitive: bool,
    archived: bool,
    slow_mode_seconds: i32,
    last_seq: i64,
    unread: i64,
    mentions: i64,
    /// The caller's place in the room; null for those who only look in.
    role: Option<String>,
    #[serde(flatten)]
    conversation: Option<Conversation>,
}

impl Editable for RoomView {
    fn tag(&self) -> Tag {
        store::tag_of(&self.name, &self.topic, &self.policy, self.archived)
    }
}

/// What a conversation shows besides.
#[derive(JsonSchema, Serialize)]
struct Conversation {
    people: Vec<Person>,
    /// Whether it may be named and left: a conversation of two is for good.
    is_group: bool,
}

impl RoomView {
    fn new((room, member): RoomAndMember, unread: i64, conversation: Option<Conversation>) -> Self {
        Self {
            id: room.id,
            name: room.name,
            topic: room.topic,
            policy: room.policy,
            sensitive: room.sensitive,
            archived: room.archived,
            slow_mode_seconds: room.slow_mode_seconds,
            last_seq: room.last_seq,
            unread,
            mentions: 0,
            role: member.map(|member| member.role),
            conversation,
        }
    }
}

/// One room as the actor sees it.
pub async fn view(db: &impl ConnectionTrait, actor: &Actor, id: RoomId) -> Result<RoomView> {
    let KnownRoom { room, .. } = access::known(db, actor, id).await?;
    let member = store::member_of(db, actor.user, id).await?;
    let unread = match &member {
        Some(_) => messages::unread(db, actor.user, Some(id)).await?,
        None => HashMap::new(),
    };
    let mut views = with_people(db, vec![(room, member)], unread).await?;
    views.pop().ok_or(crate::error::Error::broken("one room has one view"))
}

/// Rooms as this person sees them.
pub(super) async fn views(db: &impl ConnectionTrait, user: UserId, rooms: Vec<Room>) -> Result<Vec<RoomView>> {
    let unread = messages::unread(db, user, None).await?;
    let mut places = store::places_of(db, user, rooms.iter().map(|room| room.id)).await?;
    let rooms = rooms.into_iter().map(|room| (places.remove(&room.id), room));
    with_people(db, rooms.map(|(place, room)| (room, place)).collect(), unread).await
}

async fn with_people(
    db: &impl ConnectionTrait,
    rooms: Vec<RoomAndMember>,
    unread: HashMap<RoomId, i64>,
) -> Result<Vec<RoomView>> {
    let direct = rooms.iter().filter(|(room, _)| room.is_direct()).map(|(room, _)| room.id).collect();
    let participants = direct_store::participants(db, direct).await?;
    let names = accounts::people(db, participants.values().flatten().copied()).await?;
    let view = |(room, member): RoomAndMember| {
        let people = participants.get(&room.id).into_iter().flatten();
        let conversation = room.is_direct().then(|| Conversation {
            people: people.filter_map(|user| names.get(user).cloned()).collect(),
            is_group: room.is_group,
        });
        let unread = unread.get(&room.id).copied().unwrap_or(0);
        RoomView::new((room, member), unread, conversation)
    };
    Ok(rooms.into_iter().map(view).collect())
}
