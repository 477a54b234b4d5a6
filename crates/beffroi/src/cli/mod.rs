//! The command line: one file per command. Exit status 0 success, 1 what was asked for could not be done, 2 wrong usage.

mod config;
mod demo;
mod healthcheck;
mod reload;
mod serve;
mod settings;
mod setup_link;
mod user;

use crate::{
    app::App,
    audit::Circumstances,
    config::generate_secret,
    error::{Error, Result, chain},
    platform::{
        i18n::{self, Language},
        random::Random,
    },
};
use clap::{CommandFactory, Parser, Subcommand};
use settings::{Flags, Settings};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "beffroi", version, about = "A community chat server", propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    flags: Flags,
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
    /// The settings: check them, show them, show what there is to set
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Secrets for the configuration
    #[command(subcommand)]
    Secret(SecretCommand),
    /// Bring the database up to date
    Migrate,
    /// Have the running server read its settings again
    Reload,
    /// Whether the server is ready for work
    Healthcheck,
    /// Completions for a shell
    Completions { shell: clap_complete::Shell },
}

#[derive(Subcommand)]
enum SecretCommand {
    /// Print a fresh secret of 64 hexadecimal digits
    Generate,
}

pub fn run() -> ExitCode {
    let Cli { command, flags } = Cli::parse();
    let command = command.unwrap_or(Command::Serve);
    // Neither needs a setting, so a wrong one is no hindrance to mending it.
    match command {
        Command::Secret(SecretCommand::Generate) => {
            println!("{}", generate_secret(&Random::System));
            return ExitCode::SUCCESS;
        }
        Command::Config(config::ConfigCommand::Example) => return config::example(),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "beffroi", &mut std::io::stdout());
            return ExitCode::SUCCESS;
        }
        _ => {}
    }
    let settings = match flags.read() {
        Ok(settings) => settings,
        Err(problems) => return config::refuse(&command, &problems),
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&Error::internal(error)),
    };
    match runtime.block_on(execute(command, settings)) {
        Ok(code) => code,
        Err(error) => fail(&error),
    }
}

async fn execute(command: Command, settings: Settings) -> Result<ExitCode> {
    match command {
        Command::Serve => serve::run(settings).await?,
        Command::Demo => demo::run(settings).await?,
        Command::SetupLink => setup_link::run(settings).await?,
        Command::User(command) => user::run(settings, command).await?,
        Command::Config(command) => return config::run(settings, command).await,
        Command::Reload => return reload::run(settings).await,
        Command::Healthcheck => healthcheck::run(settings).await?,
        Command::Secret(SecretCommand::Generate) | Command::Completions { .. } => {}
        Command::Migrate => settings.open().await?.stop().await?,
    }
    Ok(ExitCode::SUCCESS)
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

/// The language of the terminal.
pub(crate) fn language() -> Language {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(|name| std::env::var(name).ok());
    set.and_then(|tag| Language::from_tag(&tag)).unwrap_or_default()
}

/// A command's own circumstances: somebody with a shell on the server.
fn circumstances(app: &App) -> Circumstances {
    let mut circumstances = Circumstances::shell(app.random.id(), app.clock.now());
    circumstances.language = language();
    circumstances
}
