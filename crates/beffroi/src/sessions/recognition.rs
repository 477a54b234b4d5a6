//! Who makes a request: by session cookie, looked up at each request, or by access token, known by heart.

use super::{
    access_token::Checked,
    cookie, csrf_token,
    store::{self, Session},
    tickets::Ticket,
};
use crate::{
    accounts,
    actor::{Actor, ActorSession, CredentialKind},
    app::App,
    config::CsrfMode,
    error::{Code, Error, Result},
    ids::SessionId,
    platform::{clock::Moment, http::cross_site},
    roles::{self, Role},
};
use beffroi_crypto::token;
use http::{HeaderMap, Method, Uri, header};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

/// Requests that no person made carry this header; they do not keep a session alive (AU-5).
const BACKGROUND: &str = "x-beffroi-background";
const CSRF_TOKEN: &str = "x-csrf-token";
/// A session's last use is written at most this often; its time-outs are that precise.
const TOUCH_INTERVAL: Duration = Duration::from_secs(60);

/// Recognises the person behind a request, or says why not.
pub async fn authenticate(app: &App, headers: &HeaderMap) -> Result<Actor> {
    let bearer = bearer(headers)?;
    match (bearer, cookie::read(app, headers)) {
        (Some(_), Some(_)) => Err(Error::refuse(Code::AUTH_AMBIGUOUS)),
        (Some(bearer), None) => by_access_token(app, bearer).await,
        (None, Some(secret)) => by_cookie(app, headers, &secret).await,
        (None, None) => Err(Error::refuse(Code::AUTH_REQUIRED)),
    }
}

/// Where tokens against forged requests are asked for, a change made with the cookie must bring one of its session (RA-3). A
/// program's credential does not go out by itself: nobody can make a browser send it.
pub fn refuse_forged(app: &App, actor: &Actor, method: &Method, headers: &HeaderMap) -> Result<()> {
    let is_asked_for = app.config.csrf_mode == CsrfMode::Token
        && actor.session.kind == CredentialKind::Cookie
        && !cross_site::is_safe(method);
    let token = || headers.get(CSRF_TOKEN)?.to_str().ok();
    let brings_one =
        || token().is_some_and(|token| csrf_token::is_good(&app.keys, actor.session.id, token, app.clock.now()));
    if is_asked_for && !brings_one() { Err(Error::refuse(Code::CSRF_REQUIRED)) } else { Ok(()) }
}

/// Recognises who opens a socket: by what every request may bring, or by a ticket in its query.
///
/// A ticket says who, and whatever else comes along must agree. A token was put there on purpose: one that opens
/// nothing, or another session, is refused. A cookie comes along by itself: one that opens nothing is passed over, one
/// that opens another session leaves open who is meant, and is refused, too.
pub async fn authenticate_socket(app: &App, headers: &HeaderMap, uri: &Uri) -> Result<Actor> {
    let Some(secret) = ticket(uri)? else { return authenticate(app, headers).await };
    let origin = headers.get(header::ORIGIN).map(|origin| origin.as_bytes());
    let ticket = app.tickets.take(&secret, app.clock.now()).ok_or(Error::refuse(Code::TICKET_INVALID))?;
    if ticket.origin.as_ref().map(|origin| origin.as_bytes()) != origin {
        return Err(Error::refuse(Code::CROSS_SITE));
    }
    let comes_along = match authenticate(app, headers).await {
        Err(Error::Refused(_)) if !headers.contains_key(header::AUTHORIZATION) => None,
        other => Some(other?.session.id),
    };
    if comes_along.is_some_and(|session| session != ticket.session.id) {
        return Err(Error::refuse(Code::AUTH_AMBIGUOUS));
    }
    by_ticket(app, ticket).await
}

/// The ticket of a query, which has at most one.
fn ticket(uri: &Uri) -> Result<Option<String>> {
    let pairs = url::form_urlencoded::parse(uri.query().unwrap_or("").as_bytes());
    let mut tickets = pairs.filter(|(name, _)| name == "ticket").map(|(_, secret)| secret.into_owned());
    match (tickets.next(), tickets.next()) {
        (_, Some(_)) => Err(Error::refuse(Code::AUTH_AMBIGUOUS)),
        (ticket, None) => Ok(ticket),
    }
}

/// By a ticket, everything read afresh: what ended or changed since it was made counts.
async fn by_ticket(app: &App, ticket: Ticket) -> Result<Actor> {
    let db = app.database.reader();
    let session = store::find(db, ticket.session.id).await?.ok_or(Error::refuse(Code::SESSION_REVOKED))?;
    let now = app.clock.now();
    if let Some(over) = why_over(&session, now) {
        return Err(Error::refuse(over));
    }
    if ticket.session.kind == CredentialKind::AccessToken && ticket.session.absolute_expires_at <= now {
        return Err(Error::refuse(Code::TOKEN_EXPIRED));
    }
    let account = accounts::find(db, ticket.user).await?;
    let account = account.filter(|account| account.is_active && account.token_epoch == ticket.epoch);
    let account = account.ok_or(Error::refuse(Code::SESSION_REVOKED))?;
    let idle_expires_at = match ticket.session.kind {
        CredentialKind::Cookie => session.idle_expires_at,
        CredentialKind::AccessToken => ticket.session.idle_expires_at,
    };
    Ok(Actor {
        user: account.id,
        username: account.username.into(),
        permissions: roles::permissions_of(db, &account.role).await?,
        role: Role(account.role),
        session: ActorSession { idle_expires_at, by_ticket: true, ..ticket.session },
    })
}

/// The token of `Authorization: Bearer` (RFC 6750 §2.1).
fn bearer(headers: &HeaderMap) -> Result<Option<&str>> {
    let mut lines = headers.get_all(header::AUTHORIZATION).into_iter();
    let Some(line) = lines.next() else { return Ok(None) };
    if lines.next().is_some() {
        return Err(Error::refuse(Code::AUTH_AMBIGUOUS));
    }
    let invalid = || Error::refuse(Code::TOKEN_INVALID);
    let (scheme, token) = line.to_str().ok().and_then(|line| line.split_once(' ')).ok_or_else(invalid)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(Some(token.trim())) } else { Err(invalid()) }
}

/// By an access token: no database read, but for a person not met lately.
pub async fn by_access_token(app: &App, token: &str) -> Result<Actor> {
    let token = app.access_tokens.check(token, app.clock.now())?;
    let revoked = || Error::refuse(Code::SESSION_REVOKED);
    if let Some(reason) = app.standing.why_ended(token.session) {
        return Err(Error::refuse(super::reason_code(reason)));
    }
    let person = app.standing.person(app, token.user).await?.ok_or_else(revoked)?;
    if !person.is_active || token.epoch < person.epoch {
        return Err(revoked());
    }
    confirm(app, token);
    let expires_at = Moment(token.expires.saturating_mul(1000));
    Ok(Actor {
        user: token.user,
        username: person.username.clone(),
        role: Role(person.role.clone()),
        permissions: person.permissions,
        session: ActorSession {
            id: token.session,
            kind: CredentialKind::AccessToken,
            idle_expires_at: expires_at,
            absolute_expires_at: expires_at,
            by_ticket: false,
        },
    })
}

/// The client holds the pair that it was given: the token before it is no longer honoured for a lost answer.
fn confirm(app: &App, token: Checked) {
    let Checked { session, generation, .. } = token;
    if !app.standing.confirm(session, generation, app.clock.now()) {
        return;
    }
    let app = app.clone();
    app.clone().afterwards.spawn(async move {
        if let Err(error) = store::confirm(&app, session, generation).await {
            tracing::warn!(%error, "a confirmation was not written; the grace lasts longer");
        }
    });
}

async fn by_cookie(app: &App, headers: &HeaderMap, secret: &SecretString) -> Result<Actor> {
    let digest = token::digest(secret.expose_secret());
    let db = app.database.reader();
    let session = store::find_by_digest(db, digest).await?.ok_or(Error::refuse(Code::AUTH_REQUIRED))?;
    let now = app.clock.now();
    if let Some(over) = why_over(&session, now) {
        return Err(Error::refuse(over));
    }
    let account = accounts::find(db, session.user_id).await?.filter(|account| account.is_active);
    let account = account.ok_or(Error::refuse(Code::SESSION_REVOKED))?;
    let idle_expires_at =
        if headers.contains_key(BACKGROUND) { session.idle_expires_at } else { touch(app, &session, now).await? };
    let permissions = roles::permissions_of(db, &account.role).await?;
    Ok(Actor {
        user: account.id,
        username: account.username.into(),
        role: Role(account.role),
        permissions,
        session: ActorSession {
            id: session.id,
            kind: CredentialKind::Cookie,
            idle_expires_at,
            absolute_expires_at: session.absolute_expires_at,
            by_ticket: false,
        },
    })
}

/// Why a session no longer opens anything, from the database: for what was recognised a while ago.
pub async fn why_over_now(app: &App, id: SessionId) -> Result<Option<Code>> {
    let session = store::find(app.database.reader(), id).await?;
    Ok(session.map_or(Some(Code::SESSION_REVOKED), |session| why_over(&session, app.clock.now())))
}

/// Why a session no longer opens anything.
pub(super) fn why_over(session: &Session, now: Moment) -> Option<Code> {
    if let Some(reason) = &session.ended_reason {
        return Some(super::reason_code(reason));
    }
    if session.absolute_expires_at <= now {
        return Some(Code::SESSION_ABSOLUTE);
    }
    (session.idle_expires_at <= now).then_some(Code::SESSION_IDLE)
}

/// Moves the idle time-out on, at most once per interval; returns the one in force. Where nothing can be written, the old
/// one stays and reading goes on.
async fn touch(app: &App, session: &Session, now: Moment) -> Result<Moment> {
    if now.since(session.last_seen_at) < TOUCH_INTERVAL {
        return Ok(session.idle_expires_at);
    }
    match extend(app, session, now).await {
        Err(error) if error.is_outage() => Ok(session.idle_expires_at),
        extended => extended,
    }
}

async fn extend(app: &App, session: &Session, now: Moment) -> Result<Moment> {
    let idle = Duration::from_millis(u64::try_from(session.idle_timeout_ms).unwrap_or(0));
    let expires_at = now + idle;
    let tx = app.database.begin().await?;
    // The person's row before the session's, as everywhere.
    accounts::mark_seen(&tx, session.user_id, now).await?;
    store::extend(&tx, session, now, expires_at).await?;
    tx.commit().await?;
    app.hub.extend_session(session.id, expires_at);
    Ok(expires_at)
}
