//! The command line as an operator meets it: what it prints, what it refuses and with which exit status.

use crate::{
    people::{PASSWORD, Person, Socket},
    postgres,
    program::{Deployment, Server},
};
use reqwest::StatusCode;
use rstest::rstest;
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};
use std::{
    collections::HashSet,
    fs,
    io::{Read, Write},
    net::TcpStream,
    os::unix::fs::PermissionsExt,
    path::Path,
    time::{Duration, Instant},
};

/// A secret as `beffroi secret generate` prints it.
pub const KEY: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";

/// The token behind the `#` of a set-up link.
fn token(link: &str) -> &str {
    link.trim().split_once("/setup#").expect("a set-up link").1
}

async fn found(server: &Server, token: &str) -> StatusCode {
    let body = json!({"token": token, "username": "alice", "email": "alice@example.org", "password": PASSWORD});
    Person::visitor(server.address).post("/api/v1/setup", body).await.0
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

// ---- The first minutes

// ID-11
#[tokio::test]
async fn a_new_server_prints_the_link_that_opens_it() {
    let deployment = Deployment::new();
    let server = deployment.serve();
    let link = server.line();
    assert!(link.contains(&format!("http://{}/setup#", server.address)), "{link}");
    assert_eq!(found(&server, token(&link)).await, StatusCode::CREATED);
    let mut alice = Person::visitor(server.address);
    assert_eq!(alice.sign_in("alice", PASSWORD).await, StatusCode::OK);
    assert_eq!(alice.get("/api/v1/auth/me").await["user"]["is_deletable"], false);
    assert!(server.stop("TERM").success());

    // From now on there is nothing to set up, and the address is all it prints.
    let server = deployment.serve();
    let (visitor, address) = (Person::visitor(server.address), server.address);
    assert_eq!(visitor.get("/api/v1/server").await["setup_open"], false);
    assert_eq!(server.opening.trim(), format!("Beffroi is open at http://{address}"));
    assert_eq!(server.printed_until_stopped(), Vec::<String>::new());
}

// ID-11: a shell on the server can always recover.
#[tokio::test]
async fn a_fresh_set_up_link_replaces_the_earlier_one_until_there_is_an_administrator() {
    let deployment = Deployment::new();
    let server = deployment.serve();
    let printed_at_start = server.line();
    let fresh = deployment.run(&["setup-link"]).succeeded();
    assert_ne!(token(&fresh), token(&printed_at_start));
    assert_eq!(found(&server, token(&printed_at_start)).await, StatusCode::FORBIDDEN);
    assert_eq!(found(&server, token(&fresh)).await, StatusCode::CREATED);
    deployment.run(&["setup-link"]).refused("already set up");
}

#[tokio::test]
async fn data_made_at_the_first_start_belongs_to_its_owner_alone() {
    let deployment = Deployment::new();
    let server = deployment.serve();
    assert_eq!(mode(&deployment.data()), 0o700);
    assert_eq!(mode(&deployment.data().join("keys")), 0o700);
    assert_eq!(mode(&deployment.data().join("keys/database-encryption-key")), 0o600);
    drop(server);
}

// What people write is not for the other accounts of the machine, whoever made the directory.
#[tokio::test]
async fn a_database_in_a_directory_for_everyone_belongs_to_its_owner_alone() {
    let deployment = Deployment::new();
    fs::create_dir(deployment.data()).expect("a folder");
    fs::set_permissions(deployment.data(), fs::Permissions::from_mode(0o755)).expect("it is ours");
    let server = deployment.serve();
    for file in ["beffroi.db", "beffroi.db-wal", "beffroi.db-shm"] {
        assert_eq!(mode(&deployment.data().join(file)), 0o600, "{file}");
    }
    assert_eq!(mode(&deployment.data().join("keys")), 0o700);
    drop(server);
}

#[test]
fn a_command_that_has_nothing_to_complain_of_is_quiet() {
    let deployment = Deployment::new();
    let first = deployment.run(&["migrate"]);
    assert!(first.complained.contains("the database is brought up to date"), "{first:?}");
    let second = deployment.run(&["migrate"]);
    assert_eq!((second.exit, second.printed.as_str(), second.complained.as_str()), (Some(0), "", ""));
}

#[rstest]
#[case::before(&["--data", "elsewhere", "user", "list"])]
#[case::between(&["user", "--data", "elsewhere", "list"])]
#[case::after(&["user", "list", "--data", "elsewhere"])]
fn the_data_directory_is_named_before_or_after_the_command(#[case] arguments: &[&str]) {
    let deployment = Deployment::new();
    deployment.run(arguments).succeeded();
    assert!(deployment.path("elsewhere").join("beffroi.db").is_file());
    assert!(!deployment.data().exists());
}

// ---- Accounts

// ID-8: a link by the shell, beside a running server; earlier sessions end there at once.
#[tokio::test]
async fn a_reset_link_from_the_shell_sets_a_new_password() {
    let deployment = Deployment::new();
    deployment.create_user("alice", "admin", PASSWORD).succeeded();
    let server = deployment.serve();
    let mut alice = Person::visitor(server.address);
    assert_eq!(alice.sign_in("alice", PASSWORD).await, StatusCode::OK);
    deployment.run(&["user", "reset-link", "nobody"]).refused("no such person");
    let link = deployment.run(&["user", "reset-link", "Alice"]).succeeded();
    let token = link.trim().split_once("/reset#").expect("a reset link").1;
    let body = json!({"token": token, "new_password": "lantern bridge oboe 77"});
    let visitor = Person::visitor(server.address);
    assert_eq!(visitor.post("/api/v1/auth/password/reset", body.clone()).await.0, StatusCode::NO_CONTENT);
    assert_eq!(visitor.post("/api/v1/auth/password/reset", body).await.0, StatusCode::FORBIDDEN);
    let mut again = Person::visitor(server.address);
    assert_eq!(again.sign_in("alice", PASSWORD).await, StatusCode::UNAUTHORIZED);
    assert_eq!(again.sign_in("alice", "lantern bridge oboe 77").await, StatusCode::OK);
}

// ID-11, ID-12
#[test]
fn the_first_administrator_made_from_the_shell_is_the_main_one() {
    let deployment = Deployment::new();
    deployment.create_user("alice", "admin", PASSWORD).succeeded();
    deployment.create_user("bob", "admin", PASSWORD).succeeded();
    deployment.create_user("carol", "moderator", PASSWORD).succeeded();
    let list: Value = serde_json::from_str(&deployment.run(&["user", "list", "--json"]).succeeded()).expect("JSON");
    let list = list.as_array().expect("a list");
    let facts: Vec<_> = list.iter().map(|user| [&user["username"], &user["role"], &user["is_deletable"]]).collect();
    assert_eq!(json!(facts), json!([["alice", "admin", false], ["bob", "admin", true], ["carol", "moderator", true]]));
    for user in list {
        let id: uuid::Uuid = user["id"].as_str().expect("an id").parse().expect("a UUID");
        assert_eq!(id.get_version_num(), 4);
        assert_eq!(user["must_change_password"], false, "no change is forced");
    }
    let lines = deployment.run(&["user", "list"]).succeeded();
    assert!(lines.lines().next().is_some_and(|line| line.contains("alice  admin  alice@example.org")), "{lines}");
}

#[rstest]
#[tokio::test]
async fn a_running_server_knows_a_new_account_within_a_second(#[values(false, true)] on_postgres: bool) {
    let mut deployment = Deployment::new();
    if on_postgres {
        let Some(cluster) = postgres::cluster() else { return };
        deployment = deployment.on_postgres(cluster).await;
    }
    let server = deployment.serve();
    let arguments = ["user", "create", "alice", "--email", "alice@example.org", "--role", "admin", "--password-stdin"];
    deployment.run_reading(&arguments, &format!("{PASSWORD}\r\nand a second line\n")).succeeded();
    let created = Instant::now();
    let alice = Person::signed_in(server.address, "alice").await;
    assert!(created.elapsed() < Duration::from_secs(1), "{:?}", created.elapsed());
    // The first administrator has a place to be, as with the set-up link.
    assert_eq!(alice.rooms().await.len(), 1);
    assert!(server.stop("TERM").success());
}

// AZ-3, AZ-5, ID-11
#[rstest]
#[tokio::test]
async fn a_promotion_counts_in_a_running_server_within_a_second(#[values(false, true)] on_postgres: bool) {
    let mut deployment = Deployment::new();
    if on_postgres {
        let Some(cluster) = postgres::cluster() else { return };
        deployment = deployment.on_postgres(cluster).await;
    }
    deployment.create_user("alice", "admin", PASSWORD).succeeded();
    deployment.create_user("bob", "user", PASSWORD).succeeded();
    let server = deployment.serve();
    let (alice, bob) =
        (Person::signed_in(server.address, "alice").await, Person::signed_in(server.address, "bob").await);
    let greeter = json!({"name": "greeter", "permissions": ["read_messages", "manage_rooms"]});
    assert_eq!(alice.post("/api/v1/roles", greeter).await.0, StatusCode::CREATED);
    assert_eq!(bob.post("/api/v1/invites", json!({})).await.0, StatusCode::FORBIDDEN);
    let printed = deployment.run(&["user", "promote", "bob", "greeter"]).succeeded();
    assert!(printed.contains("bob has the role greeter now."), "{printed}");
    assert_eq!(bob.post("/api/v1/invites", json!({})).await.0, StatusCode::CREATED);
    // Whoever loses the right to read does not hear on.
    let (mut socket, _) = Socket::synced(&bob, None).await;
    let mute = json!({"name": "mute", "permissions": []});
    assert_eq!(alice.post("/api/v1/roles", mute).await.0, StatusCode::CREATED);
    deployment.run(&["user", "promote", "BOB", "mute"]).succeeded();
    let promoted = Instant::now();
    assert_eq!(socket.closed().await, 4003);
    assert!(promoted.elapsed() < Duration::from_secs(1), "{:?}", promoted.elapsed());

    deployment.run(&["user", "promote", "alice", "user"]).refused("main administrator");
    deployment.run(&["user", "promote", "bob", "emperor"]).refused("no such role");
    deployment.run(&["user", "promote", "nobody", "user"]).refused("no such person");
    let arguments = ["user", "create", "carol", "--email", "carol@example.org", "--role", "greeter"];
    deployment.run(&arguments).succeeded();
    assert!(server.stop("TERM").success());
}

#[test]
fn an_account_that_breaks_a_rule_is_refused_by_the_name_of_its_field() {
    let deployment = Deployment::new();
    deployment.create_user("alice", "admin", "short").refused("password: ");
    deployment.create_user("alice", "admin", "").refused("password: ");
    deployment.create_user("a", "admin", PASSWORD).refused("username: ");
    deployment.create_user("alice", "emperor", PASSWORD).refused("role: ");
    let arguments = ["user", "create", "alice", "--email", "nowhere", "--password-stdin"];
    deployment.run_reading(&arguments, PASSWORD).refused("email: ");
    assert_eq!(deployment.run(&["user", "list", "--json"]).succeeded().trim(), "[]");
    deployment.create_user("alice", "admin", PASSWORD).succeeded();
    deployment.create_user("Alice", "user", PASSWORD).refused("name");
}

#[tokio::test]
async fn an_account_made_without_a_password_gets_one_that_opens() {
    let deployment = Deployment::new();
    let printed = deployment.run(&["user", "create", "alice", "--email", "alice@example.org"]).succeeded();
    let password = printed.trim().rsplit(' ').next().expect("a last word");
    let server = deployment.serve();
    assert_eq!(Person::visitor(server.address).sign_in("alice", password).await, StatusCode::OK);
}

#[test]
fn wrong_usage_is_told_apart_from_refusal() {
    let deployment = Deployment::new();
    for arguments in [
        &["nonsense"][..],
        &["user", "create", "alice"],
        &["user", "list", "--nonsense"],
        &["serve", "--listen", "nowhere"],
        &["secret"],
    ] {
        let ran = deployment.run(arguments);
        assert_eq!((ran.exit, ran.printed.as_str()), (Some(2), ""), "{arguments:?}: {ran:?}");
        assert!(!ran.complained.is_empty(), "{arguments:?}");
    }
    assert!(deployment.run(&["--help"]).succeeded().contains("serve"));
}

// DP-7
#[test]
fn generated_secrets_are_long_enough_and_never_the_same() {
    let deployment = Deployment::new();
    let secrets: HashSet<String> =
        (0..5).map(|_| deployment.run(&["secret", "generate"]).succeeded().trim().to_owned()).collect();
    assert_eq!(secrets.len(), 5);
    for secret in &secrets {
        assert!(secret.len() == 64 && secret.chars().all(|c| c.is_ascii_hexdigit()), "{secret}");
        Deployment::new().with("DATABASE_ENCRYPTION_KEY", secret).run(&["migrate"]).succeeded();
    }
    assert!(!deployment.data().exists(), "a secret is printed and kept nowhere");
}

// ---- What is not served on

#[tokio::test]
async fn a_second_server_on_the_same_data_is_refused() {
    let deployment = Deployment::new();
    let first = deployment.serve();
    deployment.run(&["serve", "--listen", "127.0.0.1:0"]).refused("another server already works on data");
    assert!(first.stop("TERM").success());
    assert!(deployment.serve().stop("TERM").success());
}

// DP-3
#[rstest]
#[tokio::test]
async fn a_wrong_key_does_not_open_the_database(#[values(false, true)] on_postgres: bool) {
    let mut deployment = Deployment::new();
    if on_postgres {
        let Some(cluster) = postgres::cluster() else { return };
        deployment = deployment.on_postgres(cluster).await;
    }
    deployment.create_user("alice", "admin", PASSWORD).succeeded();
    let made = fs::read_to_string(deployment.data().join("keys/database-encryption-key")).expect("a key");
    let deployment = deployment.with("DATABASE_ENCRYPTION_KEY", KEY);
    for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["user", "list"], &["migrate"]] {
        deployment.run(arguments).refused("DATABASE_ENCRYPTION_KEY does not open this database's keys");
    }
    let deployment = deployment.with("DATABASE_ENCRYPTION_KEY", made.trim());
    assert!(deployment.run(&["user", "list"]).succeeded().contains("alice@example.org"));
}

// DP-7
#[test]
fn a_weak_key_is_refused_and_a_strong_one_serves() {
    for weak in ["hunter2", &KEY[..63], &"ab".repeat(40), &"0".repeat(64)] {
        let deployment = Deployment::new().with("DATABASE_ENCRYPTION_KEY", weak);
        let ran = deployment.run(&["serve", "--listen", "127.0.0.1:0"]);
        assert!(!ran.complained.contains(weak), "the refusal does not repeat the secret: {ran:?}");
        ran.refused("DATABASE_ENCRYPTION_KEY is too weak");
    }
    assert!(Deployment::new().with("DATABASE_ENCRYPTION_KEY", KEY).serve().stop("TERM").success());
}

// DP-7
#[test]
fn a_key_file_serves_unless_others_may_read_it() {
    let deployment = Deployment::new();
    let file = deployment.path("key");
    fs::write(&file, format!("{KEY}\n")).expect("it is written");
    let deployment = deployment.with("DATABASE_ENCRYPTION_KEY_FILE", file.to_str().expect("text"));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("it is ours");
    deployment.run(&["migrate"]).refused("may be read by others");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("it is ours");
    deployment.run(&["migrate"]).succeeded();
    assert!(!deployment.data().join("keys/database-encryption-key").exists(), "no second key is made");

    let deployment = deployment.with("DATABASE_ENCRYPTION_KEY", KEY);
    deployment.run(&["migrate"]).refused("both set");
}

// DP-7: a key that we made ourselves and that somebody opened to the world is as bad.
#[test]
fn our_own_key_file_is_refused_once_others_may_read_it() {
    let deployment = Deployment::new();
    deployment.run(&["migrate"]).succeeded();
    let file = deployment.data().join("keys/database-encryption-key");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o604)).expect("it is ours");
    deployment.run(&["migrate"]).refused("may be read by others");
}

// DP-1
#[rstest]
fn clear_text_beyond_this_machine_is_served_only_when_somebody_says_so(
    #[values("0.0.0.0:0", "[::]:0")] everywhere: &str,
    #[values("serve", "demo")] command: &str,
) {
    let deployment = Deployment::new();
    deployment.run(&[command, "--listen", everywhere]).refused("--insecure-http");
    let server = deployment.start(&[command, "--listen", everywhere, "--insecure-http"]);
    assert!(server.stop("TERM").success());
}

#[rstest]
#[tokio::test]
async fn a_database_from_the_future_is_left_alone(#[values(false, true)] on_postgres: bool) {
    let (mut deployment, cluster) = (Deployment::new(), postgres::cluster());
    let mut url = format!("sqlite:{}", deployment.data().join("beffroi.db").display());
    if on_postgres {
        let Some(cluster) = cluster else { return };
        url = cluster.empty_database().await;
        deployment = deployment.with("DATABASE_URL", &url);
    }
    deployment.create_user("alice", "admin", PASSWORD).succeeded();
    let database = Database::connect(&url).await.expect("it opens");
    let run = async |statement: &str| database.execute_unprepared(statement).await.expect("the statement works");
    run("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_the_future', 0)").await;
    for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["user", "list"], &["migrate"]] {
        deployment.run(arguments).refused("written by a newer Beffroi (it knows m9999_the_future");
    }
    run("DELETE FROM seaql_migrations WHERE version = 'm9999_the_future'").await;
    assert!(deployment.run(&["user", "list"]).succeeded().contains("alice"));
}

// CH-3: an acknowledged message survives a power cut only where the database flushes.
#[tokio::test]
async fn a_postgresql_that_does_not_flush_is_refused() {
    let folder = postgres::temporary_folder("beffroi-test-pg-");
    let Some(careless) = postgres::own_cluster(folder, "-c fsync=off") else { return };
    let deployment = Deployment::new().on_postgres(&careless).await;
    deployment.run(&["serve", "--listen", "127.0.0.1:0"]).refused("fsync is off");

    let folder = postgres::temporary_folder("beffroi-test-pg-");
    let Some(hasty) = postgres::own_cluster(folder, "-c synchronous_commit=off") else { return };
    let deployment = Deployment::new().on_postgres(&hasty).await;
    deployment.run(&["serve", "--listen", "127.0.0.1:0"]).refused("synchronous_commit is off");
}

#[tokio::test]
async fn a_database_that_is_not_there_is_refused_without_showing_its_password() {
    let url = "postgres://beffroi:canary-in-the-url@127.0.0.1:1/beffroi";
    let deployment = Deployment::new().with("DATABASE_URL", url).with("BEFFROI_LOG", "trace");
    let ran = deployment.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(!ran.complained.contains("canary-in-the-url"), "{ran:?}");
    ran.refused("the database could not be opened");
    Deployment::new().with("DATABASE_URL", "mysql://localhost/beffroi").run(&["migrate"]).refused("DATABASE_URL");
    let no_url = Deployment::new().with("DATABASE_URL", "postgres://beffroi:canary-in-the-url@[localhost/beffroi");
    let ran = no_url.run(&["migrate"]);
    assert!(!ran.complained.contains("canary-in-the-url"), "{ran:?}");
    ran.refused("DATABASE_URL");
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let first = Deployment::new();
    let server = first.serve();
    let address = server.address.to_string();
    Deployment::new().run(&["serve", "--listen", &address]).refused(&format!("{address} cannot be listened on"));
}

// ---- Stopping

#[rstest]
#[tokio::test]
async fn a_server_that_is_told_to_stop_says_goodbye(
    #[values("TERM", "INT")] signal: &str,
    #[values(false, true)] on_postgres: bool,
) {
    let mut deployment = Deployment::new();
    if on_postgres {
        let Some(cluster) = postgres::cluster() else { return };
        deployment = deployment.on_postgres(cluster).await;
    }
    deployment.create_user("alice", "admin", PASSWORD).succeeded();
    let server = deployment.serve();
    let alice = Person::signed_in(server.address, "alice").await;
    let room = alice.rooms().await[0]["id"].as_str().expect("an id").to_owned();
    let (mut socket, frames) = Socket::synced(&alice, None).await;
    let cursor = frames[1]["cursor"].as_str().expect("a cursor").to_owned();
    let said = json!({"text": "one more thing", "client_id": crate::people::fresh_client_id()});
    let (status, _) = alice.post(&format!("/api/v1/rooms/{room}/messages"), said).await;
    assert_eq!(status, StatusCode::CREATED);

    let told = Instant::now();
    server.signal(signal);
    assert_eq!(socket.closed().await, 1012);
    assert!(server.stopped().success());
    assert!(told.elapsed() < Duration::from_secs(5), "{:?}", told.elapsed());

    let server = deployment.serve();
    let (_, frames) = Socket::synced(&alice.at(server.address), Some(&cursor)).await;
    assert_eq!(frames[1]["data"]["text"], "one more thing");
}

// A supervisor may change its mind as soon as the server says that it is open.
#[test]
fn a_server_that_is_told_to_stop_at_once_stops_in_order() {
    let deployment = Deployment::new();
    for _ in 0..5 {
        assert!(deployment.serve().stop("TERM").success());
    }
}

// ---- Secrets

// ID-13, OB-6: not even the most talkative log holds what opens anything, or what people say.
#[rstest]
#[tokio::test]
async fn no_secret_and_no_message_gets_into_the_log(#[values(false, true)] on_postgres: bool) {
    let mut deployment = Deployment::new().with("BEFFROI_LOG", "trace").with("DATABASE_ENCRYPTION_KEY", KEY);
    if on_postgres {
        let Some(cluster) = postgres::cluster() else { return };
        deployment = deployment.on_postgres(cluster).await;
    }
    let server = deployment.serve();
    let link = server.line();
    let setup_token = token(&link).to_owned();
    assert_eq!(found(&server, &setup_token).await, StatusCode::CREATED);
    let mut alice = Person::visitor(server.address);
    assert_eq!(alice.sign_in("alice", "canary wrong password").await, StatusCode::UNAUTHORIZED);
    assert_eq!(alice.sign_in("canary unknown name", "canary wrong password").await, StatusCode::UNAUTHORIZED);
    assert_eq!(alice.sign_in("alice", PASSWORD).await, StatusCode::OK);
    let (_, invite) = alice.post("/api/v1/invites", json!({})).await;
    let code = invite["data"]["code"].as_str().expect("a code").to_owned();
    alice.get(&format!("/api/v1/invites/{code}")).await;
    let bob = json!({
        "username": "bob", "email": "somecanary@example.org", "password": "canary cheese piano 77", "invite": code,
        "first_name": "Canaryfirst", "last_name": "Canarylast", "birth_date": "1977-07-07",
    });
    assert_eq!(Person::visitor(server.address).post("/api/v1/auth/register", bob).await.0, StatusCode::CREATED);

    let (mut socket, _) = Socket::synced(&alice, None).await;
    let room = alice.rooms().await[0]["id"].as_str().expect("an id").to_owned();
    let said = json!({"text": "canary text", "client_id": crate::people::fresh_client_id()});
    alice.post(&format!("/api/v1/rooms/{room}/messages"), said).await;
    assert_eq!(socket.next().await["data"]["text"], "canary text");
    socket.send(json!({"t": "canary frame"})).await;
    assert_eq!(socket.next().await["t"], "error");
    // What cannot be parsed is not repeated either.
    let broken = json!({"username": "alice", "password": ["canary wrong type"], "session": "cookie"});
    assert_eq!(alice.post("/api/v1/auth/login", broken).await.0, StatusCode::BAD_REQUEST);
    let mut stray = TcpStream::connect(server.address).expect("it connects");
    stray.write_all(b"canary garbage\r\n\r\n").expect("it is listened to");
    stray.read_to_end(&mut Vec::new()).expect("it is cut");
    assert!(server.stop("TERM").success());

    let log = deployment.log();
    assert!(log.contains(r#""level":"DEBUG","message":"a connection ended early""#), "the log is talkative: {log}");
    assert!(log.contains("/api/v1/auth/login") && log.contains("/api/v1/invites/{invite}"), "{log}");
    let cookie = alice.cookie.expect("a cookie");
    let cookie = cookie.split_once('=').expect("name and value").1;
    for secret in [PASSWORD, KEY, cookie, &code, &setup_token, "canary", "Canary", "1977-07-07", "$argon2"] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} is in the log");
    }
}

// ID-13
#[test]
fn no_command_logs_the_password_that_it_reads() {
    let deployment = Deployment::new().with("BEFFROI_LOG", "trace");
    let ran = deployment.create_user("alice", "admin", "canary cheese violin 42");
    assert!(!ran.complained.contains("canary") && !ran.complained.contains("$argon2"), "{ran:?}");
    assert!(!ran.succeeded().contains("canary"));
    let ran = deployment.create_user("bob", "user", "canary");
    assert!(!ran.complained.contains("canary"), "{ran:?}");
    ran.refused("password: ");
}
