//! What others said to a person, gathered from every room.

use crate::house::{Engine, House, Person, Postgres, Sqlite};
use http::StatusCode;
use rstest::rstest;
use serde_json::{Value, json};
use std::time::Duration;

/// The texts, with a star before what is new.
async fn activity(person: &Person) -> Vec<String> {
    let list = person.get("/api/v1/activity").await.expect(StatusCode::OK);
    let line = |one: &Value| {
        let star = if one["unread"] == true { "*" } else { "" };
        format!("{star}{}", one["message"]["text"].as_str().expect("a text"))
    };
    list.as_array().expect("a list").iter().map(line).collect()
}

/// A moment later than whatever was said before.
async fn answers(house: &House, person: &Person, to: &Value, text: &str) -> Value {
    house.advance(Duration::from_secs(1));
    person.answer(to, text).await
}

fn id(message: &Value) -> &str {
    message["id"].as_str().expect("an id")
}

async fn reads(person: &Person, message: &Value) {
    let room = message["room_id"].as_str().expect("an id");
    let read = person.put(&format!("/api/v1/rooms/{room}/read"), json!({"message": id(message)})).await;
    assert_eq!(read.status, StatusCode::NO_CONTENT, "{}", read.text);
}

async fn room(owner: &Person, name: &str, policy: &str, members: &[&Person]) -> String {
    let room = owner.post("/api/v1/rooms", json!({"name": name, "policy": policy})).await.expect(StatusCode::CREATED);
    for member in members {
        let seat = format!("/api/v1/rooms/{}/members/{}", id(&room), member.id);
        assert_eq!(owner.put(&seat, json!({"role": "member"})).await.status, StatusCode::NO_CONTENT);
    }
    id(&room).to_owned()
}

// CH-2: replies and threads.
#[rstest]
#[tokio::test]
async fn what_others_answered_is_gathered_newest_first(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let carol = house.member(&alice, "carol").await;
    assert!(activity(&alice).await.is_empty());
    let garden = room(&alice, "Garden", "private", &[&bob, &carol]).await;
    let question = alice.say(&alice.square().await, "Who brings cake?").await;
    let me = answers(&house, &bob, &question, "Me!").await;
    assert_eq!((&me["reply_to_author"], &me["thread_author"]), (&json!(alice.id), &json!(alice.id)));
    let which = answers(&house, &carol, &me, "Which one?").await;
    assert_eq!((&which["reply_to_author"], &which["thread_author"]), (&json!(bob.id), &json!(alice.id)));
    let apple = answers(&house, &alice, &which, "Apple, I hope").await;
    carol.say(&garden, "Nobody is meant by this").await;
    let roses = bob.say(&garden, "The roses are out").await;
    let seen = answers(&house, &alice, &roses, "I saw them").await;
    answers(&house, &carol, &seen, "So did I").await;
    assert_eq!(activity(&alice).await, ["*So did I", "*Which one?", "*Me!"]);
    // In his thread carol answered alice, and alice answered him.
    assert_eq!(activity(&bob).await, ["*So did I", "*I saw them", "*Which one?"]);
    assert_eq!(activity(&carol).await, ["*Apple, I hope"]);

    // What is deleted was never said; what is edited says what it says now.
    alice.delete(&format!("/api/v1/rooms/{}/messages/{}", apple["room_id"].as_str().expect("an id"), id(&apple))).await;
    let path = format!("/api/v1/rooms/{}/messages/{}", me["room_id"].as_str().expect("an id"), id(&me));
    bob.patch(&path, json!({"text": "Not me"})).await.expect(StatusCode::OK);
    assert!(activity(&carol).await.is_empty());
    assert_eq!(activity(&alice).await, ["*So did I", "*Which one?", "*Not me"]);
}

// AZ-4: nothing is left of a room that one may no longer read.
#[rstest]
#[tokio::test]
async fn it_shows_only_what_may_be_read_now(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let cellar = room(&alice, "Cellar", "private", &[&bob]).await;
    let hall = room(&alice, "Hall", "public", &[&bob]).await;
    for place in [&cellar, &hall] {
        let said = bob.say(place, "Anybody here?").await;
        answers(&house, &alice, &said, if *place == cellar { "In the cellar" } else { "In the hall" }).await;
    }
    assert_eq!(activity(&bob).await, ["*In the hall", "*In the cellar"]);
    let seat = |room: &str| format!("/api/v1/rooms/{room}/members/{}", bob.id);
    for place in [&cellar, &hall] {
        assert_eq!(alice.delete(&seat(place)).await.status, StatusCode::NO_CONTENT);
    }
    // What is public he may look at, but nobody counts for him what he has read there.
    assert_eq!(activity(&bob).await, ["In the hall"]);
    let hall_closed = alice.patch(&format!("/api/v1/rooms/{hall}"), json!({"policy": "restricted"})).await;
    hall_closed.expect(StatusCode::OK);
    assert!(activity(&bob).await.is_empty());
    alice.put(&seat(&cellar), json!({"role": "member"})).await;
    assert_eq!(activity(&bob).await, ["In the cellar"]);
    assert_eq!(alice.delete(&format!("/api/v1/rooms/{cellar}")).await.status, StatusCode::NO_CONTENT);
    assert!(activity(&bob).await.is_empty());
}

// CH-1: whom one blocked, one does not hear here either.
#[rstest]
#[tokio::test]
async fn people_whom_one_blocked_are_left_out(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let mallory = house.member(&alice, "mallory").await;
    let said = alice.say(&alice.square().await, "Good morning").await;
    answers(&house, &bob, &said, "Good morning!").await;
    answers(&house, &mallory, &said, "Is it?").await;
    let block = format!("/api/v1/people/{}/block", mallory.id);
    assert_eq!(alice.put(&block, Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_eq!(activity(&alice).await, ["*Good morning!"]);
    assert_eq!(alice.delete(&block).await.status, StatusCode::NO_CONTENT);
    assert_eq!(activity(&alice).await, ["*Is it?", "*Good morning!"]);
}

#[rstest]
#[tokio::test]
async fn a_long_list_of_answers_is_read_page_by_page(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let question = alice.say(&alice.square().await, "0").await;
    for number in 1..=5 {
        answers(&house, &bob, &question, &number.to_string()).await;
    }
    let (mut read, mut cursor) = (Vec::new(), String::new());
    for _ in 0..3 {
        let page = alice.get(&format!("/api/v1/activity?limit=2{cursor}")).await;
        let next = page.body["next"].as_str().map(|next| format!("&cursor={next}"));
        let texts = page.expect(StatusCode::OK);
        let texts = texts.as_array().expect("a list").iter().filter_map(|one| one["message"]["text"].as_str());
        read.push(texts.collect::<String>());
        cursor = next.unwrap_or_default();
        // What is said meanwhile moves nothing.
        answers(&house, &bob, &question, "late").await;
    }
    assert_eq!((read, cursor.as_str()), (vec!["54".to_owned(), "32".to_owned(), "1".to_owned()], ""));
    for (query, status, code) in [
        ("cursor=nonsense", 400, "request.malformed"),
        ("limit=0", 422, "validation"),
        ("limit=101", 422, "validation"),
        ("before=1", 400, "request.malformed"),
    ] {
        alice.get(&format!("/api/v1/activity?{query}")).await.refused(status, code);
    }
}

#[rstest]
#[tokio::test]
async fn what_was_read_in_its_room_or_marked_here_is_no_longer_new(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let garden = room(&alice, "Garden", "public", &[&bob]).await;
    let here = alice.say(&alice.square().await, "Here").await;
    let there = alice.say(&garden, "There").await;
    let one = answers(&house, &bob, &here, "one").await;
    let two = answers(&house, &bob, &there, "two").await;
    answers(&house, &bob, &here, "three").await;
    assert_eq!(activity(&alice).await, ["*three", "*two", "*one"]);
    reads(&alice, &one).await;
    assert_eq!(activity(&alice).await, ["*three", "*two", "one"]);

    let marks = async |message: &Value| alice.put("/api/v1/activity/seen", json!({"message": id(message)})).await;
    // The mark moves forwards only.
    for message in [&two, &one] {
        assert_eq!(marks(message).await.status, StatusCode::NO_CONTENT);
        assert_eq!(activity(&alice).await, ["*three", "two", "one"]);
    }
    // The rooms stay as unread as they were.
    let unread = alice.get(&format!("/api/v1/rooms/{garden}")).await.expect(StatusCode::OK)["unread"].clone();
    assert_eq!(unread, json!(1));
}

// RA-7: a mark at a message that was never said to one would hide what is to come.
#[rstest]
#[tokio::test]
async fn one_marks_only_what_was_said_to_one(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let cellar = room(&alice, "Cellar", "private", &[&bob]).await;
    let said = bob.say(&cellar, "Hello?").await;
    let answer = answers(&house, &alice, &said, "Hello").await;
    assert_eq!(
        alice.delete(&format!("/api/v1/rooms/{cellar}/members/{}", bob.id)).await.status,
        StatusCode::NO_CONTENT
    );
    let far = json!(uuid::Uuid::max());
    for message in [&said["id"], &answer["id"], &far] {
        let marked = bob.put("/api/v1/activity/seen", json!({"message": message})).await;
        marked.refused(404, "message.not_found");
    }
    assert_eq!(house.count("activity_markers").await, 0);
    bob.put("/api/v1/activity/seen", json!({"message": 7})).await.refused(400, "request.malformed");
}

/// A database from before: the step of the schema is undone, then taken again.
#[rstest]
#[tokio::test]
async fn answers_from_before_find_whom_they_answer(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let question = alice.say(&alice.square().await, "0").await;
    let first = answers(&house, &bob, &question, "1").await;
    answers(&house, &bob, &first, "2").await;
    bob.say(&bob.square().await, "3").await;
    for statement in [
        "DROP INDEX messages_by_reply_to_author_id",
        "DROP INDEX messages_by_thread_author_id",
        "ALTER TABLE messages DROP COLUMN reply_to_author",
        "ALTER TABLE messages DROP COLUMN thread_author",
        "DROP TABLE activity_markers",
        "DELETE FROM seaql_migrations WHERE version LIKE 'm0005%'",
    ] {
        house.execute(statement).await;
    }
    house.app.database.migrate().await.expect("it is brought up to date");
    assert_eq!(activity(&alice).await, ["*2", "*1"]);
    assert!(activity(&bob).await.is_empty());
}
