//! What members see of each other, and whom they do not want to hear from.

use crate::house::{Engine, House, Postgres, Sqlite};
use http::StatusCode;
use rstest::rstest;
use serde_json::{Value, json};

fn names(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().filter_map(|person| person["username"].as_str()).collect()
}

#[rstest]
#[tokio::test]
async fn people_are_found_by_the_beginning_of_their_name(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    for name in ["Bob", "Bob_by", "bobette", "Élise", "carol"] {
        house.member(&alice, name).await;
    }
    for (query, found) in [
        ("", vec!["alice", "Bob", "Bob_by", "bobette", "carol", "Élise"]),
        ("?q=BOB", vec!["Bob", "Bob_by", "bobette"]),
        ("?q=bob_", vec!["Bob_by"]),
        ("?q=%C3%A9l", vec!["Élise"]),
        ("?q=ob", vec![]),
        ("?q=%25", vec![]),
        ("?q=%5C", vec![]),
    ] {
        let list = alice.get(&format!("/api/v1/people{query}")).await.expect(StatusCode::OK);
        let (mut shown, mut expected) = (names(&list), found);
        // The engines order letters differently; each does so the same way every time.
        shown.sort_unstable();
        expected.sort_unstable();
        assert_eq!(shown, expected, "{query}");
    }
    let too_long = format!("/api/v1/people?q={}", "x".repeat(51));
    assert_eq!(alice.get(&too_long).await.refused(422, "validation").fields(), [("q".into(), "too_long".into())]);
}

#[rstest]
#[tokio::test]
async fn a_long_list_of_people_is_read_page_by_page(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    for name in ["bob", "carol", "dave"] {
        house.member(&alice, name).await;
    }
    let first = alice.get("/api/v1/people?limit=3").await;
    let next = first.body["next"].as_str().expect("there is more").to_owned();
    assert_eq!(names(&first.expect(StatusCode::OK)), ["alice", "bob", "carol"]);
    let second = alice.get(&format!("/api/v1/people?limit=3&cursor={next}")).await;
    assert_eq!(second.body["next"], Value::Null);
    assert_eq!(names(&second.expect(StatusCode::OK)), ["dave"]);
    let nobody = uuid::Uuid::from_u128(9);
    alice.get(&format!("/api/v1/people?cursor={nobody}")).await.refused(400, "request.invalid_cursor");
}

#[rstest]
#[tokio::test]
async fn members_see_a_name_and_never_an_address(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let path = format!("/api/v1/people/{}", alice.id);
    let seen = bob.get(&path).await;
    assert!(!seen.text.contains("example.org"), "{}", seen.text);
    let seen = seen.expect(StatusCode::OK);
    let fields: Vec<_> = seen.as_object().expect("an object").keys().cloned().collect();
    assert_eq!(fields, ["blocked", "created_at", "id", "role", "username"]);
    assert_eq!((seen["username"].as_str(), seen["role"].as_str()), (Some("alice"), Some("admin")));
    house.execute("UPDATE users SET is_active = FALSE WHERE username = 'alice'").await;
    bob.get(&path).await.refused(404, "person.not_found");
    let list = bob.get("/api/v1/people").await.expect(StatusCode::OK);
    assert_eq!(names(&list), ["bob"]);
    house.set_role(&bob, "guest").await;
    bob.get("/api/v1/people").await.refused(403, "auth.forbidden");
}

// CH-1: block a person.
#[rstest]
#[tokio::test]
async fn bob_blocks_mallory_and_takes_it_back(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let (bob, mallory) = (house.member(&alice, "bob").await, house.member(&alice, "mallory").await);
    let path = format!("/api/v1/people/{}/block", mallory.id);
    for _ in 0..2 {
        assert_eq!(bob.put(&path, json!({})).await.status, StatusCode::NO_CONTENT);
    }
    let blocked = bob.get("/api/v1/people?blocked=true").await.expect(StatusCode::OK);
    assert_eq!((names(&blocked), blocked[0]["blocked"].as_bool()), (vec!["mallory"], Some(true)));
    // Mallory is not told, and alice has nobody blocked.
    let seen = mallory.get(&format!("/api/v1/people/{}", bob.id)).await.expect(StatusCode::OK);
    assert_eq!(seen["blocked"], false);
    assert_eq!(alice.get("/api/v1/people?blocked=true").await.expect(StatusCode::OK), json!([]));
    for _ in 0..2 {
        assert_eq!(bob.delete(&path).await.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(bob.get("/api/v1/people?blocked=true").await.expect(StatusCode::OK), json!([]));
    let types = house.audit_types().await;
    let count = |wanted: &str| types.iter().filter(|kind| *kind == wanted).count();
    assert_eq!((count("person_blocked"), count("person_unblocked")), (1, 1));

    let oneself = format!("/api/v1/people/{}/block", bob.id);
    bob.put(&oneself, json!({})).await.refused(422, "person.oneself");
    let nobody = format!("/api/v1/people/{}/block", uuid::Uuid::from_u128(9));
    bob.put(&nobody, json!({})).await.refused(404, "person.not_found");
    bob.delete(&nobody).await.refused(404, "person.not_found");
}

// CH-1: who is blocked brings the other nowhere; who moderates goes on moderating.
#[rstest]
#[tokio::test]
async fn a_blocked_person_adds_the_other_to_no_room_and_still_moderates(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let (bob, mallory) = (house.member(&alice, "bob").await, house.member(&alice, "mallory").await);
    house.set_role(&mallory, "moderator").await;
    let body = json!({"name": "Trap", "policy": "private"});
    let trap = mallory.post("/api/v1/rooms", body).await.expect(StatusCode::CREATED);
    let seat = format!("/api/v1/rooms/{}/members/{}", trap["id"].as_str().expect("an id"), bob.id);
    bob.put(&format!("/api/v1/people/{}/block", mallory.id), json!({})).await;
    mallory.put(&seat, json!({"role": "member"})).await.refused(403, "person.unreachable");
    bob.get(&seat[..seat.rfind("/members").expect("a path")]).await.refused(404, "room.not_found");

    let square = bob.square().await;
    let said = bob.say(&square, "nonsense").await;
    let message = format!("/api/v1/rooms/{square}/messages/{}", said["id"].as_str().expect("an id"));
    assert_eq!(mallory.delete(&message).await.status, StatusCode::NO_CONTENT);
    assert_eq!(
        mallory.delete(&format!("/api/v1/rooms/{square}/members/{}", bob.id)).await.status,
        StatusCode::NO_CONTENT
    );
    // Without the block the same seat is given.
    bob.delete(&format!("/api/v1/people/{}/block", mallory.id)).await;
    assert_eq!(mallory.put(&seat, json!({"role": "member"})).await.status, StatusCode::NO_CONTENT);
}
