//! The command line: one file per command. Exit status 0 success, 1 what was asked for could not be done, 2 wrong usage.

mod demo;
mod rates;
mod serve;
mod setup_link;
mod user;

use crate::{
    app::App,
    audit::Circumstances,
    config::{self, Config, Environment, Secrets},
    error::{Error, Result, chain},
    platform::{
        clock::Clock,
        i18n::{self, Language},
        logs,
        random::Random,
    },
};
use clap::{Args, Parser, Subcommand};
use std::{net::SocketAddr, path::PathBuf, process::ExitCode};
use url::Url;

#[derive(Parser)]
#[command(name = "beffroi", version, about = "A community chat server", propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    settings: Settings,
}

/// Accepted by every command, before or after its name.
#[derive(Args, Clone)]
pub(crate) struct Settings {
    /// Where the database and the keys lie
    #[arg(long, value_name = "DIR", default_value = "data", env = "BEFFROI_DATA", global = true)]
    data: PathBuf,
    /// PostgreSQL instead of the SQLite file in the data directory
    #[arg(long, value_name = "URL", env = "DATABASE_URL", hide_env_values = true, global = true)]
    database_url: Option<String>,
    /// Address and port to listen on
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8080", env = "BEFFROI_LISTEN", global = true)]
    listen: SocketAddr,
    /// Where people reach the server, when a proxy stands before it
    #[arg(long, value_name = "URL", env = "PUBLIC_URL", value_parser = web_address, global = true)]
    public_url: Option<Url>,
    /// development shows internal errors to everybody
    #[arg(long, value_enum, default_value = "production", env = "ENVIRONMENT", global = true)]
    environment: Environment,
    /// Proxies of yours between the clients and this server
    #[arg(long, value_name = "HOPS", default_value_t = 0, env = "TRUST_PROXY_HOPS", global = true)]
    trust_proxy_hops: u8,
    #[command(flatten)]
    rates: rates::RateSettings,
    /// Serve in clear text beyond this machine
    #[arg(long, global = true)]
    insecure_http: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Serve (what happens without a command)
    Serve,
    /// A throw-away server with sample people and rooms
    Demo,
    /// Print a fresh one-time link to create the main administrator
    SetupLink,
    /// People and their accounts
    #[command(subcommand)]
    User(user::UserCommand),
    /// Secrets for the configuration
    #[command(subcommand)]
    Secret(SecretCommand),
    /// Bring the database up to date
    Migrate,
}

#[derive(Subcommand)]
enum SecretCommand {
    /// Print a fresh secret of 64 hexadecimal digits
    Generate,
}

pub fn run() -> ExitCode {
    let Cli { command, settings } = Cli::parse();
    logs::start();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&Error::internal(error)),
    };
    match runtime.block_on(execute(command.unwrap_or(Command::Serve), settings)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

async fn execute(command: Command, settings: Settings) -> Result<()> {
    match command {
        Command::Serve => serve::run(settings).await,
        Command::Demo => demo::run(settings).await,
        Command::SetupLink => setup_link::run(settings).await,
        Command::User(command) => user::run(settings, command).await,
        Command::Secret(SecretCommand::Generate) => {
            println!("{}", config::generate_secret(&Random::System));
            Ok(())
        }
        Command::Migrate => settings.open().await?.stop().await,
    }
}

/// Says what went wrong in words where there are any: a refusal reads like on the page, with the fields it names.
fn fail(error: &Error) -> ExitCode {
    let language = language();
    match error {
        Error::Refused(refusal) => {
            eprintln!("{}", i18n::text(language, &format!("error.{}", refusal.code.name), &[]));
            for field in &refusal.fields {
                let text = i18n::text(language, &format!("field.{}", field.code), &field.values);
                eprintln!("  {}: {text}", field.field);
            }
        }
        Error::Internal(source) => eprintln!("beffroi: {}", chain(source.as_ref())),
    }
    ExitCode::from(1)
}

/// An address that a browser opens.
fn web_address(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|_| "not an address such as https://chat.example.org".to_owned())?;
    if matches!(url.scheme(), "http" | "https") && url.has_host() {
        Ok(url)
    } else {
        Err("must begin with https:// or http://".to_owned())
    }
}

/// The language of the terminal.
pub(crate) fn language() -> Language {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(|name| std::env::var(name).ok());
    set.and_then(|tag| Language::from_tag(&tag)).unwrap_or_default()
}

impl Settings {
    fn config(self) -> Result<Config> {
        config::prepare_data_directory(&self.data).map_err(Error::internal)?;
        let secrets = Secrets::load(&self.data, &Random::System).map_err(Error::internal)?;
        let mut config = Config::new(self.data, self.listen, secrets);
        let from_environment = config::secret_from_environment("DATABASE_URL").map_err(Error::internal)?;
        config.database_url = self.database_url.map(Into::into).or(from_environment);
        config.public_url = self.public_url;
        config.environment = self.environment;
        config.trusted_proxy_hops = self.trust_proxy_hops;
        config.rates = self.rates.over(config.rates);
        Ok(config)
    }

    /// Opens the deployment for a command, beside a running server or without one.
    async fn open(self) -> Result<App> {
        App::start(self.config()?, Clock::System, Random::System).await
    }
}

/// A command's own circumstances: somebody with a shell on the server.
fn circumstances(app: &App) -> Circumstances {
    let mut circumstances = Circumstances::shell(app.random.id(), app.clock.now());
    circumstances.language = language();
    circumstances
}
