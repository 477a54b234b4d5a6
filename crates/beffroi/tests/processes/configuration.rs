//! The settings as an operator gives them: from where, in which order, and what is said about those that cannot be.

use crate::{
    people::{PASSWORD, Person},
    postgres,
    program::Deployment,
};
use reqwest::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};
use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

/// A secret as `beffroi secret generate` prints it.
const KEY: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";

fn write(deployment: &Deployment, name: &str, text: &str, mode: u32) {
    let file = deployment.path(name);
    fs::write(&file, text).expect("it is written");
    fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("it is ours");
}

/// Value and origin of a setting.
fn shown(deployment: &Deployment, arguments: &[&str], key: &str) -> (Value, String) {
    let arguments = [&["config", "show", "--json"], arguments].concat();
    let shown: Value = serde_json::from_str(&deployment.run(&arguments).succeeded()).expect("JSON");
    let entry = shown.as_array().expect("a list").iter().find(|entry| entry["key"] == key).expect("the key");
    (entry["value"].clone(), entry["origin"].as_str().expect("text").to_owned())
}

#[test]
fn each_layer_wins_over_the_one_before() {
    let key = "sessions.idle_minutes";
    let mut deployment = Deployment::new();
    let expect = |deployment: &Deployment, arguments: &[&str], value: &str, origin: &str| {
        assert_eq!(shown(deployment, arguments, key), (json!(value), origin.to_owned()));
    };
    expect(&deployment, &[], "30", "built-in");
    deployment = deployment.with("BEFFROI_PROFILE", "community");
    expect(&deployment, &[], "15", "profile community");
    write(&deployment, "beffroi.toml", "# ours\n[sessions]\nidle_minutes = 16\n", 0o644);
    expect(&deployment, &[], "16", "beffroi.toml:3");
    write(&deployment, ".env", "SESSION_TIMEOUT_MINUTES=17\n", 0o600);
    expect(&deployment, &[], "17", "SESSION_TIMEOUT_MINUTES in .env");
    deployment = deployment.with("BEFFROI_SESSIONS__IDLE_MINUTES", "18");
    expect(&deployment, &[], "18", "BEFFROI_SESSIONS__IDLE_MINUTES in the environment");
    expect(&deployment, &["--set", "sessions.idle_minutes=19"], "19", "--set on the command line");
}

#[test]
fn the_file_is_the_one_named_or_that_of_the_data_directory_or_the_one_here() {
    let deployment = Deployment::new();
    let name = |deployment: &Deployment, arguments: &[&str]| shown(deployment, arguments, "server.name").0;
    write(&deployment, "beffroi.toml", "server.name = 'here'", 0o644);
    assert_eq!(name(&deployment, &[]), "here");
    fs::create_dir(deployment.data()).expect("a folder");
    write(&deployment, "data/beffroi.toml", "server.name = 'with the data'", 0o644);
    assert_eq!(name(&deployment, &[]), "with the data");
    write(&deployment, "other.toml", "server.name = 'named'", 0o644);
    assert_eq!(name(&deployment, &["--config", "other.toml"]), "named");
    deployment.run(&["config", "show", "--config", "missing.toml"]).refused("missing.toml could not be read");
}

#[rstest]
#[case(
    "[limits]\naddress_per_minutes = 5",
    "beffroi.toml:2: there is no setting limits.address_per_minutes; did you mean limits.address_per_minute?"
)]
#[case("[limit]\naddress_burst = 5", "did you mean limits.address_burst?")]
#[case("xyzzy = 5", "there is no setting xyzzy\n")]
#[case("limits = 5", "there is no setting limits")]
#[case(
    "[limits]\naddress_burst = 'many'",
    "beffroi.toml:2: limits.address_burst is \"many\", but must be a whole number from 1 to 1000000"
)]
#[case("[limits]\naddress_burst = 0", "must be a whole number from 1")]
#[case("[server]\nlisten = 'nowhere'", "must be an address and a port")]
#[case("[server]\npublic_url = 'ftp://x'", "must be an address such as https://")]
#[case("[server]\ntrusted_proxies = ['10.0.0.0/8', 'x']", "addresses or networks")]
#[case("[server]\nenvironment = 'test'", "one of development, staging, production")]
#[case("[registration]\nmode = 'open'", "must be invite, which is all there is yet")]
#[case("[server\n", "beffroi.toml:1 could not be read")]
fn a_wrong_setting_is_named_with_its_place_and_what_is_wanted(#[case] file: &str, #[case] complaint: &str) {
    let deployment = Deployment::new();
    write(&deployment, "beffroi.toml", file, 0o644);
    deployment.run(&["serve", "--listen", "127.0.0.1:0"]).refused(complaint);
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let deployment = Deployment::new().with("PUBLIC_URL", "nowhere").with("BEFFROI_LISTENN", "127.0.0.1:1");
    let ran = deployment.run(&["user", "list"]);
    assert!(ran.complained.contains("did you mean BEFFROI_LISTEN?"), "{ran:?}");
    ran.refused("PUBLIC_URL in the environment: server.public_url");
    assert!(!deployment.data().exists());
}

#[test]
fn a_wrong_word_on_the_command_line_is_wrong_usage() {
    let deployment = Deployment::new();
    for set in ["limits.adress_burst=5", "limits.address_burst=many", "nonsense", "secrets.jwt=x"] {
        assert_eq!(deployment.run(&["config", "show", "--set", set]).exit, Some(2), "{set}");
    }
    deployment.run(&["config", "show", "--set", "limits.address_burst=5"]).succeeded();
    assert_eq!(deployment.run(&["serve", "--profile", "palace"]).exit, Some(2));
}

// RA-2: anything but a whole number is refused.
#[test]
fn proxy_hops_are_a_whole_number() {
    for hops in ["-1", "1.5", "one", "true", "256", " 1"] {
        Deployment::new().with("TRUST_PROXY_HOPS", hops).run(&["migrate"]).refused("must be a whole number");
    }
    for hops in ["0", "1", "2"] {
        Deployment::new().with("TRUST_PROXY_HOPS", hops).run(&["migrate"]).succeeded();
    }
}

// ---- Secrets

// DP-7
#[test]
fn no_secret_is_shown_and_none_is_taken_from_the_command_line() {
    let url = "postgres://beffroi:canary@localhost/beffroi";
    let deployment = Deployment::new().with("SECRET_KEY", KEY).with("DATABASE_URL", url);
    for arguments in [&["config", "show", "--origin"][..], &["config", "show", "--json"]] {
        let printed = deployment.run(arguments).succeeded();
        assert!(!printed.contains(KEY) && !printed.contains("canary") && printed.contains("***"), "{printed}");
        assert!(printed.contains("SECRET_KEY in the environment"), "{printed}");
    }
    let ran = Deployment::new().run(&["config", "show", "--set", &format!("secrets.jwt={KEY}")]);
    assert!(!ran.complained.contains(KEY) && ran.complained.contains("JWT_SECRET_FILE"), "{ran:?}");
}

// DP-7
#[rstest]
#[case(".env", "DATABASE_ENCRYPTION_KEY=")]
#[case("beffroi.toml", "secrets.database_encryption = ")]
fn a_secret_in_a_file_serves_unless_others_may_read_it(#[case] name: &str, #[case] start: &str) {
    let deployment = Deployment::new();
    write(&deployment, name, &format!("{start}\"{KEY}\"\n"), 0o644);
    deployment.run(&["migrate"]).refused("may be read by others");
    write(&deployment, name, &format!("{start}\"{KEY}\"\n"), 0o600);
    deployment.run(&["migrate"]).succeeded();
    assert!(!deployment.data().join("keys/database-encryption-key").exists(), "no second key is made");
}

// DP-7
#[test]
fn a_secret_said_twice_is_refused() {
    let deployment = Deployment::new().with("SECRET_KEY", KEY).with("JWT_SECRET", KEY);
    deployment.run(&["migrate"]).refused("both set");
}

#[test]
fn a_broken_line_with_a_secret_is_not_repeated() {
    for (name, text) in [(".env", "JWT_SECRET='canary\n"), ("beffroi.toml", "secrets.jwt = 'canary\n")] {
        let deployment = Deployment::new();
        write(&deployment, name, text, 0o600);
        let ran = deployment.run(&["migrate"]);
        assert!(!ran.complained.contains("canary"), "{ran:?}");
        ran.refused(name);
    }
}

// ---- What is promised

#[test]
fn a_protection_that_beffroi_does_not_have_is_not_pretended() {
    for (name, asked, declined) in [
        ("TWO_FACTOR_REQUIRED", "all", "none"),
        ("VIRUS_SCAN_ENABLED", "true", "false"),
        ("AUTO_BLOCK_ENABLED", "true", "false"),
    ] {
        Deployment::new().with(name, asked).run(&["serve", "--listen", "127.0.0.1:0"]).refused(name);
        Deployment::new().with(name, declined).run(&["migrate"]).succeeded();
    }
    let deployment = Deployment::new().with("CORS_ORIGINS", "https://example.org");
    assert!(deployment.serve().stop("TERM").success());
    assert!(deployment.log().contains("CORS_ORIGINS in the environment has no effect yet"), "{}", deployment.log());
}

// PR-1, PR-2, PR-3, PR-4, PR-5
#[rstest]
#[case("chat", "30", "second factor")]
#[case("community", "15", "cross-origin")]
#[case("club", "30", "bcrypt")]
#[case("sandbox", "1440", "reset")]
fn a_profile_serves_and_says_what_it_does_not_bring(#[case] name: &str, #[case] idle: &str, #[case] missing: &str) {
    let deployment = Deployment::new();
    assert_eq!(shown(&deployment, &["--profile", name], "sessions.idle_minutes").0, idle);
    let server = deployment.start(&["serve", "--listen", "127.0.0.1:0", "--profile", name]);
    assert!(server.stop("TERM").success());
    let log = deployment.log();
    assert!(log.contains(&format!("profile {name} does not bring yet")) && log.contains(missing), "{log}");
    assert!(deployment.run(&["config", "check", "--profile", name]).succeeded().contains(missing));
}

// PR-2
#[test]
fn a_console_keeps_its_data_where_others_come_by_tls_only() {
    let console = |url: &str| Deployment::new().with("BEFFROI_PROFILE", "console").with("DATABASE_URL", url);
    for url in ["", "postgres://db/beffroi", "postgres://db/beffroi?sslmode=prefer", "mysql://db/x?sslmode=require"] {
        console(url).run(&["serve", "--listen", "127.0.0.1:0"]).refused("sslmode=require");
    }
    assert_eq!(shown(&console("postgres://db/x?sslmode=require"), &[], "sessions.idle_minutes").0, "15");
    let deployment = console("sqlite:console.db");
    assert!(deployment.serve().stop("TERM").success());
    assert!(deployment.log().contains("meant for PostgreSQL"), "{}", deployment.log());
}

// ---- config check

#[rstest]
#[tokio::test]
async fn settings_are_checked_before_they_serve(#[values(false, true)] on_postgres: bool) {
    let mut deployment = Deployment::new();
    if on_postgres {
        let Some(cluster) = postgres::cluster() else { return };
        deployment = deployment.on_postgres(cluster).await;
    }
    deployment.run(&["config", "check"]).succeeded();
    assert!(!deployment.data().exists(), "a check changes nothing");
    deployment.run(&["migrate"]).succeeded();
    assert!(deployment.run(&["config", "check"]).succeeded().contains("its keys open"));

    let checks = |deployment: &Deployment, arguments: &[&str]| -> (Option<i32>, Value) {
        let ran = deployment.run(&[&["config", "check", "--json"], arguments].concat());
        (ran.exit, serde_json::from_str(&ran.printed).expect("JSON"))
    };
    let (exit, report) = checks(&deployment, &["--listen", "0.0.0.0:80"]);
    assert_eq!((exit, &report["ok"]), (Some(1), &json!(false)));
    let (exit, report) = checks(&deployment, &["--listen", "0.0.0.0:80", "--insecure-http"]);
    assert_eq!((exit, &report["ok"]), (Some(0), &json!(true)));
    let deployment = deployment.with("DATABASE_ENCRYPTION_KEY", KEY);
    let (exit, report) = checks(&deployment, &[]);
    assert!(exit == Some(1) && report.to_string().contains("does not open this database's keys"), "{report}");
}

#[test]
fn a_check_tells_a_database_that_is_not_there_and_a_wrong_setting() {
    let url = "postgres://beffroi:canary@127.0.0.1:1/beffroi";
    let ran = Deployment::new().with("DATABASE_URL", url).run(&["config", "check"]);
    assert_eq!(ran.exit, Some(1));
    assert!(ran.printed.contains("error    database: the database could not be opened"), "{ran:?}");
    assert!(!format!("{ran:?}").contains("canary"));
    let ran = Deployment::new().with("TRUST_PROXY_HOPS", "one").run(&["config", "check"]);
    assert!(ran.exit == Some(1) && ran.printed.contains("server.trust_proxy_hops is"), "{ran:?}");
}

// ---- The example

#[test]
fn the_example_is_what_the_program_writes_and_every_line_of_it_can_be_set() {
    let deployment = Deployment::new();
    let written = deployment.run(&["config", "example"]).succeeded();
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../beffroi.example.toml");
    let kept = fs::read_to_string(kept).unwrap_or_default();
    assert!(kept == written, "beffroi.example.toml is out of date: write it anew by `beffroi config example`");
    write(&deployment, "beffroi.toml", &written, 0o644);
    deployment.run(&["config", "show"]).succeeded();
    let all = written.lines().map(|line| match line.strip_prefix("# ") {
        Some(setting) if setting.split_once(" = ").is_some_and(|(key, _)| !key.contains(' ')) => setting,
        _ => line,
    });
    write(&deployment, "beffroi.toml", &all.collect::<Vec<_>>().join("\n"), 0o600);
    assert!(shown(&deployment, &[], "limits.address_burst").1.starts_with("beffroi.toml:"));
}

// ---- In force

// RA-3
#[tokio::test]
async fn what_is_set_is_what_people_meet() {
    let shipped = Deployment::new();
    let server = shipped.serve();
    assert_eq!(Person::visitor(server.address).get("/api/v1/server").await["csrf_mode"], "fetch");
    drop(server);
    let deployment = Deployment::new()
        .with("ACCESS_TOKEN_EXPIRE_MINUTES", "5")
        .with("BEFFROI_SERVER__NAME", "Tour")
        .with("BEFFROI_CSRF__MODE", "token");
    deployment.create_user("alice", "admin", PASSWORD).succeeded();
    let server = deployment.serve();
    let visitor = Person::visitor(server.address);
    let shown = visitor.get("/api/v1/server").await;
    assert_eq!((&shown["name"], &shown["csrf_mode"]), (&json!("Tour"), &json!("token")));
    let (_, answer) = visitor.post("/api/v1/auth/login", json!({"username": "alice", "password": PASSWORD})).await;
    assert_eq!(answer["data"]["expires_in"], 300);
}

#[test]
fn two_data_directories_do_not_serve_one_database() {
    let deployment = Deployment::new().with("DATABASE_URL", "sqlite:shared.db").with("DATABASE_ENCRYPTION_KEY", KEY);
    let first = deployment.serve();
    let second = ["serve", "--listen", "127.0.0.1:0", "--data", "other"];
    deployment.run(&second).refused("another server already works on");
    assert!(first.stop("TERM").success());
    assert!(deployment.start(&second).stop("TERM").success());
}

// ---- While it serves

async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    let seen = async {
        while !is_so().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), seen).await.expect("it becomes so");
}

async fn is_refused(visitor: &Person) -> bool {
    let answer = visitor.send(Method::GET, "/api/v1/server", None).await.expect("an answer");
    answer.status() == StatusCode::TOO_MANY_REQUESTS
}

// OB-7
#[rstest]
#[tokio::test]
async fn rates_and_the_log_change_without_a_restart(#[values(false, true)] by_signal: bool) {
    let deployment = Deployment::new().with("RATE_LIMIT_PER_IP_RPM", "");
    write(&deployment, "beffroi.toml", "limits.address_per_minute = 1000000", 0o600);
    let server = deployment.serve();
    let visitor = Person::visitor(server.address);
    for _ in 0..5 {
        assert!(!is_refused(&visitor).await);
    }
    let changed = "limits.address_per_minute = 1\nlogs.level = 'debug'\nserver.public_url = 'https://example.org'";
    write(&deployment, "beffroi.toml", changed, 0o600);
    if by_signal {
        server.signal("HUP");
    } else {
        let printed = deployment.run(&["reload"]).succeeded();
        assert!(printed.contains("changed: limits.address_per_minute\nchanged: logs.level\n"), "{printed}");
        assert!(printed.contains("needs a restart: server.public_url\n"), "{printed}");
    }
    until(async || is_refused(&visitor).await).await;

    // The other way round, what cannot be read changes nothing.
    write(&deployment, "beffroi.toml", "limits.adress_per_minute = 1000000", 0o600);
    deployment.run(&["reload"]).refused("did you mean limits.address_per_minute?");
    server.signal("HUP");
    until(async || deployment.log().contains("the settings stay as they were")).await;
    assert!(is_refused(&visitor).await);
    assert!(server.stop("TERM").success());
    assert!(!deployment.data().join("control.sock").exists());
    write(&deployment, "beffroi.toml", "", 0o600);
    deployment.run(&["reload"]).refused("no server works on data");
}

// OB-7
#[test]
fn a_supervisor_asks_whether_the_server_is_ready() {
    let deployment = Deployment::new();
    let server = deployment.serve();
    let listen = server.address.to_string();
    deployment.run(&["healthcheck", "--listen", &listen]).succeeded();
    assert!(server.stop("TERM").success());
    deployment.run(&["healthcheck", "--listen", &listen]).refused("is not ready");
}

#[test]
fn a_shell_learns_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        assert!(Deployment::new().run(&["completions", shell]).succeeded().contains("healthcheck"), "{shell}");
    }
}
