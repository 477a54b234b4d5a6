//! Conversations of certain people, and of nobody else.

use crate::{
    house::{Engine, House, Person, Postgres, Sqlite},
    realtime::Socket,
};
use http::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};
use std::collections::HashSet;
use uuid::Uuid;

async fn open(by: &Person, with: &[&Person]) -> Value {
    let users: Vec<Uuid> = with.iter().map(|person| person.id).collect();
    by.post("/api/v1/dms", json!({"users": users})).await.expect(StatusCode::CREATED)
}

fn id_of(room: &Value) -> &str {
    room["id"].as_str().expect("an id")
}

fn path_of(room: &Value) -> String {
    format!("/api/v1/rooms/{}", id_of(room))
}

fn names(room: &Value) -> HashSet<&str> {
    room["people"].as_array().expect("people").iter().filter_map(|person| person["username"].as_str()).collect()
}

// CH-1: direct messages.
#[rstest]
#[tokio::test]
async fn bob_and_carol_talk_alone(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let (bob, carol) = (house.member(&alice, "bob").await, house.member(&alice, "carol").await);
    let room = open(&bob, &[&carol]).await;
    assert_eq!((room["policy"].as_str(), room["role"].as_str()), (Some("direct"), Some("member")));
    assert_eq!((names(&room), room["is_group"].as_bool()), (HashSet::from(["bob", "carol"]), Some(false)));
    // Whoever opens it again, in whatever words, finds the same.
    for (by, users) in [(&bob, vec![carol.id]), (&carol, vec![bob.id]), (&carol, vec![bob.id, carol.id, bob.id])] {
        let again = by.post("/api/v1/dms", json!({"users": users})).await.expect(StatusCode::OK);
        assert_eq!(again["id"], room["id"]);
    }
    let said = bob.say(id_of(&room), "Psst").await;
    let listed = carol.get("/api/v1/rooms").await.expect(StatusCode::OK);
    let listed = listed.as_array().expect("a list").iter().find(|other| other["id"] == room["id"]).expect("listed");
    assert_eq!((listed["unread"].as_i64(), names(listed)), (Some(1), HashSet::from(["bob", "carol"])));
    let path = path_of(&room);
    carol.put(&format!("{path}/read"), json!({"message": said["id"]})).await;
    assert_eq!(carol.get(&path).await.expect(StatusCode::OK)["unread"], 0);
    let answer = carol.answer(&said, "What?").await;
    bob.patch(&format!("{path}/messages/{}", id_of(&said)), json!({"text": "Psst!"})).await.expect(StatusCode::OK);
    let thread = bob.get(&format!("{path}/messages/{}/thread", id_of(&answer))).await.expect(StatusCode::OK);
    assert_eq!((thread[0]["text"].as_str(), thread[1]["text"].as_str()), (Some("Psst!"), Some("What?")));
    let changes = carol.get(&format!("{path}/changes?after=0")).await.expect(StatusCode::OK);
    assert_eq!((changes["events"].as_array().map(Vec::len), changes["last_seq"].as_i64()), (Some(5), Some(5)));
    let square = bob.get("/api/v1/rooms").await.expect(StatusCode::OK);
    let square = square.as_array().expect("a list").iter().find(|room| room["name"] == "Square").cloned();
    assert_eq!(square.expect("listed").get("people"), None);
}

// CH-1, CH-3: both people's sockets hear a new conversation from its first event on.
#[rstest]
#[tokio::test]
async fn a_new_conversation_is_heard_at_once(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let (bob, carol) = (house.member(&alice, "bob").await, house.member(&alice, "carol").await);
    let address = house.listen().await;
    let (mut of_bob, _) = Socket::synced(address, &bob, None).await;
    let (mut of_carol, _) = Socket::synced(address, &carol, None).await;
    let room = open(&bob, &[&carol]).await;
    let said = bob.say(id_of(&room), "Psst").await;
    for socket in [&mut of_bob, &mut of_carol] {
        for seq in 1..=2 {
            let event = socket.next().await;
            assert_eq!((event["seq"].as_i64(), event["kind"].as_str()), (Some(seq), Some("member.changed")));
            assert_eq!(event["room"], room["id"]);
        }
        let event = socket.next().await;
        assert_eq!((event["seq"].as_i64(), &event["data"]["id"]), (Some(3), &said["id"]));
    }
}

// AZ-4: direct messages are for participants alone, whatever the role.
#[rstest]
#[tokio::test]
async fn a_conversation_does_not_exist_for_anybody_else(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let (bob, carol, dave) =
        (house.member(&alice, "bob").await, house.member(&alice, "carol").await, house.member(&alice, "dave").await);
    house.set_role(&dave, "moderator").await;
    let room = open(&bob, &[&carol]).await;
    let said = bob.say(id_of(&room), "canary").await;
    let (path, message) = (path_of(&room), format!("{}/messages/{}", path_of(&room), id_of(&said)));
    let mallory = house.member(&alice, "mallory").await;
    for stranger in [&alice, &dave, &mallory] {
        for (method, path, body) in [
            (Method::GET, path.clone(), json!({})),
            (Method::PATCH, path.clone(), json!({"name": "Mine"})),
            (Method::DELETE, path.clone(), json!({})),
            (Method::GET, format!("{path}/members"), json!({})),
            (Method::POST, format!("{path}/members/me"), json!({})),
            (Method::DELETE, format!("{path}/members/me"), json!({})),
            (Method::PUT, format!("{path}/members/{}", stranger.id), json!({"role": "owner"})),
            (Method::DELETE, format!("{path}/members/{}", bob.id), json!({})),
            (Method::GET, format!("{path}/messages"), json!({})),
            (Method::POST, format!("{path}/messages"), json!({"text": "boo", "client_id": Uuid::from_u128(1)})),
            (Method::GET, message.clone(), json!({})),
            (Method::PATCH, message.clone(), json!({"text": "mine"})),
            (Method::DELETE, message.clone(), json!({})),
            (Method::GET, format!("{message}/thread"), json!({})),
            (Method::GET, format!("{message}/history"), json!({})),
            (Method::GET, format!("{path}/changes"), json!({})),
            (Method::PUT, format!("{path}/read"), json!({"message": said["id"]})),
        ] {
            stranger.send_json(method, &path, body).await.refused(404, "room.not_found");
        }
        assert!(!stranger.get("/api/v1/rooms").await.text.contains(id_of(&room)));
    }
    for keeper in [&alice, &dave] {
        keeper.post("/api/v1/invites", json!({"room": room["id"]})).await.refused(404, "room.not_found");
    }
    let (socket, frames) = Socket::synced(house.listen().await, &alice, None).await;
    drop(socket);
    assert!(!format!("{frames:?}").contains(id_of(&room)));
    // The record says that somebody opened one, not with whom; and never what was said.
    let record = house.audit().await;
    let opened = record.iter().find(|(kind, _)| kind == "dm_opened").expect("a row");
    assert_eq!(opened.1, json!({"room_id": room["id"], "people": 2}));
    assert!(!format!("{record:?}").contains("canary"));
    carol.get(&message).await.expect(StatusCode::OK);
}

// AZ-4: what is done to rooms is not done to a conversation, by its own people either.
#[rstest]
#[tokio::test]
async fn nobody_is_added_to_a_conversation_or_in_charge_of_it(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let (bob, carol, dave) =
        (house.member(&alice, "bob").await, house.member(&alice, "carol").await, house.member(&alice, "dave").await);
    // The administrator among them has no more rights than the others.
    let two = open(&alice, &[&bob]).await;
    let three = open(&alice, &[&bob, &carol]).await;
    for room in [&two, &three] {
        let path = path_of(room);
        for (method, path, body) in [
            (Method::DELETE, path.clone(), json!({})),
            (Method::PATCH, path.clone(), json!({"policy": "public"})),
            (Method::PATCH, path.clone(), json!({"archived": true})),
            (Method::PUT, format!("{path}/members/{}", dave.id), json!({"role": "member"})),
            (Method::PUT, format!("{path}/members/{}", bob.id), json!({"role": "owner"})),
            (Method::DELETE, format!("{path}/members/{}", bob.id), json!({})),
            (Method::POST, "/api/v1/invites".to_owned(), json!({"room": room["id"]})),
        ] {
            alice.send_json(method, &path, body).await.refused(403, "room.direct");
        }
        let said = bob.say(id_of(room), "mine").await;
        let message = format!("{path}/messages/{}", id_of(&said));
        alice.patch(&message, json!({"text": "yours"})).await.refused(403, "auth.forbidden");
        alice.delete(&message).await.refused(403, "auth.forbidden");
        assert_eq!(bob.delete(&message).await.status, StatusCode::NO_CONTENT);
    }
    // No room becomes a conversation either.
    let square = format!("/api/v1/rooms/{}", alice.square().await);
    let refused = alice.patch(&square, json!({"policy": "direct"})).await.refused(400, "request.malformed");
    assert_eq!(refused.fields(), [("policy".into(), "wrong_type".into())]);
    alice.post("/api/v1/rooms", json!({"name": "X", "policy": "direct"})).await.refused(400, "request.malformed");
    // Two people keep theirs for good, unnamed.
    bob.patch(&path_of(&two), json!({"name": "Us"})).await.refused(403, "room.direct");
    bob.delete(&format!("{}/members/me", path_of(&two))).await.refused(403, "room.direct");
}

// CH-1: group conversations.
#[rstest]
#[tokio::test]
async fn a_larger_conversation_is_named_and_left(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let (bob, carol, dave) =
        (house.member(&alice, "bob").await, house.member(&alice, "carol").await, house.member(&alice, "dave").await);
    let pair = open(&bob, &[&carol]).await;
    let group = open(&bob, &[&carol, &dave]).await;
    assert_eq!(group["is_group"], true);
    let path = path_of(&group);
    let named = dave.patch(&path, json!({"name": "Cake plot", "topic": "for alice"})).await.expect(StatusCode::OK);
    assert_eq!((named["name"].as_str(), names(&named).len()), (Some("Cake plot"), 3));
    bob.say(id_of(&group), "hello").await;

    assert_eq!(dave.delete(&format!("{path}/members/me")).await.status, StatusCode::NO_CONTENT);
    dave.get(&path).await.refused(404, "room.not_found");
    dave.post(&format!("{path}/members/me"), json!({})).await.refused(404, "room.not_found");
    assert_eq!(names(&bob.get(&path).await.expect(StatusCode::OK)), HashSet::from(["bob", "carol"]));
    // What is left is not the conversation of the two, and the three may open another one.
    let of_two = bob.post("/api/v1/dms", json!({"users": [carol.id]})).await.expect(StatusCode::OK);
    assert_eq!(of_two["id"], pair["id"]);
    assert_ne!(open(&dave, &[&carol, &bob]).await["id"], group["id"]);
    // Nobody can come back to an empty one: it goes with the last.
    for person in [&bob, &carol] {
        assert_eq!(person.delete(&format!("{path}/members/me")).await.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(house.count("messages WHERE text = 'hello'").await, 0);
}

#[rstest]
#[tokio::test]
async fn a_conversation_has_two_to_ten_people_whom_one_can_write_to(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let mut others = Vec::new();
    for number in 0..10 {
        others.push(house.member(&alice, &format!("person-{number}")).await);
    }
    let ids = |count: usize| others.iter().take(count).map(|person| person.id).collect::<Vec<_>>();
    let nobody = Uuid::from_u128(9);
    for (users, field, code) in [
        (vec![], "users", "out_of_range"),
        (vec![bob.id], "users", "out_of_range"),
        (ids(10), "users", "out_of_range"),
        (vec![alice.id, nobody], "users[1]", "not_available"),
    ] {
        let refused = bob.post("/api/v1/dms", json!({"users": users})).await.refused(422, "validation");
        assert_eq!(refused.fields(), [(field.into(), code.into())]);
    }
    house.execute("UPDATE users SET is_active = FALSE WHERE username = 'person-0'").await;
    let refused = bob.post("/api/v1/dms", json!({"users": ids(1)})).await.refused(422, "validation");
    assert_eq!(refused.fields(), [("users[0]".into(), "not_available".into())]);
    house.execute("UPDATE users SET is_active = TRUE WHERE username = 'person-0'").await;
    let most = bob.post("/api/v1/dms", json!({"users": ids(9)})).await.expect(StatusCode::CREATED);
    assert_eq!(names(&most).len(), 10);
    house.set_role(&bob, "guest").await;
    bob.post("/api/v1/dms", json!({"users": [alice.id]})).await.refused(403, "auth.forbidden");
}

// AZ-3: writing there takes the right to direct messages, too.
#[rstest]
#[tokio::test]
async fn who_may_not_send_direct_messages_reads_them_only(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let room = open(&alice, &[&bob]).await;
    bob.say(id_of(&room), "before").await;
    house.execute("UPDATE roles SET permissions = '[\"read_messages\",\"send_messages\"]' WHERE name = 'user'").await;
    bob.say_as(id_of(&room), "after", Uuid::from_u128(1)).await.refused(403, "auth.forbidden");
    bob.get(&format!("{}/messages", path_of(&room))).await.expect(StatusCode::OK);
    bob.say(&bob.square().await, "elsewhere").await;
}

// CH-1: one conversation of the same people, however many open it at once.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn fifty_who_open_one_conversation_at_once_open_one(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let tries: Vec<_> = (0..50)
        .map(|number| {
            let (by, with) = if number % 2 == 0 { (alice.clone(), bob.id) } else { (bob.clone(), alice.id) };
            tokio::spawn(async move { by.post("/api/v1/dms", json!({"users": [with]})).await })
        })
        .collect();
    let (mut created, mut rooms) = (0, HashSet::new());
    for attempt in tries {
        let answer = attempt.await.expect("no panic");
        assert!(answer.status.is_success(), "{}", answer.text);
        created += usize::from(answer.status == StatusCode::CREATED);
        rooms.insert(answer.body["data"]["id"].as_str().expect("an id").to_owned());
    }
    assert_eq!((created, rooms.len()), (1, 1));
    assert_eq!(house.count("rooms WHERE policy = 'direct'").await, 1);
    assert_eq!(house.count("audit_events WHERE event_type = 'dm_opened'").await, 1);
}

// CH-1: a block closes what two people have, and keeps it from being opened; neither is told whose it is.
#[rstest]
#[tokio::test]
async fn a_block_closes_the_conversation_of_two(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let (bob, mallory) = (house.member(&alice, "bob").await, house.member(&alice, "mallory").await);
    let room = open(&mallory, &[&bob]).await;
    let said = mallory.say(id_of(&room), "You again").await;
    let block = format!("/api/v1/people/{}/block", mallory.id);
    bob.put(&block, json!({})).await;
    let message = format!("{}/messages/{}", path_of(&room), id_of(&said));
    for (person, number) in [(&mallory, 1), (&bob, 2)] {
        let client_id = Uuid::from_u128(number);
        person.say_as(id_of(&room), "and again", client_id).await.refused(403, "person.unreachable");
        person.get(&message).await.expect(StatusCode::OK);
    }
    mallory.patch(&message, json!({"text": "You!!"})).await.refused(403, "person.unreachable");
    let group = json!({"users": [bob.id, alice.id]});
    mallory.post("/api/v1/dms", group.clone()).await.refused(403, "person.unreachable");
    // Somebody else may bring both together; whoever minds leaves.
    let of_three = open(&alice, &[&bob, &mallory]).await;
    mallory.say(id_of(&of_three), "hello").await;
    assert_eq!(bob.delete(&format!("{}/members/me", path_of(&of_three))).await.status, StatusCode::NO_CONTENT);

    bob.delete(&block).await;
    mallory.say(id_of(&room), "sorry").await;
    mallory.post("/api/v1/dms", group).await.expect(StatusCode::CREATED);
}

// Block against post, at once: what is acknowledged after the block was acknowledged is not there.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_to_somebody_after_they_blocked() {
    let Some(house) = House::on(Postgres).await else { return };
    let alice = house.administrator("alice").await;
    let mallory = house.member(&alice, "mallory").await;
    let room = open(&mallory, &[&alice]).await;
    let block = format!("/api/v1/people/{}/block", mallory.id);
    for round in 0..10_u128 {
        let posts: Vec<_> = (0..5_u128)
            .map(|number| {
                let (mallory, room) = (mallory.clone(), id_of(&room).to_owned());
                let client_id = Uuid::from_u128(round << 64 | number);
                tokio::spawn(async move { mallory.say_as(&room, "boo", client_id).await.status })
            })
            .collect();
        assert_eq!(alice.put(&block, json!({})).await.status, StatusCode::NO_CONTENT);
        let written = house.count("messages").await;
        for post in posts {
            assert!(matches!(post.await.expect("no panic"), StatusCode::CREATED | StatusCode::FORBIDDEN));
        }
        assert_eq!(house.count("messages").await, written);
        alice.delete(&block).await;
    }
}
