use super::{
    actions::{self, Credentials},
    cookie,
};
use crate::{
    accounts::UserView,
    actor::Actor,
    app::App,
    audit::Circumstances,
    error::{Error, FieldError, Result},
    platform::http::{
        answer::{NoContent, Success},
        payload::Payload,
    },
};
use axum::{extract::State, response::IntoResponse};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// User name or e-mail address.
    username: String,
    password: SecretString,
    session: Option<SessionKind>,
    remember: Option<bool>,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum SessionKind {
    Cookie,
    Token,
}

#[derive(Serialize)]
struct SignedInView {
    user: UserView,
}

pub async fn sign_in(
    State(app): State<App>,
    circumstances: Circumstances,
    headers: HeaderMap,
    Payload(body): Payload<SignIn>,
) -> Result<impl IntoResponse> {
    if body.session != Some(SessionKind::Cookie) {
        return Err(Error::invalid(vec![FieldError::new("session", "not_available")]));
    }
    let credentials =
        Credentials { login: body.username, password: body.password, remember: body.remember.unwrap_or(false) };
    let signed_in = actions::sign_in(&app, circumstances.clone(), credentials).await?;
    actions::replace_earlier(&app, circumstances, &headers).await?;
    let cookie = cookie::write(&app, &signed_in.secret, signed_in.cookie_lifetime);
    let user = UserView::open(&app.keys, signed_in.account)?;
    Ok(([(header::SET_COOKIE, cookie)], Success(SignedInView { user })))
}

pub async fn sign_out(actor: Actor, State(app): State<App>, circumstances: Circumstances) -> Result<impl IntoResponse> {
    actions::sign_out(&app, circumstances, &actor).await?;
    // Not "storage": a draft that was being written belongs to the person, and the page removes what it must itself.
    let clear = (HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\""));
    Ok(([(header::SET_COOKIE, cookie::clear(&app)), clear], NoContent))
}
