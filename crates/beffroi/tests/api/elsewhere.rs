//! What another process on the same database did: whoever was put out there does not hear on here.

use crate::{
    house::{Engine, House, PASSWORD, Person, Postgres, Sqlite},
    realtime::Socket,
};
use beffroi::jobs;
use http::StatusCode;
use rstest::rstest;
use serde_json::json;

struct Cellar {
    house: House,
    _other: House,
    /// Owns the cellar, and works by the other server from now on.
    elsewhere: Person,
    alice: Person,
    bob: Person,
    room: String,
}

/// A private room of alice and bob.
async fn cellar(engine: Engine) -> Option<Cellar> {
    let house = House::on(engine).await?;
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let room =
        alice.post("/api/v1/rooms", json!({"name": "Cellar", "policy": "private"})).await.expect(StatusCode::CREATED);
    let room = room["id"].as_str().expect("an id").to_owned();
    let seat = format!("/api/v1/rooms/{room}/members/{}", bob.id);
    assert_eq!(alice.put(&seat, json!({"role": "member"})).await.status, StatusCode::NO_CONTENT);
    let other = House::beside(&house).await;
    let mut elsewhere = other.visitor();
    elsewhere.sign_in("alice", PASSWORD).await.expect(StatusCode::OK);
    Some(Cellar { house, _other: other, elsewhere, alice, bob, room })
}

impl Cellar {
    async fn compare(&self) {
        jobs::compare_heads(self.house.app.clone()).await.expect("it compares");
    }

    /// Says something in the square, which everybody hears.
    async fn say_in_the_square(&self) {
        self.alice.say(&self.alice.square().await, "in the square").await;
    }
}

// AU-3, AU-11: bob hears that he was removed, and nothing after it; the others hear all of it.
#[rstest]
#[case::nothing_else_happened(false)]
#[case::something_was_said_here_meanwhile(true)]
#[tokio::test]
async fn who_was_removed_elsewhere_hears_nothing_after_it(
    #[values(Sqlite, Postgres)] engine: Engine,
    #[case] is_busy: bool,
) {
    let Some(cellar) = cellar(engine).await else { return };
    let address = cellar.house.listen().await;
    let (mut at_bob, _) = Socket::synced(address, &cellar.bob, None).await;
    let (mut at_alice, _) = Socket::synced(address, &cellar.alice, None).await;
    if is_busy {
        cellar.alice.say(&cellar.room, "before").await;
        assert_eq!(at_bob.next().await["data"]["text"], "before");
        assert_eq!(at_alice.next().await["data"]["text"], "before");
    }
    let seat = format!("/api/v1/rooms/{}/members/{}", cellar.room, cellar.bob.id);
    assert_eq!(cellar.elsewhere.delete(&seat).await.status, StatusCode::NO_CONTENT);
    cellar.elsewhere.say(&cellar.room, "he is gone").await;
    cellar.compare().await;
    cellar.alice.say(&cellar.room, "at last").await;
    cellar.say_in_the_square().await;

    let removed = at_bob.next().await;
    assert_eq!(removed["kind"], "member.changed");
    assert_eq!((&removed["data"]["user"]["username"], &removed["data"]["role"]), (&json!("bob"), &json!(null)));
    assert_eq!(at_bob.next().await, json!({"t": "left", "room": cellar.room}));
    assert_eq!(at_bob.next().await["data"]["text"], "in the square");
    assert_eq!(at_alice.next().await["kind"], "member.changed");
    for text in ["he is gone", "at last", "in the square"] {
        assert_eq!(at_alice.next().await["data"]["text"], text);
    }
}

// AU-3: what is said here in between must not hide what was done there.
#[rstest]
#[tokio::test]
async fn a_removal_elsewhere_is_not_hidden_by_what_is_said_here(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(cellar) = cellar(engine).await else { return };
    let address = cellar.house.listen().await;
    let (mut at_bob, _) = Socket::synced(address, &cellar.bob, None).await;
    let seat = format!("/api/v1/rooms/{}/members/{}", cellar.room, cellar.bob.id);
    assert_eq!(cellar.elsewhere.delete(&seat).await.status, StatusCode::NO_CONTENT);
    cellar.alice.say(&cellar.room, "within the half second").await;
    cellar.compare().await;
    cellar.alice.say(&cellar.room, "after it").await;
    cellar.say_in_the_square().await;
    let mut heard = Vec::new();
    while heard.last() != Some(&json!("in the square")) {
        heard.push(at_bob.next().await["data"]["text"].clone());
    }
    for unheard in ["within the half second", "after it"] {
        assert!(!heard.contains(&json!(unheard)), "{heard:?}");
    }
}

// AU-3: a room that was deleted there is heard by nobody; one who joined again hears on.
#[rstest]
#[tokio::test]
async fn a_room_deleted_elsewhere_is_left_by_everybody(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(cellar) = cellar(engine).await else { return };
    let address = cellar.house.listen().await;
    let (mut at_bob, _) = Socket::synced(address, &cellar.bob, None).await;
    let path = format!("/api/v1/rooms/{}", cellar.room);
    assert_eq!(cellar.elsewhere.delete(&path).await.status, StatusCode::NO_CONTENT);
    cellar.compare().await;
    cellar.say_in_the_square().await;
    assert_eq!(at_bob.next().await, json!({"t": "left", "room": cellar.room}));
    assert_eq!(at_bob.next().await["data"]["text"], "in the square");
    assert_eq!(cellar.house.app.hub.room_count(), 1);
}
