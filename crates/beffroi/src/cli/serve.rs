//! `beffroi serve`: opens the deployment, says where it is, serves until it is told to stop.

use super::{Settings, language, setup_link};
use crate::{
    app::App,
    error::{Error, Result},
    jobs,
    platform::{clock::Clock, http, i18n, random::Random},
    router,
};
use std::{fs::File, time::Duration};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

/// Sockets get this long to hear that the server restarts.
const GOODBYE: Duration = Duration::from_millis(500);

#[derive(Debug, thiserror::Error)]
enum ServeError {
    #[error("another server already works on {0}")]
    AlreadyRunning(String),
    #[error("{address} cannot be listened on")]
    Listen { address: std::net::SocketAddr, source: std::io::Error },
}

pub(super) async fn run(settings: Settings) -> Result<()> {
    let insecure_http = settings.insecure_http;
    let config = settings.config()?;
    config.refuse_clear_text(insecure_http).map_err(Error::internal)?;
    let _alone = lock(&config.data)?;
    let app = App::start(config, Clock::System, Random::System).await?;
    let stop = StopSignals::listen()?;
    let listener = listen(&app).await?;
    announce(&app, &listener).await?;
    serve(app, listener, stop).await
}

/// Two servers on one embedded database would each believe to be the only writer.
fn lock(data: &std::path::Path) -> Result<File> {
    let file = File::create(data.join("server.lock")).map_err(Error::internal)?;
    file.try_lock().map_err(|_| Error::internal(ServeError::AlreadyRunning(data.display().to_string())))?;
    Ok(file)
}

pub(super) async fn listen(app: &App) -> Result<TcpListener> {
    let address = app.config.listen;
    TcpListener::bind(address).await.map_err(|source| Error::internal(ServeError::Listen { address, source }))
}

/// Serves until SIGTERM or SIGINT, then stops in order: no new connections, sockets told, requests ended, writer empty.
pub(super) async fn serve(app: App, listener: TcpListener, mut signals: StopSignals) -> Result<()> {
    let stop = CancellationToken::new();
    let jobs = jobs::start(&app, &stop);
    let hub = app.hub.clone();
    let stopping = async move {
        signals.received().await;
        tracing::info!("stopping");
        hub.say_restarting();
        tokio::time::sleep(GOODBYE).await;
    };
    http::serve::serve(listener, router::build(app.clone()), stopping).await;
    stop.cancel();
    jobs.wait().await;
    app.stop().await
}

/// SIGTERM and SIGINT, heard from the moment that they are listened to: before anybody is told that the server is open,
/// or one that comes at once would end it without order.
pub(super) struct StopSignals {
    terminated: Signal,
    interrupted: Signal,
}

impl StopSignals {
    pub(super) fn listen() -> Result<Self> {
        let listen = |kind| signal(kind).map_err(Error::internal);
        Ok(Self { terminated: listen(SignalKind::terminate())?, interrupted: listen(SignalKind::interrupt())? })
    }

    async fn received(&mut self) {
        tokio::select! {
            _ = self.terminated.recv() => {}
            _ = self.interrupted.recv() => {}
        }
    }
}

/// Says where to open it, and how to begin while nobody has.
async fn announce(app: &App, listener: &TcpListener) -> Result<()> {
    let origin = match &app.config.public_url {
        Some(_) => app.config.origin(),
        None => format!("http://{}", listener.local_addr().map_err(Error::internal)?),
    };
    let say = |key, value: String| println!("{}", i18n::text(language(), key, &[("url", value)]));
    say("cli.serving", origin.clone());
    if let Some(link) = setup_link::issue(app, &origin).await? {
        say("cli.setup_link", link);
    }
    tracing::info!(%origin, database = if app.database.is_sqlite() { "sqlite" } else { "postgresql" }, "serving");
    Ok(())
}
