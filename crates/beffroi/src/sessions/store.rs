use crate::{
    app::App,
    audit::Circumstances,
    error::Result,
    ids::{SessionId, UserId},
    platform::clock::Moment,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
    sea_query::Expr,
};
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
        /// Of the cookie's secret; a token session has none.
        pub token_digest: Option<Vec<u8>>,
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
        /// How often the refresh token was exchanged.
        pub refresh_generation: i64,
        pub refreshed_at: Option<Moment>,
        /// The generation whose access token was seen in use.
        pub confirmed_generation: i64,
        /// How often the present generation was handed out again late.
        pub late_graces: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Ended and expired sessions stay this long, so that a returning browser can be told why.
const KEPT_AFTER_END: Duration = Duration::from_secs(24 * 3600);

/// A session that begins now.
pub(super) struct NewSession {
    pub id: SessionId,
    pub token_digest: Option<[u8; 32]>,
    pub user: UserId,
    pub idle: Duration,
    pub absolute: Duration,
}

pub(super) async fn insert(db: &impl ConnectionTrait, circumstances: &Circumstances, new: NewSession) -> Result<()> {
    let now = circumstances.now;
    let row = ActiveModel {
        id: Set(new.id),
        token_digest: Set(new.token_digest.map(|digest| digest.to_vec())),
        user_id: Set(new.user),
        device: Set(circumstances.user_agent.clone()),
        ip_address: Set(circumstances.ip_address.map(|address| address.to_string())),
        created_at: Set(now),
        last_seen_at: Set(now),
        idle_timeout_ms: Set(i64::try_from(new.idle.as_millis()).unwrap_or(i64::MAX)),
        idle_expires_at: Set(now + new.idle),
        absolute_expires_at: Set(now + new.absolute),
        ended_at: Set(None),
        ended_reason: Set(None),
        refresh_generation: Set(0),
        refreshed_at: Set(None),
        confirmed_generation: Set(-1),
        late_graces: Set(0),
    };
    session::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

pub(super) async fn find(db: &impl ConnectionTrait, id: SessionId) -> Result<Option<Session>> {
    Ok(session::Entity::find_by_id(id).one(db).await?)
}

/// The session with its row locked: refreshes of one session follow each other.
pub(super) async fn lock(db: &impl ConnectionTrait, id: SessionId) -> Result<Option<Session>> {
    Ok(session::Entity::find_by_id(id).lock_exclusive().one(db).await?)
}

/// The next generation. The idle time-out moves on, the absolute one never does.
pub(super) async fn rotate(db: &impl ConnectionTrait, session: &Session, now: Moment) -> Result<()> {
    let idle = Duration::from_millis(u64::try_from(session.idle_timeout_ms).unwrap_or(0));
    let row = ActiveModel {
        id: Set(session.id),
        refresh_generation: Set(session.refresh_generation + 1),
        refreshed_at: Set(Some(now)),
        late_graces: Set(0),
        last_seen_at: Set(now),
        idle_expires_at: Set(now + idle),
        ..Default::default()
    };
    row.update(db).await?;
    Ok(())
}

pub(super) async fn count_late_grace(db: &impl ConnectionTrait, session: &Session) -> Result<()> {
    let row = ActiveModel { id: Set(session.id), late_graces: Set(session.late_graces + 1), ..Default::default() };
    row.update(db).await?;
    Ok(())
}

pub(super) async fn confirm(app: &App, id: SessionId, generation: i64) -> Result<()> {
    let tx = app.database.begin().await?;
    session::Entity::update_many()
        .col_expr(session::Column::ConfirmedGeneration, Expr::value(generation))
        .filter(session::Column::Id.eq(id))
        .filter(session::Column::ConfirmedGeneration.lt(generation))
        .exec(&tx)
        .await?;
    Ok(tx.commit().await?)
}

/// A person's sessions that still open something, the one used last first.
pub(super) async fn running_of(db: &impl ConnectionTrait, user: UserId, now: Moment) -> Result<Vec<Session>> {
    let running = session::Entity::find()
        .filter(session::Column::UserId.eq(user))
        .filter(session::Column::EndedAt.is_null())
        .filter(session::Column::IdleExpiresAt.gt(now))
        .filter(session::Column::AbsoluteExpiresAt.gt(now))
        .order_by_desc(session::Column::LastSeenAt);
    Ok(running.all(db).await?)
}

/// The sessions that were ended after a moment, with the reason.
pub(super) async fn ended_since(db: &impl ConnectionTrait, since: Moment) -> Result<Vec<(SessionId, String)>> {
    let ended: Vec<(SessionId, Option<String>)> = session::Entity::find()
        .select_only()
        .columns([session::Column::Id, session::Column::EndedReason])
        .filter(session::Column::EndedAt.gt(since))
        .into_tuple()
        .all(db)
        .await?;
    Ok(ended.into_iter().map(|(id, reason)| (id, reason.unwrap_or_default())).collect())
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
    super::known_networks::sweep(&tx, app.clock.now()).await?;
    tx.commit().await?;
    Ok(done.rows_affected)
}
