//! Who is writing, for whoever is there.

use crate::{
    house::{Engine, House, Person, Postgres, Sqlite},
    realtime::Socket,
};
use beffroi::{event::Publication, ids::UserId};
use http::StatusCode;
use rstest::rstest;
use serde_json::{Value, json};
use std::time::Duration;

/// Says that this person writes, and returns once the server took it in.
async fn write(socket: &mut Socket, room: &str) {
    socket.send(json!({"t": "typing", "room": room})).await;
    socket.cursor().await;
}

/// The frames that come before a message which `by` sends now.
async fn heard_until_said(socket: &mut Socket, by: &Person, room: &str) -> Vec<Value> {
    let said = by.say(room, "and here it is").await;
    let mut heard = Vec::new();
    loop {
        let frame = socket.next().await;
        if frame["data"]["id"] == said["id"] {
            return heard;
        }
        heard.push(frame);
    }
}

async fn private_room(by: &Person, name: &str) -> String {
    let room = by.post("/api/v1/rooms", json!({"name": name, "policy": "private"})).await.expect(StatusCode::CREATED);
    room["id"].as_str().expect("an id").to_owned()
}

// CH-2: typing.
#[rstest]
#[tokio::test]
async fn bob_sees_that_alice_writes(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let (address, square) = (house.listen().await, alice.square().await);
    let (mut at_bob, _) = Socket::synced(address, &bob, None).await;
    let (mut writing, _) = Socket::synced(address, &alice, None).await;
    let (mut elsewhere, _) = Socket::synced(address, &alice, None).await;

    write(&mut writing, &square).await;
    let told = json!({
        "t": "ephemeral", "kind": "typing", "room": square, "state": "typing",
        "user": {"id": alice.id, "username": "alice"},
    });
    assert_eq!(at_bob.next().await, told);
    // Once in a while is enough, from whichever of her devices; and she herself knows.
    write(&mut writing, &square).await;
    write(&mut elsewhere, &square).await;
    assert_eq!(heard_until_said(&mut at_bob, &alice, &square).await, Vec::<Value>::new());
    assert_eq!(elsewhere.next().await["kind"], "message.created");
    house.advance(Duration::from_secs(3));
    write(&mut elsewhere, &square).await;
    assert_eq!(at_bob.next().await, told);
}

// CH-2, AZ-4: nobody shows up in a room that they could not write to.
#[rstest]
#[tokio::test]
async fn who_may_not_write_is_not_seen_writing(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let mallory = house.member(&alice, "mallory").await;
    let (address, square) = (house.listen().await, alice.square().await);
    let cellar = private_room(&alice, "Cellar").await;
    let attic = private_room(&alice, "Attic").await;
    for room in [&cellar, &attic] {
        let seat = format!("/api/v1/rooms/{room}/members/{}", bob.id);
        assert_eq!(alice.put(&seat, json!({"role": "member"})).await.status, StatusCode::NO_CONTENT);
    }
    alice.patch(&format!("/api/v1/rooms/{attic}"), json!({"archived": true})).await.expect(StatusCode::OK);
    let (mut at_alice, _) = Socket::synced(address, &alice, None).await;
    let (mut of_bob, _) = Socket::synced(address, &bob, None).await;
    let (mut of_mallory, _) = Socket::synced(address, &mallory, None).await;

    // Not a member; a room that is closed; one that never was. No answer tells them apart.
    for room in [cellar.as_str(), attic.as_str(), "019a0000-0000-7000-8000-000000000000"] {
        write(&mut of_mallory, room).await;
    }
    write(&mut of_bob, &attic).await;
    assert_eq!(heard_until_said(&mut at_alice, &alice, &square).await, Vec::<Value>::new());
    write(&mut of_bob, &cellar).await;
    assert_eq!(at_alice.next().await["user"]["username"], "bob");

    // Rights are those of now, not of when the socket opened.
    let reader = json!({"name": "reader", "permissions": ["read_messages"]});
    alice.post("/api/v1/roles", reader).await.expect(StatusCode::CREATED);
    house.set_role(&mallory, "reader").await;
    house.app.publish(Publication::PersonChanged { user: UserId(mallory.id) });
    house.settle().await;
    write(&mut of_mallory, &square).await;
    assert_eq!(heard_until_said(&mut at_alice, &alice, &square).await, Vec::<Value>::new());
    of_mallory.send(json!({"t": "typing", "room": "nowhere"})).await;
    while of_mallory.next().await != json!({"t": "error", "code": "frame.malformed"}) {}
}

// CH-2: where many write at once, a few of them are enough for "several people are writing".
#[rstest]
#[tokio::test]
async fn a_crowd_that_writes_costs_a_few_frames_each(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let (address, square) = (house.listen().await, alice.square().await);
    let mut crowd = Vec::new();
    for number in 0..12 {
        let person = house.member(&alice, &format!("person{number}")).await;
        crowd.push(Socket::synced(address, &person, None).await.0);
    }
    let (mut at_alice, _) = Socket::synced(address, &alice, None).await;
    for _ in 0..3 {
        for socket in &mut crowd {
            write(socket, &square).await;
        }
    }
    assert_eq!(heard_until_said(&mut at_alice, &alice, &square).await.len(), 5);
}
