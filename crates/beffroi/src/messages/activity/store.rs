//! Each of the two ways to be meant is a range of its own index; their newest are the newest of both.

use super::super::store::{Message, message};
use crate::{
    accounts,
    error::Result,
    ids::{MessageId, UserId},
    rooms,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Set,
    sea_query::{Expr, IntoColumnRef, OnConflict, Query, SelectStatement, UnionType},
};

mod marker {
    use crate::ids::{MessageId, UserId};
    use sea_orm::entity::prelude::*;

    /// Up to where a person has seen what was said to them.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "activity_markers")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: UserId,
        pub message_id: MessageId,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) async fn marker_of(db: &impl ConnectionTrait, user: UserId) -> Result<Option<MessageId>> {
    Ok(marker::Entity::find_by_id(user).one(db).await?.map(|marker| marker.message_id))
}

/// Only forwards: ids of messages grow with time (v7).
pub(super) async fn move_marker(db: &impl ConnectionTrait, user: UserId, message: MessageId) -> Result<()> {
    let row = marker::ActiveModel { user_id: Set(user), message_id: Set(message) };
    let here = marker::Column::MessageId;
    let forwards = OnConflict::column(marker::Column::UserId)
        .update_column(here)
        .action_and_where(Expr::col((marker::Entity, here)).lt(message))
        .to_owned();
    marker::Entity::insert(row).on_conflict(forwards).exec_without_returning(db).await?;
    Ok(())
}

/// Whether a message may stand among what was said to somebody.
pub(super) async fn is_said_to(db: &impl ConnectionTrait, user: UserId, id: MessageId) -> Result<bool> {
    let meant = message::Column::ReplyToAuthor.eq(user).or(message::Column::ThreadAuthor.eq(user));
    let found = message::Entity::find_by_id(id).filter(meant);
    Ok(found.filter(message::Column::RoomId.in_subquery(rooms::readable_ids(user))).one(db).await?.is_some())
}

/// Whose activity, and which part of it.
pub(super) struct Wanted {
    pub user: UserId,
    pub before: Option<MessageId>,
}

impl Wanted {
    pub async fn newest(&self, db: &impl ConnectionTrait, limit: u64) -> Result<Vec<Message>> {
        let answers = ids_of(self.meant_by(message::Column::ReplyToAuthor, limit), "answers");
        let in_threads = ids_of(self.meant_by(message::Column::ThreadAuthor, limit), "in_threads");
        let either = answers.to_owned().union(UnionType::Distinct, in_threads).to_owned();
        let newest = message::Entity::find()
            .filter(message::Column::Id.in_subquery(either))
            .order_by_desc(message::Column::Id)
            .limit(limit);
        Ok(newest.all(db).await?)
    }

    fn meant_by(&self, column: message::Column, limit: u64) -> SelectStatement {
        let id = message::Column::Id;
        message::Entity::find()
            .select_only()
            .column(id)
            .filter(column.eq(self.user))
            .filter(Condition::all().add_option(self.before.map(|before| id.lt(before))))
            .filter(message::Column::AuthorId.ne(self.user))
            .filter(message::Column::AuthorId.not_in_subquery(accounts::blocked_ids(self.user)))
            .filter(message::Column::DeletedAt.is_null())
            .filter(message::Column::RoomId.in_subquery(rooms::readable_ids(self.user)))
            .order_by_desc(id)
            .limit(limit)
            .into_query()
    }
}

/// In parentheses, so that each keeps its own order and limit.
fn ids_of(select: SelectStatement, name: &'static str) -> SelectStatement {
    let id = (name, "id").into_column_ref();
    Query::select().column(id).from_subquery(select, name).to_owned()
}
