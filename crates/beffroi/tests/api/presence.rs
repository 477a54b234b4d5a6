//! Who is there: read with the members of a room, and pushed to nobody.

use crate::{
    house::{Engine, House, Person, Postgres, Sqlite},
    realtime::Socket,
};
use http::StatusCode;
use rstest::rstest;
use serde_json::{Value, json};
use std::collections::HashMap;

async fn presence_in(room: &str, by: &Person) -> HashMap<String, Value> {
    let members = by.get(&format!("/api/v1/rooms/{room}/members")).await.expect(StatusCode::OK);
    let of =
        |member: &Value| (member["user"]["username"].as_str().expect("a name").to_owned(), member["presence"].clone());
    members.as_array().expect("a list").iter().map(of).collect()
}

// CH-2: presence, among those who share the room.
#[rstest]
#[tokio::test]
async fn alice_sees_who_is_there_and_a_visitor_does_not(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let carol = house.member(&alice, "carol").await;
    let address = house.listen().await;
    let square = alice.square().await;
    let (mut at_bob, _) = Socket::synced(address, &bob, None).await;
    let seen = presence_in(&square, &alice).await;
    assert_eq!((&seen["bob"], &seen["carol"]), (&json!("online"), &json!("offline")));

    let garden = alice.post("/api/v1/rooms", json!({"name": "Garden"})).await.expect(StatusCode::CREATED);
    let garden = garden["id"].as_str().expect("an id");
    assert_eq!(presence_in(garden, &alice).await["alice"], json!("offline"));
    assert_eq!(presence_in(garden, &carol).await["alice"], Value::Null);

    house.app.hub.say_restarting();
    assert_eq!(at_bob.closed().await.0, 1012);
    while house.app.hub.socket_count() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(presence_in(&square, &alice).await["bob"], json!("offline"));
}

// CH-2: who comes, goes and comes back costs the others no frame.
#[rstest]
#[tokio::test]
async fn people_who_come_and_go_cost_the_others_no_frame(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let (address, square) = (house.listen().await, alice.square().await);
    let (mut at_alice, _) = Socket::synced(address, &alice, None).await;
    for _ in 0..500 {
        drop(Socket::synced(address, &bob, None).await);
    }
    let said = alice.say(&square, "quiet here").await;
    assert_eq!(at_alice.next().await["data"]["id"], said["id"]);
}
