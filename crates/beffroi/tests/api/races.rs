//! What meets at the same moment, on PostgreSQL, where writers really run side by side. Whoever comes first, both answers
//! are true and what is stored agrees with them. Races of one kind of thing alone stand with that thing.

use crate::house::{Answer, House, Person, Postgres, fresh_client_id};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

const ROUNDS: usize = 10;

fn start(person: &Person, method: Method, path: &str, body: Value) -> JoinHandle<Answer> {
    let (person, path) = (person.clone(), path.to_owned());
    tokio::spawn(async move { person.send_json(method, &path, body).await })
}

/// Five messages of this person, on their way.
fn start_talking(person: &Person, room: &str) -> Vec<JoinHandle<Answer>> {
    let path = format!("{room}/messages");
    let body = || json!({"text": "on its way", "client_id": fresh_client_id()});
    (0..5).map(|_| start(person, Method::POST, &path, body())).collect()
}

/// The numbers of the messages that were taken; the others were refused in one of these ways.
async fn taken(talk: Vec<JoinHandle<Answer>>, refusals: &[(u16, &str)]) -> Vec<i64> {
    let mut numbers = Vec::new();
    for said in talk {
        let said = said.await.expect("no panic");
        if said.status == StatusCode::CREATED {
            numbers.push(said.expect(StatusCode::CREATED)["seq"].as_i64().expect("a number"));
        } else {
            let refusal = (said.status.as_u16(), said.body["code"].as_str().unwrap_or_default());
            assert!(refusals.contains(&refusal), "{}", said.text);
        }
    }
    numbers
}

async fn events(reader: &Person, room: &str) -> Vec<Value> {
    let changes = reader.get(&format!("{room}/changes?after=0")).await.expect(StatusCode::OK);
    let events = changes["events"].as_array().expect("a list").clone();
    let numbers: Vec<_> = events.iter().filter_map(|event| event["seq"].as_i64()).collect();
    assert!(numbers.iter().copied().eq(1..=changes["last_seq"].as_i64().expect("a number")), "a hole: {numbers:?}");
    events
}

/// Every message that was taken stands once, and before the event that made an end of them.
fn stand_before_the_end(events: &[Value], mut numbers: Vec<i64>, since: i64) {
    let said = events.iter().filter(|event| event["kind"] == "message.created");
    let said: Vec<_> = said.filter_map(|event| event["seq"].as_i64()).filter(|seq| *seq > since).collect();
    numbers.sort_unstable();
    assert_eq!(said, numbers);
    let end = events.last().expect("an event");
    assert_ne!(end["kind"], "message.created", "something was said after the end");
}

async fn room(owner: &Person, name: &str) -> String {
    let room = owner.post("/api/v1/rooms", json!({"name": name, "policy": "restricted"})).await;
    format!("/api/v1/rooms/{}", room.expect(StatusCode::CREATED)["id"].as_str().expect("an id"))
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_said_by_somebody_who_was_put_out() {
    let Some(house) = House::on(Postgres).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let cellar = room(&alice, "Cellar").await;
    let seat = format!("{cellar}/members/{}", bob.id);
    for _ in 0..ROUNDS {
        alice.put(&seat, json!({"role": "member"})).await;
        let since = events(&alice, &cellar).await.len() as i64;
        let talk = start_talking(&bob, &cellar);
        let out = start(&alice, Method::DELETE, &seat, json!({}));
        assert_eq!(out.await.expect("no panic").status, StatusCode::NO_CONTENT);
        let numbers = taken(talk, &[(403, "room.not_writable"), (404, "room.not_found")]).await;
        stand_before_the_end(&events(&alice, &cellar).await, numbers, since);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_said_in_a_room_after_it_was_archived() {
    let Some(house) = House::on(Postgres).await else { return };
    let alice = house.administrator("alice").await;
    let cellar = room(&alice, "Cellar").await;
    for _ in 0..ROUNDS {
        let since = events(&alice, &cellar).await.len() as i64;
        let talk = start_talking(&alice, &cellar);
        let archived = start(&alice, Method::PATCH, &cellar, json!({"archived": true}));
        archived.await.expect("no panic").expect(StatusCode::OK);
        let numbers = taken(talk, &[(409, "room.archived")]).await;
        stand_before_the_end(&events(&alice, &cellar).await, numbers, since);
        alice.patch(&cellar, json!({"archived": false})).await.expect(StatusCode::OK);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_of_a_room_that_was_deleted_while_people_talked() {
    let Some(house) = House::on(Postgres).await else { return };
    let alice = house.administrator("alice").await;
    for round in 0..ROUNDS {
        let cellar = room(&alice, &format!("Cellar {round}")).await;
        let talk = start_talking(&alice, &cellar);
        let deleted = start(&alice, Method::DELETE, &cellar, json!({}));
        assert_eq!(deleted.await.expect("no panic").status, StatusCode::NO_CONTENT);
        // Seen between the end of her seat and the end of the room, it is one that an administrator may still enter.
        taken(talk, &[(404, "room.not_found"), (403, "room.not_entered")]).await;
        alice.get(&cellar).await.refused(404, "room.not_found");
    }
    assert_eq!((house.count("messages").await, house.count("rooms").await), (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_edits_at_once_each_is_told_and_the_last_one_stands() {
    let Some(house) = House::on(Postgres).await else { return };
    let alice = house.administrator("alice").await;
    let square = alice.square().await;
    let said = alice.say(&square, "as it was").await;
    let path = format!("/api/v1/rooms/{square}/messages/{}", said["id"].as_str().expect("an id"));
    let edits = (1..=10).map(|number| start(&alice, Method::PATCH, &path, json!({"text": format!("edit {number}")})));
    for edit in edits.collect::<Vec<_>>() {
        edit.await.expect("no panic").expect(StatusCode::OK);
    }
    let events = events(&alice, &format!("/api/v1/rooms/{square}")).await;
    let told: Vec<_> = events.iter().filter(|event| event["kind"] == "message.edited").collect();
    let shown = alice.get(&path).await.expect(StatusCode::OK);
    assert_eq!((told.len(), &told[9]["data"]["text"]), (10, &shown["text"]));
    let history = alice.get(&format!("{path}/history")).await.expect(StatusCode::OK);
    assert_eq!(history[0]["text"], "as it was");
}

// ID-6: fifty members, one use that is left.
#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_who_accept_an_invitation_at_once_exactly_one_has_its_last_use() {
    let Some(house) = House::on(Postgres).await else { return };
    let alice = house.administrator("alice").await;
    let cellar = room(&alice, "Cellar").await;
    let id = cellar.rsplit('/').next().expect("an id");
    let invite = alice.post("/api/v1/invites", json!({"room": id, "max_uses": 1})).await.expect(StatusCode::CREATED);
    let path = format!("/api/v1/invites/{}/accept", invite["code"].as_str().expect("a code"));
    let mut friends = Vec::new();
    for number in 0..50 {
        friends.push(house.member(&alice, &format!("friend{number}")).await);
    }
    let tries: Vec<_> = friends.iter().map(|friend| start(friend, Method::POST, &path, json!({}))).collect();
    let mut inside = 0;
    for attempt in tries {
        let answer = attempt.await.expect("no panic");
        if answer.status == StatusCode::OK {
            inside += 1;
        } else {
            answer.refused(409, "invite.unusable");
        }
    }
    let members = alice.get(&format!("{cellar}/members")).await.expect(StatusCode::OK);
    assert_eq!((inside, members.as_array().expect("a list").len()), (1, 2));
}

// AU-3: whichever comes first, nothing that a refresh gave outlives the signing out.
#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_that_meets_a_signing_out_saves_no_session() {
    let Some(house) = House::on(Postgres).await else { return };
    let alice = house.administrator("alice").await;
    for _ in 0..ROUNDS {
        let body = json!({"username": "alice", "password": crate::house::PASSWORD, "session": "token"});
        let pair = house.visitor().post("/api/v1/auth/login", body).await.expect(StatusCode::OK);
        let mut program = house.visitor();
        program.bearer = pair["access_token"].as_str().map(str::to_owned);
        let token = json!({"refresh_token": pair["refresh_token"]});
        let refreshed = start(&house.visitor(), Method::POST, "/api/v1/auth/refresh", token);
        let out = start(&program, Method::POST, "/api/v1/auth/logout", json!({}));
        assert_eq!(out.await.expect("no panic").status, StatusCode::NO_CONTENT);
        let refreshed = refreshed.await.expect("no panic");
        if refreshed.status != StatusCode::OK {
            assert_eq!(refreshed.status, StatusCode::UNAUTHORIZED, "{}", refreshed.text);
            continue;
        }
        let pair = refreshed.expect(StatusCode::OK);
        program.bearer = pair["access_token"].as_str().map(str::to_owned);
        assert_eq!(program.get("/api/v1/auth/me").await.status, StatusCode::UNAUTHORIZED);
        let token = json!({"refresh_token": pair["refresh_token"]});
        assert_eq!(house.visitor().post("/api/v1/auth/refresh", token).await.status, StatusCode::UNAUTHORIZED);
    }
    alice.get("/api/v1/auth/me").await.expect(StatusCode::OK);
}
