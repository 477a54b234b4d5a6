use crate::{app::App, error::Result, ids::UserId, platform::clock::Moment};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set, sea_query::OnConflict};

pub(super) use reset_link::Model as ResetLink;

mod reset_link {
    use crate::{ids::UserId, platform::clock::Moment};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "reset_links")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: UserId,
        #[sea_orm(unique)]
        pub token_digest: Vec<u8>,
        pub created_at: Moment,
        pub expires_at: Moment,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A person's link, in place of the one before.
pub(super) async fn put(db: &impl ConnectionTrait, link: ResetLink) -> Result<()> {
    let row = reset_link::ActiveModel {
        user_id: Set(link.user_id),
        token_digest: Set(link.token_digest),
        created_at: Set(link.created_at),
        expires_at: Set(link.expires_at),
    };
    let columns = [reset_link::Column::TokenDigest, reset_link::Column::CreatedAt, reset_link::Column::ExpiresAt];
    let replaced = OnConflict::column(reset_link::Column::UserId).update_columns(columns).to_owned();
    reset_link::Entity::insert(row).on_conflict(replaced).exec_without_returning(db).await?;
    Ok(())
}

/// The link with that digest, while it opens.
pub(super) async fn find(db: &impl ConnectionTrait, digest: [u8; 32], now: Moment) -> Result<Option<ResetLink>> {
    let link = reset_link::Entity::find()
        .filter(reset_link::Column::TokenDigest.eq(digest.to_vec()))
        .filter(reset_link::Column::ExpiresAt.gt(now));
    Ok(link.one(db).await?)
}

/// Uses the link up; says whether it was this call that did.
pub(super) async fn take(db: &impl ConnectionTrait, digest: [u8; 32], now: Moment) -> Result<bool> {
    let taken = reset_link::Entity::delete_many()
        .filter(reset_link::Column::TokenDigest.eq(digest.to_vec()))
        .filter(reset_link::Column::ExpiresAt.gt(now))
        .exec(db)
        .await?;
    Ok(taken.rows_affected == 1)
}

/// A person whose password is new needs no link.
pub(super) async fn forget(db: &impl ConnectionTrait, user: UserId) -> Result<()> {
    reset_link::Entity::delete_by_id(user).exec(db).await?;
    Ok(())
}

/// Destroys links that are over: part of the hourly job.
pub async fn sweep(app: &App) -> Result<()> {
    let tx = app.database.begin().await?;
    let is_over = reset_link::Column::ExpiresAt.lte(app.clock.now());
    reset_link::Entity::delete_many().filter(is_over).exec(&tx).await?;
    Ok(tx.commit().await?)
}
