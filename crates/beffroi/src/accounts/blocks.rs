//! Who does not want to be reached by whom. A block stops what one person sends to another; it hides nothing that is said
//! in rooms which both are in, and stops no moderation.

use crate::{
    audit::Act,
    error::{Code, Error, Result},
    ids::UserId,
    platform::clock::Moment,
    tx::Tx,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QuerySelect, Set,
    sea_query::{OnConflict, Query, SelectStatement},
};
use std::collections::HashSet;

mod block {
    use crate::{ids::UserId, platform::clock::Moment};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "blocks")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub blocked_by: UserId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: UserId,
        pub created_at: Moment,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Blocks somebody; again changes nothing.
pub async fn block(tx: &Tx<'_>, by: UserId, person: UserId) -> Result<()> {
    if by == person {
        return Err(Error::refuse(Code::PERSON_ONESELF));
    }
    require_account(&tx.db, person).await?;
    if insert(&tx.db, by, person, tx.circumstances.now).await? {
        tx.record(Act::PersonBlocked { person }).await?;
    }
    Ok(())
}

/// Takes a block back; without one nothing changes.
pub async fn unblock(tx: &Tx<'_>, by: UserId, person: UserId) -> Result<()> {
    require_account(&tx.db, person).await?;
    if block::Entity::delete_by_id((by, person)).exec(&tx.db).await?.rows_affected == 1 {
        tx.record(Act::PersonUnblocked { person }).await?;
    }
    Ok(())
}

async fn require_account(db: &impl ConnectionTrait, id: UserId) -> Result<()> {
    super::find(db, id).await?.map(drop).ok_or(Error::refuse(Code::PERSON_NOT_FOUND))
}

async fn insert(db: &impl ConnectionTrait, by: UserId, person: UserId, now: Moment) -> Result<bool> {
    let row = block::ActiveModel { blocked_by: Set(by), user_id: Set(person), created_at: Set(now) };
    let again = OnConflict::columns([block::Column::BlockedBy, block::Column::UserId]).do_nothing().to_owned();
    Ok(block::Entity::insert(row).on_conflict(again).exec_without_returning(db).await? == 1)
}

/// Whether one person blocked another.
pub async fn is_blocked(db: &impl ConnectionTrait, by: UserId, person: UserId) -> Result<bool> {
    Ok(block::Entity::find_by_id((by, person)).one(db).await?.is_some())
}

/// Whether a person blocked one of the others, or is blocked by one.
pub async fn is_any_blocked(db: &impl ConnectionTrait, person: UserId, others: &[UserId]) -> Result<bool> {
    let others = others.iter().copied();
    let by_them = block::Column::BlockedBy.eq(person).and(block::Column::UserId.is_in(others.clone()));
    let of_them = block::Column::UserId.eq(person).and(block::Column::BlockedBy.is_in(others));
    Ok(block::Entity::find().filter(Condition::any().add(by_them).add(of_them)).count(db).await? > 0)
}

/// Which of these people somebody blocked.
pub async fn blocked_among(
    db: &impl ConnectionTrait,
    by: UserId,
    people: impl IntoIterator<Item = UserId>,
) -> Result<HashSet<UserId>> {
    let blocked: Vec<UserId> = block::Entity::find()
        .select_only()
        .column(block::Column::UserId)
        .filter(block::Column::BlockedBy.eq(by))
        .filter(block::Column::UserId.is_in(people))
        .into_tuple()
        .all(db)
        .await?;
    Ok(blocked.into_iter().collect())
}

/// The ids of those whom somebody blocked, for a query of theirs.
pub fn blocked_ids(by: UserId) -> SelectStatement {
    Query::select()
        .column(block::Column::UserId)
        .from(block::Entity)
        .and_where(block::Column::BlockedBy.eq(by))
        .to_owned()
}
