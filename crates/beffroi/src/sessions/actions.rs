//! Signing in, being recognised, signing out.

use super::{
    cookie,
    store::{self, Session},
};
use crate::{
    accounts::{self, Account},
    actor::{Actor, ActorSession},
    app::App,
    audit::{Act, Circumstances},
    error::{Code, Error, Result},
    event::Publication,
    ids::SessionId,
    platform::{clock::Moment, limits, text::fold},
    roles::{self, Role},
    tx::Tx,
};
use beffroi_crypto::{
    password::{PASSWORD_BYTES_MAX, PasswordHash},
    token,
};
use http::HeaderMap;
use sea_orm::Set;
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

/// Requests that no person made carry this header; they do not keep a session alive (AU-5).
const BACKGROUND: &str = "x-beffroi-background";
/// A session's last use is written at most this often; its time-outs are that precise.
const TOUCH_INTERVAL: Duration = Duration::from_secs(60);
/// Longest user name or address that is looked up.
const LOGIN_BYTES_MAX: usize = 320;

pub struct Credentials {
    pub login: String,
    pub password: SecretString,
    /// "Stay signed in."
    pub remember: bool,
}

pub struct SignedIn {
    pub account: Account,
    pub secret: SecretString,
    /// None: the cookie ends with the browser.
    pub cookie_lifetime: Option<Duration>,
}

/// Signs a person in. Whatever is wrong, the answer, its work and its rows are the same (ID-14): one verification,
/// one audit row, one text.
pub async fn sign_in(app: &App, circumstances: Circumstances, credentials: Credentials) -> Result<SignedIn> {
    let Credentials { login, password, remember } = credentials;
    let limit = limits::Key::sign_in(circumstances.ip_address, account_key(&login));
    app.limits.take(&limit).inspect_err(|_| app.limits.count_refusal("sign-in", circumstances.ip_address, None))?;
    let found = find(app, &login).await?;
    let hash = found.as_ref().and_then(|account| account.password_hash.as_deref());
    let hash = hash.map(PasswordHash::parse).transpose().map_err(Error::internal)?;
    let is_short_enough = password.expose_secret().len() <= PASSWORD_BYTES_MAX;
    // A password beyond the limit is not hashed in its length, but the work is done all the same.
    let tried = if is_short_enough { password.clone() } else { SecretString::from("") };
    let matches = app.hashing.verify(tried, hash.clone()).await? && is_short_enough;

    match found {
        Some(account) if matches && account.is_active => {
            let signed_in = open(app, circumstances.clone(), &account, remember).await?;
            app.limits.give_back(&limit);
            upgrade_later(app, circumstances, &account, hash, password);
            Ok(signed_in)
        }
        other => {
            let reason = match &other {
                None => "unknown_user",
                Some(account) if !account.is_active => "account_inactive",
                Some(_) => "wrong_password",
            };
            record_failure(app, circumstances, &login, other, reason).await?;
            Err(Error::refuse(Code::INVALID_CREDENTIALS))
        }
    }
}

/// What a name counts as for the limit of sign-ins: bounded, however long it is.
fn account_key(login: &str) -> String {
    fold(login.trim()).chars().take(LOGIN_BYTES_MAX).collect()
}

async fn find(app: &App, login: &str) -> Result<Option<Account>> {
    if login.len() > LOGIN_BYTES_MAX || login.contains('\0') {
        return Ok(None);
    }
    accounts::find_by_login(app.database.reader(), &app.keys, login).await
}

async fn open(app: &App, circumstances: Circumstances, account: &Account, remember: bool) -> Result<SignedIn> {
    let now = circumstances.now;
    let tx = Tx::begin(app, circumstances.by(account.id)).await?;
    // The account may have been locked, or its password changed, while the hash was computed.
    let current = accounts::find(&tx.db, account.id).await?;
    let unchanged = current.filter(|current| current.is_active && current.password_hash == account.password_hash);
    let account = unchanged.ok_or(Error::refuse(Code::INVALID_CREDENTIALS))?;

    let times = app.config.sessions;
    let (idle, absolute) =
        if remember { (times.remembered_idle, times.remembered_absolute) } else { (times.idle, times.absolute) };
    let secret = token::encode(&app.random.bytes());
    let id = SessionId(app.random.id());
    let row = store::ActiveModel {
        id: Set(id),
        token_digest: Set(token::digest(secret.expose_secret()).to_vec()),
        user_id: Set(account.id),
        device: Set(tx.circumstances.user_agent.clone()),
        ip_address: Set(tx.circumstances.ip_address.map(|address| address.to_string())),
        created_at: Set(now),
        last_seen_at: Set(now),
        idle_timeout_ms: Set(i64::try_from(idle.as_millis()).unwrap_or(i64::MAX)),
        idle_expires_at: Set(now + idle),
        absolute_expires_at: Set(now + absolute),
        ended_at: Set(None),
        ended_reason: Set(None),
    };
    store::insert(&tx.db, row).await?;
    store::forget_expired_of(&tx.db, account.id, now).await?;
    accounts::mark_seen(&tx.db, account.id, now).await?;
    tx.record(Act::LoginSuccess { session: id }).await?;
    tx.commit().await?;
    Ok(SignedIn { account, secret, cookie_lifetime: remember.then_some(absolute) })
}

async fn record_failure(
    app: &App,
    mut circumstances: Circumstances,
    login: &str,
    account: Option<Account>,
    reason: &'static str,
) -> Result<()> {
    let name_index = account.is_none().then(|| hex(&app.keys.index("login-name:v1", &fold(login))));
    circumstances.user = account.map(|account| account.id);
    let tx = Tx::begin(app, circumstances).await?;
    tx.record(Act::LoginFailure { reason, name_index }).await?;
    tx.commit().await
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Rehashes with today's cost after the answer: a stronger hash must not show in the time of a sign-in.
fn upgrade_later(
    app: &App,
    circumstances: Circumstances,
    account: &Account,
    hash: Option<PasswordHash>,
    password: SecretString,
) {
    let Some(old) = hash.filter(|hash| app.hashing.is_outdated(hash)) else { return };
    let (app, user) = (app.clone(), account.id);
    app.clone().afterwards.spawn(async move {
        let upgraded = async {
            let new = app.hashing.hash(password).await?;
            let tx = Tx::begin(&app, circumstances.by(user)).await?;
            if accounts::replace_password_hash(&tx.db, user, old.expose(), new.expose()).await? {
                tx.record(Act::PasswordHashUpgraded).await?;
            }
            tx.commit().await
        };
        if let Err(error) = upgraded.await {
            tracing::warn!(%error, "a password hash was not upgraded; the next sign-in tries again");
        }
    });
}

/// Recognises the person behind a request, or says why not.
pub async fn authenticate(app: &App, headers: &HeaderMap) -> Result<Actor> {
    let secret = cookie::read(app, headers).ok_or(Error::refuse(Code::AUTH_REQUIRED))?;
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
            created_at: session.created_at,
            idle_expires_at,
            absolute_expires_at: session.absolute_expires_at,
        },
    })
}

fn why_over(session: &Session, now: Moment) -> Option<Code> {
    if let Some(reason) = &session.ended_reason {
        let known = Code::ALL.iter().find(|code| code.name == reason).copied();
        return Some(known.unwrap_or(Code::SESSION_REVOKED));
    }
    if session.absolute_expires_at <= now {
        return Some(Code::SESSION_ABSOLUTE);
    }
    (session.idle_expires_at <= now).then_some(Code::SESSION_IDLE)
}

/// Moves the idle time-out on, at most once per interval; returns the one in force.
async fn touch(app: &App, session: &Session, now: Moment) -> Result<Moment> {
    if now.since(session.last_seen_at) < TOUCH_INTERVAL {
        return Ok(session.idle_expires_at);
    }
    let idle = Duration::from_millis(u64::try_from(session.idle_timeout_ms).unwrap_or(0));
    let expires_at = now + idle;
    let tx = app.database.begin().await?;
    store::extend(&tx, session, now, expires_at).await?;
    accounts::mark_seen(&tx, session.user_id, now).await?;
    tx.commit().await?;
    app.hub.extend_session(session.id, expires_at);
    Ok(expires_at)
}

/// A browser that signs in again gives up the session that it had: its cookie is overwritten and nobody could end it.
pub async fn replace_earlier(app: &App, circumstances: Circumstances, headers: &HeaderMap) -> Result<()> {
    let Some(secret) = cookie::read(app, headers) else { return Ok(()) };
    let digest = token::digest(secret.expose_secret());
    let earlier = store::find_by_digest(app.database.reader(), digest).await?;
    match earlier.filter(|session| why_over(session, circumstances.now).is_none()) {
        Some(session) => end(app, circumstances.by(session.user_id), session.id).await,
        None => Ok(()),
    }
}

/// Ends the session at the server; its sockets close once that is durable (AU-10).
pub async fn sign_out(app: &App, circumstances: Circumstances, actor: &Actor) -> Result<()> {
    end(app, circumstances, actor.session.id).await
}

async fn end(app: &App, circumstances: Circumstances, session: SessionId) -> Result<()> {
    let mut tx = Tx::begin(app, circumstances).await?;
    let reason = Code::SESSION_REVOKED.name;
    if store::end(&tx.db, session, reason, tx.circumstances.now).await? {
        tx.record(Act::LogoutSuccess { session }).await?;
        tx.publish(Publication::SessionEnded { session, reason });
    }
    tx.commit().await
}
