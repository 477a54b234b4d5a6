use crate::{
    app::App,
    error::Result,
    ids::{SessionId, UserId},
    platform::clock::Moment,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr};
use std::time::Duration;

pub(super) use session::{ActiveModel, Model as Session};

pub(super) mod session {
    use crate::{
        ids::{SessionId, UserId},
        platform::clock::Moment,
    };
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "sessions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: SessionId,
        pub token_digest: Vec<u8>,
        pub user_id: UserId,
        pub device: Option<String>,
        pub ip_address: Option<String>,
        pub created_at: Moment,
        pub last_seen_at: Moment,
        pub idle_timeout_ms: i64,
        pub idle_expires_at: Moment,
        pub absolute_expires_at: Moment,
        pub ended_at: Option<Moment>,
        pub ended_reason: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Ended and expired sessions stay this long, so that a returning browser can be told why.
const KEPT_AFTER_END: Duration = Duration::from_secs(24 * 3600);

pub(super) async fn insert(db: &impl ConnectionTrait, row: ActiveModel) -> Result<Session> {
    Ok(row.insert(db).await?)
}

pub(super) async fn find_by_digest(db: &impl ConnectionTrait, digest: [u8; 32]) -> Result<Option<Session>> {
    let is_that_one = session::Column::TokenDigest.eq(digest.to_vec());
    Ok(session::Entity::find().filter(is_that_one).one(db).await?)
}

/// Ends a session that is still running; says whether it was this call that ended it.
pub(super) async fn end(db: &impl ConnectionTrait, id: SessionId, reason: &str, now: Moment) -> Result<bool> {
    let done = session::Entity::update_many()
        .col_expr(session::Column::EndedAt, Expr::value(now))
        .col_expr(session::Column::EndedReason, Expr::value(reason))
        .filter(session::Column::Id.eq(id))
        .filter(session::Column::EndedAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Moves the idle time-out on; a session that ended meanwhile stays ended.
pub(super) async fn extend(db: &impl ConnectionTrait, session: &Session, now: Moment, idle: Moment) -> Result<()> {
    session::Entity::update_many()
        .col_expr(session::Column::LastSeenAt, Expr::value(now))
        .col_expr(session::Column::IdleExpiresAt, Expr::value(idle))
        .filter(session::Column::Id.eq(session.id))
        .filter(session::Column::EndedAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// Forgets a person's own sessions that are long over, at their next sign-in.
pub(super) async fn forget_expired_of(db: &impl ConnectionTrait, user: UserId, now: Moment) -> Result<()> {
    let of_theirs = session::Column::UserId.eq(user);
    session::Entity::delete_many().filter(of_theirs).filter(is_forgettable(now)).exec(db).await?;
    Ok(())
}

fn is_forgettable(now: Moment) -> sea_orm::Condition {
    let before = now - KEPT_AFTER_END;
    sea_orm::Condition::any()
        .add(session::Column::EndedAt.lt(before))
        .add(session::Column::IdleExpiresAt.lt(before))
        .add(session::Column::AbsoluteExpiresAt.lt(before))
}

/// Forgets every session that is long over: the hourly job. Returns how many.
pub async fn sweep(app: &App) -> Result<u64> {
    let tx = app.database.begin().await?;
    let done = session::Entity::delete_many().filter(is_forgettable(app.clock.now())).exec(&tx).await?;
    tx.commit().await?;
    Ok(done.rows_affected)
}
