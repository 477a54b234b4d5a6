//! Changing and taking back what was said, and answering it (CH-2).

use crate::house::{Engine, House, Person, Postgres, Sqlite};
use http::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

fn path_of(message: &Value) -> String {
    let id = |field: &str| message[field].as_str().expect("an id").to_owned();
    format!("/api/v1/rooms/{}/messages/{}", id("room_id"), id("id"))
}

async fn delete_saying(person: &Person, path: &str, reason: &str) -> crate::house::Answer {
    person.send_json(Method::DELETE, path, json!({"reason": reason})).await
}

#[rstest]
#[tokio::test]
async fn alice_mends_her_message_and_its_history_stays(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let square = alice.square().await;
    let said = alice.say(&square, "Helo").await;
    for text in ["Hello", "Hello *all*"] {
        house.advance(Duration::from_secs(1));
        let edited = alice.patch(&path_of(&said), json!({"text": text})).await.expect(StatusCode::OK);
        assert_eq!((edited["text"].as_str(), edited["seq"].clone()), (Some(text), said["seq"].clone()));
        assert!(edited["edited_at"].is_string());
    }
    // The same text again is no edit.
    let before = bob.get(&format!("/api/v1/rooms/{square}")).await.expect(StatusCode::OK)["last_seq"].clone();
    alice.patch(&path_of(&said), json!({"text": "Hello *all*"})).await.expect(StatusCode::OK);
    let room = bob.get(&format!("/api/v1/rooms/{square}")).await.expect(StatusCode::OK);
    assert_eq!(room["last_seq"], before);

    let history = bob.get(&format!("{}/history", path_of(&said))).await.expect(StatusCode::OK);
    let texts: Vec<_> = history.as_array().expect("a list").iter().map(|revision| revision["text"].clone()).collect();
    assert_eq!(texts, ["Helo", "Hello"]);
    let shown = bob.get(&path_of(&said)).await.expect(StatusCode::OK);
    assert_eq!(shown["text"], "Hello *all*");
}

#[rstest]
#[tokio::test]
async fn a_deleted_message_leaves_a_tombstone_and_no_text(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let square = alice.square().await;
    let said = bob.say(&square, "oops secret").await;
    house.advance(Duration::from_secs(1));
    bob.patch(&path_of(&said), json!({"text": "oops other secret"})).await.expect(StatusCode::OK);
    assert_eq!(bob.delete(&path_of(&said)).await.status, StatusCode::NO_CONTENT);
    let shown = alice.get(&path_of(&said)).await.expect(StatusCode::OK);
    assert!(shown["deleted_at"].is_string());
    assert_eq!((shown["text"].as_str(), shown["tree"].clone()), (Some(""), json!([])));
    let changes = alice.get(&format!("/api/v1/rooms/{square}/changes?after=0")).await;
    assert!(changes.status == StatusCode::OK);
    assert_eq!(alice.get(&format!("{}/history", path_of(&said))).await.expect(StatusCode::OK), json!([]));
    assert_eq!(house.count("messages WHERE text LIKE '%secret%'").await, 0);
    assert_eq!(house.count("message_revisions").await, 0);

    bob.delete(&path_of(&said)).await.refused(409, "message.deleted");
    bob.patch(&path_of(&said), json!({"text": "back"})).await.refused(409, "message.deleted");
    let client_id: Uuid = said["client_id"].as_str().expect("an id").parse().expect("a UUID");
    // A late repeat of the send does not bring it back.
    let repeated = bob.say_as(&square, "oops secret", client_id).await.expect(StatusCode::OK);
    assert!(repeated["deleted_at"].is_string());
}

#[rstest]
#[tokio::test]
async fn a_room_that_replays_its_past_tells_nothing_deleted(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let square = alice.square().await;
    let said = alice.say(&square, "first secret").await;
    house.advance(Duration::from_secs(1));
    alice.patch(&path_of(&said), json!({"text": "second secret"})).await.expect(StatusCode::OK);
    assert_eq!(alice.delete(&path_of(&said)).await.status, StatusCode::NO_CONTENT);
    let changes = alice.get(&format!("/api/v1/rooms/{square}/changes?after=0")).await;
    assert!(!changes.text.contains("secret"), "{}", changes.text);
    let kinds: Vec<_> =
        changes.body["data"]["events"].as_array().expect("a list").iter().map(|event| event["kind"].clone()).collect();
    assert_eq!(kinds, ["member.changed", "message.created", "message.edited", "message.deleted"]);
}

// AZ-3, AZ-4: one's own, or with the permission anybody's.
#[rstest]
#[tokio::test]
async fn others_words_are_changed_by_those_with_the_right_only(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let (bob, carol, dave) =
        (house.member(&alice, "bob").await, house.member(&alice, "carol").await, house.member(&alice, "dave").await);
    house.set_role(&carol, "moderator").await;
    let square = alice.square().await;
    let said = bob.say(&square, "my words").await;
    let (path, change) = (path_of(&said), json!({"text": "put into my mouth"}));
    for person in [&carol, &dave] {
        person.patch(&path, change.clone()).await.refused(403, "auth.forbidden");
    }
    dave.delete(&path).await.refused(403, "auth.forbidden");
    alice.patch(&path, json!({"text": "my mended words"})).await.expect(StatusCode::OK);
    let too_long = delete_saying(&carol, &path, &"x".repeat(501)).await.refused(422, "validation");
    assert_eq!(too_long.fields(), [("reason".into(), "too_long".into())]);
    assert_eq!(delete_saying(&carol, &path, "off topic").await.status, StatusCode::NO_CONTENT);
    let (_, data) = house.audit().await.into_iter().find(|(kind, _)| kind == "message_deleted").expect("a row");
    assert_eq!(data, json!({"room_id": square, "message_id": said["id"], "reason": "off topic"}));
}

// CH-9
#[rstest]
#[tokio::test]
async fn a_reason_has_at_most_five_hundred_characters(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let square = alice.square().await;
    let path = path_of(&alice.say(&square, "hello").await);
    let refused = delete_saying(&alice, &path, &"x".repeat(501)).await.refused(422, "validation");
    assert_eq!(refused.fields(), [("reason".into(), "too_long".into())]);
    assert_eq!(delete_saying(&alice, &path, &"é".repeat(500)).await.status, StatusCode::NO_CONTENT);
}

// The second id of a path counts as much as the first.
#[rstest]
#[tokio::test]
async fn a_message_is_changed_in_its_own_room_only(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let square = alice.square().await;
    let garden = alice.post("/api/v1/rooms", json!({"name": "Garden"})).await.expect(StatusCode::CREATED);
    let said = alice.say(&square, "here").await;
    let elsewhere = format!(
        "/api/v1/rooms/{}/messages/{}",
        garden["id"].as_str().expect("an id"),
        said["id"].as_str().expect("an id")
    );
    alice.patch(&elsewhere, json!({"text": "there"})).await.refused(404, "message.not_found");
    alice.delete(&elsewhere).await.refused(404, "message.not_found");
    alice.get(&format!("{elsewhere}/history")).await.refused(404, "message.not_found");
    assert_eq!(alice.get(&path_of(&said)).await.expect(StatusCode::OK)["text"], "here");
    // A refused change takes no number.
    let events = house.rows("SELECT last_seq FROM rooms WHERE name = 'Garden'").await;
    assert_eq!(events[0].try_get::<i64>("", "last_seq").expect("a number"), 1);
}

#[rstest]
#[tokio::test]
async fn an_answer_names_a_message_of_its_room(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let square = alice.square().await;
    let garden = alice.post("/api/v1/rooms", json!({"name": "Garden"})).await.expect(StatusCode::CREATED);
    let elsewhere = alice.say(garden["id"].as_str().expect("an id"), "elsewhere").await;
    let question = alice.say(&square, "who?").await;
    let gone = alice.say(&square, "gone").await;
    alice.delete(&path_of(&gone)).await;
    let answer = async |to: &Value, number: u128| {
        let body = json!({"text": "me", "client_id": Uuid::from_u128(number), "reply_to": to["id"]});
        alice.post(&format!("/api/v1/rooms/{square}/messages"), body).await
    };
    for (to, number) in [(&elsewhere, 1), (&gone, 2), (&json!({"id": Uuid::from_u128(5)}), 3)] {
        let refused = answer(to, number).await.refused(422, "validation");
        assert_eq!(refused.fields(), [("reply_to".into(), "not_available".into())]);
    }
    let answered = answer(&question, 4).await.expect(StatusCode::CREATED);
    assert_eq!(answer(&question, 4).await.expect(StatusCode::OK)["id"], answered["id"]);
    answer(&answered, 4).await.refused(409, "message.client_id_reused");
    assert_eq!(answered["reply_to"], question["id"]);
    assert_eq!(alice.get(&path_of(&question)).await.expect(StatusCode::OK)["reply_count"], 1);
}

#[rstest]
#[tokio::test]
async fn a_page_opens_around_a_message(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let square = alice.square().await;
    let mut said = Vec::new();
    for number in 0..9 {
        said.push(alice.say(&square, &number.to_string()).await);
    }
    let id = said[4]["id"].as_str().expect("an id");
    let page = alice.get(&format!("/api/v1/rooms/{square}/messages?around={id}&limit=4")).await.expect(StatusCode::OK);
    let texts: Vec<_> = page.as_array().expect("a list").iter().map(|message| message["text"].clone()).collect();
    assert_eq!(texts, ["6", "5", "4", "3"]);
}

// Edit against delete, at once: whichever comes first, nothing comes back from the dead.
#[tokio::test(flavor = "multi_thread")]
async fn an_edit_never_revives_a_deleted_message() {
    let Some(house) = House::on(Postgres).await else { return };
    let alice = house.administrator("alice").await;
    let square = alice.square().await;
    for round in 0..10 {
        let said = alice.say(&square, &format!("round {round}")).await;
        let path = path_of(&said);
        let edits: Vec<_> = (0..5)
            .map(|number| {
                let (alice, path) = (alice.clone(), path.clone());
                tokio::spawn(async move { alice.patch(&path, json!({"text": format!("edit {number}")})).await.status })
            })
            .collect();
        assert_eq!(alice.delete(&path).await.status, StatusCode::NO_CONTENT);
        for edit in edits {
            assert!(matches!(edit.await.expect("no panic"), StatusCode::OK | StatusCode::CONFLICT));
        }
        let shown = alice.get(&path).await.expect(StatusCode::OK);
        assert_eq!((shown["text"].as_str(), shown["deleted_at"].is_string()), (Some(""), true));
    }
    assert_eq!(house.count("message_revisions").await, 0);
}
