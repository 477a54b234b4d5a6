//! What every request can reach. Built once at start, handed around by clone.

use crate::{
    config::Config,
    error::Result,
    event::Publication,
    keyring::KeyRing,
    messages::{MessageWriter, Pages},
    platform::{
        clock::Clock, database::Database, hashing::HashingPool, http::connections::Connections, limits::Limiter,
        random::Random,
    },
    realtime::Hub,
    roles,
    sessions::{self, AccessTokens, Standing, Tickets},
    settings,
};
use axum::body::Bytes;
use std::{
    ops::Deref,
    sync::{Arc, OnceLock, atomic::AtomicBool},
};
use tokio_util::task::TaskTracker;

#[derive(Clone)]
pub struct App(Arc<Parts>);

pub struct Parts {
    pub config: Config,
    pub clock: Clock,
    pub random: Random,
    pub database: Database,
    pub keys: KeyRing,
    pub hashing: HashingPool,
    pub hub: Arc<Hub>,
    pub messages: MessageWriter,
    /// Of the rooms' histories.
    pub pages: Pages,
    pub limits: Limiter,
    pub access_tokens: AccessTokens,
    pub standing: Standing,
    /// Of the addresses that reach us.
    pub connections: Arc<Connections>,
    /// Of the socket.
    pub tickets: Tickets,
    /// The API document, made when somebody first asks for it.
    pub document: OnceLock<Bytes>,
    /// The server is about to stop: whoever sends it work should send it elsewhere.
    pub draining: Arc<AtomicBool>,
    /// Work that goes on after an answer; a stop waits for it.
    pub afterwards: TaskTracker,
}

impl Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Opens the database, brings it up to date, refuses one that is not durable or not ours, unwraps the keys.
    pub async fn start(config: Config, clock: Clock, random: Random) -> Result<Self> {
        let database = config.open_database().await?;
        database.migrate().await?;
        database.assert_durable().await?;
        let keys = KeyRing::open(&database, &config.encryption_key, &clock, &random).await?;
        roles::ensure_built_in(&database).await?;
        let hashing = HashingPool::new(config.password_cost, config.hashing_concurrency, random.clone())?;
        let access_tokens = AccessTokens::new(&config.jwt_secret, config.sessions.access);
        let limits = Limiter::new(clock.clone(), config.rates);
        let connections = Connections::new(config.connections_per_address);
        let hub = Arc::new(Hub::default());
        let messages = MessageWriter::start(database.clone(), hub.clone(), clock.clone(), random.clone());
        let app = Self(Arc::new(Parts {
            config,
            clock,
            random,
            database,
            keys,
            hashing,
            hub,
            messages,
            pages: Pages::default(),
            limits,
            access_tokens,
            standing: Standing::default(),
            connections,
            tickets: Tickets::default(),
            document: OnceLock::new(),
            draining: Arc::default(),
            afterwards: TaskTracker::new(),
        }));
        sessions::remember(&app).await?;
        Ok(app)
    }

    /// How the community calls itself: as configured, else as somebody said on the page.
    pub async fn server_name(&self) -> Result<String> {
        match &self.config.server_name {
            Some(name) => Ok(name.clone()),
            None => settings::server_name(self.database.reader()).await,
        }
    }

    /// Tells everybody in this process what a commit made true.
    pub fn publish(&self, publication: Publication) {
        match &publication {
            Publication::SessionEnded { session, reason } => {
                self.standing.session_ended(*session, reason, self.clock.now());
            }
            Publication::PersonChanged { user } => {
                self.standing.forget(*user);
                self.end_unreading();
            }
            Publication::RoleChanged { role } => {
                self.standing.forget_role(role);
                self.end_unreading();
            }
            _ => {}
        }
        self.hub.publish(publication);
    }

    /// Rights changed: whoever may no longer read does not hear on.
    fn end_unreading(&self) {
        let app = self.clone();
        self.afterwards.spawn(async move {
            if let Err(error) = sessions::end_unreading(&app).await {
                tracing::warn!(%error, "sockets were not compared with what people may do; the watch does it again");
            }
        });
    }

    /// Lets what was begun end, then closes the database.
    pub async fn stop(self) -> Result<()> {
        self.afterwards.close();
        self.afterwards.wait().await;
        self.messages.finish().await;
        self.database.clone().close().await
    }
}
