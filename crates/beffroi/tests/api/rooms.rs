//! Rooms and who is in them.

use crate::house::{Engine, House, Person, Postgres, Sqlite};
use http::StatusCode;
use rstest::rstest;
use serde_json::{Value, json};

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

/// Everything that a list gives, `limit` at a time.
async fn all_of(person: &Person, path: &str, limit: usize) -> Vec<Value> {
    let (mut all, mut asked) = (Vec::new(), format!("{path}?limit={limit}"));
    loop {
        let answer = person.get(&asked).await;
        let page = answer.body["data"].as_array().expect("a list").clone();
        assert!(page.len() <= limit);
        all.extend(page);
        let Some(next) = answer.body["next"].as_str() else { return all };
        asked = format!("{path}?limit={limit}&cursor={next}");
    }
}

#[rstest]
#[tokio::test]
async fn rooms_and_their_members_are_listed_page_by_page(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    // Everybody is taken to the oldest room.
    house.advance(std::time::Duration::from_secs(1));
    for (name, policy) in [("Ålesund", "public"), ("attic", "private"), ("Belfry", "private"), ("belfry", "private")] {
        alice.post("/api/v1/rooms", json!({"name": name, "policy": policy})).await.expect(StatusCode::CREATED);
    }
    let mut everybody = vec!["alice"];
    for name in ["bob", "carol", "dave", "eve"] {
        // All in one millisecond: the order of their arrival does not tell them apart.
        house.member(&alice, name).await;
        everybody.push(name);
    }
    for limit in [100, 1, 2, 3] {
        let rooms = all_of(&alice, "/api/v1/rooms", limit).await;
        let mut names: Vec<_> = rooms.iter().filter_map(|room| room["name"].as_str()).collect();
        // Small letters among the capitals; where the accents go is the database's own order.
        let place = |wanted: &str| names.iter().position(|name| *name == wanted);
        assert!(place("attic") < place("Belfry") && place("belfry") < place("Square"), "{names:?}");
        names.sort_unstable();
        assert_eq!(names, ["Belfry", "Square", "attic", "belfry", "Ålesund"]);
        let members = all_of(&alice, &format!("/api/v1/rooms/{}/members", alice.square().await), limit).await;
        let mut names: Vec<_> = members.iter().filter_map(|member| member["user"]["username"].as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, everybody, "{limit} at a time: {members:?}");
    }
}

#[rstest]
#[tokio::test]
async fn a_page_goes_on_where_the_last_room_was_deleted_meanwhile(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let attic = alice.post("/api/v1/rooms", json!({"name": "Attic"})).await.expect(StatusCode::CREATED);
    let first = alice.get("/api/v1/rooms?limit=1").await;
    assert_eq!(first.body["data"][0]["name"], "Attic");
    let next = first.body["next"].as_str().expect("there is more");
    alice.delete(&format!("/api/v1/rooms/{}", attic["id"].as_str().expect("an id"))).await;
    let rest = alice.get(&format!("/api/v1/rooms?cursor={next}")).await.expect(StatusCode::OK);
    assert_eq!(rest[0]["name"], "Square");
    for forged in ["nonsense", "%00", ""] {
        alice.get(&format!("/api/v1/rooms?cursor={forged}")).await.refused(400, "request.invalid_cursor");
    }
    for limit in ["0", "101"] {
        alice.get(&format!("/api/v1/rooms?limit={limit}")).await.refused(422, "validation");
    }
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
async fn a_private_room_does_not_exist_for_strangers(
    #[values(Sqlite, Postgres)] engine: Engine,
    #[values("private", "restricted")] policy: &str,
) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let body = json!({"name": "Cellar", "policy": policy});
    let cellar = alice.post("/api/v1/rooms", body).await.expect(StatusCode::CREATED);
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
    bob.patch(&path, json!({"name": "Mine"})).await.refused(404, "room.not_found");
    bob.delete(&path).await.refused(404, "room.not_found");
    let seat = format!("{path}/members/{}", bob.id);
    bob.put(&seat, json!({"role": "owner"})).await.refused(404, "room.not_found");
    // Not even its name is told: another room may have it.
    let mine = bob.post("/api/v1/rooms", json!({"name": "Cellar"})).await.expect(StatusCode::CREATED);
    let mine = format!("/api/v1/rooms/{}", mine["id"].as_str().expect("an id"));
    alice.patch(&path, json!({"policy": "public"})).await.refused(409, "room.name_taken");
    assert_eq!(bob.delete(&mine).await.status, StatusCode::NO_CONTENT);
    alice.say_as(id, "hello", uuid::Uuid::from_u128(7)).await.expect(StatusCode::CREATED);
    alice.patch(&path, json!({"policy": "public"})).await.expect(StatusCode::OK);
    bob.get(&path).await.expect(StatusCode::OK);
}

async fn cellar(owner: &Person, policy: &str) -> String {
    let body = json!({"name": "Cellar", "policy": policy});
    let room = owner.post("/api/v1/rooms", body).await.expect(StatusCode::CREATED);
    format!("/api/v1/rooms/{}", room["id"].as_str().expect("an id"))
}

// AZ-4: members of a private room bring others; in a restricted one owners and its moderators do.
#[rstest]
#[tokio::test]
async fn who_brings_people_depends_on_the_policy(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let (bob, carol, dave) =
        (house.member(&alice, "bob").await, house.member(&alice, "carol").await, house.member(&alice, "dave").await);
    let member = json!({"role": "member"});
    for (policy, members_may) in [("private", true), ("restricted", false)] {
        let room = cellar(&bob, policy).await;
        let seat = |person: &Person| format!("{room}/members/{}", person.id);
        assert_eq!(bob.put(&seat(&carol), member.clone()).await.status, StatusCode::NO_CONTENT);
        let by_member = carol.put(&seat(&dave), member.clone()).await;
        if members_may {
            assert_eq!(by_member.status, StatusCode::NO_CONTENT);
            dave.get(&format!("{room}/messages")).await.expect(StatusCode::OK);
        } else {
            by_member.refused(403, "room.not_yours");
            dave.get(&format!("{room}/messages")).await.refused(404, "room.not_found");
            bob.put(&seat(&carol), json!({"role": "moderator"})).await;
            assert_eq!(carol.put(&seat(&dave), member.clone()).await.status, StatusCode::NO_CONTENT);
        }
        let nobody = format!("{room}/members/{}", uuid::Uuid::from_u128(9));
        bob.put(&nobody, member.clone()).await.refused(404, "person.not_found");
        assert_eq!(bob.delete(&room).await.status, StatusCode::NO_CONTENT);
        bob.get(&room).await.refused(404, "room.not_found");
    }
}

// AZ-4: an explicit act, recorded and shown to the members.
#[rstest]
#[tokio::test]
async fn a_moderator_enters_a_private_room_openly_or_not_at_all(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let (bob, carol) = (house.member(&alice, "bob").await, house.member(&alice, "carol").await);
    house.set_role(&carol, "moderator").await;
    let room = cellar(&bob, "private").await;
    bob.say(&room["/api/v1/rooms/".len()..], "between us").await;
    for person in [&alice, &carol] {
        assert_eq!(person.get(&room).await.expect(StatusCode::OK)["role"], json!(null));
        for path in [format!("{room}/messages"), format!("{room}/members"), format!("{room}/changes")] {
            person.get(&path).await.refused(403, "room.not_entered");
        }
        person
            .say_as(&room["/api/v1/rooms/".len()..], "boo", uuid::Uuid::from_u128(1))
            .await
            .refused(403, "room.not_entered");
        person.patch(&room, json!({"topic": "open"})).await.refused(403, "room.not_entered");
    }
    carol.post(&format!("{room}/members/me"), json!({})).await.expect(StatusCode::OK);
    carol.get(&format!("{room}/messages")).await.expect(StatusCode::OK);
    let changes = bob.get(&format!("{room}/changes?after=0")).await.expect(StatusCode::OK);
    let entry = changes["events"].as_array().expect("a list").last().expect("an event").clone();
    assert_eq!(
        (entry["data"]["user"]["username"].as_str(), entry["data"]["by_right"].as_bool()),
        (Some("carol"), Some(true))
    );
    let entries = bob.get(&format!("{room}/changes?after=0&kind=member.changed")).await.expect(StatusCode::OK);
    let kinds: Vec<_> =
        entries["events"].as_array().expect("a list").iter().filter_map(|event| event["kind"].as_str()).collect();
    assert_eq!((kinds, &entries["more"]), (vec!["member.changed"; 2], &json!(false)));
    bob.get(&format!("{room}/changes?kind=nothing")).await.refused(400, "request.malformed");
    assert!(house.audit_types().await.contains(&"room_entered".to_owned()));
}

#[rstest]
#[tokio::test]
async fn ownership_is_handed_over_and_never_lost(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let (bob, carol) = (house.member(&alice, "bob").await, house.member(&alice, "carol").await);
    let room = cellar(&bob, "private").await;
    let seat = |person: &Person| format!("{room}/members/{}", person.id);
    bob.put(&seat(&carol), json!({"role": "member"})).await;
    carol.put(&seat(&carol), json!({"role": "owner"})).await.refused(403, "room.not_yours");
    bob.put(&seat(&bob), json!({"role": "member"})).await.refused(409, "room.last_owner");
    assert_eq!(bob.put(&seat(&carol), json!({"role": "owner"})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(bob.delete(&format!("{room}/members/me")).await.status, StatusCode::NO_CONTENT);
    carol.patch(&room, json!({"name": "Attic", "topic": "Boxes"})).await.expect(StatusCode::OK);
    carol.delete(&format!("{room}/members/me")).await.refused(409, "room.last_owner");
    assert_eq!(carol.get(&room).await.expect(StatusCode::OK)["name"], "Attic");
}

// CH-1: a room whose owner is gone is seen by those who manage rooms, and gets another owner.
#[rstest]
#[tokio::test]
async fn a_room_that_lost_its_owner_gets_another(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let (bob, carol) = (house.member(&alice, "bob").await, house.member(&alice, "carol").await);
    let room = cellar(&bob, "private").await;
    let seat = |person: &Person| format!("{room}/members/{}", person.id);
    bob.put(&seat(&carol), json!({"role": "member"})).await;
    bob.post("/api/v1/dms", json!({"users": [carol.id]})).await.expect(StatusCode::CREATED);
    let orphaned = "/api/v1/rooms?orphaned=true";
    assert_eq!(alice.get(orphaned).await.expect(StatusCode::OK), json!([]));
    carol.get(orphaned).await.refused(403, "auth.forbidden");
    carol.get("/api/v1/rooms?orphaned=false").await.expect(StatusCode::OK);

    house.execute("UPDATE users SET is_active = (1 = 0) WHERE username = 'bob'").await;
    let listed = alice.get(orphaned).await.expect(StatusCode::OK);
    let names: Vec<_> = listed.as_array().expect("a list").iter().map(|room| room["name"].clone()).collect();
    assert_eq!((names, &listed[0]["role"]), (vec![json!("Cellar")], &json!(null)));
    carol.put(&seat(&carol), json!({"role": "owner"})).await.refused(403, "room.not_yours");
    // A private room is entered openly first, here as always.
    alice.put(&seat(&carol), json!({"role": "owner"})).await.refused(403, "room.not_entered");
    alice.post(&format!("{room}/members/me"), json!({})).await.expect(StatusCode::OK);
    assert_eq!(alice.put(&seat(&carol), json!({"role": "owner"})).await.status, StatusCode::NO_CONTENT);
    let appointed = json!({"room_id": room["/api/v1/rooms/".len()..], "member_id": carol.id, "role": "owner"});
    assert!(house.audit().await.contains(&("room_member_changed".to_owned(), appointed)));
    // From now on it is hers again.
    alice.put(&seat(&alice), json!({"role": "owner"})).await.refused(403, "room.not_yours");
    carol.patch(&room, json!({"topic": "Boxes"})).await.expect(StatusCode::OK);
    assert_eq!(alice.get(orphaned).await.expect(StatusCode::OK), json!([]));
}

#[rstest]
#[tokio::test]
async fn putting_somebody_out_takes_rank(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let (bob, carol, dave) =
        (house.member(&alice, "bob").await, house.member(&alice, "carol").await, house.member(&alice, "dave").await);
    let room = cellar(&bob, "restricted").await;
    let seat = |person: &Person| format!("{room}/members/{}", person.id);
    for (person, role) in [(&carol, "moderator"), (&dave, "member")] {
        assert_eq!(bob.put(&seat(person), json!({"role": role})).await.status, StatusCode::NO_CONTENT);
    }
    for (by, whom) in [(&dave, &carol), (&dave, &bob), (&carol, &bob), (&carol, &carol)] {
        by.delete(&seat(whom)).await.refused(403, "room.not_yours");
    }
    assert_eq!(carol.delete(&seat(&dave)).await.status, StatusCode::NO_CONTENT);
    dave.get(&format!("{room}/messages")).await.refused(404, "room.not_found");
    assert_eq!(bob.delete(&seat(&carol)).await.status, StatusCode::NO_CONTENT);
    bob.delete(&seat(&carol)).await.refused(404, "room.not_member");
}

#[rstest]
#[tokio::test]
async fn an_archived_room_is_read_until_it_is_opened_again(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let (room, id) = (format!("/api/v1/rooms/{}", bob.square().await), bob.square().await);
    bob.patch(&room, json!({"archived": true})).await.refused(403, "room.not_yours");
    assert_eq!(alice.patch(&room, json!({"archived": true})).await.expect(StatusCode::OK)["archived"], true);
    bob.say_as(&id, "hello?", uuid::Uuid::from_u128(1)).await.refused(409, "room.archived");
    bob.get(&format!("{room}/messages")).await.expect(StatusCode::OK);
    let me = format!("{room}/members/me");
    assert_eq!(bob.delete(&me).await.status, StatusCode::NO_CONTENT);
    bob.post(&me, json!({})).await.refused(409, "room.archived");
    let seat = json!({"role": "member"});
    alice.put(&format!("{room}/members/{}", bob.id), seat).await.refused(409, "room.archived");
    alice.patch(&room, json!({"archived": false})).await.expect(StatusCode::OK);
    bob.post(&me, json!({})).await.expect(StatusCode::OK);
    bob.say_as(&id, "hello?", uuid::Uuid::from_u128(1)).await.expect(StatusCode::CREATED);
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
