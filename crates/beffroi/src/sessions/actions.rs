//! Signing in, going on, signing out.

use super::{
    access_token::Bearer,
    cookie, known_networks,
    recognition::why_over,
    refresh_token::RefreshToken,
    store::{self, NewSession},
    tickets::Ticket,
};
use crate::{
    accounts::{self, Account, model::Email},
    actor::Actor,
    app::App,
    audit::{Act, Circumstances},
    error::{Code, Error, Result},
    event::Publication,
    ids::{SessionId, UserId},
    platform::{clock::Moment, limits, text::fold},
    roles,
    tx::Tx,
};
use beffroi_crypto::{
    password::{PASSWORD_BYTES_MAX, PasswordHash},
    token,
};
use http::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

/// Longest user name or address that is looked up.
const LOGIN_BYTES_MAX: usize = 320;

pub struct Credentials {
    pub login: String,
    pub password: SecretString,
    pub kind: SessionKind,
}

/// What a person signs in for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum SessionKind {
    /// A cookie; `remember` is "stay signed in".
    Cookie { remember: bool },
    /// An access and a refresh token.
    Token,
}

pub struct SignedIn {
    pub account: Account,
    pub credential: Credential,
}

/// What opens the session from now on.
pub enum Credential {
    /// Without a lifetime the cookie ends with the browser.
    Cookie {
        secret: SecretString,
        lifetime: Option<Duration>,
    },
    Tokens(Tokens),
}

/// An access token and the refresh token that follows it.
pub struct Tokens {
    pub access: String,
    pub refresh: String,
    /// How long the access token lasts.
    pub lifetime: Duration,
}

/// Signs a person in. Whatever is wrong, the answer, its work and its rows are the same (ID-14): one verification,
/// one audit row, one text.
pub async fn sign_in(app: &App, circumstances: Circumstances, credentials: Credentials) -> Result<SignedIn> {
    let Credentials { login, password, kind } = credentials;
    let limit = limits::Key::sign_in(circumstances.ip_address, account_key(app, &login));
    app.limits.admit(&limit, circumstances.ip_address, None)?;
    let found = find(app, &login).await?;
    let hash = found.as_ref().and_then(|account| account.password_hash.as_deref());
    let hash = hash.map(PasswordHash::parse).transpose().map_err(Error::internal)?;
    let is_short_enough = password.expose_secret().len() <= PASSWORD_BYTES_MAX;
    // A password beyond the limit is not hashed in its length, but the work is done all the same.
    let tried = if is_short_enough { password.clone() } else { SecretString::from("") };
    let matches = app.hashing.verify(tried, hash.clone()).await? && is_short_enough;

    match found {
        Some(account) if matches && account.is_active => {
            let signed_in = open(app, circumstances.clone(), &account, kind).await?;
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

/// What a name counts as for the limit of sign-ins: one key for all spellings of a name, and one for all of an address, or
/// guessing would go on under the next spelling. Not one for both: a limit that they share would tell whose address it
/// is, and that it exists (ID-14). Hashed, so that keys are short, and are no passwords typed into the wrong field.
fn account_key(app: &App, login: &str) -> String {
    let login = if is_nobody(login) { "" } else { login.trim() };
    let name = Email::normalise(login).unwrap_or_else(|| fold(login));
    hex(&app.keys.index("sign-in:v1", &name))
}

fn is_nobody(login: &str) -> bool {
    login.len() > LOGIN_BYTES_MAX || login.contains('\0')
}

async fn find(app: &App, login: &str) -> Result<Option<Account>> {
    if is_nobody(login) {
        return Ok(None);
    }
    accounts::find_by_login(app.database.reader(), &app.keys, login).await
}

async fn open(app: &App, circumstances: Circumstances, account: &Account, kind: SessionKind) -> Result<SignedIn> {
    let now = circumstances.now;
    let mut tx = Tx::begin(app, circumstances.by(account.id)).await?;
    // The account may have been locked, or its password changed, while the hash was computed; from here on it is not.
    let current = accounts::lock(&tx.db, account.id).await?;
    let unchanged = current.filter(|current| current.is_active && current.password_hash == account.password_hash);
    let account = unchanged.ok_or(Error::refuse(Code::INVALID_CREDENTIALS))?;

    let times = app.config.sessions;
    let (idle, absolute) = match kind {
        SessionKind::Cookie { remember: false } => (times.idle, times.absolute),
        SessionKind::Cookie { remember: true } => (times.remembered_idle, times.remembered_absolute),
        SessionKind::Token => (times.refresh, times.remembered_absolute),
    };
    let secret = token::encode(&app.random.bytes());
    let is_cookie = kind != SessionKind::Token;
    let new = NewSession {
        id: SessionId(app.random.id()),
        token_digest: is_cookie.then(|| token::digest(secret.expose_secret())),
        user: account.id,
        idle,
        absolute,
    };
    let id = new.id;
    store::insert(&tx.db, &tx.circumstances, new).await?;
    store::forget_expired_of(&tx.db, account.id, now).await?;
    accounts::mark_seen(&tx.db, account.id, now).await?;
    tx.record(Act::LoginSuccess { session: id }).await?;
    known_networks::note(&mut tx, account.id, id).await?;
    tx.commit().await?;
    let credential = match kind {
        SessionKind::Cookie { remember } => Credential::Cookie { secret, lifetime: remember.then_some(absolute) },
        SessionKind::Token => Credential::Tokens(tokens(app, &account, id, 0, now).await?),
    };
    Ok(SignedIn { account, credential })
}

/// The pair of a session's generation; made again it says the same but for its times.
async fn tokens(app: &App, account: &Account, session: SessionId, generation: i64, now: Moment) -> Result<Tokens> {
    let permissions = roles::permissions_of(app.database.reader(), &account.role).await?;
    let bearer = Bearer {
        user: account.id,
        username: &account.username,
        role: &account.role,
        permissions,
        session,
        generation,
        epoch: account.token_epoch,
    };
    Ok(Tokens {
        access: app.access_tokens.mint(bearer, app.random.id(), now)?,
        refresh: RefreshToken { session, generation }.write(&app.keys),
        lifetime: app.config.sessions.access,
    })
}

/// For so long the token that was just exchanged is answered with the same successor: two tabs, a lost answer.
const GRACE: Duration = Duration::from_secs(10);
/// As long as nobody used the successor the answer may have been lost later, too; so many times.
const LATE_GRACES_MAX: i32 = 8;

/// Exchanges a refresh token for the next pair (AU-1). Of several who bring the same one at once, one raises the
/// generation and all get the same successor; one who brings an earlier one has stolen it, or was stolen from: the
/// session ends.
pub async fn refresh(app: &App, circumstances: Circumstances, text: &str) -> Result<Tokens> {
    let invalid = || Error::refuse(Code::TOKEN_INVALID);
    let presented = RefreshToken::read(&app.keys, text).ok_or_else(invalid)?;
    let now = circumstances.now;
    let mut tx = Tx::begin(app, circumstances).await?;
    let owner = store::find(&tx.db, presented.session).await?.ok_or_else(invalid)?.user_id;
    let account = accounts::lock(&tx.db, owner).await?.filter(|account| account.is_active);
    let session = store::lock(&tx.db, presented.session).await?.ok_or_else(invalid)?;
    if let Some(over) = why_over(&session, now) {
        return Err(Error::refuse(over));
    }
    let account = account.ok_or(Error::refuse(Code::SESSION_REVOKED))?;
    tx.circumstances.user = Some(account.id);
    let confirmed = session.confirmed_generation >= session.refresh_generation;
    let is_fresh = session.refreshed_at.is_some_and(|at| now.since(at) <= GRACE);
    let generation = match session.refresh_generation - presented.generation {
        0 => {
            store::rotate(&tx.db, &session, now).await?;
            tx.record(Act::TokenRefreshed { session: session.id }).await?;
            session.refresh_generation + 1
        }
        1 if is_fresh => session.refresh_generation,
        1 if !confirmed && session.late_graces < LATE_GRACES_MAX => {
            store::count_late_grace(&tx.db, &session).await?;
            session.refresh_generation
        }
        behind if behind > 0 => {
            let reason = Code::SESSION_REVOKED.name;
            store::end(&tx.db, session.id, reason, now).await?;
            tx.record(Act::TokensRevoked { session: session.id, reason: "refresh_token_reused" }).await?;
            tx.publish(Publication::SessionEnded { session: session.id, reason });
            tx.commit().await?;
            return Err(Error::refuse(Code::SESSION_REVOKED));
        }
        _ => {
            // Signed by us and ahead of us: the database was restored from an older state, or the key leaked.
            tracing::error!(session = %session.id, "a refresh token is ahead of its session");
            return Err(invalid());
        }
    };
    known_networks::note(&mut tx, account.id, session.id).await?;
    tx.commit().await?;
    tokens(app, &account, session.id, generation, now).await
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

/// A ticket for a socket of this person and session, for pages of this origin. Nothing is written: it is gone in half a
/// minute, and what it opens is the session that is on record.
pub async fn issue_ticket(app: &App, actor: &Actor, origin: Option<String>) -> Result<SecretString> {
    let now = app.clock.now();
    let account = accounts::find(app.database.reader(), actor.user).await?;
    let epoch = account.ok_or(Error::refuse(Code::SESSION_REVOKED))?.token_epoch;
    let secret = token::encode(&app.random.bytes());
    app.tickets.keep(secret.expose_secret(), Ticket::new(actor, epoch, origin, now), now)?;
    Ok(secret)
}

/// A browser that signs in again gives up the session that it had: its cookie is overwritten and nobody could end it.
pub async fn replace_earlier(app: &App, circumstances: Circumstances, headers: &HeaderMap) -> Result<()> {
    let Some(secret) = cookie::read(app, headers) else { return Ok(()) };
    let digest = token::digest(secret.expose_secret());
    let earlier = store::find_by_digest(app.database.reader(), digest).await?;
    match earlier.filter(|session| why_over(session, circumstances.now).is_none()) {
        Some(session) => sign_out(app, circumstances.by(session.user_id), session.id).await,
        None => Ok(()),
    }
}

/// Ends a session at the server; its sockets close once that is durable (AU-10).
pub async fn sign_out(app: &App, circumstances: Circumstances, session: SessionId) -> Result<()> {
    let mut tx = Tx::begin(app, circumstances).await?;
    end(&mut tx, session, Code::SESSION_REVOKED).await?;
    tx.commit().await
}

/// Ends every session of a person, and every access token of theirs.
pub async fn sign_out_everywhere(app: &App, circumstances: Circumstances, user: UserId) -> Result<()> {
    let mut tx = Tx::begin(app, circumstances).await?;
    accounts::lock(&tx.db, user).await?;
    for session in store::running_of(&tx.db, user, tx.circumstances.now).await? {
        end(&mut tx, session.id, Code::SESSION_REVOKED).await?;
    }
    accounts::raise_token_epoch(&tx.db, user, tx.circumstances.now).await?;
    tx.publish(Publication::PersonChanged { user });
    tx.commit().await
}

/// Ends one of one's own sessions.
pub async fn end_own(app: &App, circumstances: Circumstances, user: UserId, session: SessionId) -> Result<()> {
    let mut tx = Tx::begin(app, circumstances).await?;
    let running = store::running_of(&tx.db, user, tx.circumstances.now).await?;
    if !running.iter().any(|own| own.id == session) {
        return Err(Error::refuse(Code::SESSION_NOT_FOUND));
    }
    end(&mut tx, session, Code::SESSION_REVOKED).await?;
    tx.commit().await
}

/// Ends every session of one's own but the one that asks.
pub async fn end_others(app: &App, circumstances: Circumstances, user: UserId, kept: SessionId) -> Result<()> {
    let mut tx = Tx::begin(app, circumstances).await?;
    for session in store::running_of(&tx.db, user, tx.circumstances.now).await? {
        if session.id != kept {
            end(&mut tx, session.id, Code::SESSION_REVOKED).await?;
        }
    }
    tx.commit().await
}

/// Ends every session of a person whose password is new, but for the one that set it. Their row is locked.
pub async fn end_for_new_password(tx: &mut Tx<'_>, user: UserId, kept: Option<SessionId>) -> Result<()> {
    for session in store::running_of(&tx.db, user, tx.circumstances.now).await? {
        if Some(session.id) != kept {
            end(tx, session.id, Code::PASSWORD_CHANGED).await?;
        }
    }
    Ok(())
}

async fn end(tx: &mut Tx<'_>, session: SessionId, why: Code) -> Result<()> {
    let reason = why.name;
    if store::end(&tx.db, session, reason, tx.circumstances.now).await? {
        tx.record(Act::LogoutSuccess { session }).await?;
        tx.publish(Publication::SessionEnded { session, reason });
    }
    Ok(())
}
