use super::model::{Act, Circumstances};
use crate::{error::Result, ids::AuditEventId, platform::random::Random};
use sea_orm::{ConnectionTrait, EntityTrait, Set};

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
) -> Result<()> {
    record_many(tx, random, [(circumstances, act)]).await
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
