//! Whoever edits what somebody else edited meanwhile is told, instead of undoing it unseen (RA-11).

use crate::house::{Answer, Engine, House, Person, Postgres, Sqlite};
use http::{Method, StatusCode, header};
use rstest::rstest;
use serde_json::{Value, json};
use std::time::Duration;

async fn tag_of(person: &Person, path: &str) -> String {
    let answer = person.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    tag(&answer)
}

fn tag(answer: &Answer) -> String {
    answer.headers[header::ETAG].to_str().expect("text").to_owned()
}

/// A change that was made after what bears this tag.
async fn change(person: &Person, method: Method, path: &str, tag: &str, body: &Value) -> Answer {
    let request = person.request(method, path).header(header::IF_MATCH, tag);
    let request = request.header(header::CONTENT_TYPE, "application/json");
    person.send(request.body(body.to_string().into()).expect("a request")).await
}

#[rstest]
#[tokio::test]
async fn alice_is_told_that_bob_changed_what_she_edits(
    #[values(Sqlite, Postgres)] engine: Engine,
    #[values("room", "message", "role", "me")] what: &str,
) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let square = format!("/api/v1/rooms/{}", alice.square().await);
    let said = alice.say(&alice.square().await, "first").await;
    alice.post("/api/v1/roles", json!({"name": "helper", "permissions": []})).await.expect(StatusCode::CREATED);
    let (method, path, bodies) = match what {
        "room" => (Method::PATCH, square, [json!({"topic": "Trams"}), json!({"name": "Market"})]),
        "message" => {
            let path = format!("{square}/messages/{}", said["id"].as_str().expect("an id"));
            (Method::PATCH, path, [json!({"text": "second"}), json!({"text": "third"})])
        }
        "role" => {
            let of = |names: &[&str]| json!({"permissions": names});
            (Method::PUT, "/api/v1/roles/helper".into(), [of(&["read_messages"]), of(&["send_messages"])])
        }
        _ => (Method::PATCH, "/api/v1/auth/me".into(), [json!({"first_name": "Alice"}), json!({"language": "fr"})]),
    };
    let [theirs, hers] = bodies;
    let seen = tag_of(&alice, &path).await;
    house.advance(Duration::from_secs(1));
    let changed = change(&alice, method.clone(), &path, &seen, &theirs).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    let now = tag_of(&alice, &path).await;
    assert_eq!(
        (tag(&changed) == now, seen == now),
        (true, false),
        "the answer of a change has the tag of what it made"
    );

    let before = alice.get(&path).await.body["data"].clone();
    change(&alice, method.clone(), &path, &seen, &hers).await.refused(412, "request.stale");
    assert_eq!(alice.get(&path).await.body["data"], before);
    // A proxy that compresses marks the tag as weak; one of several is enough.
    let marked = format!("\"another\", W/{now}");
    assert_eq!(change(&alice, method.clone(), &path, &marked, &hers).await.status, StatusCode::OK);
    // Who does not ask is not refused; nor is who takes whatever there is.
    assert_eq!(alice.send_json(method.clone(), &path, theirs.clone()).await.status, StatusCode::OK);
    assert_eq!(change(&alice, method.clone(), &path, "*", &hers).await.status, StatusCode::OK);
    let malformed = change(&alice, method, &path, "no tag", &theirs).await.refused(400, "request.malformed");
    assert_eq!(malformed.fields(), [("if-match".into(), "malformed".into())]);
}

#[rstest]
#[tokio::test]
async fn nobody_deletes_what_they_have_not_seen(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let square = format!("/api/v1/rooms/{}", alice.square().await);
    let said = alice.say(&alice.square().await, "first").await;
    alice.post("/api/v1/roles", json!({"name": "helper", "permissions": []})).await.expect(StatusCode::CREATED);
    let message = format!("{square}/messages/{}", said["id"].as_str().expect("an id"));
    let things = [
        (message.as_str(), Method::PATCH, json!({"text": "second"})),
        (square.as_str(), Method::PATCH, json!({"topic": "Trams"})),
        ("/api/v1/roles/helper", Method::PUT, json!({"permissions": ["read_messages"]})),
    ];
    for (path, method, body) in things {
        let seen = tag_of(&alice, path).await;
        house.advance(Duration::from_secs(1));
        alice.send_json(method, path, body).await.expect(StatusCode::OK);
        change(&alice, Method::DELETE, path, &seen, &json!({})).await.refused(412, "request.stale");
        let now = tag_of(&alice, path).await;
        assert_eq!(
            change(&alice, Method::DELETE, path, &now, &json!({})).await.status,
            StatusCode::NO_CONTENT,
            "{path}"
        );
    }
}

#[rstest]
#[tokio::test]
async fn an_edit_is_not_stale_because_somebody_spoke_or_answered(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let room = alice.square().await;
    let square = format!("/api/v1/rooms/{room}");
    let said = alice.say(&room, "first").await;
    let message = format!("{square}/messages/{}", said["id"].as_str().expect("an id"));
    let (seen_room, seen_message) = (tag_of(&alice, &square).await, tag_of(&alice, &message).await);
    bob.say(&room, "Hello").await;
    let client_id = crate::house::fresh_client_id();
    let answer = json!({"text": "Indeed", "client_id": client_id, "reply_to": said["id"]});
    bob.post(&format!("{square}/messages"), answer).await.expect(StatusCode::CREATED);
    let room = change(&alice, Method::PATCH, &square, &seen_room, &json!({"topic": "Trams"})).await;
    let message = change(&alice, Method::PATCH, &message, &seen_message, &json!({"text": "second"})).await;
    assert_eq!((room.status, message.status), (StatusCode::OK, StatusCode::OK));
}

async fn read_again(person: &Person, path: &str, known: &str) -> Answer {
    let request = person.request(Method::GET, path).header(header::IF_NONE_MATCH, known);
    person.send(request.body("".into()).expect("a request")).await
}

#[rstest]
#[tokio::test]
async fn who_knows_a_thing_is_told_of_it_again_only_when_something_is_new(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let room = alice.square().await;
    let square = format!("/api/v1/rooms/{room}");
    let invite = alice.post("/api/v1/invites", json!({"max_uses": 5})).await.expect(StatusCode::CREATED);
    let invite = format!("/api/v1/invites/{}", invite["code"].as_str().expect("a code"));
    let seen = tag_of(&alice, &square).await;
    for path in [&square, &invite, &format!("/api/v1/people/{}", bob.id), "/api/v1/server"] {
        let known = tag_of(&alice, path).await;
        for known in [&known, &format!("\"another\", W/{known}"), "*"] {
            let again = read_again(&alice, path, known).await;
            assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""), "{path} {known}");
            assert_eq!(tag(&again), tag_of(&alice, path).await);
        }
        for unknown in ["\"another\"", "no tag"] {
            assert_eq!(read_again(&alice, path, unknown).await.status, StatusCode::OK, "{path} {unknown}");
        }
    }
    // A condition shows nothing to whoever may not read.
    assert_eq!(read_again(&house.visitor(), &square, "*").await.status, StatusCode::UNAUTHORIZED);
    // What waits to be read is new, though it makes nobody's edit stale.
    bob.say(&room, "Hello").await;
    assert_eq!(read_again(&alice, &square, &seen).await.status, StatusCode::OK);
    let edited = change(&alice, Method::PATCH, &square, &seen, &json!({"topic": "Trams"})).await;
    assert_eq!(edited.status, StatusCode::OK, "{}", edited.text);
}

#[rstest]
#[tokio::test]
async fn who_may_not_change_a_thing_learns_nothing_of_its_state(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let mallory = house.member(&alice, "mallory").await;
    let cellar = alice.post("/api/v1/rooms", json!({"name": "Cellar", "policy": "private"})).await;
    let cellar = format!("/api/v1/rooms/{}", cellar.expect(StatusCode::CREATED)["id"].as_str().expect("an id"));
    for tag in [tag_of(&alice, &cellar).await, "\"stale\"".to_owned()] {
        change(&mallory, Method::PATCH, &cellar, &tag, &json!({"topic": "x"})).await.refused(404, "room.not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_edits_made_after_the_same_reading_one_is_told() {
    let Some(house) = House::on(Postgres).await else { return };
    let alice = house.administrator("alice").await;
    let square = format!("/api/v1/rooms/{}", alice.square().await);
    let said = alice.say(&alice.square().await, "first").await;
    let message = format!("{square}/messages/{}", said["id"].as_str().expect("an id"));
    let paths = [(square.as_str(), "topic"), (message.as_str(), "text"), ("/api/v1/auth/me", "first_name")];
    for (round, (path, field)) in (0..10).flat_map(|round| paths.map(|path| (round, path))) {
        house.advance(Duration::from_secs(1));
        let seen = tag_of(&alice, path).await;
        let edits = (0..4).map(|writer| {
            let (alice, path, seen) = (alice.clone(), path.to_owned(), seen.clone());
            let body = json!({field: format!("{writer} in {round}")});
            tokio::spawn(async move { change(&alice, Method::PATCH, &path, &seen, &body).await.status.as_u16() })
        });
        let mut statuses = Vec::new();
        for edit in edits.collect::<Vec<_>>() {
            statuses.push(edit.await.expect("no panic"));
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412, 412, 412], "{path}");
    }
}
