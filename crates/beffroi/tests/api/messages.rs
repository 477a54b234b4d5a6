//! Saying something, once, durably, and reading it again.

use crate::house::{Engine, House, Postgres, Sqlite};
use http::StatusCode;
use rstest::rstest;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use std::collections::HashSet;
use uuid::Uuid;

#[rstest]
#[tokio::test]
async fn bob_reads_what_alice_said(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let square = alice.square().await;
    let sent = alice.say_as(&square, "Hello **Bob**", Uuid::from_u128(1)).await;
    let location = sent.headers["location"].to_str().expect("text").to_owned();
    let sent = sent.expect(StatusCode::CREATED);
    assert_eq!((sent["author"]["username"].as_str(), sent["text"].as_str()), (Some("alice"), Some("Hello **Bob**")));
    assert_eq!(sent["tree"][0]["t"], "p");

    assert_eq!(bob.get(&location).await.expect(StatusCode::OK), sent);
    let list = bob.get(&format!("/api/v1/rooms/{square}/messages")).await.expect(StatusCode::OK);
    assert_eq!(list, json!([sent]));
}

// CH-3: a repeated send is harmless.
#[rstest]
#[tokio::test]
async fn the_same_message_sent_twice_stands_once(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let (square, client_id) = (alice.square().await, Uuid::from_u128(1));
    let first = alice.say_as(&square, "once", client_id).await.expect(StatusCode::CREATED);
    let second = alice.say_as(&square, "once", client_id).await.expect(StatusCode::OK);
    assert_eq!(first, second);
    alice.say_as(&square, "something else", client_id).await.refused(409, "message.client_id_reused");
    // A client id is its sender's own: it neither hits nor reveals another person's message.
    bob.say_as(&square, "something else", client_id).await.expect(StatusCode::CREATED);
    assert_eq!(house.count("messages").await, 2);
    let sent = house.audit_types().await.into_iter().filter(|kind| kind == "message_sent").count();
    assert_eq!(sent, 2);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn fifty_sends_of_one_message_at_once_are_one_message(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let square = alice.square().await;
    let tries: Vec<_> = (0..50)
        .map(|_| {
            let (alice, square) = (alice.clone(), square.clone());
            tokio::spawn(async move { alice.say_as(&square, "once", Uuid::from_u128(1)).await })
        })
        .collect();
    let (mut created, mut ids) = (0, HashSet::new());
    for attempt in tries {
        let answer = attempt.await.expect("no panic");
        created += usize::from(answer.status == StatusCode::CREATED);
        ids.insert(answer.body["data"]["id"].as_str().expect("an id").to_owned());
    }
    assert_eq!((created, ids.len(), house.count("messages").await), (1, 1, 1));
}

// CH-3: gap-free numbers in commit order, whoever writes at once.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn many_writers_get_numbers_without_gaps(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let square = alice.square().await;
    let before = alice.get(&format!("/api/v1/rooms/{square}")).await.expect(StatusCode::OK)["last_seq"].as_i64();
    let tries: Vec<_> = (0..200)
        .map(|number| {
            let (alice, square) = (alice.clone(), square.clone());
            tokio::spawn(async move { alice.say(&square, &format!("message {number}")).await["seq"].as_i64() })
        })
        .collect();
    let mut seqs = Vec::new();
    for attempt in tries {
        seqs.push(attempt.await.expect("no panic").expect("a number"));
    }
    seqs.sort_unstable();
    let first = before.expect("a number") + 1;
    assert_eq!(seqs, (first..first + 200).collect::<Vec<_>>());
}

#[rstest]
#[tokio::test]
async fn history_is_read_in_pages(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let square = alice.square().await;
    for number in 0..7 {
        alice.say(&square, &format!("message {number}")).await;
    }
    let path = format!("/api/v1/rooms/{square}/messages");
    let texts = |page: &Value| -> Vec<String> {
        page.as_array()
            .expect("a list")
            .iter()
            .map(|message| message["text"].as_str().expect("text")[8..].to_owned())
            .collect()
    };
    let newest = alice.get(&format!("{path}?limit=3")).await;
    assert_eq!(texts(&newest.body["data"]), ["6", "5", "4"]);
    let next = newest.body["next"].as_str().expect("a cursor");
    let older = alice.get(&format!("{path}?limit=3&cursor={next}")).await;
    assert_eq!(texts(&older.body["data"]), ["3", "2", "1"]);
    let oldest = alice.get(&format!("{path}?limit=3&cursor={}", older.body["next"].as_str().expect("a cursor"))).await;
    assert_eq!((texts(&oldest.body["data"]), oldest.body["next"].clone()), (vec!["0".to_owned()], Value::Null));

    let third = older.body["data"][0]["id"].as_str().expect("an id");
    let before = alice.get(&format!("{path}?before={third}&limit=2")).await.expect(StatusCode::OK);
    assert_eq!(texts(&before), ["2", "1"]);
    let after = alice.get(&format!("{path}?after={third}&limit=2")).await.expect(StatusCode::OK);
    assert_eq!(texts(&after), ["5", "4"]);
}

// Pages are kept in memory: nobody is shown an old one, whichever server changed it, and nobody one they may not see.
#[rstest]
#[tokio::test]
async fn a_page_shows_what_was_said_mended_and_taken_back_elsewhere(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let other = House::beside(&house).await;
    let mut elsewhere = other.visitor();
    elsewhere.sign_in("alice", crate::house::PASSWORD).await.expect(StatusCode::OK);
    let den =
        alice.post("/api/v1/rooms", json!({"name": "Den", "policy": "private"})).await.expect(StatusCode::CREATED);
    let den = format!("/api/v1/rooms/{}", den["id"].as_str().expect("an id"));
    let seat = alice.put(&format!("{den}/members/{}", bob.id), json!({"role": "member"})).await;
    assert_eq!(seat.status, StatusCode::NO_CONTENT);
    let path = format!("{den}/messages");
    let shown = async || -> Vec<(String, i64)> {
        let page = bob.get(&path).await.expect(StatusCode::OK);
        assert_eq!(bob.get(&path).await.expect(StatusCode::OK), page);
        let shown = |message: &Value| {
            (message["text"].as_str().expect("text").to_owned(), message["reply_count"].as_i64().expect("a count"))
        };
        page.as_array().expect("a list").iter().map(shown).collect()
    };
    let pair = |text: &str, replies: i64| (text.to_owned(), replies);
    for one in [&alice, &elsewhere] {
        let say = async |text: &str, reply_to: Option<&Value>| {
            let number = u128::try_from(house.count("messages").await).expect("a number");
            let body = json!({"text": text, "client_id": Uuid::from_u128(number), "reply_to": reply_to});
            one.post(&path, body).await.expect(StatusCode::CREATED)["id"].clone()
        };
        let before = shown().await;
        let with = |news: &[(String, i64)]| [news, &before[..]].concat();
        let id = say("Helo", None).await;
        assert_eq!(shown().await, with(&[pair("Helo", 0)]));
        let message = format!("{path}/{}", id.as_str().expect("an id"));
        one.patch(&message, json!({"text": "Hello"})).await.expect(StatusCode::OK);
        assert_eq!(shown().await, with(&[pair("Hello", 0)]));
        say("Hello you", Some(&id)).await;
        assert_eq!(shown().await, with(&[pair("Hello you", 0), pair("Hello", 1)]));
        assert_eq!(one.delete(&message).await.status, StatusCode::NO_CONTENT);
        assert_eq!(shown().await, with(&[pair("Hello you", 0), pair("", 1)]));
    }
    assert_eq!(elsewhere.delete(&format!("{den}/members/{}", bob.id)).await.status, StatusCode::NO_CONTENT);
    bob.get(&path).await.refused(404, "room.not_found");
    assert_eq!(alice.get(&path).await.expect(StatusCode::OK).as_array().expect("a list").len(), 4);
}

#[rstest]
#[tokio::test]
async fn a_page_begins_only_at_a_message_of_this_room(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let square = alice.square().await;
    let garden = alice.post("/api/v1/rooms", json!({"name": "Garden"})).await.expect(StatusCode::CREATED);
    let elsewhere = alice.say(garden["id"].as_str().expect("an id"), "hello").await;
    let elsewhere = elsewhere["id"].as_str().expect("an id");
    let path = format!("/api/v1/rooms/{square}/messages");
    for query in [
        format!("before={elsewhere}"),
        format!("cursor=before:{elsewhere}"),
        "cursor=nonsense".to_owned(),
        "before=nonsense".to_owned(),
    ] {
        alice.get(&format!("{path}?{query}")).await.refused(400, "request.invalid_cursor");
    }
    alice.get(&format!("{path}/{elsewhere}")).await.refused(404, "message.not_found");
}

// CH-9
#[rstest]
#[tokio::test]
async fn a_message_has_between_one_and_four_thousand_characters(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let square = alice.square().await;
    for (text, code) in [
        (String::new(), "required"),
        (" \n\t ".to_owned(), "required"),
        ("\u{200b}\u{2800}".to_owned(), "required"),
        ("x".repeat(4001), "too_long"),
        ("a\u{0}b".to_owned(), "control_characters"),
        ("a\u{1b}[31m".to_owned(), "control_characters"),
    ] {
        let refused = alice.say_as(&square, &text, Uuid::from_u128(1)).await.refused(422, "validation");
        assert_eq!(refused.fields(), [("text".into(), code.into())]);
    }
    alice.say_as(&square, &"😀".repeat(4000), Uuid::from_u128(1)).await.expect(StatusCode::CREATED);
}

// AZ-4: members write; moderators and administrators may in public rooms; leaving ends it.
#[rstest]
#[tokio::test]
async fn only_members_and_moderators_write_in_a_public_room(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let (bob, carol) = (house.member(&alice, "bob").await, house.member(&alice, "carol").await);
    house.set_role(&carol, "moderator").await;
    let garden = alice.post("/api/v1/rooms", json!({"name": "Garden"})).await.expect(StatusCode::CREATED);
    let garden = garden["id"].as_str().expect("an id");
    bob.get(&format!("/api/v1/rooms/{garden}/messages")).await.expect(StatusCode::OK);
    bob.say_as(garden, "hello", Uuid::from_u128(1)).await.refused(403, "room.not_writable");
    carol.say_as(garden, "hello", Uuid::from_u128(1)).await.expect(StatusCode::CREATED);
    let me = format!("/api/v1/rooms/{garden}/members/me");
    bob.post(&me, json!({})).await.expect(StatusCode::OK);
    bob.say_as(garden, "hello", Uuid::from_u128(1)).await.expect(StatusCode::CREATED);
    bob.delete(&me).await;
    bob.say_as(garden, "still here?", Uuid::from_u128(2)).await.refused(403, "room.not_writable");
}

#[rstest]
#[tokio::test]
async fn an_archived_room_is_read_only(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let square = alice.square().await;
    alice.say(&square, "last words").await;
    house.execute("UPDATE rooms SET archived = (1 = 1)").await;
    alice.say_as(&square, "one more", Uuid::from_u128(2)).await.refused(409, "room.archived");
    let list = alice.get(&format!("/api/v1/rooms/{square}/messages")).await.expect(StatusCode::OK);
    assert_eq!(list.as_array().map(Vec::len), Some(1));
}

#[rstest]
#[tokio::test]
async fn unread_messages_are_counted_until_they_are_read(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let square = alice.square().await;
    alice.say(&square, "one").await;
    let two = alice.say(&square, "two").await;
    bob.say(&square, "my own").await;
    let path = format!("/api/v1/rooms/{square}");
    let unread = async || bob.get(&path).await.expect(StatusCode::OK)["unread"].clone();
    assert_eq!(unread().await, json!(2));
    let read = bob.put(&format!("{path}/read"), json!({"message": two["id"]})).await;
    assert_eq!((read.status, unread().await), (StatusCode::NO_CONTENT, json!(0)));
    alice.say(&square, "three").await;
    assert_eq!(unread().await, json!(1));
    // The marker never goes back.
    bob.put(&format!("{path}/read"), json!({"message": two["id"]})).await;
    assert_eq!(unread().await, json!(1));
    let nowhere = json!({"message": Uuid::from_u128(9)});
    bob.put(&format!("{path}/read"), nowhere).await.refused(404, "message.not_found");
}

// RA-4: hostile text is kept as it was sent and shown as a tree without a script in it.
#[rstest]
#[tokio::test]
async fn hostile_text_is_text(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let square = alice.square().await;
    for text in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[click](javascript:alert(1))",
        "<a href=\"javascript:alert(1)\">click</a>",
        "'; DROP TABLE messages; --",
    ] {
        let sent = alice.say(&square, text).await;
        assert_eq!(sent["text"], text);
        assert!(!sent["tree"].to_string().contains(r#""href":"javascript"#), "{}", sent["tree"]);
    }
    assert_eq!(house.count("messages").await, 5);
}

// CH-1: whoever leaves while their message is on its way is not a member when it arrives. One writer at a time on SQLite.
#[tokio::test]
async fn a_message_that_meets_its_authors_departure_is_refused() {
    let Some(house) = House::on(Postgres).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let new = json!({"name": "Cellar", "policy": "private"});
    let cellar = alice.post("/api/v1/rooms", new).await.expect(StatusCode::CREATED);
    let cellar = cellar["id"].as_str().expect("an id").to_owned();
    let seat = format!("/api/v1/rooms/{cellar}/members/{}", bob.id);
    alice.put(&seat, json!({"role": "member"})).await;

    let leaving = house.app.database.begin().await.expect("a transaction");
    let locked = format!("UPDATE rooms SET last_seq = last_seq WHERE id = '{cellar}'");
    leaving.execute_unprepared(&locked).await.expect("the room is locked");
    let left = format!("DELETE FROM room_members WHERE room_id = '{cellar}' AND user_id = '{}'", bob.id);
    leaving.execute_unprepared(&left).await.expect("bob leaves");
    let departed = async {
        house.until_somebody_waits().await;
        leaving.commit().await.expect("it commits");
    };
    let (late, ()) = tokio::join!(bob.say_as(&cellar, "one last word", Uuid::from_u128(1)), departed);
    // Who is out of a private room may not even know that it is there.
    late.refused(404, "room.not_found");
}
