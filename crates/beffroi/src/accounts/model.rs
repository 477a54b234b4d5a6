//! What a name, an address and a password may be (CH-9, ID-4).

use crate::{
    error::{Error, FieldError, Result},
    platform::{
        clock::Moment,
        i18n::Language,
        text::{fold, line, optional_line},
    },
};
use secrecy::{ExposeSecret, SecretString};
use unicode_security::skeleton;

pub const USERNAME_CHARS_MIN: usize = 3;
pub const USERNAME_CHARS_MAX: usize = 50;
pub const PERSON_NAME_CHARS_MAX: usize = 100;
pub const PASSWORD_CHARS_MIN: usize = 15;
pub const PASSWORD_CHARS_MAX: usize = 64;
/// RFC 5321 §4.5.3.1: 64 octets before the @, 254 in all.
pub const EMAIL_BYTES_MAX: usize = 254;
const EMAIL_LOCAL_BYTES_MAX: usize = 64;
/// A password made of fewer different characters is a repetition.
const PASSWORD_VARIETY_MIN: usize = 5;

/// Names that would pass for the house itself. Whoever sets the server up may use them.
const RESERVED: &[&str] = &[
    "admin",
    "administrator",
    "administrateur",
    "all",
    "anonymous",
    "beffroi",
    "bot",
    "channel",
    "deleted",
    "everyone",
    "here",
    "me",
    "mod",
    "moderator",
    "moderateur",
    "null",
    "owner",
    "root",
    "security",
    "staff",
    "support",
    "system",
    "undefined",
    "webmaster",
];

/// An account as somebody asks for it, before anything is checked.
pub struct NewAccount {
    pub username: String,
    pub email: String,
    pub password: SecretString,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub birth_date: Option<String>,
    pub language: Language,
}

/// An account that keeps every rule.
#[derive(Debug)]
pub struct ValidAccount {
    pub username: Username,
    pub email: Email,
    pub password: SecretString,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub birth_date: Option<String>,
    pub language: Language,
}

/// Whether the names of the house may be taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reserved {
    Refused,
    Allowed,
}

impl NewAccount {
    /// Every broken rule is named, not just the first.
    pub fn validate(self, reserved: Reserved, now: Moment) -> Result<ValidAccount> {
        let mut broken = Vec::new();
        let username = keep(&mut broken, Username::parse(&self.username, reserved));
        let email = keep(&mut broken, Email::parse(&self.email));
        let first_name = keep(&mut broken, person_name("first_name", self.first_name)).flatten();
        let last_name = keep(&mut broken, person_name("last_name", self.last_name)).flatten();
        let birth_date = keep(&mut broken, birth_date(self.birth_date, now)).flatten();
        let personal =
            [Some(self.username.as_str()), self.email.split('@').next(), first_name.as_deref(), last_name.as_deref()];
        broken.extend(password_faults("password", &self.password, personal.into_iter().flatten()));
        match (username, email, broken.is_empty()) {
            (Some(username), Some(email), true) => Ok(ValidAccount {
                username,
                email,
                password: self.password,
                first_name,
                last_name,
                birth_date,
                language: self.language,
            }),
            _ => Err(Error::invalid(broken)),
        }
    }
}

fn keep<T>(broken: &mut Vec<FieldError>, checked: Result<T, FieldError>) -> Option<T> {
    checked.map_err(|fault| broken.push(fault)).ok()
}

/// A user name: unique by `key`, and by `skeleton` not to be mistaken for another one (UTS #39 §4).
#[derive(Clone, Debug)]
pub struct Username {
    pub shown: String,
    pub key: String,
    pub skeleton: String,
}

impl Username {
    pub fn parse(text: &str, reserved: Reserved) -> Result<Self, FieldError> {
        let shown = line("username", text, USERNAME_CHARS_MIN, USERNAME_CHARS_MAX)?;
        let is_allowed = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-' | '.');
        if !shown.chars().all(is_allowed) || !shown.starts_with(char::is_alphanumeric) {
            return Err(FieldError::new("username", "not_a_name"));
        }
        let key = fold(&shown);
        let look = look(&key);
        let passes_for = |name: &&str| key == **name || look == self::look(name);
        if reserved == Reserved::Refused && RESERVED.iter().any(passes_for) {
            return Err(FieldError::new("username", "reserved"));
        }
        Ok(Self { shown, skeleton: look, key })
    }
}

/// What a folded name looks like in either case: a capital I passes for l and a capital O for 0, although neither small
/// letter does.
fn look(key: &str) -> String {
    fold(&skeleton(key).collect::<String>()).replace('i', "l")
}

/// An e-mail address: kept as typed, found by its normal form.
#[derive(Clone, Debug)]
pub struct Email {
    pub shown: String,
    pub key: String,
}

impl Email {
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let shown = line("email", text, 1, EMAIL_BYTES_MAX)?;
        let key = Self::normalise(&shown).ok_or(FieldError::new("email", "not_an_email"))?;
        Ok(Self { shown, key })
    }

    /// NFKC, lower case, the domain in its IDNA form; None for what is no address.
    pub fn normalise(text: &str) -> Option<String> {
        let folded = fold(text.trim());
        // The parser of hosts reads %65 as e; nobody writes an address so, and it would be kept as it was typed.
        if folded.contains('%') {
            return None;
        }
        let (local, domain) = folded.rsplit_once('@')?;
        let is_local = !local.is_empty()
            && local.len() <= EMAIL_LOCAL_BYTES_MAX
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && !local.chars().any(|c| c.is_whitespace() || c.is_control() || "()<>[]:;,\\\"@".contains(c));
        let domain = match url::Host::parse(domain).ok()? {
            url::Host::Domain(domain) if domain.contains('.') && domain.split('.').all(|label| !label.is_empty()) => {
                domain
            }
            _ => return None,
        };
        let address = format!("{local}@{domain}");
        (is_local && address.len() <= EMAIL_BYTES_MAX).then_some(address)
    }
}

/// A first or last name; absent or blank is none.
pub fn person_name(field: &str, name: Option<String>) -> Result<Option<String>, FieldError> {
    optional_line(field, name.as_deref(), PERSON_NAME_CHARS_MAX)
}

fn birth_date(date: Option<String>, now: Moment) -> Result<Option<String>, FieldError> {
    let Some(date) = date.filter(|date| !date.is_empty()) else { return Ok(None) };
    let parsed: jiff::civil::Date = date.parse().map_err(|_| FieldError::new("birth_date", "not_a_date"))?;
    let (date, today) = (parsed.to_string(), now.rfc3339()[..10].to_owned());
    if parsed.year() >= 1900 && date <= today {
        Ok(Some(date))
    } else {
        Err(FieldError::new("birth_date", "out_of_range").with("min", "1900-01-01").with("max", today))
    }
}

/// Every rule that a new password breaks.
pub fn password_faults<'a>(
    field: &'static str,
    password: &SecretString,
    personal: impl IntoIterator<Item = &'a str>,
) -> Vec<FieldError> {
    let password = password.expose_secret();
    let mut faults = Vec::new();
    if let Err(fault) = crate::platform::text::check_length(field, password, PASSWORD_CHARS_MIN, PASSWORD_CHARS_MAX) {
        faults.push(fault);
    }
    let folded = fold(password);
    let mut variety: Vec<char> = folded.chars().collect();
    variety.sort_unstable();
    variety.dedup();
    if variety.len() < PASSWORD_VARIETY_MIN {
        faults.push(FieldError::new(field, "too_simple"));
    }
    let tells = |word: &str| word.chars().count() >= USERNAME_CHARS_MIN && folded.contains(&fold(word));
    if personal.into_iter().any(tells) {
        faults.push(FieldError::new(field, "contains_personal_data"));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_alike_has_the_same_skeleton_and_a_different_key() {
        let alice = Username::parse("alice", Reserved::Refused).expect("a name");
        let cyrillic = Username::parse("\u{430}lice", Reserved::Refused).expect("a name");
        assert_eq!(alice.skeleton, cyrillic.skeleton);
        assert_ne!(alice.key, cyrillic.key);
        let look = |name| Username::parse(name, Reserved::Refused).expect("a name").skeleton;
        assert_eq!(look("aIice"), look("alice"));
        assert_eq!(look("B0B"), look("BOB"));
    }

    #[test]
    fn names_of_the_house_are_for_whoever_sets_it_up() {
        for name in ["admin", "Admin", "\u{430}dmin", "adm1n", "root"] {
            assert!(Username::parse(name, Reserved::Refused).is_err(), "{name}");
        }
        assert!(Username::parse("admin", Reserved::Allowed).is_ok());
    }

    #[test]
    fn names_of_many_scripts_are_names_and_tricks_are_not() {
        for name in ["Zoë", "пётр", "山田太郎", "jean-luc", "a.b_c"] {
            assert!(Username::parse(name, Reserved::Refused).is_ok(), "{name}");
        }
        for name in [
            "ab",
            "a b c",
            "-abc",
            "a\u{202e}bc",
            "a\0bc",
            "\u{3164}\u{3164}\u{3164}",
            "<b>abc",
            "abc@",
            "",
            &"x".repeat(51),
        ] {
            assert!(Username::parse(name, Reserved::Refused).is_err(), "{name:?}");
        }
    }

    #[test]
    fn an_address_is_found_however_it_is_written() {
        let normal = |text| Email::normalise(text).expect("an address");
        assert_eq!(normal(" Alice@Example.ORG "), "alice@example.org");
        assert_eq!(normal("zoe@münchen.example"), "zoe@xn--mnchen-3ya.example");
        for wrong in [
            "",
            "a",
            "@b.c",
            "a@",
            "a@localhost",
            "a b@c.de",
            "a@b..c",
            ".a@b.de",
            "a@127.0.0.1",
            "a@ex%61mple.org",
            "a@b@c.de\0",
        ] {
            assert!(Email::normalise(wrong).is_none(), "{wrong:?}");
        }
    }

    #[test]
    fn a_password_is_refused_for_every_rule_that_it_breaks() {
        let faults = |password: &str| -> Vec<&str> {
            password_faults("password", &SecretString::from(password), ["alice"])
                .iter()
                .map(|fault| fault.code)
                .collect()
        };
        assert_eq!(faults("tram cheese violin"), Vec::<&str>::new());
        assert_eq!(faults("aaaa"), ["too_short", "too_simple"]);
        assert_eq!(faults("aliCE in wonderland"), ["contains_personal_data"]);
        assert_eq!(faults(&"tram cheese".repeat(6)), ["too_long"]);
    }
}
