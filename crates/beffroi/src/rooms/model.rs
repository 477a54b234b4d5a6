//! What a room is made of and what its texts may be (CH-9).

use crate::{
    error::{Error, FieldError, Result},
    platform::text::line,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub const NAME_CHARS_MAX: usize = 80;
pub const TOPIC_CHARS_MAX: usize = 250;

/// Who may read and write (AZ-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    Public,
    Private,
    Restricted,
    /// A conversation of certain people. Never asked for by name: it begins as one and stays one.
    #[serde(skip_deserializing)]
    Direct,
}

impl Policy {
    /// A stored name; one that nobody knows lets nobody in.
    pub fn from_name(name: &str) -> Self {
        [Self::Public, Self::Private, Self::Direct]
            .into_iter()
            .find(|policy| policy.name() == name)
            .unwrap_or(Self::Restricted)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Restricted => "restricted",
            Self::Direct => "direct",
        }
    }
}

/// A person's place in one room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RoomRole {
    Member,
    Moderator,
    Owner,
}

impl RoomRole {
    /// A stored name; one that nobody knows has the fewest rights.
    pub fn from_name(name: &str) -> Self {
        [Self::Owner, Self::Moderator].into_iter().find(|role| role.name() == name).unwrap_or(Self::Member)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Moderator => "moderator",
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
        let name = name(&self.name).map_err(|fault| broken.push(fault));
        let topic = topic(&self.topic).map_err(|fault| broken.push(fault));
        match (name, topic) {
            (Ok(name), Ok(topic)) => Ok(Self { name, topic, policy: self.policy }),
            _ => Err(Error::invalid(broken)),
        }
    }
}

/// A change of a room; what is absent stays.
#[derive(Default)]
pub struct RoomChange {
    pub name: Option<String>,
    pub topic: Option<String>,
    pub policy: Option<Policy>,
    pub archived: Option<bool>,
}

impl RoomChange {
    /// Every broken rule is named.
    pub fn validate(self) -> Result<Self> {
        let mut broken = Vec::new();
        let name = self.name.map(|text| name(&text)).transpose().map_err(|fault| broken.push(fault));
        let topic = self.topic.map(|text| topic(&text)).transpose().map_err(|fault| broken.push(fault));
        match (name, topic) {
            (Ok(name), Ok(topic)) => Ok(Self { name, topic, ..self }),
            _ => Err(Error::invalid(broken)),
        }
    }
}

fn name(text: &str) -> Result<String, FieldError> {
    line("name", text, 1, NAME_CHARS_MAX)
}

fn topic(text: &str) -> Result<String, FieldError> {
    line("topic", text, 0, TOPIC_CHARS_MAX)
}
