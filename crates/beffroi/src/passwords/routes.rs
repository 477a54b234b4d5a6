use super::actions;
use crate::{
    actor::Actor,
    app::App,
    audit::Circumstances,
    error::Result,
    platform::{
        http::{
            answer::{Accepted, NoContent},
            payload::Payload,
        },
        limits::Key,
    },
};
use axum::extract::State;
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    #[schemars(with = "String")]
    current_password: SecretString,
    #[schemars(with = "String")]
    new_password: SecretString,
}

/// Changes one's own password. Every other session ends; this one stays.
///
/// Errors: validation, server.busy.
pub async fn change(
    actor: Actor,
    State(app): State<App>,
    circumstances: Circumstances,
    Payload(body): Payload<Change>,
) -> Result<NoContent> {
    // A session left open is no licence to guess: the rule of sign-ins, by person.
    let guesses = Key::sign_in(None, format!("password of {}", actor.user));
    app.limits.admit(&guesses, circumstances.ip_address, Some(actor.user))?;
    actions::change(&app, circumstances, &actor, body.current_password, body.new_password).await?;
    app.limits.give_back(&guesses);
    Ok(NoContent)
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Forgot {
    #[allow(dead_code, reason = "without mail there is nobody to look up, and nothing to tell")]
    email: String,
}

/// Asks for a new password by mail. The answer is always the same; `password_reset` of `GET /server` says what can come of it.
pub async fn forgot(Payload(_): Payload<Forgot>) -> Accepted {
    Accepted
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reset {
    /// What stands behind the `#` of the link.
    token: String,
    #[schemars(with = "String")]
    new_password: SecretString,
}

/// Sets a new password by a one-time link. Every session ends, and nobody is signed in.
///
/// Errors: password.link_invalid, validation, server.busy.
pub async fn reset(
    State(app): State<App>,
    circumstances: Circumstances,
    Payload(body): Payload<Reset>,
) -> Result<NoContent> {
    actions::reset(&app, circumstances, &body.token, body.new_password).await?;
    Ok(NoContent)
}
