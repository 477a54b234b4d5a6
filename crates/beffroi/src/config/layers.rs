//! Where settings come from, each layer over the one before it: built-in, profile, `beffroi.toml`, `.env`, environment,
//! command line. Every problem is told, not the first alone; what nobody knows is refused, with what may have been meant.

use super::{
    keys::{KEYS, Key, NOT_YET, NotYet},
    profiles::Profile,
    secrets::read_secret,
};
use secrecy::SecretString;
use std::{
    collections::HashMap,
    fmt::{self, Debug, Display},
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    str::FromStr,
};
use toml_edit::{Document, Item, TableLike, Value};

/// In the order of the layers: a later one wins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    BuiltIn,
    Profile(&'static str),
    File { path: String, line: usize },
    DotEnv(String),
    Environment(String),
    CommandLine(String),
}

impl Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => write!(f, "built-in"),
            Self::Profile(name) => write!(f, "profile {name}"),
            Self::File { path, line } => write!(f, "{path}:{line}"),
            Self::DotEnv(name) => write!(f, "{name} in .env"),
            Self::Environment(name) => write!(f, "{name} in the environment"),
            Self::CommandLine(flag) => write!(f, "{flag} on the command line"),
        }
    }
}

impl Origin {
    /// A higher one wins.
    pub fn layer(&self) -> u8 {
        match self {
            Self::BuiltIn => 0,
            Self::Profile(_) => 1,
            Self::File { .. } => 2,
            Self::DotEnv(_) => 3,
            Self::Environment(_) => 4,
            Self::CommandLine(_) => 5,
        }
    }
}

#[derive(Clone)]
pub struct Setting {
    pub text: String,
    pub origin: Origin,
}

/// Why a setting is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    #[error("{origin}: there is no setting {name}{}", meant.map_or(String::new(), |meant| format!("; did you mean {meant}?")))]
    Unknown { origin: Origin, name: String, meant: Option<&'static str> },
    #[error("{origin}: {name} is {text:?}, but must be {wanted}")]
    Value { origin: Origin, name: &'static str, text: String, wanted: String },
    #[error("{first} and {second} are both set: keep one")]
    SetTwice { first: Origin, second: Origin },
    #[error("{origin}: a secret on the command line can be read by everybody on this machine; set {instead}")]
    SecretOnCommandLine { origin: Origin, instead: String },
    #[error("{origin}: Beffroi cannot do this yet, and does not start as if it could")]
    NotYet { origin: Origin },
    #[error("{path} may be read by others: `chmod 600 {path}`")]
    ReadableByOthers { path: String },
    #[error("{path} could not be read: {reason}")]
    Unreadable { path: String, reason: String },
    #[error("{origin}: {source}")]
    SecretFile { origin: Origin, source: super::ConfigError },
    #[error("{0}")]
    Profile(String),
}

impl Problem {
    /// A wrong word on the command line is wrong usage; everything else is a setting that falls short.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Unknown { origin, .. } | Self::Value { origin, .. } | Self::SecretOnCommandLine { origin, .. } => {
                matches!(origin, Origin::CommandLine(_))
            }
            _ => false,
        }
    }
}

/// What is to be read.
pub struct Sources {
    pub profile: &'static Profile,
    pub file: Option<PathBuf>,
    pub dot_env: Vec<(String, String)>,
    pub environment: Vec<(String, String)>,
    /// Flag, key, value.
    pub command_line: Vec<(String, String, String)>,
}

/// The settings, each with where it comes from.
pub struct Layers {
    settings: HashMap<&'static str, Setting>,
    pub profile: &'static Profile,
    pub file: Option<PathBuf>,
    /// What the operator should know and the server can live with.
    pub notices: Vec<String>,
}

impl Layers {
    pub fn read(sources: Sources) -> Result<Self, Vec<Problem>> {
        let mut reading = Reading { settings: built_in(), notices: Vec::new(), problems: Vec::new() };
        reading.toml(sources.profile.text, |_| Origin::Profile(sources.profile.name));
        if let Some(file) = &sources.file {
            reading.file(file);
        }
        reading.variables(sources.dot_env, Origin::DotEnv);
        reading.variables(sources.environment, Origin::Environment);
        for (flag, name, text) in sources.command_line {
            reading.flag(flag, &name, text);
        }
        let Reading { settings, notices, problems } = reading;
        let mut layers = Self { settings, profile: sources.profile, file: sources.file, notices };
        if !problems.is_empty() {
            return Err(problems);
        }
        match sources.profile.demand(&layers) {
            Ok(notice) => layers.notices.extend(notice),
            Err(problem) => return Err(vec![problem]),
        }
        Ok(layers)
    }

    pub fn setting(&self, name: &str) -> &Setting {
        self.settings.get(name).expect("only keys of the table are asked for")
    }

    /// A setting that always has a value.
    pub fn value<T: FromStr<Err: Debug>>(&self, name: &str) -> T {
        self.setting(name)
            .text
            .parse()
            .expect("every setting was checked when it was read, and what is built in by a test")
    }

    /// A setting that may be absent.
    pub fn optional<T: FromStr<Err: Debug>>(&self, name: &str) -> Option<T> {
        (!self.setting(name).text.is_empty()).then(|| self.value(name))
    }

    pub fn secret(&self, name: &str) -> Option<SecretString> {
        self.optional::<String>(name).map(SecretString::from)
    }
}

fn built_in() -> HashMap<&'static str, Setting> {
    let setting = |key: &Key| (key.name, Setting { text: key.default.to_owned(), origin: Origin::BuiltIn });
    KEYS.iter().map(setting).collect()
}

struct Reading {
    settings: HashMap<&'static str, Setting>,
    notices: Vec<String>,
    problems: Vec<Problem>,
}

impl Reading {
    fn put(&mut self, key: &'static Key, text: String, origin: Origin) {
        let is_absent = text.is_empty() && key.default.is_empty();
        if !is_absent && !key.kind.accepts(&text) {
            return self.wrong(key, text, origin);
        }
        let before = self.settings.get(key.name).filter(|before| before.origin.layer() == origin.layer());
        match before {
            // A flag said twice: the last one counts, as everywhere.
            Some(before) if !matches!(origin, Origin::CommandLine(_)) => {
                let (first, second) = (before.origin.clone(), origin);
                self.problems.push(Problem::SetTwice { first, second });
            }
            _ => drop(self.settings.insert(key.name, Setting { text, origin })),
        }
    }

    /// A secret by the name of the file that holds it.
    fn put_file(&mut self, key: &'static Key, path: &str, origin: Origin) {
        match read_secret(Path::new(path)) {
            Ok(secret) => self.put(key, secret, origin),
            Err(source) => self.problems.push(Problem::SecretFile { origin, source }),
        }
    }

    fn file(&mut self, file: &Path) {
        let path = file.display().to_string();
        match fs::read_to_string(file) {
            Ok(text) => self.toml(&text, |line| Origin::File { path: path.clone(), line }),
            Err(error) => self.problems.push(Problem::Unreadable { path: path.clone(), reason: error.to_string() }),
        }
        let is_secret = |(name, setting): (&&str, &Setting)| {
            matches!(setting.origin, Origin::File { .. }) && Key::named(name).is_some_and(Key::is_secret)
        };
        if self.settings.iter().any(is_secret) && is_readable_by_others(file) {
            self.problems.push(Problem::ReadableByOthers { path });
        }
    }

    fn toml(&mut self, text: &str, origin: impl Fn(usize) -> Origin) {
        match Document::parse(text) {
            Ok(document) => self.table("", document.as_table(), text, &origin),
            Err(error) => {
                let origin = origin(line_of(text, error.span())).to_string();
                // The library shows the line itself, which may hold a secret.
                self.problems.push(Problem::Unreadable { path: origin, reason: error.message().trim().to_owned() });
            }
        }
    }

    fn table(&mut self, section: &str, table: &dyn TableLike, text: &str, origin: &impl Fn(usize) -> Origin) {
        for (name, item) in table.iter() {
            let name = if section.is_empty() { name.to_owned() } else { format!("{section}.{name}") };
            let origin_here = origin(line_of(text, item.span()));
            match (find(&name), item.as_table_like()) {
                (None, Some(table)) if section.is_empty() => self.table(&name, table, text, origin),
                (None, _) => self.unknown(name, origin_here),
                (Some((key, is_file)), _) => match plain(item) {
                    Some(text) if is_file => self.put_file(key, &text, origin_here),
                    Some(text) => self.put(key, text, origin_here),
                    None => self.wrong(key, item.type_name().to_owned(), origin_here),
                },
            }
        }
    }

    fn variables(&mut self, variables: Vec<(String, String)>, origin: fn(String) -> Origin) {
        for (name, text) in variables.into_iter().filter(|(_, text)| !text.is_empty()) {
            let here = origin(name.clone());
            match find_variable(&name) {
                Some((key, true)) => self.put_file(key, &text, here),
                Some((key, false)) => self.put(key, text, here),
                None if name.starts_with("BEFFROI_") && !OUTSIDE.contains(&name.as_str()) => self.unknown(name, here),
                None => self.not_yet(&name, &text, here),
            }
        }
    }

    /// Traditional names without effect are not passed over in silence.
    fn not_yet(&mut self, name: &str, text: &str, origin: Origin) {
        let named = name.strip_suffix("_FILE").unwrap_or(name);
        let Some((_, kind)) = NOT_YET.iter().find(|(known, _)| *known == name || *known == named) else { return };
        let is_declined = matches!(text.to_lowercase().as_str(), "false" | "none" | "0" | "no" | "off");
        match kind {
            _ if is_declined => {}
            NotYet::Protects => self.problems.push(Problem::NotYet { origin }),
            NotYet::Convenience => self.notices.push(format!("{origin} has no effect yet")),
        }
    }

    fn flag(&mut self, flag: String, name: &str, text: String) {
        let origin = Origin::CommandLine(flag);
        match find(name) {
            Some((key, false)) if key.is_secret() => {
                let instead = format!("{} or {}_FILE", key.usual_name(), key.usual_name());
                self.problems.push(Problem::SecretOnCommandLine { origin, instead });
            }
            Some((key, true)) => self.put_file(key, &text, origin),
            Some((key, false)) => self.put(key, text, origin),
            None => self.unknown(name.to_owned(), origin),
        }
    }

    fn unknown(&mut self, name: String, origin: Origin) {
        let meant = most_like(&name);
        self.problems.push(Problem::Unknown { origin, name, meant });
    }

    fn wrong(&mut self, key: &'static Key, text: String, origin: Origin) {
        let text = if key.is_secret() { "***".to_owned() } else { text };
        self.problems.push(Problem::Value { origin, name: key.name, text, wanted: key.kind.wanted() });
    }
}

/// Variables that say where the settings are, and so are none themselves.
const OUTSIDE: &[&str] = &["BEFFROI_DATA", "BEFFROI_CONFIG", "BEFFROI_PROFILE"];

/// The key of that name, and whether the name asks for a file that holds it.
fn find(name: &str) -> Option<(&'static Key, bool)> {
    if let Some(key) = Key::named(name) {
        return Some((key, false));
    }
    let key = Key::named(name.strip_suffix("_file")?)?;
    key.is_secret().then_some((key, true))
}

fn find_variable(name: &str) -> Option<(&'static Key, bool)> {
    let traditional = |name: &str| KEYS.iter().find(|key| key.environment.contains(&name));
    if let Some(key) = traditional(name) {
        return Some((key, false));
    }
    if let Some(key) = name.strip_suffix("_FILE").and_then(traditional).filter(|key| key.is_secret()) {
        return Some((key, true));
    }
    let (section, key) = name.strip_prefix("BEFFROI_")?.split_once("__")?;
    find(&format!("{section}.{key}").to_lowercase())
}

/// The known name that is most like this one, if any is like it at all.
fn most_like(name: &str) -> Option<&'static str> {
    const LIKE: f64 = 0.8;
    let environment = KEYS.iter().flat_map(|key| key.environment.iter().copied());
    let known = KEYS.iter().map(|key| key.name).chain(environment).chain(OUTSIDE.iter().copied());
    let plain = name.strip_prefix("BEFFROI_").filter(|rest| rest.contains("__"));
    let name = plain.map_or(name.to_owned(), |rest| rest.replacen("__", ".", 1).to_lowercase());
    let likeness = |known: &'static str| (known, strsim::normalized_damerau_levenshtein(known, &name));
    let (known, likeness) = known.map(likeness).max_by(|a, b| a.1.total_cmp(&b.1))?;
    (likeness >= LIKE).then_some(known)
}

/// A string, a number, a truth, or a list of strings, as the environment would say it.
fn plain(item: &Item) -> Option<String> {
    match item.as_value()? {
        Value::String(text) => Some(text.value().clone()),
        Value::Integer(number) => Some(number.value().to_string()),
        Value::Boolean(truth) => Some(truth.value().to_string()),
        Value::Array(list) => {
            let texts: Option<Vec<&str>> = list.iter().map(Value::as_str).collect();
            texts.map(|texts| texts.join(","))
        }
        _ => None,
    }
}

fn line_of(text: &str, span: Option<std::ops::Range<usize>>) -> usize {
    let start = span.map_or(0, |span| span.start.min(text.len()));
    text.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count() + 1
}

fn is_readable_by_others(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|metadata| metadata.permissions().mode() & 0o004 != 0)
}

/// The variables of `.env` in the working directory, where there is one. It may hold secrets.
pub fn dot_env(file: &Path) -> Result<Vec<(String, String)>, Problem> {
    if !file.exists() {
        return Ok(Vec::new());
    }
    let path = file.display().to_string();
    if is_readable_by_others(file) {
        return Err(Problem::ReadableByOthers { path });
    }
    // What dotenvy says about a broken line repeats it, with the secret that it may hold.
    let unreadable = |error: dotenvy::Error| {
        let reason = match error {
            dotenvy::Error::Io(error) => error.to_string(),
            _ => "a line is not NAME=VALUE".to_owned(),
        };
        Problem::Unreadable { path: path.clone(), reason }
    };
    dotenvy::from_path_iter(file).map_err(unreadable)?.collect::<Result<_, _>>().map_err(unreadable)
}
