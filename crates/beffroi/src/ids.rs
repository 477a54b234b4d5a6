//! Identifiers as types, so that a room id cannot be handed over where a person's is meant.
//! All are UUIDs: v4 for people, rooms and credentials, v7 for messages and audit events. None is a secret (ID-12).

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use sea_orm::{DbErr, DeriveValueType, TryFromU64};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt};
use uuid::Uuid;

macro_rules! id {
    ($name:ident, $what:literal) => {
        #[doc = $what]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, DeriveValueType)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        /// The ORM asks this of every key; ours are never numbers.
        impl TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, DbErr> {
                Err(DbErr::ConvertFromU64(stringify!($name)))
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({"type": "string", "format": "uuid"})
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(UserId, "A person.");
id!(RoomId, "A room.");
id!(MessageId, "A message (v7).");
id!(SessionId, "A session; names it in lists, never opens it.");
id!(InviteId, "An invitation; names it in lists, never accepts it.");
id!(AuditEventId, "An audit event (v7).");
id!(ClientId, "Chosen by the sender of a message: makes a repeated send harmless (CH-3).");
