//! What is recorded and under which circumstances. Never a secret, never message text.

use crate::{
    ids::{InviteId, MessageId, RoomId, SessionId, UserId},
    platform::{clock::Moment, i18n::Language},
};
use serde_json::{Value, json};
use std::net::IpAddr;
use uuid::Uuid;

/// Who acts, from where and when: the columns that every row shares.
#[derive(Clone, Debug)]
pub struct Circumstances {
    pub request_id: Uuid,
    pub user: Option<UserId>,
    pub ip_address: Option<IpAddr>,
    pub user_agent: Option<String>,
    pub language: Language,
    pub now: Moment,
}

impl Circumstances {
    /// Somebody with a shell on the server, or the server itself.
    pub fn shell(request_id: Uuid, now: Moment) -> Self {
        Self {
            request_id,
            user: None,
            ip_address: None,
            user_agent: Some("beffroi command line".to_owned()),
            language: Language::default(),
            now,
        }
    }

    pub fn by(mut self, user: UserId) -> Self {
        self.user = Some(user);
        self
    }
}

/// One act; the name of its type and its data.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    UserCreated {
        user: UserId,
        role: String,
        invite: Option<InviteId>,
    },
    ProfileChanged,
    SetupLinkIssued,
    /// `name_index` is a keyed hash: an unknown name may be somebody's password typed into the wrong field.
    LoginFailure {
        reason: &'static str,
        name_index: Option<String>,
    },
    LoginSuccess {
        session: SessionId,
    },
    LogoutSuccess {
        session: SessionId,
    },
    /// A person's credential was first used from a network.
    CredentialNewAddress {
        session: SessionId,
    },
    PasswordHashUpgraded,
    /// A one-time link to set a new password was made for this person.
    ResetLinkIssued {
        user: UserId,
    },
    /// `by` is the way it came in.
    PasswordChanged {
        by: &'static str,
    },
    /// Somebody at this person's session did not know the password.
    PasswordChangeRefused,
    TokenRefreshed {
        session: SessionId,
    },
    TokensRevoked {
        session: SessionId,
        reason: &'static str,
    },
    InviteCreated {
        invite: InviteId,
        room: Option<RoomId>,
    },
    InviteRevoked {
        invite: InviteId,
    },
    RoomCreated {
        room: RoomId,
    },
    RoomJoined {
        room: RoomId,
        invite: Option<InviteId>,
    },
    /// Somebody who manages rooms entered a private or restricted one (AZ-4).
    RoomEntered {
        room: RoomId,
    },
    RoomChanged {
        room: RoomId,
    },
    RoomDeleted {
        room: RoomId,
        name: String,
    },
    /// `role` is what they are now; None for put out.
    RoomMemberChanged {
        room: RoomId,
        member: UserId,
        role: Option<&'static str>,
    },
    RoomLeft {
        room: RoomId,
    },
    /// Who the others are is theirs to know: the row counts them.
    DmOpened {
        room: RoomId,
        people: usize,
    },
    PersonBlocked {
        person: UserId,
    },
    PersonUnblocked {
        person: UserId,
    },
    /// Somebody was given another role: by an administrator, or from a shell on the server.
    PermissionChanged {
        user: UserId,
        admin: Option<UserId>,
        old_role: String,
        new_role: String,
    },
    RoleCreated {
        role: String,
        permissions: Vec<&'static str>,
    },
    RoleChanged {
        role: String,
        granted: Vec<&'static str>,
        withdrawn: Vec<&'static str>,
    },
    RoleDeleted {
        role: String,
    },
    /// `count` refusals of one source in one minute.
    RateLimitExceeded {
        endpoint: &'static str,
        count: u64,
    },
    MessageEdited {
        room: RoomId,
        message: MessageId,
    },
    MessageDeleted {
        room: RoomId,
        message: MessageId,
        reason: Option<String>,
    },
    MessageSent {
        room: RoomId,
        message: MessageId,
    },
}

impl Act {
    pub fn event_type(&self) -> &'static str {
        match self {
            Self::UserCreated { .. } => "user_created",
            Self::ProfileChanged => "profile_changed",
            Self::SetupLinkIssued => "setup_link_issued",
            Self::LoginFailure { .. } => "login_failure",
            Self::LoginSuccess { .. } => "login_success",
            Self::LogoutSuccess { .. } => "logout_success",
            Self::CredentialNewAddress { .. } => "credential_new_address",
            Self::TokenRefreshed { .. } => "token_refreshed",
            Self::TokensRevoked { .. } => "tokens_revoked",
            Self::PasswordHashUpgraded => "password_hash_upgraded",
            Self::ResetLinkIssued { .. } => "reset_link_issued",
            Self::PasswordChanged { .. } => "password_changed",
            Self::PasswordChangeRefused => "password_change_refused",
            Self::InviteCreated { .. } => "invite_created",
            Self::InviteRevoked { .. } => "invite_revoked",
            Self::RoomCreated { .. } => "room_created",
            Self::RoomJoined { .. } => "room_joined",
            Self::RoomEntered { .. } => "room_entered",
            Self::RoomChanged { .. } => "room_changed",
            Self::RoomDeleted { .. } => "room_deleted",
            Self::RoomMemberChanged { .. } => "room_member_changed",
            Self::RoomLeft { .. } => "room_left",
            Self::DmOpened { .. } => "dm_opened",
            Self::PersonBlocked { .. } => "person_blocked",
            Self::PersonUnblocked { .. } => "person_unblocked",
            Self::PermissionChanged { .. } => "permission_changed",
            Self::RoleCreated { .. } => "role_created",
            Self::RoleChanged { .. } => "role_changed",
            Self::RoleDeleted { .. } => "role_deleted",
            Self::RateLimitExceeded { .. } => "rate_limit_exceeded",
            Self::MessageEdited { .. } => "message_edited",
            Self::MessageDeleted { .. } => "message_deleted",
            Self::MessageSent { .. } => "message_sent",
        }
    }

    pub fn event_data(&self) -> Value {
        match self {
            Self::UserCreated { user, role, invite } => json!({"user_id": user, "role": role, "invite_id": invite}),
            Self::ProfileChanged | Self::SetupLinkIssued | Self::PasswordHashUpgraded | Self::PasswordChangeRefused => {
                json!({})
            }
            Self::ResetLinkIssued { user } => json!({"user_id": user}),
            Self::PasswordChanged { by } => json!({"reason": by}),
            Self::LoginFailure { reason, name_index } => json!({"reason": reason, "name_index": name_index}),
            Self::LoginSuccess { session }
            | Self::LogoutSuccess { session }
            | Self::CredentialNewAddress { session }
            | Self::TokenRefreshed { session } => json!({"session_id": session}),
            Self::TokensRevoked { session, reason } => json!({"session_id": session, "reason": reason}),
            Self::InviteCreated { invite, room } => json!({"invite_id": invite, "room_id": room}),
            Self::InviteRevoked { invite } => json!({"invite_id": invite}),
            Self::RoomCreated { room }
            | Self::RoomEntered { room }
            | Self::RoomChanged { room }
            | Self::RoomLeft { room } => json!({"room_id": room}),
            Self::DmOpened { room, people } => json!({"room_id": room, "people": people}),
            Self::PersonBlocked { person } | Self::PersonUnblocked { person } => json!({"person_id": person}),
            Self::RoomDeleted { room, name } => json!({"room_id": room, "name": name}),
            Self::RoomMemberChanged { room, member, role } => {
                json!({"room_id": room, "member_id": member, "role": role})
            }
            Self::RoomJoined { room, invite } => json!({"room_id": room, "invite_id": invite}),
            Self::PermissionChanged { user, admin, old_role, new_role } => {
                json!({"user_id": user, "admin_id": admin, "old_role": old_role, "new_role": new_role})
            }
            Self::RoleCreated { role, permissions } => json!({"role": role, "permissions": permissions}),
            Self::RoleChanged { role, granted, withdrawn } => {
                json!({"role": role, "granted": granted, "withdrawn": withdrawn})
            }
            Self::RoleDeleted { role } => json!({"role": role}),
            Self::RateLimitExceeded { endpoint, count } => json!({"endpoint": endpoint, "count": count}),
            Self::MessageSent { room, message } | Self::MessageEdited { room, message } => {
                json!({"room_id": room, "message_id": message})
            }
            Self::MessageDeleted { room, message, reason } => {
                json!({"room_id": room, "message_id": message, "reason": reason})
            }
        }
    }
}
