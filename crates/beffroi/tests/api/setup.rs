//! The first minutes of a community.

use crate::house::Engine;
use crate::house::{House, PASSWORD, Postgres, Sqlite};
use http::StatusCode;
use rstest::rstest;
use serde_json::{Value, json};
use std::time::Duration;

fn founding(token: &str) -> Value {
    json!({
        "token": token,
        "username": "alice",
        "email": "alice@example.org",
        "password": PASSWORD,
        "first_name": "Alice",
        "server_name": "Chess club",
        "room_name": "Openings",
        "language": "fr",
    })
}

// ID-11: the first administrator is the main one.
#[rstest]
#[tokio::test]
async fn alice_founds_the_community_by_the_set_up_link(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let mut alice = house.visitor();
    let server = alice.get("/api/v1/server").await.expect(StatusCode::OK);
    assert_eq!(server["setup_open"], true);

    let user = alice.post("/api/v1/setup", founding(&house.setup_token().await)).await.expect(StatusCode::CREATED);
    assert_eq!((user["role"].as_str(), user["is_deletable"].as_bool()), (Some("admin"), Some(false)));
    assert_eq!((user["email"].as_str(), user["full_name"].as_str()), (Some("alice@example.org"), Some("Alice")));

    alice.sign_in("alice", PASSWORD).await.expect(StatusCode::OK);
    let rooms = alice.get("/api/v1/rooms").await.expect(StatusCode::OK);
    assert_eq!((rooms[0]["name"].as_str(), rooms[0]["role"].as_str()), (Some("Openings"), Some("owner")));
    let server = alice.get("/api/v1/server").await.expect(StatusCode::OK);
    assert_eq!((server["name"].as_str(), server["setup_open"].as_bool()), (Some("Chess club"), Some(false)));
}

#[rstest]
#[tokio::test]
async fn the_set_up_link_opens_once(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let token = house.setup_token().await;
    let visitor = house.visitor();
    visitor.post("/api/v1/setup", founding(&token)).await.expect(StatusCode::CREATED);
    visitor.post("/api/v1/setup", founding(&token)).await.refused(404, "setup.closed");
    assert_eq!(house.count("users").await, 1);
}

#[rstest]
#[tokio::test]
async fn an_old_or_a_forged_set_up_link_opens_nothing(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let (first, visitor) = (house.setup_token().await, house.visitor());
    let second = house.setup_token().await;
    visitor.post("/api/v1/setup", founding(&first)).await.refused(403, "setup.link_invalid");
    visitor.post("/api/v1/setup", founding("guess")).await.refused(403, "setup.link_invalid");
    house.advance(Duration::from_secs(30 * 60));
    visitor.post("/api/v1/setup", founding(&second)).await.refused(403, "setup.link_invalid");
    assert_eq!(house.count("users").await, 0);

    let fresh = house.setup_token().await;
    visitor.post("/api/v1/setup", founding(&fresh)).await.expect(StatusCode::CREATED);
}

#[rstest]
#[tokio::test]
async fn a_refused_set_up_leaves_the_link_good(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let (token, visitor) = (house.setup_token().await, house.visitor());
    let mut body = founding(&token);
    body["password"] = json!("short");
    body["email"] = json!("nowhere");
    let refused = visitor.post("/api/v1/setup", body).await.refused(422, "validation");
    assert_eq!(refused.fields(), [("email".into(), "not_an_email".into()), ("password".into(), "too_short".into())]);
    visitor.post("/api/v1/setup", founding(&token)).await.expect(StatusCode::CREATED);
}

// Races are tested where there is more than one writer.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_hold_the_set_up_link_exactly_one_founds() {
    let Some(house) = House::on(Postgres).await else { return };
    let token = house.setup_token().await;
    let tries = (0..10).map(|number| {
        let (visitor, mut body) = (house.visitor(), founding(&token));
        body["username"] = json!(format!("alice{number}"));
        body["email"] = json!(format!("alice{number}@example.org"));
        tokio::spawn(async move { visitor.post("/api/v1/setup", body).await.status })
    });
    let mut created = 0;
    for attempt in tries.collect::<Vec<_>>() {
        created += usize::from(attempt.await.expect("no panic") == StatusCode::CREATED);
    }
    assert_eq!((created, house.count("users").await), (1, 1));
}

// ID-11: there is one main administrator, however many become the first at once.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_first_administrators_one_is_the_main_one() {
    use beffroi::{
        accounts::{
            actions,
            model::{NewAccount, Reserved},
        },
        audit::Circumstances,
        platform::i18n::Language,
        roles::Role,
        tx::Tx,
    };
    let Some(house) = House::on(Postgres).await else { return };
    let makings: Vec<_> = (0..10)
        .map(|number| {
            let app = house.app.clone();
            tokio::spawn(async move {
                let new = NewAccount {
                    username: format!("alice{number}"),
                    email: format!("alice{number}@example.org"),
                    password: PASSWORD.into(),
                    first_name: None,
                    last_name: None,
                    birth_date: None,
                    language: Language::English,
                };
                let ready = actions::prepare(&app, new, Reserved::Allowed).await.expect("a good account");
                let circumstances = Circumstances::shell(app.random.id(), app.clock.now());
                let tx = Tx::begin(&app, circumstances).await.expect("a transaction");
                actions::create(&tx, ready, Role::admin(), None).await.expect("an account");
                tx.commit().await.expect("it commits");
            })
        })
        .collect();
    for making in makings {
        making.await.expect("no panic");
    }
    assert_eq!((house.count("users").await, house.count("users WHERE NOT is_deletable").await), (10, 1));
}
