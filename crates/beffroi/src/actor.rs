//! Who makes a request: a signed-in person with what they may do. There is no way to get one but through the door
//! of the route table.

use crate::{
    audit::Circumstances,
    error::{Code, Error},
    ids::{SessionId, UserId},
    platform::{clock::Moment, http::describe::Input, i18n::Language},
    roles::{Permission, PermissionSet, Role},
};
use axum::extract::FromRequestParts;
use http::request::Parts;
use std::sync::Arc;

#[derive(Clone, Debug)]
pub struct Actor {
    pub user: UserId,
    pub username: Arc<str>,
    pub role: Role,
    pub permissions: PermissionSet,
    pub session: ActorSession,
}

#[derive(Clone, Copy, Debug)]
pub struct ActorSession {
    pub id: SessionId,
    pub kind: CredentialKind,
    pub idle_expires_at: Moment,
    pub absolute_expires_at: Moment,
    /// Whether the request brought a ticket of this session; its `Origin` was compared with the ticket's.
    pub by_ticket: bool,
}

/// What the request was recognised by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialKind {
    Cookie,
    AccessToken,
}

impl Actor {
    pub fn holds(&self, permission: Permission) -> bool {
        self.permissions.holds(permission)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Actor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        parts.extensions.get::<Actor>().cloned().ok_or(Error::refuse(Code::AUTH_REQUIRED))
    }
}

impl Input for Actor {}

impl<S: Send + Sync> FromRequestParts<S> for Circumstances {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        parts.extensions.get::<Circumstances>().cloned().ok_or(Error::broken("a request without circumstances"))
    }
}

/// The language of the reader.
impl<S: Send + Sync> FromRequestParts<S> for Language {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        Ok(Circumstances::from_request_parts(parts, state).await?.language)
    }
}
