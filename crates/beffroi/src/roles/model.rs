//! The permissions (AZ-2) and the built-in roles (AZ-1), exactly as in the RBAC table.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;

macro_rules! permissions {
    ($($variant:ident = $name:literal,)*) => {
        /// One right. `delete_messages` is read as an alias of `delete_all_messages`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Permission { $($variant),* }

        impl Permission {
            pub const ALL: &[Permission] = &[$(Permission::$variant),*];

            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    "delete_messages" => Some(Self::DeleteAllMessages),
                    _ => None,
                }
            }
        }
    };
}

permissions! {
    ReadMessages = "read_messages",
    SendMessages = "send_messages",
    EditOwnMessages = "edit_own_messages",
    DeleteOwnMessages = "delete_own_messages",
    ReactMessages = "react_messages",
    CreateRooms = "create_rooms",
    JoinRooms = "join_rooms",
    SendDm = "send_dm",
    BlockUsers = "block_users",
    ViewUserProfiles = "view_user_profiles",
    UploadFiles = "upload_files",
    DeleteAllMessages = "delete_all_messages",
    PinMessages = "pin_messages",
    KickUsers = "kick_users",
    BanUsers = "ban_users",
    ManageRooms = "manage_rooms",
    DeleteFiles = "delete_files",
    ViewAuditLogs = "view_audit_logs",
    EditAllMessages = "edit_all_messages",
    DeleteRooms = "delete_rooms",
    ManageUsers = "manage_users",
    ManageFiles = "manage_files",
    ManagePermissions = "manage_permissions",
    ManageSystem = "manage_system",
    ViewMonitoring = "view_monitoring",
}

impl Serialize for Permission {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl JsonSchema for Permission {
    fn schema_name() -> Cow<'static, str> {
        "Permission".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> = Self::ALL.iter().map(|permission| permission.name()).collect();
        json_schema!({"type": "string", "enum": names})
    }
}

/// A set of permissions; the empty one is the default, and the default is to deny.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PermissionSet(u64);

impl PermissionSet {
    const fn bit(permission: Permission) -> u64 {
        1 << permission as u64
    }

    pub fn holds(self, permission: Permission) -> bool {
        self.0 & Self::bit(permission) != 0
    }

    /// Everything, written `*`.
    pub fn all() -> Self {
        Permission::ALL.iter().copied().collect()
    }

    /// Whether everything in the other is in this one.
    pub fn includes(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    /// What is in this one and not in the other.
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The names to store. Everything is `*`, so that it takes in what later versions add.
    pub fn names(self) -> Vec<&'static str> {
        if self == Self::all() { vec!["*"] } else { self.iter().map(Permission::name).collect() }
    }

    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |permission| self.holds(*permission))
    }

    /// Reads stored names; a name that nobody knows grants nothing.
    pub fn from_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut set = Self::default();
        for name in names {
            if name == "*" {
                return Self::all();
            }
            if let Some(permission) = Permission::from_name(name) {
                set.0 |= Self::bit(permission);
            }
        }
        set
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().fold(0, |set, permission| set | Self::bit(permission)))
    }
}

impl Serialize for PermissionSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl JsonSchema for PermissionSet {
    fn schema_name() -> Cow<'static, str> {
        "Permissions".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "array", "items": generator.subschema_for::<Permission>()})
    }
}

/// The name of a role; what it may do is data.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema, Serialize)]
#[serde(transparent)]
#[schemars(inline)]
pub struct Role(pub String);

impl Role {
    pub const ADMIN: &str = "admin";
    pub const MODERATOR: &str = "moderator";
    pub const USER: &str = "user";
    pub const GUEST: &str = "guest";

    pub fn admin() -> Self {
        Self(Self::ADMIN.to_owned())
    }

    pub fn user() -> Self {
        Self(Self::USER.to_owned())
    }

    /// Whether a role may have this name at all.
    pub fn is_well_formed(&self) -> bool {
        let is_allowed = |character: char| {
            character.is_ascii_lowercase() || character.is_ascii_digit() || matches!(character, '_' | '-' | '.')
        };
        self.0.chars().all(is_allowed) && self.0.starts_with(|first: char| first.is_ascii_alphanumeric())
    }
}

const READING: &[&str] = &["read_messages"];
const TAKING_PART: &[&str] = &[
    "send_messages",
    "edit_own_messages",
    "delete_own_messages",
    "react_messages",
    "create_rooms",
    "join_rooms",
    "send_dm",
    "block_users",
    "view_user_profiles",
    "upload_files",
];
const KEEPING_ORDER: &[&str] = &[
    "delete_all_messages",
    "pin_messages",
    "kick_users",
    "ban_users",
    "manage_rooms",
    "delete_files",
    "view_audit_logs",
];

/// The built-in roles and the groups of permissions that each is born with.
pub const BUILT_IN_ROLES: &[(&str, &[&[&str]])] = &[
    (Role::ADMIN, &[&["*"]]),
    (Role::MODERATOR, &[READING, TAKING_PART, KEEPING_ORDER]),
    (Role::USER, &[READING, TAKING_PART]),
    (Role::GUEST, &[READING]),
];
