//! Making accounts: by the set-up link, by registration, from the shell.

use super::{
    UserView,
    model::{NewAccount, Reserved, ValidAccount, password_faults},
    store::{self, Account, ProfileChange, Standing},
};
use crate::{
    app::App,
    audit::Act,
    error::{Code, Error, FieldError, Result},
    ids::{InviteId, UserId},
    platform::{clock::Moment, http::etag::IfMatch},
    roles::{self, Role},
    tx::Tx,
};
use beffroi_crypto::{password::PasswordHash, token};
use sea_orm::SqlErr;
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

mod setup_link {
    use crate::platform::clock::Moment;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "setup_links")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub token_digest: Vec<u8>,
        pub created_at: Moment,
        pub expires_at: Moment,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// How long a set-up link opens the door.
pub const SETUP_LINK_LIFETIME: Duration = Duration::from_secs(30 * 60);

/// An account whose rules are kept and whose password is hashed: what a transaction may take in.
pub struct ReadyAccount {
    account: ValidAccount,
    hash: PasswordHash,
}

/// Checks the account and hashes its password; slow, therefore before any transaction.
pub async fn prepare(app: &App, account: NewAccount, reserved: Reserved) -> Result<ReadyAccount> {
    let account = account.validate(reserved, app.clock.now())?;
    let hash = app.hashing.hash(account.password.clone()).await?;
    Ok(ReadyAccount { account, hash })
}

/// Takes the account in. The first administrator is the main one and cannot be deleted (ID-11).
pub async fn create(tx: &Tx<'_>, ready: ReadyAccount, role: Role, invite: Option<InviteId>) -> Result<Account> {
    let ReadyAccount { account, hash } = ready;
    if store::is_username_taken(&tx.db, &account.username.key, &account.username.skeleton).await? {
        return Err(Error::refuse(Code::USERNAME_TAKEN));
    }
    if role.0 == Role::ADMIN {
        // Of two who become the first administrator at once, one is the main one.
        roles::lock(&tx.db, &role).await?;
    }
    let is_main = role.0 == Role::ADMIN && !store::an_administrator_exists(&tx.db).await?;
    let standing = Standing {
        id: UserId(tx.app.random.id()),
        password_hash: hash.expose().to_owned(),
        role: role.clone(),
        is_deletable: !is_main,
        now: tx.circumstances.now,
    };
    // Somebody may have taken the name since. That somebody has the address is not for strangers to know: no field is named.
    let created =
        store::insert(&tx.db, &tx.app.keys, account, standing).await.map_err(|error| match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(what)) if what.contains("username") => {
                Error::refuse(Code::USERNAME_TAKEN)
            }
            Some(SqlErr::UniqueConstraintViolation(_)) => Error::refuse(Code::ACCOUNT_NOT_CREATED),
            _ => error.into(),
        })?;
    tx.record(Act::UserCreated { user: created.id, role: role.0, invite }).await?;
    Ok(created)
}

/// A fresh link to make the first administrator; earlier ones stop working.
///
/// # Errors
/// [`Code::SETUP_CLOSED`] once an administrator exists.
pub async fn issue_setup_link(tx: &Tx<'_>) -> Result<SecretString> {
    use sea_orm::{EntityTrait, Set};
    if store::an_administrator_exists(&tx.db).await? {
        return Err(Error::refuse(Code::SETUP_CLOSED));
    }
    setup_link::Entity::delete_many().exec(&tx.db).await?;
    let secret = token::encode(&tx.app.random.bytes());
    let now = tx.circumstances.now;
    let row = setup_link::ActiveModel {
        token_digest: Set(token::digest(secret.expose_secret()).to_vec()),
        created_at: Set(now),
        expires_at: Set(now + SETUP_LINK_LIFETIME),
    };
    setup_link::Entity::insert(row).exec_without_returning(&tx.db).await?;
    tx.record(Act::SetupLinkIssued).await?;
    Ok(secret)
}

/// Uses the set-up link up: of several who hold it at once, exactly one passes.
pub async fn use_setup_link(tx: &Tx<'_>, secret: &str) -> Result<()> {
    use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
    let used = setup_link::Entity::delete_many()
        .filter(setup_link::Column::TokenDigest.eq(token::digest(secret).to_vec()))
        .filter(setup_link::Column::ExpiresAt.gt(tx.circumstances.now))
        .exec(&tx.db)
        .await?;
    if used.rows_affected == 1 { Ok(()) } else { Err(Error::refuse(Code::SETUP_LINK_INVALID)) }
}

/// Whether a set-up link would open; asked before the password is hashed.
pub async fn setup_link_opens(app: &App, secret: &str, now: Moment) -> Result<bool> {
    use sea_orm::EntityTrait;
    let digest = token::digest(secret).to_vec();
    let link = setup_link::Entity::find_by_id(digest).one(app.database.reader()).await?;
    Ok(link.is_some_and(|link| link.expires_at > now))
}

/// Changes one's own profile.
pub async fn change_profile(tx: &Tx<'_>, user: UserId, change: ProfileChange, if_match: &IfMatch) -> Result<Account> {
    let present = store::lock(&tx.db, user).await?.ok_or(Error::refuse(Code::AUTH_REQUIRED))?;
    if_match.require(&UserView::open(&tx.app.keys, present)?)?;
    let changed = store::change_profile(&tx.db, &tx.app.keys, user, change, tx.circumstances.now).await?;
    tx.record(Act::ProfileChanged).await?;
    Ok(changed)
}

/// Every rule that a new password of this person breaks.
pub fn password_faults_of(
    app: &App,
    account: &Account,
    field: &'static str,
    password: &SecretString,
) -> Result<Vec<FieldError>> {
    let store::PersonalFields { email, first_name, last_name } = store::personal_fields(&app.keys, account)?;
    let personal =
        [Some(account.username.as_str()), email.split('@').next(), first_name.as_deref(), last_name.as_deref()];
    Ok(password_faults(field, password, personal.into_iter().flatten()))
}
