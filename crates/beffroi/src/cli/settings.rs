//! What every command is told: where the data lies, and the settings from all their layers.

use crate::{
    app::App,
    config::{
        Config,
        layers::{self, Layers, Problem, Sources},
        profiles::{PROFILES, Profile},
    },
    error::{Error, Result},
    platform::{
        clock::Clock,
        logs::{self, LogFilter},
        random::Random,
    },
};
use clap::Args;
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};
use url::Url;

/// Accepted by every command, before or after its name.
#[derive(Args, Clone)]
pub(super) struct Flags {
    /// Where the database and the keys lie [default: data]
    #[arg(long, value_name = "DIR", env = "BEFFROI_DATA", global = true)]
    data: Option<PathBuf>,
    /// The file with the settings [default: beffroi.toml in the data directory, or here]
    #[arg(long, value_name = "FILE", env = "BEFFROI_CONFIG", global = true)]
    config: Option<PathBuf>,
    /// What kind of house it is to be [default: chat]
    #[arg(long, value_name = "NAME", env = "BEFFROI_PROFILE", value_parser = PROFILES.iter().map(|profile| profile.name).collect::<Vec<_>>(), global = true)]
    profile: Option<String>,
    /// Address and port to listen on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR:PORT", global = true)]
    listen: Option<SocketAddr>,
    /// Where people reach the server, when a proxy stands before it
    #[arg(long, value_name = "URL", global = true)]
    public_url: Option<Url>,
    /// auto, text or json
    #[arg(long, value_name = "FORMAT", value_parser = ["auto", "text", "json"], global = true)]
    log_format: Option<String>,
    /// Serve in clear text beyond this machine
    #[arg(long, global = true)]
    insecure_http: bool,
    /// Any setting that `beffroi config example` lists
    #[arg(long, value_name = "SECTION.KEY=VALUE", value_parser = assignment, global = true)]
    set: Vec<(String, String)>,
}

fn assignment(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("must be SECTION.KEY=VALUE")?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

pub(super) struct Settings {
    /// As said on the command line, for reading it all again.
    pub(super) flags: Flags,
    pub(super) log_filter: LogFilter,
    pub(super) data: PathBuf,
    pub(super) layers: Layers,
}

impl Flags {
    /// The settings, with the logs that they ask for begun.
    pub(super) fn read(self) -> Result<Settings, Vec<Problem>> {
        let (data, layers) = self.clone().data_and_layers()?;
        let text = |key| layers.setting(key).text.as_str();
        let log_filter = logs::start(text("logs.level"), logs::Format::named(text("logs.format")));
        Ok(Settings { flags: self, log_filter, data, layers })
    }

    /// The settings as they are now; the data directory stays where it is.
    pub(super) fn layers(self) -> Result<Layers, Vec<Problem>> {
        self.data_and_layers().map(|(_, layers)| layers)
    }

    fn data_and_layers(self) -> Result<(PathBuf, Layers), Vec<Problem>> {
        let dot_env = layers::dot_env(Path::new(".env")).map_err(|problem| vec![problem])?;
        let in_dot_env = |name: &str| dot_env.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        let data = self.data.clone().or(in_dot_env("BEFFROI_DATA").map(PathBuf::from)).unwrap_or("data".into());
        let named = self.config.clone().or(in_dot_env("BEFFROI_CONFIG").map(PathBuf::from));
        let sources = Sources {
            profile: profile(self.profile.clone().or(in_dot_env("BEFFROI_PROFILE")))?,
            file: named.or_else(|| lying_ready(&data)),
            dot_env,
            environment: variables(),
            command_line: self.settings(),
        };
        Ok((data, Layers::read(sources)?))
    }

    /// The settings among the flags: flag, key, value.
    fn settings(self) -> Vec<(String, String, String)> {
        let own = |flag: &str, key: &str, value: Option<String>| value.map(|value| (flag.into(), key.into(), value));
        let named = [
            own("--listen", "server.listen", self.listen.map(|listen| listen.to_string())),
            own("--public-url", "server.public_url", self.public_url.map(|url| url.to_string())),
            own("--log-format", "logs.format", self.log_format),
            own("--insecure-http", "server.insecure_http", self.insecure_http.then(|| "true".into())),
        ];
        let set = self.set.into_iter().map(|(key, value)| ("--set".to_owned(), key, value));
        named.into_iter().flatten().chain(set).collect()
    }
}

fn profile(name: Option<String>) -> Result<&'static Profile, Vec<Problem>> {
    let name = name.unwrap_or_else(|| "chat".to_owned());
    let names = || PROFILES.iter().map(|profile| profile.name).collect::<Vec<_>>().join(", ");
    Profile::named(&name)
        .ok_or_else(|| vec![Problem::Profile(format!("there is no profile {name}; there are {}", names()))])
}

/// The data directory's own file goes before one of the working directory: several deployments may start in one place.
fn lying_ready(data: &Path) -> Option<PathBuf> {
    [data.join("beffroi.toml"), "beffroi.toml".into()].into_iter().find(|file| file.exists())
}

/// What is not text cannot be one of ours.
fn variables() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

impl Settings {
    pub(super) fn config(&self) -> Result<Config> {
        Config::from_layers(self.data.clone(), &self.layers, &Random::System).map_err(Error::internal)
    }

    pub(super) fn may_serve_in_clear_text(&self) -> bool {
        self.layers.value("server.insecure_http")
    }

    /// What whoever starts a server should know.
    pub(super) fn notices(&self) -> Vec<String> {
        let profile = self.layers.profile;
        let missing = format!("profile {} does not bring yet: {}", profile.name, profile.missing.join("; "));
        self.layers.notices.iter().cloned().chain([missing]).collect()
    }

    /// Opens the deployment for a command, beside a running server or without one.
    pub(super) async fn open(self) -> Result<App> {
        App::start(self.config()?, Clock::System, Random::System).await
    }
}
