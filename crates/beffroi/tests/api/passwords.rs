//! A new password: by a one-time link that a person hands to a person, and by oneself.

use crate::{
    house::{Answer, Engine, House, PASSWORD, Person, Postgres, Sqlite},
    realtime::Socket,
};
use beffroi::{audit::Circumstances, ids::UserId, passwords, tx::Tx};
use http::{StatusCode, header};
use rstest::rstest;
use secrecy::ExposeSecret;
use serde_json::json;
use std::time::Duration;

const NEW: &str = "lantern bridge oboe 77";
const MINUTE: Duration = Duration::from_secs(60);

/// As `beffroi user reset-link` makes one.
async fn link_for(house: &House, person: &Person) -> String {
    let circumstances = Circumstances::shell(house.app.random.id(), house.app.clock.now());
    let tx = Tx::begin(&house.app, circumstances).await.expect("a transaction");
    let token = passwords::actions::issue_reset_link(&tx, UserId(person.id)).await.expect("a link");
    tx.commit().await.expect("it commits");
    token.expose_secret().to_owned()
}

async fn reset(house: &House, token: &str, password: &str) -> Answer {
    let body = json!({"token": token, "new_password": password});
    house.visitor().post("/api/v1/auth/password/reset", body).await
}

async fn change(person: &Person, current: &str, new: &str) -> Answer {
    person.put("/api/v1/auth/password", json!({"current_password": current, "new_password": new})).await
}

async fn program(house: &House, name: &str) -> (Person, serde_json::Value) {
    let mut program = house.visitor();
    let pair = program.post("/api/v1/auth/login", json!({"username": name, "password": PASSWORD})).await;
    let pair = pair.expect(StatusCode::OK);
    program.bearer = pair["access_token"].as_str().map(str::to_owned);
    (program, pair)
}

async fn assert_signs_in_with(house: &House, name: &str, password: &str) {
    let refused = if password == NEW { PASSWORD } else { NEW };
    house.visitor().sign_in(name, refused).await.refused(401, "auth.invalid_credentials");
    house.visitor().sign_in(name, password).await.expect(StatusCode::OK);
}

// ID-7, ID-8: by a link: one use, every session and token over at once, nobody signed in by it.
#[rstest]
#[tokio::test]
async fn bob_sets_a_new_password_by_a_link(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let (program, pair) = program(&house, "bob").await;
    let address = house.listen().await;
    let (mut socket, _) = Socket::synced(address, &bob, None).await;

    let token = link_for(&house, &bob).await;
    let answer = reset(&house, &token, NEW).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
    assert!(!answer.headers.contains_key(header::SET_COOKIE));
    assert_eq!(socket.closed().await, (4001, "auth.password_changed".to_owned()));
    bob.get("/api/v1/auth/me").await.refused(401, "auth.password_changed");
    program.get("/api/v1/auth/me").await.refused(401, "auth.password_changed");
    let refresh = json!({"refresh_token": pair["refresh_token"]});
    house.visitor().post("/api/v1/auth/refresh", refresh).await.refused(401, "auth.password_changed");
    alice.get("/api/v1/auth/me").await.expect(StatusCode::OK);
    assert_signs_in_with(&house, "bob", NEW).await;
    reset(&house, &token, PASSWORD).await.refused(403, "password.link_invalid");
    for kind in ["reset_link_issued", "password_changed"] {
        assert_eq!(house.audit_types().await.iter().filter(|one| *one == kind).count(), 1, "{kind}");
    }
}

// ID-8: one live link per person, an hour long, stored as a hash only, and no use to anybody who guesses.
#[rstest]
#[tokio::test]
async fn a_reset_link_is_the_last_one_made_and_an_hour_old_at_most(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let first = link_for(&house, &bob).await;
    let second = link_for(&house, &bob).await;
    for guess in [first.as_str(), "", "nonsense", &"x".repeat(43), &"x".repeat(5000)] {
        reset(&house, guess, NEW).await.refused(403, "password.link_invalid");
    }
    let rows = house.rows("SELECT token_digest FROM reset_links").await;
    assert_eq!(rows.len(), 1);
    let stored: Vec<u8> = rows[0].try_get("", "token_digest").expect("bytes");
    assert!(stored.len() == 32 && stored != second.as_bytes());
    house.advance(59 * MINUTE);
    assert_eq!(reset(&house, &second, NEW).await.status, StatusCode::NO_CONTENT);

    let late = link_for(&house, &bob).await;
    house.advance(60 * MINUTE);
    reset(&house, &late, PASSWORD).await.refused(403, "password.link_invalid");
    beffroi::jobs::sweep_sessions(house.app.clone()).await.expect("it sweeps");
    assert_eq!(house.count("reset_links").await, 0);
}

// ID-4, ID-8: the rules of passwords hold, and a refused one leaves the link as it was.
#[rstest]
#[tokio::test]
async fn a_poor_password_does_not_use_the_link_up(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "robert").await;
    let token = link_for(&house, &bob).await;
    for (poor, code) in [("short", "too_short"), ("robert is my name ok", "contains_personal_data")] {
        let refused = reset(&house, &token, poor).await.refused(422, "validation");
        assert!(refused.fields().contains(&("new_password".to_owned(), code.to_owned())), "{:?}", refused.fields());
    }
    bob.get("/api/v1/auth/me").await.expect(StatusCode::OK);
    assert_eq!(reset(&house, &token, NEW).await.status, StatusCode::NO_CONTENT);
}

// ID-8: of fifty uses of one link exactly one wins.
#[tokio::test(flavor = "multi_thread")]
async fn fifty_uses_of_one_link_set_one_password() {
    let Some(house) = House::with(Postgres, |config| config.hashing_concurrency = 8).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let token = link_for(&house, &bob).await;
    let uses: Vec<_> = (0..50)
        .map(|number| {
            let (visitor, token) = (house.visitor(), token.clone());
            tokio::spawn(async move {
                let password = format!("lantern bridge oboe {number}");
                let body = json!({"token": token, "new_password": password});
                (visitor.post("/api/v1/auth/password/reset", body).await, password)
            })
        })
        .collect();
    let mut winners = Vec::new();
    for used in uses {
        let (answer, password) = used.await.expect("no panic");
        match answer.status {
            StatusCode::NO_CONTENT => winners.push(password),
            StatusCode::SERVICE_UNAVAILABLE => drop(answer.refused(503, "server.busy")),
            _ => drop(answer.refused(403, "password.link_invalid")),
        }
    }
    assert_eq!(winners.len(), 1);
    house.visitor().sign_in("bob", &winners[0]).await.expect(StatusCode::OK);
    assert_eq!(house.audit_types().await.iter().filter(|kind| *kind == "password_changed").count(), 1);
}

// ID-7: no sign-in with the old password outlives the new one, however close they come.
#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_with_the_old_password_does_not_slip_past_the_new_one() {
    let Some(house) = House::with(Postgres, |config| config.hashing_concurrency = 8).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    for round in 0..8 {
        let (old, new) = if round % 2 == 0 { (PASSWORD, NEW) } else { (NEW, PASSWORD) };
        let token = link_for(&house, &bob).await;
        let sign_ins: Vec<_> = (0..6)
            .map(|_| {
                let mut visitor = house.visitor();
                tokio::spawn(async move {
                    visitor.sign_in("bob", old).await;
                    visitor
                })
            })
            .collect();
        assert_eq!(reset(&house, &token, new).await.status, StatusCode::NO_CONTENT);
        for visitor in sign_ins {
            let visitor = visitor.await.expect("no panic");
            assert_eq!(visitor.get("/api/v1/auth/me").await.status, StatusCode::UNAUTHORIZED);
        }
    }
}

// ID-7: one's own change keeps the session that asks, and ends every other.
#[rstest]
#[tokio::test]
async fn alice_changes_her_password_and_stays_where_she_is(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let mut elsewhere = house.visitor();
    elsewhere.sign_in("alice", PASSWORD).await.expect(StatusCode::OK);
    let (program, _) = program(&house, "alice").await;
    let link = link_for(&house, &alice).await;

    let wrong = change(&alice, "not the password", NEW).await.refused(422, "validation");
    assert_eq!(wrong.fields(), [("current_password".to_owned(), "wrong_password".to_owned())]);
    let poor = change(&alice, PASSWORD, "short").await.refused(422, "validation");
    assert_eq!(poor.fields()[0].0, "new_password");
    elsewhere.get("/api/v1/auth/me").await.expect(StatusCode::OK);

    assert_eq!(change(&alice, PASSWORD, NEW).await.status, StatusCode::NO_CONTENT);
    alice.get("/api/v1/auth/me").await.expect(StatusCode::OK);
    elsewhere.get("/api/v1/auth/me").await.refused(401, "auth.password_changed");
    program.get("/api/v1/auth/me").await.refused(401, "auth.password_changed");
    reset(&house, &link, PASSWORD).await.refused(403, "password.link_invalid");
    assert_signs_in_with(&house, "alice", NEW).await;
    let log = alice.get("/api/v1/auth/events").await.expect(StatusCode::OK);
    let has = |kind: &str| log.as_array().expect("a list").iter().any(|event| event["kind"] == kind);
    assert!(has("password_changed") && has("password_change_refused"));
}

// RA-1, ID-7: a session left open is no licence to guess the password.
#[tokio::test]
async fn guessing_at_somebodys_open_session_meets_the_limit_of_sign_ins() {
    let house =
        House::with(Sqlite, |config| config.rates.sign_in = beffroi::platform::limits::Rates::default().sign_in);
    let house = house.await.expect("SQLite is always there");
    let alice = house.administrator("alice").await;
    for _ in 0..2 {
        change(&alice, "a guess, and another", NEW).await.refused(422, "validation");
    }
    change(&alice, PASSWORD, NEW).await.refused(429, "rate_limited");
    house.advance(5 * MINUTE);
    assert_eq!(change(&alice, PASSWORD, NEW).await.status, StatusCode::NO_CONTENT);
}

// ID-8: without mail the answer is the same for everybody, and so is the work.
#[tokio::test]
async fn whoever_forgot_is_told_the_same_whether_they_exist_or_not() {
    let house = House::on(Sqlite).await.expect("SQLite is always there");
    house.administrator("alice").await;
    let rows = house.count("audit_events").await;
    for email in ["alice@example.org", "nobody@example.org", "no address at all"] {
        let answer = house.visitor().post("/api/v1/auth/password/forgot", json!({"email": email})).await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::ACCEPTED, r#"{"success":true,"data":{}}"#));
    }
    assert_eq!(house.count("audit_events").await, rows);
    let server = house.visitor().get("/api/v1/server").await.expect(StatusCode::OK);
    assert_eq!(server["password_reset"], "administrator");
}
