//! What the server knows by heart about credentials, so that a request with an access token costs no database read (AU-3):
//! who people are and what they may do, and which sessions ended while tokens of theirs may still be around.
//! A change made in this process is known at once, one made by another within a second (`watch`).

use super::{network::Network, store};
use crate::{
    accounts::{self, Account},
    app::App,
    config::keys::ACCESS_MINUTES_MAX,
    error::Result,
    event::Publication,
    ids::{SessionId, UserId},
    platform::clock::Moment,
    roles::{self, Permission, PermissionSet, Role},
};
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Duration,
};

/// People kept in mind; beyond it everybody is forgotten and looked up again.
const PEOPLE_MAX: usize = 50_000;
/// Ended sessions are kept in mind as long as the longest access token of theirs could live, and a minute more.
const MEMORY: Duration = Duration::from_secs((ACCESS_MINUTES_MAX as u64 + 1) * 60);
/// A network in use is written down once in this time.
const NETWORK_MEMORY: Duration = Duration::from_secs(24 * 3600);
/// How far `watch` looks back: longer than another process's transaction takes, its clock's error included.
const WATCH_BACK: Duration = Duration::from_secs(10);

/// A person as the server knows them.
#[derive(Debug)]
pub(super) struct Known {
    pub username: Arc<str>,
    pub role: String,
    pub permissions: PermissionSet,
    pub is_active: bool,
    pub epoch: i64,
    updated_at: Moment,
}

#[derive(Default)]
pub struct Standing {
    people: RwLock<HashMap<UserId, Arc<Known>>>,
    ended: RwLock<HashMap<SessionId, (&'static str, Moment)>>,
    /// What each role may do, as `watch` last read it.
    roles: RwLock<HashMap<String, PermissionSet>>,
    /// The refresh generation that a session was last seen to use.
    confirmed: RwLock<HashMap<SessionId, (i64, Moment)>>,
    /// When a person's use of a network was last written down.
    networks: RwLock<HashMap<(UserId, Network), Moment>>,
}

impl Standing {
    /// The person, from memory or the database.
    pub(super) async fn person(&self, app: &App, id: UserId) -> Result<Option<Arc<Known>>> {
        if let Some(known) = read(&self.people).get(&id) {
            return Ok(Some(known.clone()));
        }
        let db = app.database.reader();
        let Some(account) = accounts::find(db, id).await? else { return Ok(None) };
        let permissions = roles::permissions_of(db, &account.role).await?;
        let known = Arc::new(Known::new(account, permissions));
        let mut people = write(&self.people);
        if people.len() >= PEOPLE_MAX {
            people.clear();
        }
        people.insert(id, known.clone());
        Ok(Some(known))
    }

    /// Looks the person up again at their next request.
    pub fn forget(&self, id: UserId) {
        write(&self.people).remove(&id);
    }

    /// Looks up again everybody who has the role.
    pub fn forget_role(&self, role: &Role) {
        write(&self.people).retain(|_, known| known.role != role.0);
    }

    /// Takes in what the roles may do now and forgets everybody of whom something else is known; says whether any role or
    /// anybody was news.
    fn compare_roles(&self, roles: HashMap<String, PermissionSet>) -> bool {
        let mut people = write(&self.people);
        let before = people.len();
        people.retain(|_, known| roles.get(&known.role).copied().unwrap_or_default() == known.permissions);
        let is_news = people.len() != before || *read(&self.roles) != roles;
        *write(&self.roles) = roles;
        is_news
    }

    pub(super) fn why_ended(&self, session: SessionId) -> Option<&'static str> {
        read(&self.ended).get(&session).map(|(reason, _)| *reason)
    }

    pub fn session_ended(&self, session: SessionId, reason: &'static str, now: Moment) {
        write(&self.ended).insert(session, (reason, now));
        write(&self.confirmed).remove(&session);
    }

    /// Notes that an access token of this generation was used; says whether that is news.
    pub(super) fn confirm(&self, session: SessionId, generation: i64, now: Moment) -> bool {
        if read(&self.confirmed).get(&session).is_some_and(|(known, _)| *known >= generation) {
            return false;
        }
        write(&self.confirmed).insert(session, (generation, now));
        true
    }

    pub(super) fn knows_network(&self, user: UserId, network: Network, now: Moment) -> bool {
        read(&self.networks).get(&(user, network)).is_some_and(|at| now.since(*at) < NETWORK_MEMORY)
    }

    pub(super) fn network_noted(&self, user: UserId, network: Network, now: Moment) {
        let mut networks = write(&self.networks);
        if networks.len() >= PEOPLE_MAX {
            networks.clear();
        }
        networks.insert((user, network), now);
    }

    fn forget_old(&self, now: Moment) {
        write(&self.ended).retain(|_, (_, at)| now.since(*at) < MEMORY);
        // No token of that generation lives any more; a later one is confirmed by itself.
        write(&self.confirmed).retain(|_, (_, at)| now.since(*at) < MEMORY);
    }
}

impl Known {
    fn new(account: Account, permissions: PermissionSet) -> Self {
        Self {
            username: account.username.into(),
            role: account.role,
            permissions,
            is_active: account.is_active,
            epoch: account.token_epoch,
            updated_at: account.updated_at,
        }
    }
}

/// At start: the sessions that ended lately, while access tokens of theirs still live.
pub async fn remember(app: &App) -> Result<()> {
    let now = app.clock.now();
    for (session, reason) in store::ended_since(app.database.reader(), now - MEMORY).await? {
        app.standing.session_ended(session, super::known_reason(&reason), now);
    }
    Ok(())
}

/// What the person may do, as far as is known here: the socket outlives what was true when it opened.
pub async fn permissions_now(app: &App, user: UserId) -> Result<PermissionSet> {
    let person = app.standing.person(app, user).await?;
    Ok(person.map(|person| person.permissions).unwrap_or_default())
}

/// Whether the person may read anything at all.
pub async fn may_read(app: &App, user: UserId) -> Result<bool> {
    Ok(permissions_now(app, user).await?.holds(Permission::ReadMessages))
}

/// Ends the sockets of people who may no longer read.
pub async fn end_unreading(app: &App) -> Result<()> {
    for user in app.hub.people() {
        if !may_read(app, user).await? {
            app.hub.shut_out(user);
        }
    }
    Ok(())
}

/// Learns what other processes changed: sessions that ended, people and roles that changed. Runs every half second.
pub async fn watch(app: &App) -> Result<()> {
    let (db, now) = (app.database.reader(), app.clock.now());
    app.standing.forget_old(now);
    for (session, reason) in store::ended_since(db, now - WATCH_BACK).await? {
        let reason = super::known_reason(&reason);
        if app.standing.why_ended(session).is_none() {
            app.standing.session_ended(session, reason, now);
            app.hub.publish(Publication::SessionEnded { session, reason });
        }
    }
    let changed = accounts::changed_since(db, now - WATCH_BACK).await?;
    let roles = roles::all(db).await?.into_iter().map(|role| (role.name.0, role.permissions)).collect();
    let may_read_less = app.standing.compare_roles(roles) || !changed.is_empty();
    for changed in changed {
        let is_news =
            read(&app.standing.people).get(&changed.id).is_some_and(|known| known.updated_at != changed.updated_at);
        if is_news {
            app.standing.forget(changed.id);
        }
        if !changed.is_active {
            app.hub.end_sockets_of(changed.id, crate::error::Code::SESSION_REVOKED.name);
        }
    }
    if may_read_less { end_unreading(app).await } else { Ok(()) }
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::random::Random;

    // AU-3: what is known by heart does not grow for ever.
    #[test]
    fn a_confirmation_is_forgotten_once_no_token_of_it_lives() {
        let (standing, session, noon) = (Standing::default(), SessionId(Random::seeded(1).id()), Moment(0));
        assert!(standing.confirm(session, 1, noon));
        standing.forget_old(noon + (MEMORY - Duration::from_secs(1)));
        assert!(!standing.confirm(session, 1, noon));
        standing.forget_old(noon + MEMORY);
        assert!(standing.confirm(session, 1, noon));
    }
}
