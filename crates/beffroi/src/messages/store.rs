use crate::{
    error::{Error, Result},
    ids::{ClientId, MessageId, RoomId, UserId},
    platform::{
        clock::Moment,
        http::etag::{Editable, Tag},
    },
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Set,
    sea_query::{Expr, OnConflict, Query},
};
use serde_json::json;
use std::collections::{HashMap, HashSet};

pub(super) use message::{ActiveModel, Model as Message};

pub(super) mod message {
    use crate::{
        ids::{ClientId, MessageId, RoomId, UserId},
        platform::clock::Moment,
    };
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "messages")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: MessageId,
        pub room_id: RoomId,
        pub seq: i64,
        pub author_id: UserId,
        pub client_id: ClientId,
        pub text: String,
        pub sent_digest: Vec<u8>,
        pub created_at: Moment,
        pub edited_at: Option<Moment>,
        pub deleted_at: Option<Moment>,
        pub reply_to: Option<MessageId>,
        /// The message that the thread of this answer began with, however deep in it the answered one stands.
        pub thread_root: Option<MessageId>,
        /// Who wrote the answered message, and who the one that the thread began with.
        pub reply_to_author: Option<UserId>,
        pub thread_author: Option<UserId>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

impl Editable for Message {
    fn tag(&self) -> Tag {
        tag_of(&self.text, self.edited_at, self.deleted_at)
    }
}

/// Back to what it said before is another edit of it: the time tells them apart.
pub(super) fn tag_of(text: &str, edited_at: Option<Moment>, deleted_at: Option<Moment>) -> Tag {
    Tag::of(&json!([text, edited_at, deleted_at]))
}

pub(super) use revision::Model as Revision;

/// What a message said before it was edited.
pub(super) mod revision {
    use crate::{ids::MessageId, platform::clock::Moment};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "message_revisions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub message_id: MessageId,
        /// When this text was written.
        #[sea_orm(primary_key, auto_increment = false)]
        pub written_at: Moment,
        pub text: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) async fn insert_many(db: &impl ConnectionTrait, rows: Vec<ActiveModel>) -> Result<()> {
    message::Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}

/// Messages that these senders have already sent under these client ids.
pub(super) async fn find_sent(
    db: &impl ConnectionTrait,
    pairs: &HashSet<(UserId, ClientId)>,
) -> Result<HashMap<(UserId, ClientId), Message>> {
    if pairs.is_empty() {
        return Ok(HashMap::new());
    }
    let mut find = message::Entity::find().into_query();
    // Pair by pair: two lists would be looked for in every combination.
    find.from_values(pairs.iter().copied(), "pair")
        .and_where(Expr::col((message::Entity, message::Column::AuthorId)).equals(("pair", "column1")))
        .and_where(Expr::col((message::Entity, message::Column::ClientId)).equals(("pair", "column2")));
    let rows = db.query_all(&find).await?;
    let messages = rows.iter().map(|row| Message::from_query_result(row, ""));
    messages.map(|found| found.map(|row| ((row.author_id, row.client_id), row)).map_err(Error::from)).collect()
}

pub(super) async fn find(db: &impl ConnectionTrait, room: RoomId, id: MessageId) -> Result<Option<Message>> {
    let in_room = message::Column::RoomId.eq(room);
    Ok(message::Entity::find_by_id(id).filter(in_room).one(db).await?)
}

/// What an answer has from the message that it answers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answered {
    pub author: UserId,
    pub thread_root: MessageId,
    pub thread_author: UserId,
}

/// Which of these messages stand in their rooms, not deleted, each with what an answer to it has from it.
pub(super) async fn answered(
    db: &impl ConnectionTrait,
    pairs: &HashSet<(RoomId, MessageId)>,
) -> Result<HashMap<(RoomId, MessageId), Answered>> {
    if pairs.is_empty() {
        return Ok(HashMap::new());
    }
    let found = message::Entity::find()
        .filter(message::Column::Id.is_in(pairs.iter().map(|(_, id)| *id)))
        .filter(message::Column::DeletedAt.is_null())
        .all(db)
        .await?;
    let answered = found.into_iter().map(|message| {
        let has = Answered {
            author: message.author_id,
            thread_root: message.thread_root.unwrap_or(message.id),
            thread_author: message.thread_author.unwrap_or(message.author_id),
        };
        ((message.room_id, message.id), has)
    });
    Ok(answered.filter(|(pair, _)| pairs.contains(pair)).collect())
}

/// The answers of a thread after a number, oldest first.
pub(super) async fn replies(
    db: &impl ConnectionTrait,
    root: MessageId,
    after: i64,
    limit: u64,
) -> Result<Vec<Message>> {
    let replies = message::Entity::find()
        .filter(message::Column::ThreadRoot.eq(root))
        .filter(message::Column::Seq.gt(after))
        .order_by_asc(message::Column::Seq)
        .limit(limit);
    Ok(replies.all(db).await?)
}

pub(super) async fn keep_revision(db: &impl ConnectionTrait, message: &Message) -> Result<()> {
    let row = revision::ActiveModel {
        message_id: Set(message.id),
        written_at: Set(message.edited_at.unwrap_or(message.created_at)),
        text: Set(message.text.clone()),
    };
    // Two edits within one millisecond: the text between them was never seen by anybody.
    let same_moment =
        OnConflict::columns([revision::Column::MessageId, revision::Column::WrittenAt]).do_nothing().to_owned();
    revision::Entity::insert(row).on_conflict(same_moment).exec_without_returning(db).await?;
    Ok(())
}

pub(super) async fn set_text(
    db: &impl ConnectionTrait,
    message: &Message,
    text: String,
    now: Moment,
) -> Result<Message> {
    let row = ActiveModel { id: Set(message.id), text: Set(text), edited_at: Set(Some(now)), ..Default::default() };
    Ok(row.update(db).await?)
}

/// Empties a message and forgets its history.
pub(super) async fn bury(db: &impl ConnectionTrait, message: &Message, now: Moment) -> Result<()> {
    let of_message = revision::Column::MessageId.eq(message.id);
    revision::Entity::delete_many().filter(of_message).exec(db).await?;
    let row =
        ActiveModel { id: Set(message.id), text: Set(String::new()), deleted_at: Set(Some(now)), ..Default::default() };
    row.update(db).await?;
    Ok(())
}

/// What a message said before, oldest first.
pub(super) async fn revisions(db: &impl ConnectionTrait, id: MessageId) -> Result<Vec<Revision>> {
    let of_message = revision::Column::MessageId.eq(id);
    Ok(revision::Entity::find().filter(of_message).order_by_asc(revision::Column::WrittenAt).all(db).await?)
}

/// How many answers stand in the threads that some messages began.
pub(super) async fn reply_counts(db: &impl ConnectionTrait, ids: Vec<MessageId>) -> Result<HashMap<MessageId, i64>> {
    let rows: Vec<(MessageId, i64)> = message::Entity::find()
        .select_only()
        .column(message::Column::ThreadRoot)
        .column_as(message::Column::Id.count(), "replies")
        .filter(message::Column::ThreadRoot.is_in(ids))
        .filter(message::Column::DeletedAt.is_null())
        .group_by(message::Column::ThreadRoot)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Some messages of a room.
pub async fn find_all(db: &impl ConnectionTrait, room: RoomId, ids: Vec<MessageId>) -> Result<Vec<Message>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let those = message::Column::RoomId.eq(room).and(message::Column::Id.is_in(ids));
    Ok(message::Entity::find().filter(those).all(db).await?)
}

/// A message's number in its room; None where that room does not have it.
pub async fn seq_of(db: &impl ConnectionTrait, room: RoomId, id: MessageId) -> Result<Option<i64>> {
    Ok(find(db, room, id).await?.map(|message| message.seq))
}

/// Which part of a room's history is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Window {
    Newest,
    Before(i64),
    After(i64),
    /// As many on either side of a message, and itself.
    Around(i64),
}

/// A page of a room's history, newest first.
pub(super) async fn page(db: &impl ConnectionTrait, room: RoomId, window: Window, limit: u64) -> Result<Vec<Message>> {
    let of_room = message::Entity::find().filter(message::Column::RoomId.eq(room)).limit(limit);
    let newest_first = match window {
        Window::Newest => of_room.order_by_desc(message::Column::Seq),
        Window::Before(seq) => of_room.filter(message::Column::Seq.lt(seq)).order_by_desc(message::Column::Seq),
        Window::Around(seq) => {
            let half = limit / 2;
            let mut page = Box::pin(page(db, room, Window::After(seq), half)).await?;
            page.extend(Box::pin(self::page(db, room, Window::Before(seq + 1), limit - half)).await?);
            return Ok(page);
        }
        Window::After(seq) => {
            let oldest_first = of_room.filter(message::Column::Seq.gt(seq)).order_by_asc(message::Column::Seq);
            let mut page = oldest_first.all(db).await?;
            page.reverse();
            return Ok(page);
        }
    };
    Ok(newest_first.all(db).await?)
}

/// The messages of a room with numbers in `after+1 ..= until`, in their order.
pub async fn created_after(
    db: &impl ConnectionTrait,
    room: RoomId,
    after: i64,
    until: i64,
    limit: u64,
) -> Result<Vec<Message>> {
    let rows = message::Entity::find()
        .filter(message::Column::RoomId.eq(room))
        .filter(message::Column::Seq.gt(after))
        .filter(message::Column::Seq.lte(until))
        .order_by_asc(message::Column::Seq)
        .limit(limit)
        .all(db)
        .await?;
    Ok(rows)
}

/// How many messages of others a person has not read, by room: in one of their rooms or in all.
pub async fn unread(db: &impl ConnectionTrait, user: UserId, room: Option<RoomId>) -> Result<HashMap<RoomId, i64>> {
    let (message, member) = ("messages", "room_members");
    let mut count = Query::select();
    count
        .column((message, "room_id"))
        .expr(Expr::col((message, "id")).count())
        .from(member)
        .inner_join(message, Expr::col((message, "room_id")).equals((member, "room_id")))
        .and_where(Expr::col((member, "user_id")).eq(user))
        .and_where(Expr::col((message, "seq")).gt(Expr::col((member, "read_seq"))))
        .and_where(Expr::col((message, "author_id")).ne(user))
        .and_where(Expr::col((message, "deleted_at")).is_null())
        .group_by_col((message, "room_id"));
    if let Some(room) = room {
        count.and_where(Expr::col((member, "room_id")).eq(room));
    }
    let mut unread = HashMap::new();
    for row in db.query_all(&count).await? {
        unread.insert(row.try_get_by_index::<RoomId>(0)?, row.try_get_by_index::<i64>(1)?);
    }
    Ok(unread)
}
