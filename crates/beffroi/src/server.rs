//! What anyone may know of this server, and its probes.

use crate::{
    accounts::{self, model as account},
    app::App,
    config::{CsrfMode, DemoAccount},
    error::{Code, Error, Result},
    messages::{actions as messages, model as message},
    platform::{http::etag::Shown, i18n::Language},
    rooms::model as room,
    settings,
};
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use std::{sync::atomic::Ordering, time::Duration};

/// When to ask a server again that is not ready.
const RETRY_AFTER: Duration = Duration::from_secs(2);

#[derive(JsonSchema, Serialize)]
pub struct ServerView {
    name: String,
    languages: Vec<&'static str>,
    registration_mode: &'static str,
    /// Whether the first administrator is still to be made, by the set-up link.
    setup_open: bool,
    /// Who helps a person that forgot their password: `administrator`, with a one-time link.
    password_reset: &'static str,
    /// Whether a change made with the cookie needs a token besides.
    csrf_mode: CsrfMode,
    password: PasswordRules,
    limits: Limits,
    /// Only `beffroi demo` shows anybody's password.
    demo_accounts: Vec<DemoAccount>,
}

#[derive(JsonSchema, Serialize)]
struct PasswordRules {
    chars_min: usize,
    chars_max: usize,
}

#[derive(JsonSchema, Serialize)]
struct Limits {
    username_chars_min: usize,
    username_chars_max: usize,
    person_name_chars_max: usize,
    message_chars_max: usize,
    room_name_chars_max: usize,
    topic_chars_max: usize,
    reason_chars_max: usize,
    server_name_chars_max: usize,
}

/// Tells the name of the server, its languages, how one comes in, and the limits of texts.
pub async fn show(State(app): State<App>) -> Result<Shown<ServerView>> {
    Ok(Shown(ServerView {
        name: app.server_name().await?,
        languages: Language::ALL.map(Language::tag).to_vec(),
        registration_mode: "invite",
        setup_open: !accounts::an_administrator_exists(app.database.reader()).await?,
        password_reset: "administrator",
        csrf_mode: app.config.csrf_mode,
        password: PasswordRules { chars_min: account::PASSWORD_CHARS_MIN, chars_max: account::PASSWORD_CHARS_MAX },
        limits: Limits {
            username_chars_min: account::USERNAME_CHARS_MIN,
            username_chars_max: account::USERNAME_CHARS_MAX,
            person_name_chars_max: account::PERSON_NAME_CHARS_MAX,
            message_chars_max: message::TEXT_CHARS_MAX,
            room_name_chars_max: room::NAME_CHARS_MAX,
            topic_chars_max: room::TOPIC_CHARS_MAX,
            reason_chars_max: messages::REASON_CHARS_MAX,
            server_name_chars_max: settings::SERVER_NAME_CHARS_MAX,
        },
        demo_accounts: app.config.demo_accounts.clone(),
    }))
}

/// The process is alive.
pub async fn health() -> &'static str {
    "ok"
}

/// The process can do its work: the database answers, and the server is not about to stop.
pub async fn readiness(State(app): State<App>) -> Result<&'static str> {
    if !app.draining.load(Ordering::Relaxed) && app.database.is_reachable().await {
        Ok("ready")
    } else {
        Err(Error::refuse_until(Code::UNAVAILABLE, RETRY_AFTER))
    }
}
