//! The stories of `e2e/` in a real browser against this build: Chromium opens the application that the server serves.
//! Where Node, its packages or Chromium are missing they are skipped, and say so; in CI that is a failure.

#[path = "support/postgres.rs"]
#[allow(dead_code, reason = "shared with the API's suite, which uses all of it")]
mod postgres;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

const NODE_MAJOR_MIN: u32 = 20;
/// Stories told at the same time; each has a browser and a server, and a minute of two cores is enough for all.
const STORIES_AT_ONCE: u32 = 2;
/// Stories that are told on PostgreSQL as well; each wants a database of its own.
const DATABASES: usize = 2;

#[tokio::test]
async fn people_use_the_application_in_a_browser() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e");
    if let Err(why) = equipment(&folder) {
        assert!(env::var_os("CI").is_none(), "the browser stories are needed in CI: {why}");
        // Past the capture of the test harness: people are to see what was not tried.
        let _unheard = std::io::Write::write_all(
            &mut std::io::stderr(),
            format!("skipped the browser stories: {why}\n").as_bytes(),
        );
        return;
    }
    let status = Command::new("node")
        .args(["--test", &format!("--test-concurrency={STORIES_AT_ONCE}"), "--test-reporter=spec"])
        .args(stories(&folder))
        .current_dir(&folder)
        .env("BEFFROI_BIN", env!("CARGO_BIN_EXE_beffroi"))
        .env("BEFFROI_PG_URLS", empty_databases().await.join(","))
        // Set by an outer `node --test`, it would turn ours into a child of it.
        .env_remove("NODE_TEST_CONTEXT")
        .status()
        .expect("node runs");
    assert!(status.success(), "some stories failed");
}

/// What the stories need besides the server, or what of it is missing.
fn equipment(folder: &Path) -> Result<(), String> {
    let node = Command::new("node").arg("--version").output().map_err(|_| "node was not found".to_owned())?;
    let version = String::from_utf8_lossy(&node.stdout);
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok());
    if major.is_none_or(|major: u32| major < NODE_MAJOR_MIN) {
        return Err(format!("node {NODE_MAJOR_MIN} or later is needed, this is {}", version.trim()));
    }
    if !folder.join("node_modules/playwright-core").is_dir() {
        return Err("e2e/node_modules is missing: `npm ci` in e2e/".to_owned());
    }
    let chromium = env::var_os("CHROMIUM").map_or_else(|| PathBuf::from("/usr/bin/chromium"), PathBuf::from);
    if !chromium.is_file() {
        return Err(format!("{} was not found; CHROMIUM may name another", chromium.display()));
    }
    Ok(())
}

fn stories(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join("stories")).expect("the stories lie there");
    let mut stories: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    stories.retain(|path| path.extension().is_some_and(|extension| extension == "mjs"));
    stories.sort();
    stories
}

/// None where PostgreSQL is not installed; the stories are then told on SQLite alone.
async fn empty_databases() -> Vec<String> {
    let Some(cluster) = postgres::cluster() else { return Vec::new() };
    let mut urls = Vec::new();
    for _ in 0..DATABASES {
        urls.push(cluster.empty_database().await);
    }
    urls
}
