//! Setting a new password. Whatever way it comes in, every earlier token is worthless at once, and every other session ends.

use super::store::{self, ResetLink};
use crate::{
    accounts::{self, Account},
    actor::Actor,
    app::App,
    audit::{Act, Circumstances},
    error::{Code, Error, FieldError, Result},
    event::Publication,
    ids::{SessionId, UserId},
    sessions,
    tx::Tx,
};
use beffroi_crypto::{
    password::{PASSWORD_BYTES_MAX, PasswordHash},
    token,
};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

/// How long a reset link opens: a person hands it to a person, who must find a quiet minute.
pub const RESET_LINK_LIFETIME: Duration = Duration::from_secs(60 * 60);
/// base64url of 256 bits; nothing longer is looked up.
const TOKEN_CHARS: usize = 43;

/// A fresh link for a person; the one before stops working. Kept as a digest only.
pub async fn issue_reset_link(tx: &Tx<'_>, user: UserId) -> Result<SecretString> {
    let secret = token::encode(&tx.app.random.bytes());
    let now = tx.circumstances.now;
    accounts::lock(&tx.db, user).await?;
    let link = ResetLink {
        user_id: user,
        token_digest: token::digest(secret.expose_secret()).to_vec(),
        created_at: now,
        expires_at: now + RESET_LINK_LIFETIME,
    };
    store::put(&tx.db, link).await?;
    tx.record(Act::ResetLinkIssued { user }).await?;
    Ok(secret)
}

/// Sets a new password by a link: of several who hold it at once, exactly one does. Nobody is signed in by it.
pub async fn reset(app: &App, mut circumstances: Circumstances, secret: &str, new: SecretString) -> Result<()> {
    let invalid = || Error::refuse(Code::RESET_LINK_INVALID);
    if secret.len() != TOKEN_CHARS {
        return Err(invalid());
    }
    let (digest, now) = (token::digest(secret), circumstances.now);
    // Before the slow hash: strangers get no work out of us.
    let link = store::find(app.database.reader(), digest, now).await?.ok_or_else(invalid)?;
    let account = accounts::find(app.database.reader(), link.user_id).await?.filter(|account| account.is_active);
    let account = account.ok_or_else(invalid)?;
    let hash = checked_hash(app, &account, new).await?;
    circumstances.user = Some(account.id);
    let mut tx = Tx::begin(app, circumstances).await?;
    let is_active = accounts::lock(&tx.db, account.id).await?.is_some_and(|account| account.is_active);
    if !is_active || !store::take(&tx.db, digest, now).await? {
        return Err(invalid());
    }
    set(&mut tx, account.id, &hash, None, "reset_link").await?;
    tx.commit().await
}

/// One's own change, proved by the password before. It keeps the session that asks, and ends every other.
pub async fn change(
    app: &App,
    circumstances: Circumstances,
    actor: &Actor,
    current: SecretString,
    new: SecretString,
) -> Result<()> {
    let account = accounts::find(app.database.reader(), actor.user).await?.ok_or(Error::refuse(Code::AUTH_REQUIRED))?;
    if !is_proved(app, &account, current).await? {
        let tx = Tx::begin(app, circumstances).await?;
        tx.record(Act::PasswordChangeRefused).await?;
        tx.commit().await?;
        return Err(wrong_password());
    }
    let hash = checked_hash(app, &account, new).await?;
    let mut tx = Tx::begin(app, circumstances).await?;
    let present = accounts::lock(&tx.db, account.id).await?;
    // Of two changes at once the second one proved a password that is no longer the one before.
    if present.is_none_or(|present| present.password_hash != account.password_hash) {
        return Err(wrong_password());
    }
    store::forget(&tx.db, account.id).await?;
    set(&mut tx, account.id, &hash, Some(actor.session.id), "own_change").await?;
    tx.commit().await
}

fn wrong_password() -> Error {
    Error::invalid(vec![FieldError::new("current_password", "wrong_password")])
}

async fn is_proved(app: &App, account: &Account, current: SecretString) -> Result<bool> {
    let hash = account.password_hash.as_deref().map(PasswordHash::parse).transpose().map_err(Error::internal)?;
    let is_short_enough = current.expose_secret().len() <= PASSWORD_BYTES_MAX;
    let tried = if is_short_enough { current } else { SecretString::from("") };
    Ok(app.hashing.verify(tried, hash).await? && is_short_enough)
}

/// The hash of a password that keeps every rule.
async fn checked_hash(app: &App, account: &Account, new: SecretString) -> Result<PasswordHash> {
    let faults = accounts::actions::password_faults_of(app, account, "new_password", &new)?;
    if faults.is_empty() { app.hashing.hash(new).await } else { Err(Error::invalid(faults)) }
}

/// The person's row is locked: no sign-in with the password before slips in behind.
async fn set(
    tx: &mut Tx<'_>,
    user: UserId,
    hash: &PasswordHash,
    kept: Option<SessionId>,
    by: &'static str,
) -> Result<()> {
    let now = tx.circumstances.now;
    accounts::set_password_hash(&tx.db, user, hash.expose(), now).await?;
    accounts::raise_token_epoch(&tx.db, user, now).await?;
    sessions::actions::end_for_new_password(tx, user, kept).await?;
    tx.record(Act::PasswordChanged { by }).await?;
    tx.publish(Publication::PersonChanged { user });
    Ok(())
}
