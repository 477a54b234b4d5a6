//! `beffroi config`: what the settings are and where each comes from, whether they make a server, what there is to set.

use super::{Command, settings::Settings};
use crate::{
    config::{self, ConfigError, Environment, Secrets, layers::Problem, listing},
    error::{Error, Result, chain},
    keyring::KeyRing,
};
use clap::Subcommand;
use serde::Serialize;
use serde_json::json;
use std::{os::unix::fs::PermissionsExt, process::ExitCode};

#[derive(Subcommand)]
pub(super) enum ConfigCommand {
    /// Whether the settings make a server; changes nothing
    Check {
        #[arg(long)]
        json: bool,
    },
    /// The settings in force; secrets are hidden
    Show {
        /// With where each comes from
        #[arg(long)]
        origin: bool,
        #[arg(long)]
        json: bool,
    },
    /// A beffroi.toml with every setting explained
    Example,
}

#[derive(Serialize)]
struct Check {
    name: &'static str,
    status: Status,
    detail: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Ok,
    Warning,
    Error,
}

pub(super) fn example() -> ExitCode {
    print!("{}", listing::example());
    ExitCode::SUCCESS
}

pub(super) async fn run(settings: Settings, command: ConfigCommand) -> Result<ExitCode> {
    match command {
        ConfigCommand::Check { json } => Ok(tell(&check(&settings).await, json)),
        ConfigCommand::Show { json: true, .. } => {
            println!("{:#}", listing::show_json(&settings.layers));
            Ok(ExitCode::SUCCESS)
        }
        ConfigCommand::Show { origin, .. } => {
            print!("{}", listing::show(&settings.layers, origin));
            Ok(ExitCode::SUCCESS)
        }
        ConfigCommand::Example => Ok(example()),
    }
}

/// Settings that cannot even be read, told in the way of the command.
pub(super) fn refuse(command: &Command, problems: &[Problem]) -> ExitCode {
    let is_usage = problems.iter().any(Problem::is_usage);
    if let Command::Config(ConfigCommand::Check { json }) = command {
        let check = |problem: &Problem| error("settings", problem.to_string());
        tell(&problems.iter().map(check).collect::<Vec<_>>(), *json);
    } else {
        problems.iter().for_each(|problem| eprintln!("beffroi: {problem}"));
    }
    ExitCode::from(if is_usage { 2 } else { 1 })
}

fn tell(checks: &[Check], as_json: bool) -> ExitCode {
    let is_ok = checks.iter().all(|check| check.status != Status::Error);
    if as_json {
        println!("{:#}", json!({"ok": is_ok, "checks": checks}));
    } else {
        for Check { name, status, detail } in checks {
            let status = match status {
                Status::Ok => "ok",
                Status::Warning => "warning",
                Status::Error => "error",
            };
            println!("{status:8} {name}: {detail}");
        }
    }
    ExitCode::from(u8::from(!is_ok))
}

fn ok(name: &'static str, detail: impl Into<String>) -> Check {
    Check { name, status: Status::Ok, detail: detail.into() }
}

fn error(name: &'static str, detail: impl Into<String>) -> Check {
    Check { name, status: Status::Error, detail: detail.into() }
}

async fn check(settings: &Settings) -> Vec<Check> {
    let file = settings.layers.file.as_ref().map_or("no file".to_owned(), |file| file.display().to_string());
    let mut checks = vec![
        ok("settings", format!("{file}, profile {}", settings.layers.profile.name)),
        data_directory(settings),
        clear_text(settings),
        secrets(settings),
        database(settings).await,
    ];
    let notice = |detail| Check { name: "settings", status: Status::Warning, detail };
    checks.extend(settings.notices().into_iter().map(notice));
    checks
}

fn data_directory(settings: &Settings) -> Check {
    let (name, shown) = ("data directory", settings.data.display().to_string());
    let Ok(metadata) = std::fs::metadata(&settings.data) else {
        return ok(name, format!("{shown} will be made at the first start"));
    };
    if !metadata.is_dir() {
        return error(name, format!("{shown} is not a directory"));
    }
    // Asked of the file system itself: who may write is more than what the mode says.
    match tempfile::tempfile_in(&settings.data) {
        Err(source) => error(name, format!("{shown} cannot be written to: {source}")),
        Ok(_) if metadata.permissions().mode() & 0o007 != 0 => {
            let detail = format!("{shown} is open to other accounts: `chmod 700 {shown}`");
            Check { name, status: Status::Warning, detail }
        }
        Ok(_) => ok(name, shown),
    }
}

fn clear_text(settings: &Settings) -> Check {
    let (layers, name) = (&settings.layers, "clear text");
    let environment = match layers.setting("server.environment").text.as_str() {
        "development" => Environment::Development,
        _ => Environment::Production,
    };
    let (listen, hops) = (layers.value("server.listen"), layers.value("server.trust_proxy_hops"));
    match config::refuse_clear_text(listen, hops, environment, settings.may_serve_in_clear_text()) {
        Ok(()) => ok(name, format!("{listen} may be listened on")),
        Err(refusal) => error(name, refusal.to_string()),
    }
}

fn secrets(settings: &Settings) -> Check {
    let name = "secrets";
    match Secrets::check(&settings.data, &settings.layers) {
        Ok(()) => ok(name, "strong, or made at the first start"),
        Err(refusal) => error(name, shown(&refusal)),
    }
}

/// Opens the database, if it is there, and its keys; makes neither.
async fn database(settings: &Settings) -> Check {
    let (name, url) = ("database", settings.layers.secret("database.url"));
    let file = config::sqlite_file(&settings.data, url.as_ref());
    if let Some(file) = file.as_ref().filter(|file| !file.exists()) {
        return ok(name, format!("{} will be made at the first start", file.display()));
    }
    match open_keys(settings, url.as_ref()).await {
        Ok(detail) => ok(name, detail),
        Err(Error::Internal(source)) => error(name, chain(source.as_ref())),
        Err(Error::Refused(refusal)) => error(name, refusal.code.name),
    }
}

async fn open_keys(settings: &Settings, url: Option<&secrecy::SecretString>) -> Result<&'static str> {
    let database = config::open_database(&settings.data, url).await?;
    let opened = async {
        if database.is_empty().await? {
            return Ok("reachable, and still empty");
        }
        database.assert_durable().await?;
        let key = Secrets::present_encryption_key(&settings.data, &settings.layers).map_err(Error::internal)?;
        let key = key.ok_or_else(|| Error::internal(ConfigError::KeyIsGone))?;
        KeyRing::check(&database, &key).await?;
        Ok("reachable, and its keys open")
    };
    let opened = opened.await;
    database.close().await?;
    opened
}

fn shown(error: &ConfigError) -> String {
    chain(error)
}
