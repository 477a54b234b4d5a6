//! Rooms and who is in them.

use crate::house::{Engine, House, Postgres, Sqlite};
use http::StatusCode;
use rstest::rstest;
use serde_json::json;

#[rstest]
#[tokio::test]
async fn bob_opens_a_room_and_carol_joins_and_leaves(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let (bob, carol) = (house.member(&alice, "bob").await, house.member(&alice, "carol").await);
    let body = json!({"name": " Garden ", "topic": "Seeds and weeds", "policy": "public"});
    let garden = bob.post("/api/v1/rooms", body).await;
    assert!(garden.headers["location"].to_str().expect("text").starts_with("/api/v1/rooms/"));
    let garden = garden.expect(StatusCode::CREATED);
    assert_eq!((garden["name"].as_str(), garden["role"].as_str()), (Some("Garden"), Some("owner")));
    let path = format!("/api/v1/rooms/{}", garden["id"].as_str().expect("an id"));

    let seen = carol.get(&path).await.expect(StatusCode::OK);
    assert_eq!(seen["role"], json!(null));
    house.advance(std::time::Duration::from_secs(1));
    let joined = carol.post(&format!("{path}/members/me"), json!({})).await.expect(StatusCode::OK);
    assert_eq!((joined["role"].as_str(), joined["unread"].as_i64()), (Some("member"), Some(0)));
    let again = carol.post(&format!("{path}/members/me"), json!({})).await.expect(StatusCode::OK);
    assert_eq!(again["last_seq"], joined["last_seq"]);

    let members = bob.get(&format!("{path}/members")).await.expect(StatusCode::OK);
    let names: Vec<_> =
        members.as_array().expect("a list").iter().map(|member| member["user"]["username"].clone()).collect();
    assert_eq!(names, ["bob", "carol"]);

    assert_eq!(carol.delete(&format!("{path}/members/me")).await.status, StatusCode::NO_CONTENT);
    carol.delete(&format!("{path}/members/me")).await.refused(404, "room.not_member");
    bob.delete(&format!("{path}/members/me")).await.refused(409, "room.last_owner");
}

#[rstest]
#[tokio::test]
async fn two_rooms_cannot_have_one_name(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let events = house.count("audit_events").await;
    for name in ["Square", "SQUARE", " square "] {
        alice.post("/api/v1/rooms", json!({"name": name})).await.refused(409, "room.name_taken");
    }
    assert_eq!((house.count("rooms").await, house.count("audit_events").await), (1, events));
    alice.post("/api/v1/rooms", json!({"name": "Square 2"})).await.expect(StatusCode::CREATED);
}

// CH-9
#[rstest]
#[tokio::test]
async fn a_room_has_a_printable_name_of_bounded_length(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    for (body, field, code) in [
        (json!({"name": ""}), "name", "required"),
        (json!({"name": "   "}), "name", "required"),
        (json!({"name": "x".repeat(81)}), "name", "too_long"),
        (json!({"name": "a\u{202e}b"}), "name", "control_characters"),
        (json!({"name": "a\u{0}b"}), "name", "control_characters"),
        (json!({"name": "a", "topic": "x".repeat(251)}), "topic", "too_long"),
        (json!({"name": "a", "topic": "x\u{7}"}), "topic", "control_characters"),
        (json!({"name": "a", "policy": "private"}), "policy", "not_available"),
    ] {
        let refused = alice.post("/api/v1/rooms", body).await.refused(422, "validation");
        assert_eq!(refused.fields(), [(field.into(), code.into())]);
    }
    let longest = json!({"name": "é".repeat(80), "topic": "☃".repeat(250)});
    alice.post("/api/v1/rooms", longest).await.expect(StatusCode::CREATED);
}

// AZ-4: a room that somebody may not know of is not found, whatever they try.
#[rstest]
#[tokio::test]
async fn a_private_room_does_not_exist_for_strangers(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let cellar = alice.post("/api/v1/rooms", json!({"name": "Cellar"})).await.expect(StatusCode::CREATED);
    house.execute("UPDATE rooms SET policy = 'private' WHERE name = 'Cellar'").await;
    let id = cellar["id"].as_str().expect("an id");
    let path = format!("/api/v1/rooms/{id}");

    let rooms = bob.get("/api/v1/rooms").await.text;
    assert!(!rooms.contains("Cellar"));
    for path in [path.clone(), format!("{path}/members"), format!("{path}/messages"), format!("{path}/changes")] {
        bob.get(&path).await.refused(404, "room.not_found");
        alice.get(&path).await.expect(StatusCode::OK);
    }
    bob.post(&format!("{path}/members/me"), json!({})).await.refused(404, "room.not_found");
    bob.delete(&format!("{path}/members/me")).await.refused(404, "room.not_found");
    bob.say_as(id, "hello", uuid::Uuid::from_u128(7)).await.refused(404, "room.not_found");
    alice.say_as(id, "hello", uuid::Uuid::from_u128(7)).await.expect(StatusCode::CREATED);
}

#[tokio::test(flavor = "multi_thread")]
async fn joining_many_times_at_once_joins_once() {
    let Some(house) = House::on(Postgres).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let garden = alice.post("/api/v1/rooms", json!({"name": "Garden"})).await.expect(StatusCode::CREATED);
    let path = format!("/api/v1/rooms/{}/members/me", garden["id"].as_str().expect("an id"));
    let tries: Vec<_> = (0..20)
        .map(|_| {
            let (bob, path) = (bob.clone(), path.clone());
            tokio::spawn(async move { bob.post(&path, json!({})).await.expect(StatusCode::OK)["last_seq"].clone() })
        })
        .collect();
    for attempt in tries {
        assert_eq!(attempt.await.expect("no panic"), json!(2));
    }
    assert_eq!(house.count("room_events WHERE kind = 'member.changed'").await, 4);
}
