//! What a room is made of and what its texts may be (CH-9).

use crate::{
    error::{Error, FieldError, Result},
    platform::text::{check_length, is_unprintable, line},
};
use serde::{Deserialize, Serialize};

pub const NAME_CHARS_MAX: usize = 80;
pub const TOPIC_CHARS_MAX: usize = 250;

/// Who may read and write (AZ-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    Public,
    Private,
    Restricted,
}

impl Policy {
    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Restricted => "restricted",
        }
    }
}

/// A person's place in one room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RoomRole {
    Member,
    Owner,
}

impl RoomRole {
    pub fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Owner => "owner",
        }
    }
}

/// A room as somebody asks for it.
pub struct NewRoom {
    pub name: String,
    pub topic: String,
    pub policy: Policy,
}

impl NewRoom {
    pub fn public(name: String) -> Self {
        Self { name, topic: String::new(), policy: Policy::Public }
    }

    /// Every broken rule is named.
    pub fn validate(self) -> Result<Self> {
        let mut broken = Vec::new();
        let name = line("name", &self.name, 1, NAME_CHARS_MAX).map_err(|fault| broken.push(fault));
        let topic = self.topic.trim().to_owned();
        if topic.chars().any(is_unprintable) {
            broken.push(FieldError::new("topic", "control_characters"));
        } else if let Err(fault) = check_length("topic", &topic, 0, TOPIC_CHARS_MAX) {
            broken.push(fault);
        }
        // Rooms that only some may enter need their members managed, which is not offered yet.
        if self.policy != Policy::Public {
            broken.push(FieldError::new("policy", "not_available"));
        }
        match (name, broken.is_empty()) {
            (Ok(name), true) => Ok(Self { name, topic, policy: self.policy }),
            _ => Err(Error::invalid(broken)),
        }
    }
}
