//! The session cookie. `__Host-` and `Secure` where browsers come by https; without them a cookie would not be kept.

use crate::app::App;
use http::{HeaderMap, HeaderValue, header};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

/// base64url of 32 bytes.
const SECRET_CHARS: usize = 43;

fn name(app: &App) -> &'static str {
    if app.config.is_https() { "__Host-bf_sid" } else { "bf_sid" }
}

/// The secret that the browser sent, if it has the form of one of ours.
pub(super) fn read(app: &App, headers: &HeaderMap) -> Option<SecretString> {
    let name = name(app);
    let pairs = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let value = pairs
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)?;
    (value.len() == SECRET_CHARS).then(|| SecretString::from(value))
}

/// Sets the cookie: for `max_age`, or until the browser closes.
pub(super) fn write(app: &App, secret: &SecretString, max_age: Option<Duration>) -> HeaderValue {
    let mut cookie = format!("{}={}; Path=/; HttpOnly; SameSite=Lax", name(app), secret.expose_secret());
    if app.config.is_https() {
        cookie.push_str("; Secure");
    }
    if let Some(max_age) = max_age {
        cookie.push_str(&format!("; Max-Age={}", max_age.as_secs()));
    }
    let mut value = HeaderValue::try_from(cookie).expect("base64url is a valid header value");
    value.set_sensitive(true);
    value
}

/// Takes the cookie away.
pub(super) fn clear(app: &App) -> HeaderValue {
    let secure = if app.config.is_https() { "; Secure" } else { "" };
    let cookie = format!("{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}", name(app));
    HeaderValue::try_from(cookie).expect("our own words are a valid header value")
}
