use super::{
    actions,
    model::{
        EMAIL_BYTES_MAX, NewAccount, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, PERSON_NAME_CHARS_MAX, Reserved,
        USERNAME_CHARS_MAX, USERNAME_CHARS_MIN, person_name,
    },
    store::{self, Account, ProfileChange},
};
use crate::{
    actor::Actor,
    app::App,
    audit::Circumstances,
    error::{Code, Error, FieldError, Result},
    ids::{SessionId, UserId},
    invites,
    keyring::KeyRing,
    platform::{
        clock::Moment,
        http::{
            answer::Created,
            etag::{Current, Editable, IfMatch, Tag},
            payload::Payload,
        },
        i18n::{self, Language},
        text,
    },
    roles::{PermissionSet, Role},
    rooms, settings,
    tx::Tx,
};
use axum::extract::State;
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A person as they and administrators see them.
#[derive(JsonSchema, Serialize)]
pub struct UserView {
    id: UserId,
    username: String,
    email: String,
    first_name: Option<String>,
    last_name: Option<String>,
    full_name: Option<String>,
    role: String,
    language: String,
    is_active: bool,
    is_deletable: bool,
    must_change_password: bool,
    created_at: Moment,
    updated_at: Moment,
    last_seen_at: Option<Moment>,
}

impl UserView {
    /// One line for a terminal.
    pub fn line(&self) -> String {
        format!("{}  {}  {}  {}", self.id, self.username, self.role, self.email)
    }

    pub fn open(keys: &KeyRing, account: Account) -> Result<Self> {
        let personal = store::personal_fields(keys, &account)?;
        let names: Vec<&str> =
            [&personal.first_name, &personal.last_name].into_iter().flatten().map(String::as_str).collect();
        Ok(Self {
            full_name: (!names.is_empty()).then(|| names.join(" ")),
            id: account.id,
            username: account.username,
            email: personal.email,
            first_name: personal.first_name,
            last_name: personal.last_name,
            role: account.role,
            language: account.language,
            is_active: account.is_active,
            is_deletable: account.is_deletable,
            must_change_password: account.must_change_password,
            created_at: account.created_at,
            updated_at: account.updated_at,
            last_seen_at: account.last_seen_at,
        })
    }
}

impl Editable for UserView {
    fn tag(&self) -> Tag {
        Tag::of(&json!([self.language, self.first_name, self.last_name]))
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    token: String,
    #[schemars(length(min = USERNAME_CHARS_MIN, max = USERNAME_CHARS_MAX))]
    username: String,
    #[schemars(length(min = 1, max = EMAIL_BYTES_MAX))]
    email: String,
    #[schemars(with = "String", length(min = PASSWORD_CHARS_MIN, max = PASSWORD_CHARS_MAX))]
    password: SecretString,
    #[schemars(length(max = PERSON_NAME_CHARS_MAX))]
    first_name: Option<String>,
    #[schemars(length(max = PERSON_NAME_CHARS_MAX))]
    last_name: Option<String>,
    birth_date: Option<String>,
    language: Option<String>,
    #[schemars(length(max = settings::SERVER_NAME_CHARS_MAX))]
    server_name: Option<String>,
    #[schemars(length(max = rooms::model::NAME_CHARS_MAX))]
    room_name: Option<String>,
}

/// Makes the main administrator, names the community and opens its first room.
///
/// Errors: setup.closed, setup.link_invalid, account.username_taken, account.not_created, server.busy.
pub async fn set_up(
    State(app): State<App>,
    circumstances: Circumstances,
    Payload(body): Payload<SetUp>,
) -> Result<Created<UserView>> {
    if store::an_administrator_exists(app.database.reader()).await? {
        return Err(Error::refuse(Code::SETUP_CLOSED));
    }
    if !actions::setup_link_opens(&app, &body.token, circumstances.now).await? {
        return Err(Error::refuse(Code::SETUP_LINK_INVALID));
    }
    let language = language("language", body.language, circumstances.language)?;
    let server_name = optional_line("server_name", body.server_name, settings::SERVER_NAME_CHARS_MAX)?;
    let room_name = optional_line("room_name", body.room_name, rooms::model::NAME_CHARS_MAX)?;
    let room_name = room_name.unwrap_or_else(|| i18n::text(language, "server.first_room", &[]));
    let new = NewAccount {
        username: body.username,
        email: body.email,
        password: body.password,
        first_name: body.first_name,
        last_name: body.last_name,
        birth_date: body.birth_date,
        language,
    };
    let ready = actions::prepare(&app, new, Reserved::Allowed).await?;

    let mut tx = Tx::begin(&app, circumstances).await?;
    actions::use_setup_link(&tx, &body.token).await?;
    let account = actions::create(&tx, ready, Role::admin(), None).await?;
    tx.circumstances.user = Some(account.id);
    if let Some(name) = server_name {
        settings::set_server_name(&tx.db, &name).await?;
    }
    rooms::actions::create(&mut tx, account.id, rooms::model::NewRoom::public(room_name)).await?;
    tx.commit().await?;
    created(&app, account)
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Register {
    #[schemars(length(min = USERNAME_CHARS_MIN, max = USERNAME_CHARS_MAX))]
    username: String,
    #[schemars(length(min = 1, max = EMAIL_BYTES_MAX))]
    email: String,
    #[schemars(with = "String", length(min = PASSWORD_CHARS_MIN, max = PASSWORD_CHARS_MAX))]
    password: SecretString,
    #[schemars(length(max = PERSON_NAME_CHARS_MAX))]
    first_name: Option<String>,
    #[schemars(length(max = PERSON_NAME_CHARS_MAX))]
    last_name: Option<String>,
    birth_date: Option<String>,
    language: Option<String>,
    invite: Option<String>,
}

/// Makes an account for somebody who holds an invitation, and takes them to its room.
///
/// Errors: account.invite_required, invite.not_found, invite.unusable, account.username_taken, account.not_created,
/// server.busy.
pub async fn register(
    State(app): State<App>,
    circumstances: Circumstances,
    Payload(body): Payload<Register>,
) -> Result<Created<UserView>> {
    let code = body.invite.ok_or(Error::refuse(Code::REGISTRATION_INVITE_ONLY))?;
    invites::require_usable(&app, &code, circumstances.now).await?;
    let new = NewAccount {
        username: body.username,
        email: body.email,
        password: body.password,
        first_name: body.first_name,
        last_name: body.last_name,
        birth_date: body.birth_date,
        language: language("language", body.language, circumstances.language)?,
    };
    let ready = actions::prepare(&app, new, Reserved::Refused).await?;

    let mut tx = Tx::begin(&app, circumstances).await?;
    let invite = invites::use_up(&tx, &code).await?;
    let account = actions::create(&tx, ready, Role::user(), Some(invite.id)).await?;
    tx.circumstances.user = Some(account.id);
    rooms::actions::join_as_newcomer(&mut tx, account.id, invite.room_id, invite.id).await?;
    tx.commit().await?;
    created(&app, account)
}

fn created(app: &App, account: Account) -> Result<Created<UserView>> {
    Ok(Created { location: format!("/api/v1/users/{}", account.id), data: UserView::open(&app.keys, account)? })
}

/// Oneself: the account, what it may do, and the session that asks.
#[derive(JsonSchema, Serialize)]
pub struct MeView {
    user: UserView,
    role: Role,
    permissions: PermissionSet,
    session: CurrentSession,
}

impl Editable for MeView {
    fn tag(&self) -> Tag {
        self.user.tag()
    }
}

#[derive(JsonSchema, Serialize)]
struct CurrentSession {
    id: SessionId,
    idle_expires_at: Moment,
    absolute_expires_at: Moment,
}

/// Tells who one is and what one may do.
pub async fn me(actor: Actor, State(app): State<App>) -> Result<Current<MeView>> {
    let account = store::find(app.database.reader(), actor.user).await?.ok_or(Error::refuse(Code::AUTH_REQUIRED))?;
    view_of_oneself(&app, actor, account)
}

fn view_of_oneself(app: &App, actor: Actor, account: Account) -> Result<Current<MeView>> {
    Ok(Current(MeView {
        user: UserView::open(&app.keys, account)?,
        role: actor.role,
        permissions: actor.permissions,
        session: CurrentSession {
            id: actor.session.id,
            idle_expires_at: actor.session.idle_expires_at,
            absolute_expires_at: actor.session.absolute_expires_at,
        },
    }))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeMe {
    language: Option<String>,
    #[schemars(length(max = PERSON_NAME_CHARS_MAX))]
    first_name: Option<String>,
    #[schemars(length(max = PERSON_NAME_CHARS_MAX))]
    last_name: Option<String>,
}

/// Changes one's name and language. What is absent stays.
pub async fn change_me(
    actor: Actor,
    State(app): State<App>,
    circumstances: Circumstances,
    if_match: IfMatch,
    Payload(body): Payload<ChangeMe>,
) -> Result<Current<MeView>> {
    let name = |field, name: Option<String>| match name {
        None => Ok(None),
        some => person_name(field, some).map(Some).map_err(|fault| Error::invalid(vec![fault])),
    };
    let change = ProfileChange {
        language: body.language.map(|tag| language("language", Some(tag), Language::default())).transpose()?,
        first_name: name("first_name", body.first_name)?,
        last_name: name("last_name", body.last_name)?,
    };
    let tx = Tx::begin(&app, circumstances).await?;
    let account = actions::change_profile(&tx, actor.user, change, &if_match).await?;
    tx.commit().await?;
    view_of_oneself(&app, actor, account)
}

fn language(field: &str, tag: Option<String>, default: Language) -> Result<Language> {
    let Some(tag) = tag else { return Ok(default) };
    Language::from_tag(&tag).ok_or_else(|| Error::invalid(vec![FieldError::new(field, "not_available")]))
}

fn optional_line(field: &str, text: Option<String>, chars_max: usize) -> Result<Option<String>> {
    text::optional_line(field, text.as_deref(), chars_max).map_err(|fault| Error::invalid(vec![fault]))
}
