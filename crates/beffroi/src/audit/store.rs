use super::model::{Act, Circumstances};
use crate::{
    error::{Code, Error, FieldError, Result},
    ids::{AuditEventId, UserId},
    platform::random::Random,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, Set};

pub use audit_event::Model as OwnEvent;

mod audit_event {
    use crate::{
        ids::{AuditEventId, UserId},
        platform::clock::Moment,
    };
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "audit_events")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: AuditEventId,
        pub event_type: String,
        pub event_data: String,
        pub user_id: Option<UserId>,
        pub ip_address: Option<String>,
        pub user_agent: Option<String>,
        pub request_id: Option<Uuid>,
        pub created_at: Moment,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Writes one row into the caller's transaction.
pub async fn record(
    tx: &impl ConnectionTrait,
    random: &Random,
    circumstances: &Circumstances,
    act: &Act,
) -> Result<AuditEventId> {
    let row = row(random, circumstances, act);
    let id = row.id.clone().unwrap();
    audit_event::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(id)
}

/// Writes several rows in one statement: the batch of messages that is committed together.
pub async fn record_many<'a>(
    tx: &impl ConnectionTrait,
    random: &Random,
    acts: impl IntoIterator<Item = (&'a Circumstances, &'a Act)>,
) -> Result<()> {
    let rows: Vec<_> = acts.into_iter().map(|(circumstances, act)| row(random, circumstances, act)).collect();
    if !rows.is_empty() {
        audit_event::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

fn row(random: &Random, circumstances: &Circumstances, act: &Act) -> audit_event::ActiveModel {
    audit_event::ActiveModel {
        id: Set(AuditEventId(random.id_at(circumstances.now))),
        event_type: Set(act.event_type().to_owned()),
        event_data: Set(act.event_data().to_string()),
        user_id: Set(circumstances.user),
        ip_address: Set(circumstances.ip_address.map(|address| address.to_string())),
        user_agent: Set(circumstances.user_agent.clone()),
        request_id: Set(Some(circumstances.request_id)),
        created_at: Set(circumstances.now),
    }
}

/// What people are shown of what happened to their own account; which is nothing that they wrote, or to whom.
const OWN: &[&str] = &[
    "login_success",
    "login_failure",
    "logout_success",
    "tokens_revoked",
    "credential_new_address",
    "password_changed",
    "password_change_refused",
    "user_created",
];

/// A person's own security log, newest first, from the event after `last`.
pub async fn of_person(
    db: &impl ConnectionTrait,
    user: UserId,
    last: Option<AuditEventId>,
    limit: u64,
) -> Result<Vec<OwnEvent>> {
    let mut events = audit_event::Entity::find()
        .filter(audit_event::Column::UserId.eq(user))
        .filter(audit_event::Column::EventType.is_in(OWN.iter().copied()))
        .order_by_desc(audit_event::Column::CreatedAt)
        .order_by_desc(audit_event::Column::Id)
        .limit(limit);
    if let Some(last) = last {
        let shown = audit_event::Entity::find_by_id(last).filter(audit_event::Column::UserId.eq(user)).one(db).await?;
        let at = shown
            .ok_or(Error::refuse_fields(Code::INVALID_CURSOR, vec![FieldError::new("cursor", "malformed")]))?
            .created_at;
        let earlier = audit_event::Column::CreatedAt.lt(at);
        let same_moment = audit_event::Column::CreatedAt.eq(at).and(audit_event::Column::Id.lt(last));
        events = events.filter(earlier.or(same_moment));
    }
    Ok(events.all(db).await?)
}

/// These events, newest first.
pub async fn find(db: &impl ConnectionTrait, ids: Vec<AuditEventId>) -> Result<Vec<OwnEvent>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let events = audit_event::Entity::find().filter(audit_event::Column::Id.is_in(ids));
    Ok(events.order_by_desc(audit_event::Column::CreatedAt).all(db).await?)
}
