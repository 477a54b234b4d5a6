//! What kind of house it is to be: settings for one purpose, between the built-in ones and everybody's own. A profile
//! names only what exists; what its purpose asks for and Beffroi cannot do yet is said at every start.

use super::layers::{Layers, Problem};

pub struct Profile {
    pub name: &'static str,
    /// TOML.
    pub text: &'static str,
    /// What its purpose asks for and nobody gets yet.
    pub missing: &'static [&'static str],
}

pub const PROFILES: &[Profile] = &[
    Profile {
        name: "chat",
        text: include_str!("../../profiles/chat.toml"),
        missing: &["at most three sessions", "an optional second factor"],
    },
    Profile {
        name: "console",
        text: include_str!("../../profiles/console.toml"),
        missing: &["a second factor for everyone", "closed registration (invitations still work)", "live monitoring"],
    },
    Profile {
        name: "community",
        text: include_str!("../../profiles/community.toml"),
        missing: &[
            "character classes and history of passwords",
            "an optional second factor",
            "nightly backups",
            "cross-origin requests from Discord",
        ],
    },
    Profile {
        name: "club",
        text: include_str!("../../profiles/club.toml"),
        missing: &[
            "closed registration (invitations still work)",
            "bcrypt",
            "temporary passwords, and passwords set by an administrator",
        ],
    },
    Profile {
        name: "sandbox",
        text: include_str!("../../profiles/sandbox.toml"),
        missing: &[
            "closed registration (invitations still work)",
            "sign-in as a demo person",
            "a reset of the data every day",
            "sessions without tokens for programs (they are still given)",
            "imported bcrypt hashes",
        ],
    },
];

impl Profile {
    pub fn named(name: &str) -> Option<&'static Self> {
        PROFILES.iter().find(|profile| profile.name == name)
    }

    /// An operations team's database is one that others reach only by TLS. Who names an SQLite file has thought about it.
    pub(super) fn demand(&self, layers: &Layers) -> Result<Option<String>, Problem> {
        if self.name != "console" {
            return Ok(None);
        }
        let url: String = layers.optional("database.url").unwrap_or_default();
        if url.starts_with("sqlite:") {
            return Ok(Some("profile console is meant for PostgreSQL; this is SQLite, on one machine".to_owned()));
        }
        let is_encrypted = url::Url::parse(&url).is_ok_and(|url| {
            let is_required = |(name, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)| {
                name == "sslmode" && matches!(&*value, "require" | "verify-ca" | "verify-full")
            };
            url.scheme().starts_with("postgres") && url.query_pairs().any(is_required)
        });
        let asked =
            "profile console asks for DATABASE_URL=postgres://… with sslmode=require (or sqlite:PATH, on purpose)";
        if is_encrypted { Ok(None) } else { Err(Problem::Profile(asked.to_owned())) }
    }
}
