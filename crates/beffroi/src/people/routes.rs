use crate::{
    accounts::{self, Account, Acquaintances},
    actor::Actor,
    app::App,
    audit::Circumstances,
    error::{Code, Error, FieldError, Result},
    ids::UserId,
    platform::{
        clock::Moment,
        http::{
            answer::{self, NoContent, Page},
            etag::Shown,
            payload::{self, Ids, Query},
        },
        text,
    },
    roles::Role,
    rooms,
    tx::Tx,
};
use axum::extract::State;
use schemars::JsonSchema;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};

/// Somebody as other members see them.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "Profile")]
pub struct PersonView {
    id: UserId,
    username: String,
    role: Role,
    created_at: Moment,
    /// Whether the caller blocked them.
    blocked: bool,
}

impl PersonView {
    fn new(account: Account, blocked: bool) -> Self {
        Self {
            id: account.id,
            username: account.username,
            role: Role(account.role),
            created_at: account.created_at,
            blocked,
        }
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct List {
    q: Option<String>,
    blocked: Option<bool>,
    cursor: Option<UserId>,
    #[schemars(range(min = 1, max = payload::LIMIT_MAX))]
    limit: Option<i64>,
}

/// Lists the members by name: all, those whose name begins so, or those whom one blocked.
///
/// Errors: request.invalid_cursor, validation.
pub async fn list(actor: Actor, State(app): State<App>, Query(query): Query<List>) -> Result<Page<PersonView>> {
    let db = app.database.reader();
    let limit = payload::limit(query.limit)?;
    let prefix = query.q.unwrap_or_default();
    text::check_length("q", &prefix, 0, accounts::model::USERNAME_CHARS_MAX)
        .map_err(|fault| Error::invalid(vec![fault]))?;
    let whom = Acquaintances {
        prefix,
        blocked_by: (query.blocked == Some(true)).then_some(actor.user),
        after: match query.cursor {
            Some(cursor) => Some(last_shown(db, cursor).await?),
            None => None,
        },
    };
    let found = accounts::look_up(db, whom, limit + 1).await?;
    let (found, next) = answer::cut(found, limit, |account| account.id.to_string());
    let blocked = accounts::blocked_among(db, actor.user, found.iter().map(|account| account.id)).await?;
    let view = |account: Account| {
        let is_blocked = blocked.contains(&account.id);
        PersonView::new(account, is_blocked)
    };
    Ok(Page::new(found.into_iter().map(view).collect(), next))
}

async fn last_shown(db: &impl ConnectionTrait, cursor: UserId) -> Result<Account> {
    let unknown = || Error::refuse_fields(Code::INVALID_CURSOR, vec![FieldError::new("cursor", "malformed")]);
    accounts::find(db, cursor).await?.ok_or_else(unknown)
}

/// Shows one member.
///
/// Errors: person.not_found.
pub async fn show(actor: Actor, State(app): State<App>, Ids(id): Ids<UserId>) -> Result<Shown<PersonView>> {
    let db = app.database.reader();
    let account = accounts::find(db, id).await?.filter(|account| account.is_active);
    let account = account.ok_or(Error::refuse(Code::PERSON_NOT_FOUND))?;
    let is_blocked = accounts::is_blocked(db, actor.user, id).await?;
    Ok(Shown(PersonView::new(account, is_blocked)))
}

/// Blocks somebody: they can no longer write to the caller alone, nor add them to a room.
///
/// Errors: person.not_found, person.oneself.
pub async fn block(
    actor: Actor,
    State(app): State<App>,
    circumstances: Circumstances,
    Ids(id): Ids<UserId>,
) -> Result<NoContent> {
    let tx = Tx::begin(&app, circumstances).await?;
    // What the other is just writing is written before the block or refused because of it.
    rooms::lock_conversation(&tx.db, actor.user, id).await?;
    accounts::block(&tx, actor.user, id).await?;
    tx.commit().await?;
    Ok(NoContent)
}

/// Takes a block back.
///
/// Errors: person.not_found.
pub async fn unblock(
    actor: Actor,
    State(app): State<App>,
    circumstances: Circumstances,
    Ids(id): Ids<UserId>,
) -> Result<NoContent> {
    let tx = Tx::begin(&app, circumstances).await?;
    accounts::unblock(&tx, actor.user, id).await?;
    tx.commit().await?;
    Ok(NoContent)
}
