//! The rows of people. Sealed columns are opened here and nowhere else.

use super::model::{Email, ValidAccount};
use crate::{
    error::{Error, Result},
    ids::UserId,
    keyring::KeyRing,
    platform::{clock::Moment, i18n::Language, text::fold},
    roles::Role,
};
use beffroi_crypto::seal::Place;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
    sea_query::{Expr, LikeExpr, Query, SelectStatement},
};
use std::collections::{HashMap, HashSet};

pub use user::Model as Account;

pub(super) mod user {
    use crate::{ids::UserId, platform::clock::Moment};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "users")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: UserId,
        pub username: String,
        pub username_key: String,
        pub username_skeleton: String,
        pub email_sealed: Vec<u8>,
        pub email_index: Vec<u8>,
        pub first_name_sealed: Option<Vec<u8>>,
        pub last_name_sealed: Option<Vec<u8>>,
        pub birth_date_sealed: Option<Vec<u8>>,
        pub password_hash: Option<String>,
        pub role: String,
        pub language: String,
        pub is_active: bool,
        pub is_deletable: bool,
        pub must_change_password: bool,
        /// Raised to make every earlier access token worthless.
        pub token_epoch: i64,
        pub created_at: Moment,
        pub updated_at: Moment,
        pub last_seen_at: Option<Moment>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    /// Rows hold a password hash and sealed fields: only their id is ever printed.
    impl std::fmt::Debug for Model {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.debug_struct("Account").field("id", &self.id).finish_non_exhaustive()
        }
    }
}

/// What members see of each other.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, serde::Serialize)]
pub struct Person {
    pub id: UserId,
    pub username: String,
}

/// The personal fields of an account, opened.
pub struct PersonalFields {
    pub email: String,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
}

const EMAIL: &str = "email_sealed";
const FIRST_NAME: &str = "first_name_sealed";
const LAST_NAME: &str = "last_name_sealed";
const BIRTH_DATE: &str = "birth_date_sealed";

fn place<'a>(user: &'a UserId, column: &'static str) -> Place<'a> {
    Place { table: "users", column, row: user.0.as_bytes() }
}

fn email_index(keys: &KeyRing, key: &str) -> Vec<u8> {
    keys.index("email:v1", key)
}

/// What [`insert`] adds to a valid account.
pub(super) struct Standing {
    pub id: UserId,
    pub password_hash: String,
    pub role: Role,
    pub is_deletable: bool,
    pub now: Moment,
}

pub(super) async fn insert(
    db: &impl ConnectionTrait,
    keys: &KeyRing,
    account: ValidAccount,
    standing: Standing,
) -> Result<Account, sea_orm::DbErr> {
    let Standing { id, password_hash, role, is_deletable, now } = standing;
    let seal = |column, text: &str| keys.seal(&place(&id, column), text);
    let row = user::ActiveModel {
        id: Set(id),
        email_sealed: Set(seal(EMAIL, &account.email.shown)),
        email_index: Set(email_index(keys, &account.email.key)),
        first_name_sealed: Set(account.first_name.map(|name| seal(FIRST_NAME, &name))),
        last_name_sealed: Set(account.last_name.map(|name| seal(LAST_NAME, &name))),
        birth_date_sealed: Set(account.birth_date.map(|date| seal(BIRTH_DATE, &date))),
        username: Set(account.username.shown),
        username_key: Set(account.username.key),
        username_skeleton: Set(account.username.skeleton),
        password_hash: Set(Some(password_hash)),
        role: Set(role.0),
        language: Set(account.language.tag().to_owned()),
        is_active: Set(true),
        is_deletable: Set(is_deletable),
        must_change_password: Set(false),
        token_epoch: Set(0),
        created_at: Set(now),
        updated_at: Set(now),
        last_seen_at: Set(None),
    };
    row.insert(db).await
}

pub(super) async fn is_username_taken(db: &impl ConnectionTrait, key: &str, skeleton: &str) -> Result<bool> {
    let alike = user::Column::UsernameKey.eq(key).or(user::Column::UsernameSkeleton.eq(skeleton));
    Ok(user::Entity::find().filter(alike).count(db).await? > 0)
}

pub async fn an_administrator_exists(db: &impl ConnectionTrait) -> Result<bool> {
    Ok(user::Entity::find().filter(user::Column::Role.eq(Role::ADMIN)).count(db).await? > 0)
}

pub async fn find(db: &impl ConnectionTrait, id: UserId) -> Result<Option<Account>> {
    Ok(user::Entity::find_by_id(id).one(db).await?)
}

/// The person with their row locked: what is decided about them and their sessions follows one by one.
pub async fn lock(db: &impl ConnectionTrait, id: UserId) -> Result<Option<Account>> {
    Ok(user::Entity::find_by_id(id).lock_exclusive().one(db).await?)
}

/// The ids of those who may sign in, for a query of another feature.
pub fn active_ids() -> SelectStatement {
    Query::select().column(user::Column::Id).from(user::Entity).and_where(user::Column::IsActive.eq(true)).to_owned()
}

/// Gives a role. Whoever becomes the main administrator stays (ID-11).
pub async fn set_role(
    db: &impl ConnectionTrait,
    account: Account,
    role: &Role,
    is_main: bool,
    now: Moment,
) -> Result<Account> {
    let row = user::ActiveModel {
        id: Set(account.id),
        role: Set(role.0.clone()),
        is_deletable: Set(account.is_deletable && !is_main),
        updated_at: Set(now),
        ..Default::default()
    };
    row.update(db).await.map_err(Error::from)
}

/// Finds a person by user name or e-mail address, in one query either way.
pub async fn find_by_login(db: &impl ConnectionTrait, keys: &KeyRing, login: &str) -> Result<Option<Account>> {
    let email = email_index(keys, &Email::normalise(login).unwrap_or_default());
    let is_that_one = user::Column::UsernameKey.eq(fold(login.trim())).or(user::Column::EmailIndex.eq(email));
    Ok(user::Entity::find().filter(is_that_one).one(db).await?)
}

pub async fn list(db: &impl ConnectionTrait) -> Result<Vec<Account>> {
    Ok(user::Entity::find().order_by_asc(user::Column::UsernameKey).all(db).await?)
}

/// Whom somebody looks for.
pub struct Acquaintances {
    /// The beginning of the user name, in any spelling.
    pub prefix: String,
    /// Only those whom this person blocked, whether they are active or not; anybody active otherwise.
    pub blocked_by: Option<UserId>,
    /// Those whose name stands after this account's.
    pub after: Option<Account>,
}

/// People by name.
pub async fn look_up(db: &impl ConnectionTrait, whom: Acquaintances, limit: u64) -> Result<Vec<Account>> {
    let mut people = user::Entity::find().order_by_asc(user::Column::UsernameKey).limit(limit);
    people = match whom.blocked_by {
        Some(by) => people.filter(user::Column::Id.in_subquery(super::blocks::blocked_ids(by))),
        None => people.filter(user::Column::IsActive.eq(true)),
    };
    let prefix = fold(whom.prefix.trim());
    if !prefix.is_empty() {
        people = people.filter(user::Column::UsernameKey.like(beginning_with(&prefix)));
    }
    if let Some(last) = whom.after {
        people = people.filter(user::Column::UsernameKey.gt(last.username_key));
    }
    Ok(people.all(db).await?)
}

/// A pattern in which nothing that was typed is a wildcard.
fn beginning_with(prefix: &str) -> LikeExpr {
    let mut pattern = String::new();
    for character in prefix.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    LikeExpr::new(pattern + "%").escape('\\')
}

/// Which of these people have an account that is not suspended.
pub async fn active_among(db: &impl ConnectionTrait, ids: impl IntoIterator<Item = UserId>) -> Result<HashSet<UserId>> {
    let active: Vec<UserId> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(user::Column::Id.is_in(ids))
        .filter(user::Column::IsActive.eq(true))
        .into_tuple()
        .all(db)
        .await?;
    Ok(active.into_iter().collect())
}

/// The names of some people.
pub async fn people(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = UserId>,
) -> Result<HashMap<UserId, Person>> {
    let mut ids: Vec<UserId> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(UserId, String)> = user::Entity::find()
        .select_only()
        .columns([user::Column::Id, user::Column::Username])
        .filter(user::Column::Id.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(id, username)| (id, Person { id, username })).collect())
}

pub(super) fn personal_fields(keys: &KeyRing, account: &Account) -> Result<PersonalFields> {
    let open = |column, sealed: &Option<Vec<u8>>| {
        sealed.as_ref().map(|sealed| keys.open_text(&place(&account.id, column), sealed)).transpose()
    };
    Ok(PersonalFields {
        email: keys.open_text(&place(&account.id, EMAIL), &account.email_sealed)?,
        first_name: open(FIRST_NAME, &account.first_name_sealed)?,
        last_name: open(LAST_NAME, &account.last_name_sealed)?,
    })
}

/// A change of one's own profile; what is absent stays.
pub struct ProfileChange {
    pub language: Option<Language>,
    /// `Some(None)` empties the name.
    pub first_name: Option<Option<String>>,
    pub last_name: Option<Option<String>>,
}

pub(super) async fn change_profile(
    db: &impl ConnectionTrait,
    keys: &KeyRing,
    id: UserId,
    change: ProfileChange,
    now: Moment,
) -> Result<Account> {
    let mut row = user::ActiveModel { id: Set(id), updated_at: Set(now), ..Default::default() };
    let seal = |column, name: Option<String>| name.map(|name| keys.seal(&place(&id, column), &name));
    if let Some(language) = change.language {
        row.language = Set(language.tag().to_owned());
    }
    if let Some(name) = change.first_name {
        row.first_name_sealed = Set(seal(FIRST_NAME, name));
    }
    if let Some(name) = change.last_name {
        row.last_name_sealed = Set(seal(LAST_NAME, name));
    }
    row.update(db).await.map_err(Error::from)
}

/// Replaces a hash by a stronger one of the same password, unless the password was changed meanwhile.
pub async fn replace_password_hash(db: &impl ConnectionTrait, id: UserId, old: &str, new: &str) -> Result<bool> {
    let done = user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::value(new))
        .filter(user::Column::Id.eq(id))
        .filter(user::Column::PasswordHash.eq(old))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Sets a new password; the person's row is locked.
pub async fn set_password_hash(db: &impl ConnectionTrait, id: UserId, hash: &str, now: Moment) -> Result<()> {
    user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::value(hash))
        .col_expr(user::Column::MustChangePassword, Expr::value(false))
        .col_expr(user::Column::UpdatedAt, Expr::value(now))
        .filter(user::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Makes every access token of the person worthless.
pub async fn raise_token_epoch(db: &impl ConnectionTrait, id: UserId, now: Moment) -> Result<()> {
    user::Entity::update_many()
        .col_expr(user::Column::TokenEpoch, Expr::col(user::Column::TokenEpoch).add(1))
        .col_expr(user::Column::UpdatedAt, Expr::value(now))
        .filter(user::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// The people whose accounts changed after a moment.
pub async fn changed_since(db: &impl ConnectionTrait, since: Moment) -> Result<Vec<Account>> {
    Ok(user::Entity::find().filter(user::Column::UpdatedAt.gt(since)).all(db).await?)
}

pub async fn mark_seen(db: &impl ConnectionTrait, id: UserId, now: Moment) -> Result<()> {
    user::Entity::update_many()
        .col_expr(user::Column::LastSeenAt, Expr::value(now))
        .filter(user::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}
