//! `beffroi serve`: opens the deployment, says where it is, serves until it is told to stop.

use super::{Settings, language, reload::Reloader, setup_link};
use crate::{
    app::App,
    config::Config,
    error::{Error, Result},
    jobs,
    platform::{clock::Clock, http, i18n, random::Random},
    router,
};
use std::{
    fs::File,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::atomic::Ordering,
    time::Duration,
};
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
    let mut config = settings.config()?;
    config.refuse_clear_text(settings.may_serve_in_clear_text()).map_err(Error::internal)?;
    settings.notices().iter().for_each(|notice| tracing::warn!("{notice}"));
    let _alone = lock(&config)?;
    let listener = listen(&mut config).await?;
    let app = App::start(config, Clock::System, Random::System).await?;
    let stop = StopSignals::listen()?;
    let reloader = Reloader::new(app.clone(), &settings)?;
    announce(&app).await?;
    let reloading = tokio::spawn(reloader.run());
    let served = serve(app, listener, stop).await;
    reloading.abort();
    // Ended, it takes its socket away.
    let _aborted = reloading.await;
    served
}

/// Two servers on one embedded database would each believe to be the only writer. It may lie outside the data directory,
/// where a second data directory could name it, too.
fn lock(config: &Config) -> Result<Vec<File>> {
    let beside = |file: PathBuf| {
        let file = file.canonicalize().unwrap_or(file);
        file.with_added_extension("lock")
    };
    let database = config.sqlite_file().map(beside);
    [Some(config.data.join("server.lock")), database].into_iter().flatten().map(|file| take_lock(&file)).collect()
}

fn take_lock(path: &Path) -> Result<File> {
    let file = File::options().write(true).create(true).truncate(false).mode(0o600).open(path);
    let file = file.map_err(Error::internal)?;
    let taken = path.parent().unwrap_or(path).display().to_string();
    file.try_lock().map_err(|_| Error::internal(ServeError::AlreadyRunning(taken)))?;
    Ok(file)
}

/// Takes the port and notes which it was: links to a server that asked for "any" (port 0) must lead somewhere.
pub(super) async fn listen(config: &mut Config) -> Result<TcpListener> {
    let address = config.listen;
    let failed = |source| Error::internal(ServeError::Listen { address, source });
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    config.listen = listener.local_addr().map_err(failed)?;
    Ok(listener)
}

/// Serves until SIGTERM or SIGINT, then stops in order: no new connections, sockets told, requests ended, writer empty.
pub(super) async fn serve(app: App, listener: TcpListener, mut signals: StopSignals) -> Result<()> {
    let stop = CancellationToken::new();
    let jobs = jobs::start(&app, &stop);
    let (hub, draining) = (app.hub.clone(), app.draining.clone());
    let stopping = async move {
        signals.received().await;
        tracing::info!("stopping");
        draining.store(true, Ordering::Relaxed);
        if hub.socket_count() > 0 {
            hub.say_restarting();
            tokio::time::sleep(GOODBYE).await;
        }
    };
    http::serve::serve(app.clone(), listener, router::build(app.clone()), stopping).await;
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
async fn announce(app: &App) -> Result<()> {
    let origin = app.config.origin();
    let say = |key, value: String| println!("{}", i18n::text(language(), key, &[("url", value)]));
    say("cli.serving", origin.clone());
    if let Some(link) = setup_link::issue(app, &origin).await? {
        say("cli.setup_link", link);
    }
    tracing::info!(%origin, database = if app.database.is_sqlite() { "sqlite" } else { "postgresql" }, "serving");
    Ok(())
}
