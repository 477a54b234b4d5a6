//! Two servers on one PostgreSQL: whoever is put out at one of them, or from the shell, is out at the other within a
//! second.

use crate::{
    command_line::KEY,
    people::{PASSWORD, Person, Socket},
    postgres,
    program::{Deployment, Server},
};
use reqwest::{Method, StatusCode};
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// AU-3
const AT_ONCE: Duration = Duration::from_secs(1);
const NEW_PASSWORD: &str = "carillon lantern 51 gravel";

struct Town {
    deployment: Deployment,
    _second: Deployment,
    url: String,
    here: Server,
    there: Server,
    /// The administrator, at the second server.
    alice: Person,
}

/// The second server has a data directory of its own.
async fn town() -> Option<Town> {
    let cluster = postgres::cluster()?;
    let url = cluster.empty_database().await;
    let of_town =
        |deployment: Deployment| deployment.with("DATABASE_URL", url.clone()).with("DATABASE_ENCRYPTION_KEY", KEY);
    let (deployment, second) = (of_town(Deployment::new()), of_town(Deployment::new()));
    assert_eq!(deployment.create_user("alice", "admin", PASSWORD).exit, Some(0));
    let (here, there) = (deployment.serve(), second.serve());
    let alice = Person::signed_in(there.address, "alice").await;
    Some(Town { deployment, _second: second, url, here, there, alice })
}

impl Town {
    /// Somebody new, signed in at the first server, with a socket there.
    async fn newcomer(&self, name: &str) -> (Person, Socket) {
        assert_eq!(self.deployment.create_user(name, "user", PASSWORD).exit, Some(0));
        let person = Person::signed_in(self.here.address, name).await;
        let (socket, _) = Socket::synced(&person, None).await;
        (person, socket)
    }
}

async fn done(person: &Person, method: Method, path: &str, body: Option<Value>) {
    let answer = person.send(method, path, body).await.expect("an answer");
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
}

async fn closes_at_once(mut socket: Socket, code: u16) {
    let begin = Instant::now();
    assert_eq!(socket.closed().await, code);
    assert!(begin.elapsed() < AT_ONCE, "{:?}", begin.elapsed());
}

// AU-3, AU-11: a sign-out, a new password, a demotion and a suspension, none of them at the server of the socket.
#[tokio::test]
async fn who_is_put_out_by_one_process_is_out_at_the_other_within_a_second() {
    let Some(town) = town().await else { return };
    let (bob, socket) = town.newcomer("bob").await;
    done(&bob.at(town.there.address), Method::POST, "/api/v1/auth/logout", Some(json!({}))).await;
    closes_at_once(socket, 4001).await;

    let (_carol, socket) = town.newcomer("carol").await;
    let elsewhere = Person::signed_in(town.there.address, "carol").await;
    let change = json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD});
    done(&elsewhere, Method::PUT, "/api/v1/auth/password", Some(change)).await;
    closes_at_once(socket, 4001).await;

    let (_dave, socket) = town.newcomer("dave").await;
    done(&town.alice, Method::POST, "/api/v1/roles", Some(json!({"name": "mute", "permissions": []}))).await;
    let promoted = town.deployment.run(&["user", "promote", "dave", "mute"]);
    assert_eq!(promoted.exit, Some(0), "{promoted:?}");
    closes_at_once(socket, 4003).await;

    let (_erin, socket) = town.newcomer("erin").await;
    let db = Database::connect(&town.url).await.expect("a connection");
    let suspend = "UPDATE users SET is_active = FALSE, updated_at = updated_at + 1 WHERE username = 'erin'";
    db.execute_unprepared(suspend).await.expect("it works");
    closes_at_once(socket, 4001).await;
}

// AU-3, AZ-4: somebody removed from a private room by another server hears of that, and nothing more of the room.
#[tokio::test]
async fn who_is_removed_from_a_room_by_one_server_hears_no_more_of_it_at_the_other() {
    let Some(town) = town().await else { return };
    let (bob, _) = town.newcomer("bob").await;
    let (status, room) = town.alice.post("/api/v1/rooms", json!({"name": "Cellar", "policy": "private"})).await;
    assert_eq!(status, StatusCode::CREATED);
    let room = room["data"]["id"].as_str().expect("an id").to_owned();
    let me = bob.get("/api/v1/auth/me").await;
    let seat = format!("/api/v1/rooms/{room}/members/{}", me["user"]["id"].as_str().expect("an id"));
    done(&town.alice, Method::PUT, &seat, Some(json!({"role": "member"}))).await;
    let (mut socket, _) = Socket::synced(&bob, None).await;
    let (mut at_alice, _) = Socket::synced(&Person::signed_in(town.here.address, "alice").await, None).await;

    done(&town.alice, Method::DELETE, &seat, None).await;
    let begin = Instant::now();
    let removed = socket.next().await;
    assert!(begin.elapsed() < AT_ONCE, "{:?}", begin.elapsed());
    assert_eq!((&removed["kind"], &removed["data"]["role"]), (&json!("member.changed"), &Value::Null));
    assert_eq!(socket.next().await, json!({"t": "left", "room": room}));
    let said = |text: &str| json!({"text": text, "client_id": crate::people::fresh_client_id()});
    let at = |room: &str| format!("/api/v1/rooms/{room}/messages");
    done(&town.alice, Method::POST, &at(&room), Some(said("he is gone"))).await;
    // It has reached the server of his socket.
    while at_alice.next().await["data"]["text"] != "he is gone" {}
    let square = town.alice.rooms().await;
    let square = square.iter().find(|other| other["id"] != json!(room)).expect("the room where everybody meets");
    done(&town.alice, Method::POST, &at(square["id"].as_str().expect("an id")), Some(said("in the square"))).await;
    assert_eq!(socket.next().await["data"]["text"], "in the square");
}
