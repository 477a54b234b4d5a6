//! The record: one row per act, in the act's own transaction.

use crate::house::{Engine, House, PASSWORD, Postgres, Sqlite};
use http::StatusCode;
use rstest::rstest;
use serde_json::json;
use uuid::Uuid;

// OB-1 (the types that exist so far)
#[rstest]
#[tokio::test]
async fn every_act_leaves_exactly_one_row(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let mut expected = vec![
        "setup_link_issued",
        "user_created",
        "room_created",
        "login_success",
        "invite_created",
        "user_created",
        "room_joined",
        "login_success",
    ];
    assert_eq!(house.audit_types().await.len(), expected.len());
    let garden = bob.post("/api/v1/rooms", json!({"name": "Garden"})).await.expect(StatusCode::CREATED);
    let path = format!("/api/v1/rooms/{}/members/me", garden["id"].as_str().expect("an id"));
    alice.post(&path, json!({})).await.expect(StatusCode::OK);
    alice.delete(&path).await;
    alice.patch("/api/v1/auth/me", json!({"language": "fr"})).await.expect(StatusCode::OK);
    bob.say(garden["id"].as_str().expect("an id"), "hello").await;
    house.visitor().sign_in("alice", "wrong").await.refused(401, "auth.invalid_credentials");
    bob.post("/api/v1/auth/logout", json!({})).await;
    expected.extend([
        "room_created",
        "room_joined",
        "room_left",
        "profile_changed",
        "message_sent",
        "login_failure",
        "logout_success",
    ]);
    let mut types = house.audit_types().await;
    types.sort_unstable();
    expected.sort_unstable();
    assert_eq!(types, expected);
}

#[rstest]
#[tokio::test]
async fn a_row_says_who_from_where_and_in_which_request(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let square = alice.square().await;
    let answer = alice.say_as(&square, "hello", Uuid::from_u128(1)).await;
    let request_id: Uuid = answer.headers["x-request-id"].to_str().expect("text").parse().expect("a UUID");
    let row = &house.rows("SELECT * FROM audit_events WHERE event_type = 'message_sent'").await[0];
    assert_eq!(row.try_get::<Uuid>("", "request_id").expect("an id"), request_id);
    assert_eq!(row.try_get::<Uuid>("", "user_id").expect("an id"), alice.id);
    let data: String = row.try_get("", "event_data").expect("data");
    let message = answer.expect(StatusCode::CREATED);
    let data: serde_json::Value = serde_json::from_str(&data).expect("JSON");
    assert_eq!(data, json!({"room_id": square, "message_id": message["id"]}));
}

// ID-13, OB-1: never message text, never a secret.
#[rstest]
#[tokio::test]
async fn the_record_holds_no_text_and_no_secret(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    house.member(&alice, "bob").await;
    let square = alice.square().await;
    alice.say(&square, "canary in the coal mine").await;
    let invite = alice.post("/api/v1/invites", json!({})).await.expect(StatusCode::CREATED);
    let cookie = alice.cookie.clone().expect("signed in");
    let everything = format!("{:?}", house.audit().await);
    let secret = cookie.split_once('=').expect("a value").1;
    for canary in ["canary", PASSWORD, secret, invite["code"].as_str().expect("a code"), "example.org", "$argon2id"] {
        assert!(!everything.contains(canary), "{canary}");
    }
}

// What is refused leaves no row of an act that did not happen.
#[rstest]
#[tokio::test]
async fn a_refused_act_leaves_nothing(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let rows = house.count("audit_events").await;
    bob.post("/api/v1/invites", json!({})).await.refused(403, "auth.forbidden");
    bob.post("/api/v1/rooms", json!({"name": "Square"})).await.refused(409, "room.name_taken");
    let square = bob.square().await;
    bob.say_as(&square, "", Uuid::from_u128(1)).await.refused(422, "validation");
    assert_eq!(house.count("audit_events").await, rows);
}
