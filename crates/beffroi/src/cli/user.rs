//! `beffroi user …`: accounts from a shell on the server. The rules for names and passwords are those of the page.

use super::{Settings, circumstances, language};
use crate::{
    accounts::{
        self, UserView, actions,
        model::{NewAccount, Reserved},
    },
    error::{Code, Error, FieldError, Result},
    passwords,
    platform::i18n,
    rights,
    roles::{self, Role},
    rooms,
    tx::Tx,
};
use clap::Subcommand;
use secrecy::{ExposeSecret, SecretString};
use std::io::{BufRead, IsTerminal, Write};

#[derive(Subcommand)]
pub(super) enum UserCommand {
    /// Create an account; the first administrator becomes the main one
    Create {
        name: String,
        #[arg(long)]
        email: String,
        #[arg(long, default_value = Role::USER)]
        role: String,
        /// Read the password from one line of standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// Print a one-time link with which somebody sets a new password
    ResetLink {
        /// User name or e-mail address
        name: String,
    },
    /// Give somebody another role
    Promote { name: String, role: String },
    /// List the accounts
    List {
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(settings: Settings, command: UserCommand) -> Result<()> {
    match command {
        UserCommand::Create { name, email, role, password_stdin } => {
            create(settings, name, email, role, password_stdin).await
        }
        UserCommand::ResetLink { name } => reset_link(settings, &name).await,
        UserCommand::Promote { name, role } => promote(settings, &name, Role(role)).await,
        UserCommand::List { json } => list(settings, json).await,
    }
}

async fn create(settings: Settings, name: String, email: String, role: String, from_stdin: bool) -> Result<()> {
    let app = settings.open().await?;
    if roles::find(app.database.reader(), &Role(role.clone())).await?.is_none() {
        return Err(Error::invalid(vec![FieldError::new("role", "not_available")]));
    }
    // Without a password from outside we make a good one and print it, once.
    let generated = (!from_stdin).then(|| beffroi_crypto::token::encode(&app.random.bytes()));
    let password = match &generated {
        Some(password) => password.clone(),
        None => read_password()?,
    };
    let new = NewAccount {
        username: name,
        email,
        password,
        first_name: None,
        last_name: None,
        birth_date: None,
        language: language(),
    };
    let ready = actions::prepare(&app, new, Reserved::Allowed).await?;
    let mut tx = Tx::begin(&app, circumstances(&app)).await?;
    let account = actions::create(&tx, ready, Role(role.clone()), None).await?;
    rooms::actions::welcome(&mut tx, account.id, language(), role == Role::ADMIN).await?;
    tx.commit().await?;
    let values = [("name", account.username), ("role", account.role)];
    println!("{}", i18n::text(language(), "cli.user_created", &values));
    if let Some(password) = generated {
        let values = [("password", password.expose_secret().to_owned())];
        println!("{}", i18n::text(language(), "cli.user_password", &values));
    }
    app.stop().await
}

/// The link alone on standard output, what to do with it beside.
async fn reset_link(settings: Settings, name: &str) -> Result<()> {
    let app = settings.open().await?;
    let account = accounts::find_by_login(app.database.reader(), &app.keys, name).await?;
    let account = account.ok_or(Error::refuse(Code::PERSON_NOT_FOUND))?;
    let tx = Tx::begin(&app, circumstances(&app)).await?;
    let token = passwords::actions::issue_reset_link(&tx, account.id).await?;
    tx.commit().await?;
    eprintln!("{}", i18n::text(language(), "cli.reset_link", &[("name", account.username)]));
    println!("{}/reset#{}", app.config.origin(), token.expose_secret());
    app.stop().await
}

async fn promote(settings: Settings, name: &str, role: Role) -> Result<()> {
    let app = settings.open().await?;
    let account = accounts::find_by_login(app.database.reader(), &app.keys, name).await?;
    let account = account.ok_or(Error::refuse(Code::PERSON_NOT_FOUND))?;
    let mut tx = Tx::begin(&app, circumstances(&app)).await?;
    let account = rights::give(&mut tx, account.id, &role).await?;
    tx.commit().await?;
    let values = [("name", account.username), ("role", account.role)];
    println!("{}", i18n::text(language(), "cli.user_promoted", &values));
    app.stop().await
}

fn read_password() -> Result<SecretString> {
    if std::io::stdin().is_terminal() {
        eprint!("{} ", i18n::text(language(), "cli.password_prompt", &[]));
        std::io::stderr().flush().map_err(Error::internal)?;
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(Error::internal)?;
    Ok(SecretString::from(line.trim_end_matches(['\r', '\n']).to_owned()))
}

async fn list(settings: Settings, json: bool) -> Result<()> {
    let app = settings.open().await?;
    let accounts = accounts::list(app.database.reader()).await?;
    let views: Vec<UserView> =
        accounts.into_iter().map(|account| UserView::open(&app.keys, account)).collect::<Result<_>>()?;
    if json {
        println!("{}", serde_json::to_string_pretty(&views).map_err(Error::internal)?);
    } else {
        for view in &views {
            println!("{}", view.line());
        }
    }
    app.stop().await
}
