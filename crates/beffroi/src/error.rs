//! The one door for refusals and failures. A refusal has a stable code from the table below, which also fixes its
//! status; its words come from the catalogue. Internal text never leaves: it is logged once, where the answer is made.

use crate::platform::{limits::Exceeded, outage::Outage};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use sea_orm::{DbErr, SqlErr};
use std::{error::Error as StdError, fmt, sync::Arc, time::Duration};

/// When to come back: to a database that restarts, to a disk that somebody has to empty, after two transactions met.
const AWAY_RETRY: Duration = Duration::from_secs(2);
const FULL_RETRY: Duration = Duration::from_secs(60);
const COLLISION_RETRY: Duration = Duration::from_secs(1);

/// A refusal that outsiders may see, by its stable code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    pub name: &'static str,
    pub status: StatusCode,
}

macro_rules! codes {
    ($($constant:ident = $status:ident $name:literal;)*) => {
        impl Code {
            $(pub const $constant: Code = Code { name: $name, status: StatusCode::$status };)*
            /// Every code: each has its words in every language and its page under `/problems/`.
            pub const ALL: &[Code] = &[$(Code::$constant),*];
        }
    };
}

codes! {
    MALFORMED = BAD_REQUEST "request.malformed";
    INVALID_ID = BAD_REQUEST "request.invalid_id";
    INVALID_CURSOR = BAD_REQUEST "request.invalid_cursor";
    INVALID = UNPROCESSABLE_ENTITY "validation";
    NOT_FOUND = NOT_FOUND "not_found";
    METHOD_NOT_ALLOWED = METHOD_NOT_ALLOWED "request.method_not_allowed";
    TOO_LARGE = PAYLOAD_TOO_LARGE "request.too_large";
    TIMED_OUT = REQUEST_TIMEOUT "request.timed_out";
    STALE = PRECONDITION_FAILED "request.stale";
    UNSUPPORTED_MEDIA_TYPE = UNSUPPORTED_MEDIA_TYPE "request.unsupported_media_type";
    CROSS_SITE = FORBIDDEN "request.cross_site";
    UPGRADE_REQUIRED = UPGRADE_REQUIRED "request.upgrade_required";
    AUTH_REQUIRED = UNAUTHORIZED "auth.required";
    AUTH_AMBIGUOUS = BAD_REQUEST "auth.ambiguous";
    TOKEN_INVALID = UNAUTHORIZED "auth.token_invalid";
    TICKET_INVALID = UNAUTHORIZED "auth.ticket_invalid";
    TOKEN_EXPIRED = UNAUTHORIZED "auth.token_expired";
    CSRF_REQUIRED = FORBIDDEN "auth.csrf_required";
    SESSION_NOT_FOUND = NOT_FOUND "auth.session_not_found";
    NOTICE_NOT_FOUND = NOT_FOUND "auth.notice_not_found";
    INVALID_CREDENTIALS = UNAUTHORIZED "auth.invalid_credentials";
    SESSION_IDLE = UNAUTHORIZED "auth.session_idle";
    SESSION_ABSOLUTE = UNAUTHORIZED "auth.session_absolute";
    SESSION_REVOKED = UNAUTHORIZED "auth.session_revoked";
    PASSWORD_CHANGED = UNAUTHORIZED "auth.password_changed";
    RESET_LINK_INVALID = FORBIDDEN "password.link_invalid";
    FORBIDDEN = FORBIDDEN "auth.forbidden";
    SETUP_CLOSED = NOT_FOUND "setup.closed";
    SETUP_LINK_INVALID = FORBIDDEN "setup.link_invalid";
    REGISTRATION_INVITE_ONLY = FORBIDDEN "account.invite_required";
    USERNAME_TAKEN = CONFLICT "account.username_taken";
    ACCOUNT_NOT_CREATED = UNPROCESSABLE_ENTITY "account.not_created";
    INVITE_NOT_FOUND = NOT_FOUND "invite.not_found";
    INVITE_UNUSABLE = CONFLICT "invite.unusable";
    ROOM_NOT_FOUND = NOT_FOUND "room.not_found";
    ROOM_NAME_TAKEN = CONFLICT "room.name_taken";
    ROOM_NOT_WRITABLE = FORBIDDEN "room.not_writable";
    ROOM_NOT_ENTERED = FORBIDDEN "room.not_entered";
    ROOM_NOT_YOURS = FORBIDDEN "room.not_yours";
    ROOM_DIRECT = FORBIDDEN "room.direct";
    PERSON_NOT_FOUND = NOT_FOUND "person.not_found";
    PERSON_ONESELF = UNPROCESSABLE_ENTITY "person.oneself";
    PERSON_UNREACHABLE = FORBIDDEN "person.unreachable";
    ROOM_ARCHIVED = CONFLICT "room.archived";
    ROOM_LAST_OWNER = CONFLICT "room.last_owner";
    ROOM_NOT_MEMBER = NOT_FOUND "room.not_member";
    MESSAGE_NOT_FOUND = NOT_FOUND "message.not_found";
    MESSAGE_DELETED = CONFLICT "message.deleted";
    CLIENT_ID_REUSED = CONFLICT "message.client_id_reused";
    MAIN_ADMINISTRATOR = FORBIDDEN "account.main_administrator";
    ROLE_NOT_FOUND = NOT_FOUND "role.not_found";
    ROLE_NAME_TAKEN = CONFLICT "role.name_taken";
    ROLE_BUILT_IN = CONFLICT "role.built_in";
    ROLE_IN_USE = CONFLICT "role.in_use";
    ROLE_TOO_MANY = CONFLICT "role.too_many";
    ROLE_BEYOND_YOURS = FORBIDDEN "role.beyond_yours";
    RATE_LIMITED = TOO_MANY_REQUESTS "rate_limited";
    TOO_MANY_CONNECTIONS = TOO_MANY_REQUESTS "connections.too_many";
    BUSY = SERVICE_UNAVAILABLE "server.busy";
    UNAVAILABLE = SERVICE_UNAVAILABLE "server.unavailable";
    STORAGE_FULL = SERVICE_UNAVAILABLE "server.storage_full";
    INTERNAL = INTERNAL_SERVER_ERROR "server.error";
}

/// What is wrong with one field; its words stand in the catalogue as `field.<code>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Path of the field in the request, such as `text` or `permissions[2]`.
    pub field: String,
    pub code: &'static str,
    pub values: Vec<(&'static str, String)>,
}

impl FieldError {
    pub fn new(field: impl Into<String>, code: &'static str) -> Self {
        debug_assert!(Self::CODES.contains(&code), "{code} has no words in the catalogue");
        Self { field: field.into(), code, values: Vec::new() }
    }

    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.values.push((name, value.to_string()));
        self
    }

    /// Every code that `field` may carry: a test looks for its words in each language.
    pub const CODES: &[&str] = &[
        "required",
        "unknown",
        "duplicate",
        "wrong_type",
        "malformed",
        "too_short",
        "too_long",
        "out_of_range",
        "in_the_past",
        "control_characters",
        "not_a_name",
        "reserved",
        "not_an_email",
        "not_a_date",
        "not_available",
        "too_simple",
        "contains_personal_data",
        "wrong_password",
    ];
}

#[derive(Clone, Debug)]
pub struct Refusal {
    pub code: Code,
    pub fields: Vec<FieldError>,
    pub retry_after: Option<Duration>,
    /// The rate that was exceeded.
    pub exceeded: Option<Exceeded>,
}

#[derive(Debug)]
pub enum Error {
    Refused(Box<Refusal>),
    /// Something broke on our side; told to nobody but the log.
    Internal(Arc<dyn StdError + Send + Sync>),
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub fn refuse(code: Code) -> Self {
        Self::refuse_fields(code, Vec::new())
    }

    pub fn refuse_fields(code: Code, fields: Vec<FieldError>) -> Self {
        Self::Refused(Box::new(Refusal { code, fields, retry_after: None, exceeded: None }))
    }

    /// A refusal for now: the client may come back.
    pub fn refuse_until(code: Code, retry_after: Duration) -> Self {
        let retry_after = Some(retry_after);
        Self::Refused(Box::new(Refusal { code, fields: Vec::new(), retry_after, exceeded: None }))
    }

    pub fn limited(exceeded: Exceeded) -> Self {
        let (retry_after, exceeded) = (Some(exceeded.retry_after), Some(exceeded));
        Self::Refused(Box::new(Refusal { code: Code::RATE_LIMITED, fields: Vec::new(), retry_after, exceeded }))
    }

    /// A request that could not be read: the field that is missing, unknown or of the wrong type.
    pub fn malformed(field: FieldError) -> Self {
        Self::refuse_fields(Code::MALFORMED, vec![field])
    }

    /// A request that was read and breaks rules: every broken rule is named.
    pub fn invalid(fields: Vec<FieldError>) -> Self {
        Self::refuse_fields(Code::INVALID, fields)
    }

    pub fn busy(retry_after: Duration) -> Self {
        Self::refuse_until(Code::BUSY, retry_after)
    }

    pub fn internal(source: impl StdError + Send + Sync + 'static) -> Self {
        Self::Internal(Arc::new(source))
    }

    /// An invariant that does not hold, in words for the log.
    pub fn broken(what: &'static str) -> Self {
        Self::internal(Broken(what))
    }

    /// The database is away or full: nobody's request can be written now, whatever it says.
    pub fn is_outage(&self) -> bool {
        matches!(self.code(), Code::UNAVAILABLE | Code::STORAGE_FULL)
    }

    /// The same, told to somebody else whom it meets.
    pub fn for_another(&self) -> Self {
        match self {
            Self::Refused(refusal) => Self::Refused(refusal.clone()),
            Self::Internal(source) => Self::Internal(source.clone()),
        }
    }

    /// The name of the rate that was exceeded.
    pub fn rule(&self) -> Option<&'static str> {
        match self {
            Self::Refused(refusal) => refusal.exceeded.map(|exceeded| exceeded.rule),
            Self::Internal(_) => None,
        }
    }

    pub fn code(&self) -> Code {
        match self {
            Self::Refused(refusal) => refusal.code,
            Self::Internal(_) => Code::INTERNAL,
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Broken(&'static str);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => f.write_str(refusal.code.name),
            Self::Internal(source) => write!(f, "{source}"),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Refused(_) => None,
            Self::Internal(source) => source.source(),
        }
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        let Some(outage) = Outage::of(&error) else { return Self::internal(error) };
        tracing::error!(%error, ?outage, "the database could not serve");
        match outage {
            Outage::Away => Self::refuse_until(Code::UNAVAILABLE, AWAY_RETRY),
            Outage::Full => Self::refuse_until(Code::STORAGE_FULL, FULL_RETRY),
            Outage::Collision => Self::busy(COLLISION_RETRY),
        }
    }
}

/// Whether a statement failed because a unique value was there already: the loser of a race.
pub fn is_unique_violation(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

/// The whole chain of causes, for the log.
pub fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

/// A response that is still to get its words: `platform::http::problem` writes them, knowing language and request id.
#[derive(Clone)]
pub struct Pending(pub Arc<Error>);

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = self.code().status.into_response();
        response.extensions_mut().insert(Pending(Arc::new(self)));
        response
    }
}
