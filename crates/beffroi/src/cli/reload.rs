//! `beffroi reload`, and SIGHUP: the settings are read again, and what can change without a restart does. Settings that
//! cannot be read change nothing. The command asks through a socket in the data directory, so that it hears how it went.

use super::settings::{Flags, Settings};
use crate::{
    app::App,
    config::{self, keys::KEYS, layers::Layers},
    error::{Error, Result},
    platform::logs::LogFilter,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    signal::unix::{Signal, SignalKind, signal},
};

/// Longer than reading a few files takes; whoever does not answer by then does not answer.
const DEADLINE: Duration = Duration::from_secs(10);

/// How it went; keys only, since values may be secrets.
#[derive(Default, Deserialize, Serialize)]
struct Outcome {
    changed: Vec<String>,
    needs_restart: Vec<String>,
    problems: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
enum ReloadError {
    #[error("no server works on {0}")]
    NoServer(String),
    #[error("the server did not answer")]
    NoAnswer,
    #[error("the settings stay as they were: {0}")]
    Refused(String),
}

/// Reads the settings again whenever it is asked to.
pub(super) struct Reloader {
    app: App,
    flags: Flags,
    log_filter: LogFilter,
    /// By key, what holds now: what needs a restart stays as it was and is named each time.
    in_force: HashMap<&'static str, String>,
    hangups: Signal,
    control: Option<UnixListener>,
    socket: PathBuf,
}

impl Reloader {
    pub(super) fn new(app: App, settings: &Settings) -> Result<Self> {
        let socket = socket(&settings.data);
        let control = listen(&socket)
            .inspect_err(|error| tracing::warn!(%error, "`beffroi reload` will not reach this server; SIGHUP does"));
        Ok(Self {
            app,
            flags: settings.flags.clone(),
            log_filter: settings.log_filter.clone(),
            in_force: texts(&settings.layers),
            hangups: signal(SignalKind::hangup()).map_err(Error::internal)?,
            control: control.ok(),
            socket,
        })
    }

    /// Goes on until it is dropped.
    pub(super) async fn run(mut self) {
        loop {
            let asked = tokio::select! {
                _ = self.hangups.recv() => None,
                stream = accept(self.control.as_ref()) => stream,
            };
            let outcome = self.reload();
            if let Some(stream) = asked {
                let _whoever_asked_has_left = tokio::time::timeout(DEADLINE, tell(stream, &outcome)).await;
            }
        }
    }

    fn reload(&mut self) -> Outcome {
        let layers = match self.flags.clone().layers() {
            Ok(layers) => layers,
            Err(problems) => {
                let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
                tracing::error!(?problems, "the settings stay as they were");
                return Outcome { problems, ..Outcome::default() };
            }
        };
        let mut outcome = Outcome::default();
        for (key, text) in texts(&layers) {
            let is_live = KEYS.iter().any(|known| known.name == key && known.is_live());
            match self.in_force.get(key) {
                Some(before) if *before == text => {}
                _ if is_live => {
                    self.in_force.insert(key, text);
                    outcome.changed.push(key.to_owned());
                }
                _ => outcome.needs_restart.push(key.to_owned()),
            }
        }
        self.app.limits.change(config::rates(&layers));
        self.log_filter.change(&layers.setting("logs.level").text);
        outcome.changed.sort_unstable();
        outcome.needs_restart.sort_unstable();
        let Outcome { changed, needs_restart, .. } = &outcome;
        tracing::info!(?changed, ?needs_restart, "the settings were read again");
        outcome
    }
}

impl Drop for Reloader {
    fn drop(&mut self) {
        if self.control.is_some() {
            let _gone_already = fs::remove_file(&self.socket);
        }
    }
}

fn texts(layers: &Layers) -> HashMap<&'static str, String> {
    KEYS.iter().map(|key| (key.name, layers.setting(key.name).text.clone())).collect()
}

fn socket(data: &Path) -> PathBuf {
    data.join("control.sock")
}

/// The lock of the data directory is ours: a socket that lies there is one that a killed server left.
fn listen(socket: &Path) -> io::Result<UnixListener> {
    match fs::remove_file(socket) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(socket)?;
    fs::set_permissions(socket, fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

async fn accept(control: Option<&UnixListener>) -> Option<UnixStream> {
    match control {
        Some(control) => loop {
            if let Ok((stream, _)) = control.accept().await {
                return Some(stream);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        },
        None => std::future::pending().await,
    }
}

async fn tell(mut stream: UnixStream, outcome: &Outcome) -> io::Result<()> {
    stream.write_all(serde_json::to_string(outcome)?.as_bytes()).await?;
    stream.shutdown().await
}

/// The command: asks the server and says what became of it.
pub(super) async fn run(settings: Settings) -> Result<ExitCode> {
    let nobody = || Error::internal(ReloadError::NoServer(settings.data.display().to_string()));
    let mut stream = UnixStream::connect(socket(&settings.data)).await.map_err(|_| nobody())?;
    let mut answer = String::new();
    let heard = tokio::time::timeout(DEADLINE, stream.read_to_string(&mut answer)).await;
    heard.map_err(|_| Error::internal(ReloadError::NoAnswer))?.map_err(Error::internal)?;
    let outcome: Outcome = serde_json::from_str(&answer).map_err(|_| Error::internal(ReloadError::NoAnswer))?;
    if !outcome.problems.is_empty() {
        return Err(Error::internal(ReloadError::Refused(outcome.problems.join("; "))));
    }
    outcome.changed.iter().for_each(|key| println!("changed: {key}"));
    outcome.needs_restart.iter().for_each(|key| println!("needs a restart: {key}"));
    Ok(ExitCode::SUCCESS)
}
