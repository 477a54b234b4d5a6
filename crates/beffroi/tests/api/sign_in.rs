//! Getting in, staying in, getting out.

use crate::house::{Engine, House, PASSWORD, Postgres, Sqlite};
use beffroi::{jobs, platform::clock::Moment};
use http::{Method, StatusCode, header};
use rstest::rstest;
use serde_json::json;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

// AU-4
#[rstest]
#[tokio::test]
async fn alice_signs_in_by_name_or_by_address(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    for login in ["alice", "ALICE", " alice ", "Alice@Example.org"] {
        let mut again = house.visitor();
        again.sign_in(login, PASSWORD).await.expect(StatusCode::OK);
        assert_eq!(again.id, alice.id, "{login}");
    }
    let me = alice.get("/api/v1/auth/me").await.expect(StatusCode::OK);
    assert_eq!((me["user"]["username"].as_str(), me["role"].as_str()), (Some("alice"), Some("admin")));
    assert!(me["permissions"].as_array().expect("a list").contains(&json!("manage_system")));
}

// AU-4: 256 random bits, HttpOnly, SameSite, __Host- and Secure by https, stored hashed.
#[rstest]
#[tokio::test]
async fn the_cookie_is_out_of_reach_for_scripts_and_other_sites(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let mut alice = house.administrator("alice").await;
    let cookie = alice.sign_in("alice", PASSWORD).await.headers[header::SET_COOKIE].to_str().expect("text").to_owned();
    let (pair, attributes) = cookie.split_once("; ").expect("attributes");
    assert_eq!(attributes, "Path=/; HttpOnly; SameSite=Lax");
    let secret = pair.strip_prefix("bf_sid=").expect("our name");
    assert_eq!(secret.len(), 43);
    let digests = house.rows("SELECT token_digest FROM sessions").await;
    for row in digests {
        let stored: Vec<u8> = row.try_get("", "token_digest").expect("bytes");
        assert!(stored.len() == 32 && stored != secret.as_bytes());
    }

    let https = House::with(engine, |config| config.public_url = "https://chat.example.org".parse().ok()).await;
    let mut alice = https.expect("it opened before").administrator("alice").await;
    let cookie = alice.sign_in("alice", PASSWORD).await.headers[header::SET_COOKIE].to_str().expect("text").to_owned();
    assert!(cookie.starts_with("__Host-bf_sid=") && cookie.contains("; Secure"), "{cookie}");
}

// ID-14: same text, same work, same rows for an unknown person, a wrong password and an inactive account.
#[rstest]
#[tokio::test]
async fn every_failed_sign_in_looks_the_same_and_costs_one_verification(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    house.member(&alice, "bob").await;
    house.execute("UPDATE users SET is_active = (1 = 0) WHERE username = 'bob'").await;
    let long = "x".repeat(2000);
    let failures = [("nobody", PASSWORD), ("alice", "wrong password"), ("bob", PASSWORD), ("alice", long.as_str())];
    let mut bodies = Vec::new();
    for (name, password) in failures {
        let (verified, rows) = (house.app.hashing.verifications(), house.count("audit_events").await);
        let mut answer = house.visitor().sign_in(name, password).await.refused(401, "auth.invalid_credentials");
        assert!(answer.headers.contains_key(header::WWW_AUTHENTICATE));
        assert_eq!(house.app.hashing.verifications() - verified, 1, "{name}");
        assert_eq!(house.count("audit_events").await - rows, 1, "{name}");
        answer.body["request_id"].take();
        bodies.push(answer.body);
    }
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]));
    let reasons: Vec<String> = house
        .audit()
        .await
        .into_iter()
        .filter(|(event_type, _)| event_type == "login_failure")
        .map(|(_, data)| data["reason"].as_str().expect("a reason").to_owned())
        .collect();
    assert_eq!(reasons.len(), 4);
    for reason in ["unknown_user", "wrong_password", "account_inactive"] {
        assert!(reasons.iter().any(|known| known == reason), "{reason}");
    }
}

// ID-14: the French text is fixed.
#[tokio::test]
async fn a_failed_sign_in_is_told_in_the_readers_language() {
    let house = House::on(Sqlite).await.expect("SQLite is always there");
    let visitor = house.visitor();
    for (accepts, text) in [
        ("fr-FR,fr;q=0.9", "Identifiants invalides, veuillez réessayer."),
        ("en", "Invalid credentials, please try again."),
        ("de", "Invalid credentials, please try again."),
    ] {
        let body = json!({"username": "nobody", "password": "nothing", "session": "cookie"}).to_string();
        let request = visitor
            .request(Method::POST, "/api/v1/auth/login")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT_LANGUAGE, accepts)
            .body(body.into())
            .expect("a request");
        assert_eq!(visitor.send(request).await.body["detail"], text);
    }
}

// ID-13: an unknown name may be a password typed into the wrong field; it is kept as a keyed hash only.
#[rstest]
#[tokio::test]
async fn an_unknown_name_is_not_written_down(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    house.visitor().sign_in("my secret pass phrase", PASSWORD).await.refused(401, "auth.invalid_credentials");
    let (_, data) = house.audit().await.pop().expect("an event");
    assert!(!data.to_string().contains("secret"));
    assert_eq!(data["name_index"].as_str().expect("a hash").len(), 32);
}

// AU-4, AU-5: the reason is told, and background traffic keeps nothing alive.
#[rstest]
#[tokio::test]
async fn an_unused_session_ends_and_says_why(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    house.advance(29 * MINUTE);
    alice.get("/api/v1/auth/me").await.expect(StatusCode::OK);
    house.advance(29 * MINUTE);
    let background = || {
        alice
            .request(Method::GET, "/api/v1/auth/me")
            .header("x-beffroi-background", "1")
            .body("".into())
            .expect("a request")
    };
    assert_eq!(alice.send(background()).await.status, StatusCode::OK);
    house.advance(2 * MINUTE);
    alice.send(background()).await.refused(401, "auth.session_idle");
    alice.get("/api/v1/auth/me").await.refused(401, "auth.session_idle");
}

#[rstest]
#[tokio::test]
async fn even_a_busy_session_ends_after_a_day(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    for _ in 0..95 {
        house.advance(15 * MINUTE);
        alice.get("/api/v1/auth/me").await.expect(StatusCode::OK);
    }
    house.advance(16 * MINUTE);
    alice.get("/api/v1/auth/me").await.refused(401, "auth.session_absolute");
}

#[rstest]
#[tokio::test]
async fn staying_signed_in_lasts_a_week_without_use(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let mut alice = house.administrator("alice").await;
    let body = json!({"username": "alice", "password": PASSWORD, "session": "cookie", "remember": true});
    let answer = alice.post("/api/v1/auth/login", body).await;
    let cookie = answer.headers[header::SET_COOKIE].to_str().expect("text").to_owned();
    assert!(cookie.contains("Max-Age=2592000"), "{cookie}");
    alice.cookie = cookie.split(';').next().map(str::to_owned);
    house.advance(7 * 24 * HOUR - MINUTE);
    alice.get("/api/v1/auth/me").await.expect(StatusCode::OK);
    house.advance(7 * 24 * HOUR);
    alice.get("/api/v1/auth/me").await.refused(401, "auth.session_idle");
}

// AU-10: signing out ends the session at the server, not only in the browser.
#[rstest]
#[tokio::test]
async fn a_cookie_is_worth_nothing_after_signing_out(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let (alice, mut elsewhere) = (house.administrator("alice").await, house.visitor());
    elsewhere.sign_in("alice", PASSWORD).await.expect(StatusCode::OK);
    let answer = alice.post("/api/v1/auth/logout", json!({})).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert!(answer.headers.contains_key("clear-site-data"));
    assert!(answer.headers[header::SET_COOKIE].to_str().expect("text").contains("Max-Age=0"));
    alice.get("/api/v1/auth/me").await.refused(401, "auth.session_revoked");
    elsewhere.get("/api/v1/auth/me").await.expect(StatusCode::OK);
    assert_eq!(house.audit_types().await.iter().filter(|kind| *kind == "logout_success").count(), 1);
}

// AU-4: a new session at every sign-in; the one that the browser had is over.
#[rstest]
#[tokio::test]
async fn signing_in_again_ends_the_session_that_the_browser_had(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let mut alice = house.administrator("alice").await;
    let earlier = alice.clone();
    alice.sign_in("alice", PASSWORD).await.expect(StatusCode::OK);
    assert_ne!(alice.cookie, earlier.cookie);
    alice.get("/api/v1/auth/me").await.expect(StatusCode::OK);
    earlier.get("/api/v1/auth/me").await.refused(401, "auth.session_revoked");
}

#[rstest]
#[tokio::test]
async fn a_suspended_account_is_out_at_the_next_request(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    bob.get("/api/v1/auth/me").await.expect(StatusCode::OK);
    house.execute("UPDATE users SET is_active = (1 = 0) WHERE username = 'bob'").await;
    bob.get("/api/v1/auth/me").await.refused(401, "auth.session_revoked");
}

// AU-4: the hourly job forgets what is long over, and only that.
#[rstest]
#[tokio::test]
async fn sessions_that_are_long_over_are_forgotten(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    house.advance(2 * HOUR);
    jobs::sweep_sessions(house.app.clone()).await.expect("it sweeps");
    alice.get("/api/v1/auth/me").await.refused(401, "auth.session_idle");
    house.advance(24 * HOUR);
    jobs::sweep_sessions(house.app.clone()).await.expect("it sweeps");
    assert_eq!(house.count("sessions").await, 0);
    alice.get("/api/v1/auth/me").await.refused(401, "auth.required");
}

// AU-4: and whoever comes back clears up after themselves, before the job does.
#[rstest]
#[tokio::test]
async fn signing_in_forgets_ones_own_old_sessions(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    house.member(&alice, "bob").await;
    house.advance(26 * HOUR);
    house.visitor().sign_in("alice", PASSWORD).await.expect(StatusCode::OK);
    let of = |name: &str| format!("sessions WHERE user_id = (SELECT id FROM users WHERE username = '{name}')");
    assert_eq!((house.count(&of("alice")).await, house.count(&of("bob")).await), (1, 1));
    house.visitor().sign_in("bob", PASSWORD).await.expect(StatusCode::OK);
    assert_eq!(house.count("sessions").await, 2);
}

// ID-2: a weaker hash is replaced at the next successful sign-in.
#[rstest]
#[tokio::test]
async fn a_weak_hash_is_upgraded_by_signing_in(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::with(engine, |config| config.password_cost.memory_kib = 256).await else { return };
    let mut alice = house.administrator("alice").await;
    let weak = "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2E$";
    let hash = |row: &sea_orm::QueryResult| row.try_get::<String>("", "password_hash").expect("a hash");
    let before = hash(&house.rows("SELECT password_hash FROM users").await[0]);
    assert!(before.contains("m=256"));
    let weaker = beffroi_crypto::password::hash(
        &PASSWORD.into(),
        b"saltsaltsaltsalt",
        beffroi_crypto::password::Argon2Cost { memory_kib: 64, passes: 1, lanes: 1 },
        &mut beffroi_crypto::password::Arena::default(),
    );
    let weaker = weaker.expect("it hashes").expose().to_owned();
    assert!(weaker.starts_with(&weak[..weak.len() - 22]));
    house.execute(&format!("UPDATE users SET password_hash = '{weaker}'")).await;
    alice.sign_in("alice", PASSWORD).await.expect(StatusCode::OK);
    house.settle().await;
    assert!(hash(&house.rows("SELECT password_hash FROM users").await[0]).contains("m=256"));
    alice.sign_in("alice", PASSWORD).await.expect(StatusCode::OK);
    assert!(house.audit_types().await.contains(&"password_hash_upgraded".to_owned()));
}

// ID-2: what ships is argon2id with 19 MiB, two passes, one lane.
#[tokio::test]
async fn a_password_is_hashed_with_argon2id_at_the_recommended_cost() {
    let house = House::with(Sqlite, |config| config.password_cost = Default::default()).await.expect("SQLite is there");
    house.administrator("alice").await;
    let hash: String =
        house.rows("SELECT password_hash FROM users").await[0].try_get("", "password_hash").expect("a hash");
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
}

// ID-3: a flood of sign-ins is refused in part, never queued without end, and never called "wrong password".
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_sign_ins_is_told_to_come_back() {
    let house = House::with(Sqlite, |config| {
        config.password_cost.memory_kib = 32 * 1024;
        config.password_cost.passes = 4;
        config.hashing_concurrency = 1;
    });
    let house = house.await.expect("SQLite is always there");
    let tries: Vec<_> = (0..200)
        .map(|_| {
            let mut visitor = house.visitor();
            tokio::spawn(async move { visitor.sign_in("nobody", "nothing").await })
        })
        .collect();
    // Nobody else waits for it.
    house.visitor().get("/api/v1/server").await.expect(StatusCode::OK);
    assert!(tries.iter().any(|attempt| !attempt.is_finished()), "the flood was over before anybody else was served");
    let mut busy = 0;
    for attempt in tries {
        let answer = attempt.await.expect("no panic");
        match answer.status {
            StatusCode::UNAUTHORIZED => {}
            StatusCode::SERVICE_UNAVAILABLE => {
                assert!(answer.headers.contains_key(header::RETRY_AFTER));
                busy += 1;
            }
            other => panic!("{other}: {}", answer.text),
        }
    }
    assert!(busy >= 100, "{busy} of 200 were asked to come back");
    house.visitor().sign_in("nobody", "nothing").await.refused(401, "auth.invalid_credentials");
}

// DP-3: personal fields are sealed, and the address is found all the same.
#[rstest]
#[tokio::test]
async fn nobody_reads_an_address_in_the_database(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let mut alice = house.administrator("alice").await;
    alice.patch("/api/v1/auth/me", json!({"first_name": "Alicia"})).await.expect(StatusCode::OK);
    let rows = house.rows("SELECT email_sealed, email_index, first_name_sealed FROM users").await;
    for column in ["email_sealed", "email_index", "first_name_sealed"] {
        let stored: Vec<u8> = rows[0].try_get("", column).expect("bytes");
        let text = String::from_utf8_lossy(&stored).to_lowercase();
        assert!(!text.contains("alice") && !text.contains("alicia"), "{column}");
    }
    alice.sign_in("alice@example.org", PASSWORD).await.expect(StatusCode::OK);
    let me = alice.get("/api/v1/auth/me").await.expect(StatusCode::OK);
    assert_eq!(
        (me["user"]["email"].as_str(), me["user"]["first_name"].as_str()),
        (Some("alice@example.org"), Some("Alicia"))
    );
}

// DP-3: a wrong key refuses to start.
#[rstest]
#[tokio::test]
async fn the_house_does_not_open_with_another_houses_key(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let (mut config, clock, random) = (house.app.config.clone(), house.app.clock.clone(), house.app.random.clone());
    assert!(beffroi::app::App::start(config.clone(), clock.clone(), random.clone()).await.is_ok());
    config.encryption_key = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210".into();
    let refused = beffroi::app::App::start(config, clock, random).await;
    let error = refused.err().expect("it must not start");
    assert!(beffroi::error::chain(&error).contains("DATABASE_ENCRYPTION_KEY"), "{error}");
}

#[test]
fn the_clock_shows_rfc_3339() {
    assert_eq!(Moment(1_795_262_400_000).rfc3339(), "2026-11-21T12:00:00.000Z");
    assert_eq!(Moment::parse("2026-11-21T13:00:00+01:00"), Some(Moment(1_795_262_400_000)));
}
