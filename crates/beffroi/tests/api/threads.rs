//! Answers, and the thread that they make.

use crate::house::{Engine, House, Postgres, Sqlite};
use http::StatusCode;
use rstest::rstest;
use serde_json::{Value, json};

fn path_of(message: &Value) -> String {
    let text = |name: &str| message[name].as_str().expect("an id").to_owned();
    format!("/api/v1/rooms/{}/messages/{}", text("room_id"), text("id"))
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().filter_map(|message| message["text"].as_str()).collect()
}

// CH-2: threads. An answer to an answer stands in the thread of the first message.
#[rstest]
#[tokio::test]
async fn a_thread_holds_every_answer_however_deep(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let square = alice.square().await;
    let question = alice.say(&square, "Who brings cake?").await;
    let me = bob.answer(&question, "Me!").await;
    alice.say(&square, "Something else").await;
    let which = alice.answer(&me, "Which one?").await;
    let apple = bob.answer(&which, "Apple").await;
    assert_eq!(
        (apple["reply_to"].clone(), apple["thread_root"].clone()),
        (which["id"].clone(), question["id"].clone())
    );
    assert_eq!((question["thread_root"].clone(), me["thread_root"].clone()), (Value::Null, question["id"].clone()));
    for named in [&question, &me, &apple] {
        let thread = alice.get(&format!("{}/thread", path_of(named))).await;
        assert_eq!(thread.body["next"], Value::Null);
        assert_eq!(texts(&thread.expect(StatusCode::OK)), ["Who brings cake?", "Me!", "Which one?", "Apple"]);
    }
    let count =
        async |message: &Value| alice.get(&path_of(message)).await.expect(StatusCode::OK)["reply_count"].clone();
    assert_eq!((count(&question).await, count(&me).await), (json!(3), json!(0)));

    // What is deleted is not counted; it stays as a tombstone, the first message as well.
    alice.delete(&path_of(&which)).await;
    alice.delete(&path_of(&question)).await;
    assert_eq!(count(&question).await, json!(2));
    let thread = bob.get(&format!("{}/thread", path_of(&apple))).await.expect(StatusCode::OK);
    assert_eq!(texts(&thread), ["", "Me!", "", "Apple"]);
    assert!(thread[0]["deleted_at"].is_string());
    let late = bob.answer(&apple, "With cream").await;
    assert_eq!(late["thread_root"], question["id"]);
}

#[rstest]
#[tokio::test]
async fn a_long_thread_is_read_page_by_page(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let question = alice.say(&alice.square().await, "0").await;
    for number in 1..=4 {
        alice.answer(&question, &number.to_string()).await;
    }
    let path = format!("{}/thread?limit=2", path_of(&question));
    let (mut read, mut cursor) = (Vec::new(), String::new());
    for _ in 0..3 {
        let page = alice.get(&format!("{path}{cursor}")).await;
        let next = page.body["next"].as_str().map(|next| format!("&cursor={next}"));
        read.push(texts(&page.expect(StatusCode::OK)).concat());
        cursor = next.unwrap_or_default();
    }
    assert_eq!((read, cursor.as_str()), (vec!["01".to_owned(), "23".to_owned(), "4".to_owned()], ""));
    let elsewhere = alice.say(&alice.square().await, "elsewhere").await;
    for (query, status, code) in [
        (format!("cursor={}", elsewhere["id"].as_str().expect("an id")), 400, "request.invalid_cursor"),
        ("cursor=nonsense".to_owned(), 400, "request.malformed"),
        ("limit=0".to_owned(), 422, "validation"),
    ] {
        alice.get(&format!("{}/thread?{query}", path_of(&question))).await.refused(status, code);
    }
}

// AZ-4: a thread is read like its room, and found in that room only.
#[rstest]
#[tokio::test]
async fn a_thread_is_as_private_as_its_room(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let body = json!({"name": "Cellar", "policy": "private"});
    let cellar = alice.post("/api/v1/rooms", body).await.expect(StatusCode::CREATED);
    let secret = alice.say(cellar["id"].as_str().expect("an id"), "secret").await;
    let path = format!("{}/thread", path_of(&secret));
    bob.get(&path).await.refused(404, "room.not_found");
    alice.get(&path).await.expect(StatusCode::OK);
    let square = bob.square().await;
    let by_another_room = format!("/api/v1/rooms/{square}/messages/{}/thread", secret["id"].as_str().expect("an id"));
    bob.get(&by_another_room).await.refused(404, "message.not_found");
}

/// A database from before threads: the second step of the schema is undone, then taken again.
#[rstest]
#[tokio::test]
async fn answers_from_before_threads_find_their_thread(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let question = alice.say(&alice.square().await, "0").await;
    let mut last = question.clone();
    for number in 1..=4 {
        last = alice.answer(&last, &number.to_string()).await;
    }
    for statement in [
        "DROP INDEX messages_by_thread_root_seq",
        "ALTER TABLE messages DROP COLUMN thread_root",
        "CREATE INDEX messages_by_reply_to ON messages (reply_to)",
        "DROP INDEX rooms_by_direct_key",
        "ALTER TABLE rooms DROP COLUMN direct_key",
        "ALTER TABLE rooms DROP COLUMN is_group",
        "DROP TABLE blocks",
        "DELETE FROM seaql_migrations WHERE version LIKE 'm0002%'",
    ] {
        house.execute(statement).await;
    }
    house.app.database.migrate().await.expect("it is brought up to date");
    let thread = alice.get(&format!("{}/thread", path_of(&last))).await.expect(StatusCode::OK);
    assert_eq!(texts(&thread).concat(), "01234");
}
