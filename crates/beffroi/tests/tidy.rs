//! The order of the house, read from its files: who may call whom, how long a file may be, and whether the documents say
//! what is true. Every failure says where the misplaced thing belongs.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fs,
    path::{Path, PathBuf},
};

/// The features in their order: one may call what stands left of it, never what stands right.
const FEATURES: &[&str] =
    &["accounts", "sessions", "passwords", "rights", "rooms", "people", "invites", "messages", "realtime"];
/// Below every feature: they keep tables of their own and know none of the features.
const BELOW: &[&str] = &["audit", "keyring", "roles"];
/// What `audit`, `keyring` and `roles` may stand on.
const BELOW_STANDS_ON: &[&str] = &["error", "ids", "platform"];

/// What every feature stands on: it knows none of them. (`app.rs`, `router.rs`, `jobs.rs`, `route.rs`, `server.rs` and
/// `cli/` put the features together and may name them all.)
const FOUNDATIONS: &[&str] = &["actor", "config", "error", "event", "ids", "problems", "settings", "tx"];

/// Calls against the order, each with what may be named and why. One that is no longer needed fails, too.
const AGAINST_THE_ORDER: &[(&str, &str, &[&str], &str)] = &[
    (
        "accounts",
        "invites",
        &["require_usable", "use_up"],
        "registration is one transaction: the use of the invitation, the account and its place in a room",
    ),
    (
        "accounts",
        "rooms",
        &["actions", "model"],
        "set-up opens the first room and registration joins one, in the transaction that makes the account",
    ),
    ("rooms", "messages", &["seq_of", "unread"], "a room is listed with what its reader has not read in it"),
    ("messages", "realtime", &["Hub"], "the writer commits by itself and then tells the hub, as `Tx::commit` does"),
];

/// What `platform/` may stand on, and what only `platform/http` may besides.
const PLATFORM_STANDS_ON: &[&str] = &["error", "ids", "platform"];
const PLATFORM_HTTP_STANDS_ON: &[&str] = &["app", "audit::Circumstances", "config"];

/// Where a feature's `routes` may be named from.
const NAMES_ROUTES: &[&str] = &["router.rs"];

const LINES_MAX: usize = 600;

/// The families of requirements and how many each has.
const REQUIREMENTS: &[(&str, u32)] =
    &[("PR", 5), ("ID", 17), ("AU", 13), ("AZ", 7), ("CH", 9), ("DP", 7), ("RA", 11), ("OB", 10)];

#[test]
fn features_call_only_what_stands_left_of_them() {
    let mut used = HashSet::new();
    let mut misplaced = Vec::new();
    for source in product() {
        let Some(from) = position(FEATURES, source.module()) else { continue };
        for path in &source.uses {
            let Some(to) = position(FEATURES, &path[0]).filter(|to| *to > from) else { continue };
            let exception = AGAINST_THE_ORDER.iter().position(|(left, right, names, _)| {
                *left == FEATURES[from]
                    && *right == FEATURES[to]
                    && path.get(1).is_none_or(|name| names.contains(&name.as_str()))
            });
            match exception {
                Some(exception) => drop(used.insert(exception)),
                None => misplaced.push(format!(
                    "{}: `{}` may not call `{}` (order: {}). Move the call into `{}` or further right, hand over what \
                     it needs as an argument, or let both stand on something further left.",
                    source.name,
                    FEATURES[from],
                    path.join("::"),
                    FEATURES.join(" < "),
                    FEATURES[to],
                )),
            }
        }
    }
    for (at, (left, right, ..)) in AGAINST_THE_ORDER.iter().enumerate() {
        if !used.contains(&at) {
            misplaced.push(format!("`{left}` no longer calls `{right}`: take the exception out of tests/tidy.rs"));
        }
    }
    none(misplaced);
}

#[test]
fn what_lies_below_knows_no_feature() {
    let sources = product();
    let below = sources.iter().filter(|source| BELOW.contains(&source.module()));
    none(below.flat_map(|source| {
        let strange = source
            .uses
            .iter()
            .filter(|path| path[0] != source.module() && !BELOW_STANDS_ON.contains(&path[0].as_str()));
        strange.map(|path| {
            format!(
                "{}: `{}` may stand on {} alone, not on `{}`. What needs more belongs into the feature that does it.",
                source.name,
                source.module(),
                BELOW_STANDS_ON.join(", "),
                path.join("::"),
            )
        })
    }));
}

#[test]
fn the_foundations_know_no_feature() {
    let sources = product();
    let foundations = sources.iter().filter(|source| FOUNDATIONS.contains(&source.module()));
    none(foundations.flat_map(|source| {
        let features = source.uses.iter().filter(|path| FEATURES.contains(&path[0].as_str()));
        features.map(|path| {
            format!(
                "{}: every feature stands on `{}`, so it may not name `{}`. Move that part into the feature.",
                source.name,
                source.module(),
                path.join("::"),
            )
        })
    }));
}

/// `platform/http` makes the circumstances of every request from the clock, the randomness and the settings of the
/// server, so it may name those; everything else there, and the rest of `platform/`, knows only errors and ids.
#[test]
fn the_platform_knows_no_feature() {
    let sources = product();
    let platform = sources.iter().filter(|source| source.module() == "platform");
    none(platform.flat_map(|source| {
        let is_http = source.name.starts_with("platform/http/");
        let strange = source.uses.iter().filter(move |path| {
            let full = path.join("::");
            let is_within = |allowed: &&str| full == **allowed || full.starts_with(&format!("{allowed}::"));
            let is_allowed = PLATFORM_STANDS_ON.iter().any(is_within);
            !(is_allowed || is_http && PLATFORM_HTTP_STANDS_ON.iter().any(is_within))
        });
        strange.map(|path| {
            format!(
                "{}: `platform/` may not name `{}`. Pass in what it needs; what knows the domain belongs into a feature.",
                source.name,
                path.join("::"),
            )
        })
    }));
}

#[test]
fn a_feature_is_used_through_what_its_mod_rs_exports() {
    let mut misplaced = Vec::new();
    for source in product() {
        for path in &source.uses {
            let is_foreign = path[0] != source.module() && FEATURES.contains(&path[0].as_str());
            let inner = path.get(1).map_or("", String::as_str);
            let is_table = NAMES_ROUTES.contains(&source.name.as_str());
            if is_foreign && (inner == "store" || inner == "routes" && !is_table) {
                misplaced.push(format!(
                    "{}: `{}` is the inside of another feature. Let `{}/mod.rs` export what is needed (`pub use`).",
                    source.name,
                    path.join("::"),
                    path[0],
                ));
            }
        }
        if source.name.ends_with("/mod.rs") && source.code.contains("pub mod store") {
            misplaced.push(format!("{}: `store` stays private; export its functions one by one.", source.name));
        }
    }
    none(misplaced);
}

// RA-6: SQL is made by the ORM, with every value bound.
#[test]
fn sql_is_written_by_the_orm() {
    let written = ["execute_unprepared", "from_string", "from_sql_and_values", "raw_sql", "Expr::cust", "query_as("];
    let sources = product();
    let others = sources.iter().filter(|source| source.name != "platform/database.rs");
    none(others.flat_map(|source| {
        written.iter().filter(|call| source.code.contains(**call)).map(|call| {
            format!(
                "{}: `{call}` takes SQL as text. Say it by the ORM or sea-query; what is about the engine itself belongs \
                 into platform/database.rs.",
                source.name
            )
        })
    }));
}

#[test]
fn no_file_is_longer_than_one_can_read() {
    none(ours().into_iter().filter_map(|(name, text)| {
        let lines = text.lines().count();
        (lines > LINES_MAX).then(|| {
            format!("{name}: {lines} lines, more than {LINES_MAX}. Its parts usually have names already: split it.")
        })
    }));
}

#[test]
fn nothing_is_left_for_later_in_a_comment() {
    // In two halves, or this file would find itself.
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    none(ours().into_iter().flat_map(|(name, text)| {
        let mut found = Vec::new();
        for (number, line) in text.lines().enumerate() {
            if line.split(|c: char| !c.is_alphanumeric()).any(|word| marks.contains(&word)) {
                found
                    .push(format!("{name}:{}: do it now, or say in docs/requirements.md what is missing.", number + 1));
            }
            if line.trim_start().starts_with(concat!("#[ign", "ore")) {
                found.push(format!(
                    "{name}:{}: a test that does not run proves nothing: mend or delete it.",
                    number + 1
                ));
            }
        }
        found
    }));
}

#[test]
fn every_requirement_is_listed_once_with_its_state() {
    let rows = requirements();
    let listed: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let wanted: Vec<String> = REQUIREMENTS
        .iter()
        .flat_map(|(family, count)| (1..=*count).map(move |number| format!("{family}-{number}")))
        .collect();
    assert_eq!(listed, wanted, "docs/requirements.md lists every id once and in order");
    none(
        rows.iter()
            .filter(|row| !["open", "part", "done"].contains(&row.state.as_str()))
            .map(|row| format!("docs/requirements.md: {} is “{}”; say open, part or done.", row.id, row.state)),
    );
}

/// `done` names the tests that prove it, and the id stands beside them.
#[test]
fn every_requirement_called_done_is_proved_by_a_test() {
    let proofs = proofs();
    none(requirements().into_iter().filter(|row| row.state == "done").flat_map(|row| {
        let mut faults = Vec::new();
        if !proofs.iter().any(|(_, text)| ids_in(text).contains(&row.id)) {
            faults.push(format!("{} is called done, but its id stands beside no test.", row.id));
        }
        let named: Vec<&str> = row.words.split('`').skip(1).step_by(2).collect();
        if named.is_empty() {
            faults.push(format!("{} is called done without naming the tests that prove it.", row.id));
        }
        for test in named {
            let defined = [format!("fn {test}("), format!("test('{test}'")];
            if !proofs.iter().any(|(_, text)| defined.iter().any(|how| text.contains(how))) {
                faults.push(format!("{} is said to be proved by `{test}`, which is no test.", row.id));
            }
        }
        faults
    }));
}

#[test]
fn every_requirement_named_in_the_code_exists() {
    let known: HashSet<String> = requirements().into_iter().map(|row| row.id).collect();
    none(ours().into_iter().flat_map(|(name, text)| {
        let unknown: Vec<String> = ids_in(&text).into_iter().filter(|id| !known.contains(id)).collect();
        unknown.into_iter().map(move |id| format!("{name}: there is no requirement {id} in docs/requirements.md."))
    }));
}

// CH-9: one table has every limit of a text, and it is the one that the code keeps.
#[test]
fn the_limits_in_the_documents_are_those_of_the_code() {
    let document = read("docs/limits.md");
    let mut faults = Vec::new();
    let mut listed = HashSet::new();
    for line in document.lines().filter(|line| line.starts_with("| ") && line.contains('`')) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let names = cells.last().map(|cell| cell.split('`').skip(1).step_by(2)).into_iter().flatten();
        let written: Vec<u64> =
            cells[1].split(['–', ' ']).filter_map(|part| part.replace(',', "").parse().ok()).collect();
        let names: Vec<&str> = names.collect();
        listed.extend(names.iter().map(|name| (*name).to_owned()));
        let kept: Vec<Option<u64>> = names.into_iter().map(constant).collect();
        if written.iter().copied().map(Some).collect::<Vec<_>>() != kept {
            faults.push(format!("docs/limits.md: “{}” is {written:?} there and {kept:?} in the code.", cells[0]));
        }
    }
    for source in product() {
        for name in source.code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
            let is_limit = ["_CHARS_MIN", "_CHARS_MAX", "_BYTES_MAX"].iter().any(|end| name.ends_with(end));
            let path = format!("{}::{name}", source.name.trim_end_matches(".rs").trim_end_matches("/mod"));
            let path = path.replace('/', "::");
            if is_limit && source.code.contains(&format!("const {name}:")) && listed.insert(path.clone()) {
                faults.push(format!(
                    "docs/limits.md does not list `{path}`: what a text may be stands there for everybody."
                ));
            }
        }
    }
    none(faults);
}

/// Both languages say the same things with the same names in them, and French sets a narrow no-break space (U+202F)
/// before its high punctuation, so that no line begins with it.
#[test]
fn both_catalogues_agree() {
    let (english, french) = (catalogue("en"), catalogue("fr"));
    let mut faults = Vec::new();
    for key in english.keys().chain(french.keys()).collect::<BTreeSet<_>>() {
        match (english.get(key), french.get(key)) {
            (Some(english), Some(french)) if placeholders(english) != placeholders(french) => {
                faults.push(format!("{key}: the languages name different values."));
            }
            (Some(_), Some(_)) => {}
            (in_english, _) => {
                let missing = if in_english.is_some() { "fr" } else { "en" };
                faults.push(format!("{key} is missing in web/i18n/{missing}.json."));
            }
        }
    }
    for (key, text) in &french {
        let letters: Vec<char> = text.chars().collect();
        for (at, letter) in letters.iter().enumerate().filter(|(_, letter)| ";:!?".contains(**letter)) {
            let before = at.checked_sub(1).map(|at| letters[at]);
            let ends_word = letters.get(at + 1).is_none_or(|next| next.is_whitespace() || *next == '»');
            let is_spaced = before == Some('\u{202f}') || before.is_some_and(|before| ";:!?".contains(before));
            if ends_word && before.is_some() && !is_spaced {
                faults.push(format!("{key}: “{text}” needs U+202F before “{letter}” in French."));
            }
        }
    }
    none(faults);
}

#[track_caller]
fn none(faults: impl IntoIterator<Item = String>) {
    let faults: Vec<String> = faults.into_iter().collect();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Every text of ours below a folder, by its path from `base`; what others wrote or programs made is left out.
fn texts(folder: &Path, base: &Path, found: &mut Vec<(String, String)>) {
    const OTHERS: &[&str] = &["vendor", "node_modules", "target", "data"];
    const WRITTEN: &[&str] = &["rs", "js", "mjs", "css", "html", "md", "toml", "sh", ""];
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let extension = path.extension().map_or("", |extension| extension.to_str().unwrap_or("?"));
        if path.is_dir() && !OTHERS.contains(&name.as_str()) {
            texts(&path, base, found);
        } else if path.is_file() && WRITTEN.contains(&extension) && !name.starts_with("LICENSE") {
            let Ok(text) = fs::read_to_string(&path) else { continue };
            let name = path.strip_prefix(base).expect("it lies below").to_string_lossy().into_owned();
            found.push((name, text));
        }
    }
    found.sort();
}

fn below(folder: &str) -> Vec<(String, String)> {
    let (mut found, root) = (Vec::new(), root());
    texts(&root.join(folder), &root, &mut found);
    found
}

fn ours() -> Vec<(String, String)> {
    let folders = ["bin", ".ci", "crates", "docs", "e2e", "fuzz", "web"];
    let mut found: Vec<_> = folders.iter().flat_map(|folder| below(folder)).collect();
    for name in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "Cargo.toml"] {
        found.push((name.to_owned(), read(name)));
    }
    found
}

/// What may prove something: tests, and the test modules at the end of a source file.
fn proofs() -> Vec<(String, String)> {
    let tested = |(name, text): (String, String)| {
        let is_test = name.contains("/tests/") || name.ends_with(".mjs");
        let inner = text.find("#[cfg(test)]").map(|at| text[at..].to_owned());
        if is_test { Some((name, text)) } else { inner.map(|text| (name, text)) }
    };
    ["crates", "e2e", "web"].iter().flat_map(|folder| below(folder)).filter_map(tested).collect()
}

/// A file of the product, without its comments, with the paths into the crate that it names.
struct Source {
    /// Its path below `src/`.
    name: String,
    code: String,
    uses: BTreeSet<Vec<String>>,
}

impl Source {
    /// `rooms` for `rooms/store.rs`, `router` for `router.rs`.
    fn module(&self) -> &str {
        self.name.split('/').next().map_or("", |first| first.trim_end_matches(".rs"))
    }
}

fn product() -> Vec<Source> {
    let (mut files, src) = (Vec::new(), root().join("crates/beffroi/src"));
    texts(&src, &src, &mut files);
    files
        .into_iter()
        .map(|(name, text)| {
            let code: String =
                text.lines().map(|line| format!("{}\n", line.split("//").next().unwrap_or(""))).collect();
            let uses = paths(&code);
            Source { name, code, uses }
        })
        .collect()
}

/// The paths below `crate::` that a file names: those it imports, and those it follows from an imported module.
fn paths(code: &str) -> BTreeSet<Vec<String>> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        expand(&code[at + "crate::".len()..], &[], &mut found);
    }
    let modules: Vec<Vec<String>> = found.iter().filter(|path| path.len() == 1).cloned().collect();
    for module in modules {
        let prefix = format!("{}::", module[0]);
        for (at, _) in code.match_indices(&prefix) {
            let is_whole = !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
            if is_whole {
                expand(&code[at + prefix.len()..], &module, &mut found);
            }
        }
    }
    found
}

/// Reads `a::{b, c::d}` after `before` and returns what is left of the code.
fn expand<'a>(code: &'a str, before: &[String], found: &mut BTreeSet<Vec<String>>) -> &'a str {
    let code = code.trim_start();
    if let Some(mut rest) = code.strip_prefix('{') {
        loop {
            rest = rest.trim_start().trim_start_matches(',').trim_start();
            if rest.is_empty() || rest.starts_with('}') {
                return rest.get(1..).unwrap_or("");
            }
            let left = expand(rest, before, found);
            // Something that is no path: better to stop than to turn in a circle.
            if left.len() == rest.len() {
                return left;
            }
            rest = left;
        }
    }
    let end = code.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(code.len());
    let (name, rest) = code.split_at(end);
    let mut path = before.to_vec();
    if name != "self" && !name.is_empty() {
        path.push(name.to_owned());
    }
    match rest.strip_prefix("::") {
        Some(inner) => expand(inner, &path, found),
        None => {
            if !path.is_empty() {
                found.insert(path);
            }
            rest
        }
    }
}

fn position(names: &[&str], name: &str) -> Option<usize> {
    names.iter().position(|known| *known == name)
}

struct Requirement {
    id: String,
    state: String,
    /// What proves it, or what is missing.
    words: String,
}

/// The rows of docs/requirements.md: id, what it asks, state, proof or what is missing.
fn requirements() -> Vec<Requirement> {
    let document = read("docs/requirements.md");
    let rows = document.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix("| ")?.trim_end_matches('|').split(" | ").map(str::trim).collect();
        let is_requirement = ids_in(cells[0]).len() == 1 && cells.len() == 4;
        is_requirement.then(|| Requirement {
            id: cells[0].to_owned(),
            state: cells[2].to_owned(),
            words: cells[3].to_owned(),
        })
    });
    rows.collect()
}

/// The ids of requirements in a text, such as those of the families `ID` and `RA`.
fn ids_in(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (family, _) in REQUIREMENTS {
        for (at, _) in text.match_indices(&format!("{family}-")) {
            let is_whole = !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_');
            let digits: String = text[at + 3..].chars().take_while(char::is_ascii_digit).collect();
            if is_whole && !digits.is_empty() {
                found.insert(format!("{family}-{digits}"));
            }
        }
    }
    found
}

/// The value of a constant by its path below `src/`, or in a leaf crate: a number, or a product of numbers.
fn constant(path: &str) -> Option<u64> {
    let (module, name) = path.rsplit_once("::")?;
    let file = module.replace("::", "/");
    let (leaf, inner) = file.split_once('/').unwrap_or((&file, "lib"));
    let leaf = leaf.trim_start_matches("beffroi_");
    let files = [
        format!("crates/beffroi/src/{file}.rs"),
        format!("crates/beffroi/src/{file}/mod.rs"),
        format!("crates/{leaf}/src/{inner}.rs"),
    ];
    let text = files.iter().find_map(|file| fs::read_to_string(root().join(file)).ok())?;
    let (_, declared) = text.split_once(&format!("const {name}:"))?;
    let (_, value) = declared.split_once(';')?.0.split_once('=')?;
    value.split('*').map(|factor| factor.trim().replace('_', "").parse::<u64>().ok()).product()
}

fn catalogue(language: &str) -> BTreeMap<String, String> {
    serde_json::from_str(&read(&format!("web/i18n/{language}.json"))).expect("keys and texts")
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(name, _)| name)).collect()
}
