//! First use from a new network is recorded and told (AU-10). Networks are kept as keyed hashes, a bounded number per person.
//! The first one of an account is nobody's surprise.

use super::network::Network;
use crate::{
    accounts,
    actor::Actor,
    app::App,
    audit::{self, Act, Circumstances, OwnEvent},
    error::{Code, Error, Result},
    event::{Notice, Publication},
    ids::{AuditEventId, SessionId, UserId},
    keyring::KeyRing,
    platform::clock::Moment,
    tx::Tx,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set, sea_query::Expr};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);
/// Networks kept per person; the one used longest ago makes room.
const NETWORKS_MAX: u64 = 50;
/// A network that was not used for so long is new again.
const KEPT_UNUSED: Duration = DAY.saturating_mul(180);
/// So long the page asks whether it was oneself.
const ASKED_FOR: Duration = DAY.saturating_mul(30);

mod known_network {
    use crate::{
        ids::{AuditEventId, UserId},
        platform::clock::Moment,
    };
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "known_networks")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: UserId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub network: Vec<u8>,
        pub first_seen_at: Moment,
        pub last_seen_at: Moment,
        /// What recorded its first use; the first network of an account has none.
        pub event_id: Option<AuditEventId>,
        pub dismissed_at: Option<Moment>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A network as it is stored: the same one looks different at every person.
fn key(keys: &KeyRing, user: UserId, network: Network) -> Vec<u8> {
    keys.index("network:v1", &format!("{user} {network}"))
}

/// Notes where a recognised person comes from; known by heart for a day, so that it costs most requests nothing.
pub async fn meet(app: &App, circumstances: &Circumstances, actor: &Actor) -> Result<()> {
    let Some(network) = circumstances.ip_address.map(Network::of) else { return Ok(()) };
    if app.standing.knows_network(actor.user, network, circumstances.now) {
        return Ok(());
    }
    let mut tx = Tx::begin(app, circumstances.clone().by(actor.user)).await?;
    accounts::lock(&tx.db, actor.user).await?;
    note(&mut tx, actor.user, actor.session.id).await?;
    tx.commit().await?;
    app.standing.network_noted(actor.user, network, circumstances.now);
    Ok(())
}

/// Notes the network of an act, and records its first use. The person's row is locked: of two first uses one is recorded.
pub(super) async fn note(tx: &mut Tx<'_>, user: UserId, session: SessionId) -> Result<()> {
    let Some(network) = tx.circumstances.ip_address.map(Network::of) else { return Ok(()) };
    let (network_key, now) = (key(&tx.app.keys, user, network), tx.circumstances.now);
    if use_again(&tx.db, user, &network_key, now).await? {
        return Ok(());
    }
    let known = list(&tx.db, user).await?;
    let event_id =
        if known.is_empty() { None } else { Some(tx.record_event(Act::CredentialNewAddress { session }).await?) };
    // One that was not used for so long that it is new again.
    known_network::Entity::delete_by_id((user, network_key.clone())).exec(&tx.db).await?;
    let row = known_network::ActiveModel {
        user_id: Set(user),
        network: Set(network_key),
        first_seen_at: Set(now),
        last_seen_at: Set(now),
        event_id: Set(event_id),
        dismissed_at: Set(None),
    };
    known_network::Entity::insert(row).exec_without_returning(&tx.db).await?;
    for forgotten in known.iter().skip(usize::try_from(NETWORKS_MAX).unwrap_or(usize::MAX) - 1) {
        known_network::Entity::delete_by_id((user, forgotten.network.clone())).exec(&tx.db).await?;
    }
    if let Some(id) = event_id {
        let device = tx.circumstances.user_agent.clone();
        let notice = Notice { id, at: now, network: Some(network.to_string()), device };
        tx.publish(Publication::Notice { user, but: session, frame: notice.frame() });
    }
    Ok(())
}

/// Whether the network was known; it is used again.
async fn use_again(db: &impl ConnectionTrait, user: UserId, network: &[u8], now: Moment) -> Result<bool> {
    let done = known_network::Entity::update_many()
        .col_expr(known_network::Column::LastSeenAt, Expr::value(now))
        .filter(known_network::Column::UserId.eq(user))
        .filter(known_network::Column::Network.eq(network.to_vec()))
        .filter(known_network::Column::LastSeenAt.gt(now - KEPT_UNUSED))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// A person's networks, the one used last first.
async fn list(db: &impl ConnectionTrait, user: UserId) -> Result<Vec<known_network::Model>> {
    let of_theirs = known_network::Entity::find().filter(known_network::Column::UserId.eq(user));
    Ok(of_theirs.order_by_desc(known_network::Column::LastSeenAt).limit(2 * NETWORKS_MAX).all(db).await?)
}

/// The networks that a person used first only lately, but for the account's first.
pub(super) struct NewNetworks(Vec<Vec<u8>>);

impl NewNetworks {
    pub(super) async fn of(db: &impl ConnectionTrait, user: UserId, now: Moment) -> Result<Self> {
        let is_new =
            |known: &known_network::Model| known.event_id.is_some() && now.since(known.first_seen_at) < ASKED_FOR;
        Ok(Self(list(db, user).await?.into_iter().filter(is_new).map(|known| known.network).collect()))
    }

    pub(super) fn include(&self, keys: &KeyRing, user: UserId, network: Network) -> bool {
        self.0.contains(&key(keys, user, network))
    }
}

/// First uses that nobody has answered for, newest first. Whoever came by the new network is not asked: it would be the thief
/// who says that all is well.
pub(super) async fn notices(app: &App, circumstances: &Circumstances, user: UserId) -> Result<Vec<Notice>> {
    let db = app.database.reader();
    let open = unanswered(app, db, circumstances, user).await?;
    let ids = open.into_iter().filter_map(|known| known.event_id);
    let events = audit::find(db, ids.collect()).await?;
    Ok(events.into_iter().map(notice).collect())
}

fn notice(event: OwnEvent) -> Notice {
    let network = event.ip_address.as_deref().and_then(Network::of_text).map(|network| network.to_string());
    Notice { id: event.id, at: event.created_at, network, device: event.user_agent }
}

/// "It was me."
pub(super) async fn dismiss(app: &App, circumstances: Circumstances, user: UserId, id: AuditEventId) -> Result<()> {
    let tx = app.database.begin().await?;
    let open = unanswered(app, &tx, &circumstances, user).await?;
    let known =
        open.into_iter().find(|known| known.event_id == Some(id)).ok_or(Error::refuse(Code::NOTICE_NOT_FOUND))?;
    known_network::Entity::update_many()
        .col_expr(known_network::Column::DismissedAt, Expr::value(circumstances.now))
        .filter(known_network::Column::UserId.eq(user))
        .filter(known_network::Column::Network.eq(known.network))
        .exec(&tx)
        .await?;
    Ok(tx.commit().await?)
}

async fn unanswered(
    app: &App,
    db: &impl ConnectionTrait,
    circumstances: &Circumstances,
    user: UserId,
) -> Result<Vec<known_network::Model>> {
    let here = circumstances.ip_address.map(|address| key(&app.keys, user, Network::of(address)));
    let is_open = |known: &known_network::Model| {
        known.event_id.is_some()
            && known.dismissed_at.is_none()
            && circumstances.now.since(known.first_seen_at) < ASKED_FOR
            && Some(&known.network) != here.as_ref()
    };
    Ok(list(db, user).await?.into_iter().filter(is_open).collect())
}

/// Forgets networks that were not used for long: part of the hourly job.
pub(super) async fn sweep(db: &impl ConnectionTrait, now: Moment) -> Result<()> {
    let unused = known_network::Column::LastSeenAt.lte(now - KEPT_UNUSED);
    known_network::Entity::delete_many().filter(unused).exec(db).await?;
    Ok(())
}
