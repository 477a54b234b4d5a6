//! Roles that an administrator defines, and what happens to those who have one when it changes.

use crate::{
    house::{Engine, House, PASSWORD, Person, Postgres, Sqlite},
    realtime::Socket,
};
use beffroi::jobs;
use http::StatusCode;
use rstest::rstest;
use serde_json::{Value, json};
use std::{collections::HashMap, time::Duration};

const ROLES: &str = "/api/v1/roles";

async fn define(by: &Person, name: &str, permissions: Value) -> Value {
    by.post(ROLES, json!({"name": name, "permissions": permissions})).await.expect(StatusCode::CREATED)
}

/// The same person with a program that holds an access token.
async fn program_of(house: &House, name: &str) -> Person {
    let mut program = house.visitor();
    let body = json!({"username": name, "password": PASSWORD});
    let pair = program.post("/api/v1/auth/login", body).await.expect(StatusCode::OK);
    program.bearer = pair["access_token"].as_str().map(str::to_owned);
    program
}

// AZ-1, AZ-2: roles that the administrator defines, of permissions by their names.
#[rstest]
#[tokio::test]
async fn a_role_that_alice_defines_does_what_it_says(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let greeter = alice
        .post(ROLES, json!({"name": "Greeter", "permissions": ["manage_rooms", "read_messages", "delete_messages"]}))
        .await;
    assert_eq!(greeter.headers["location"], "/api/v1/roles/greeter");
    let greeter = greeter.expect(StatusCode::CREATED);
    let permissions = json!(["read_messages", "delete_all_messages", "manage_rooms"]);
    assert_eq!(greeter, json!({"name": "greeter", "permissions": permissions, "is_built_in": false}));
    house.set_role(&bob, "greeter").await;
    bob.post("/api/v1/invites", json!({})).await.expect(StatusCode::CREATED);
    let me = bob.get("/api/v1/auth/me").await.expect(StatusCode::OK);
    assert_eq!(me["permissions"], permissions);
    bob.say_as(&bob.square().await, "hello", crate::house::fresh_client_id()).await.refused(403, "auth.forbidden");

    let path = format!("{ROLES}/greeter");
    house.advance(Duration::from_secs(1));
    let listed = alice.get(ROLES).await.expect(StatusCode::OK);
    let names: Vec<_> = listed.as_array().expect("a list").iter().map(|role| role["name"].clone()).collect();
    assert_eq!(names, ["admin", "greeter", "guest", "moderator", "user"]);
    alice.put(&path, json!({"permissions": ["read_messages", "send_messages"]})).await.expect(StatusCode::OK);
    bob.post("/api/v1/invites", json!({})).await.refused(403, "auth.forbidden");
    bob.say(&bob.square().await, "hello").await;

    house.advance(Duration::from_secs(1));
    alice.delete(&path).await.refused(409, "role.in_use");
    house.set_role(&bob, "user").await;
    assert_eq!(alice.delete(&path).await.status, StatusCode::NO_CONTENT);
    alice.get(&path).await.refused(404, "role.not_found");
    let record: Vec<_> = house.audit().await.into_iter().filter(|(kind, _)| kind.starts_with("role_")).collect();
    assert_eq!(
        record,
        [
            ("role_created".to_owned(), json!({"role": "greeter", "permissions": permissions})),
            (
                "role_changed".to_owned(),
                json!({
                    "role": "greeter",
                    "granted": ["send_messages"],
                    "withdrawn": ["delete_all_messages", "manage_rooms"],
                })
            ),
            ("role_deleted".to_owned(), json!({"role": "greeter"})),
        ]
    );
}

#[rstest]
#[tokio::test]
async fn a_role_has_a_plain_name_and_known_permissions(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let events = house.count("audit_events").await;
    for (name, permissions, field, code) in [
        ("", json!([]), "name", "required"),
        ("x", json!([]), "name", "too_short"),
        (&"x".repeat(33), json!([]), "name", "too_long"),
        ("a b", json!([]), "name", "not_a_name"),
        ("a\u{0}b", json!([]), "name", "control_characters"),
        ("rêve", json!([]), "name", "not_a_name"),
        ("dreamer", json!(["read_messages", "dream"]), "permissions[1]", "not_available"),
    ] {
        let body = json!({"name": name, "permissions": permissions});
        let refused = alice.post(ROLES, body).await.refused(422, "validation");
        assert_eq!(refused.fields(), [(field.into(), code.into())]);
    }
    for taken in ["admin", "USER"] {
        alice.post(ROLES, json!({"name": taken, "permissions": []})).await.refused(409, "role.name_taken");
    }
    for nowhere in ["dreamer", "a%00b", "Admin"] {
        let path = format!("{ROLES}/{nowhere}");
        alice.get(&path).await.refused(404, "role.not_found");
        alice.put(&path, json!({"permissions": []})).await.refused(404, "role.not_found");
        alice.delete(&path).await.refused(404, "role.not_found");
    }
    assert_eq!((house.count("roles").await, house.count("audit_events").await), (4, events));
    define(&alice, "dreamer", json!([])).await;
}

// AZ-1: the built-in ones stay, and administrators hold everything.
#[rstest]
#[tokio::test]
async fn the_built_in_roles_stay(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    for name in ["admin", "moderator", "user", "guest"] {
        alice.delete(&format!("{ROLES}/{name}")).await.refused(409, "role.built_in");
    }
    for permissions in [json!([]), json!(["read_messages"]), json!(["*"])] {
        let body = json!({"permissions": permissions});
        alice.put(&format!("{ROLES}/admin"), body).await.refused(409, "role.built_in");
    }
    // What the others may do is the administrator's to say.
    let guest = json!({"permissions": ["read_messages", "react_messages"]});
    let guest = alice.put(&format!("{ROLES}/guest"), guest).await.expect(StatusCode::OK);
    assert_eq!(guest["permissions"], json!(["read_messages", "react_messages"]));
    let admin = alice.get(&format!("{ROLES}/admin")).await.expect(StatusCode::OK);
    assert_eq!(admin["permissions"].as_array().map(Vec::len), Some(25));
}

// AZ-5: nobody grants what they lack, nor takes from those who hold more.
#[rstest]
#[tokio::test]
async fn nobody_gives_or_takes_a_right_that_they_lack(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let mallory = house.member(&alice, "mallory").await;
    define(&alice, "clerk", json!(["manage_permissions", "read_messages", "send_messages"])).await;
    define(&alice, "keeper", json!(["read_messages", "manage_users"])).await;
    house.set_role(&mallory, "clerk").await;
    for permissions in [json!(["manage_system"]), json!(["*"]), json!(["read_messages", "manage_users"])] {
        let body = json!({"name": "climber", "permissions": permissions});
        mallory.post(ROLES, body).await.refused(403, "role.beyond_yours");
        // Nor do they raise themselves.
        let own = json!({"permissions": permissions});
        mallory.put(&format!("{ROLES}/clerk"), own).await.refused(403, "role.beyond_yours");
    }
    let less = json!({"permissions": ["read_messages"]});
    mallory.put(&format!("{ROLES}/keeper"), less).await.refused(403, "role.beyond_yours");
    mallory.delete(&format!("{ROLES}/keeper")).await.refused(403, "role.beyond_yours");
    define(&mallory, "reader", json!(["read_messages"])).await;
    let more = json!({"permissions": ["read_messages", "send_messages"]});
    mallory.put(&format!("{ROLES}/reader"), more).await.expect(StatusCode::OK);
    assert_eq!(mallory.delete(&format!("{ROLES}/reader")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(alice.delete(&format!("{ROLES}/keeper")).await.status, StatusCode::NO_CONTENT);

    let known = mallory.get("/api/v1/permissions").await.expect(StatusCode::OK);
    let known = known.as_array().expect("a list");
    let held: Vec<_> =
        known.iter().filter(|permission| permission["held"] == true).map(|held| held["name"].clone()).collect();
    assert_eq!(
        (known.len(), held),
        (25, vec![json!("read_messages"), json!("send_messages"), json!("manage_permissions")])
    );
}

// AZ-3: what a role may do is looked at anew with every request, whatever somebody is recognised by, and here at once.
#[rstest]
#[tokio::test]
async fn a_changed_role_reaches_tokens_and_sockets_at_once(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let (bob, carol) = (house.member(&alice, "bob").await, house.member(&alice, "carol").await);
    let speaker = format!("{ROLES}/speaker");
    define(&alice, "speaker", json!(["read_messages", "send_messages"])).await;
    house.set_role(&bob, "speaker").await;
    let program = program_of(&house, "bob").await;
    let square = alice.square().await;
    program.say(&square, "hello").await;
    let address = house.listen().await;
    let (mut of_bob, _) = Socket::synced(address, &bob, None).await;
    let (mut of_program, _) = Socket::synced(address, &program, None).await;
    let (mut of_carol, _) = Socket::synced(address, &carol, None).await;

    // Less, but still reading: the sockets go on.
    alice.put(&speaker, json!({"permissions": ["read_messages"]})).await.expect(StatusCode::OK);
    program.say_as(&square, "hello?", crate::house::fresh_client_id()).await.refused(403, "auth.forbidden");
    house.settle().await;
    alice.say(&square, "one").await;
    for socket in [&mut of_bob, &mut of_program, &mut of_carol] {
        assert_eq!(socket.next().await["data"]["text"], "one");
    }
    alice.put(&speaker, json!({"permissions": []})).await.expect(StatusCode::OK);
    for socket in [&mut of_bob, &mut of_program] {
        assert_eq!(socket.closed().await, (4003, "auth.forbidden".to_owned()));
    }
    for person in [&bob, &program] {
        person.get("/api/v1/rooms").await.refused(403, "auth.forbidden");
    }
    alice.say(&square, "two").await;
    assert_eq!(of_carol.next().await["data"]["text"], "two");
}

// AZ-3: and in another process within a second.
#[rstest]
#[tokio::test]
async fn a_role_changed_elsewhere_is_noticed_by_the_watch(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    define(&alice, "speaker", json!(["read_messages", "send_messages"])).await;
    house.set_role(&bob, "speaker").await;
    let program = program_of(&house, "bob").await;
    let square = alice.square().await;
    program.say(&square, "hello").await;
    let (mut of_bob, _) = Socket::synced(house.listen().await, &bob, None).await;
    let other = House::beside(&house).await;
    let mut elsewhere = other.visitor();
    elsewhere.cookie = alice.cookie.clone();

    let path = format!("{ROLES}/speaker");
    elsewhere.put(&path, json!({"permissions": ["read_messages"]})).await.expect(StatusCode::OK);
    jobs::watch_sessions(house.app.clone()).await.expect("it watches");
    program.say_as(&square, "hello?", crate::house::fresh_client_id()).await.refused(403, "auth.forbidden");
    program.get("/api/v1/rooms").await.expect(StatusCode::OK);
    elsewhere.put(&path, json!({"permissions": []})).await.expect(StatusCode::OK);
    jobs::watch_sessions(house.app.clone()).await.expect("it watches");
    assert_eq!(of_bob.closed().await, (4003, "auth.forbidden".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_changes_of_one_role_follow_each_other() {
    let Some(house) = House::on(Postgres).await else { return };
    let alice = house.administrator("alice").await;
    let tries: Vec<_> = (0..10)
        .map(|_| {
            let alice = alice.clone();
            tokio::spawn(async move { alice.post(ROLES, json!({"name": "twin", "permissions": []})).await.status })
        })
        .collect();
    let mut made = 0;
    for attempt in tries {
        let status = attempt.await.expect("no panic");
        made += usize::from(status == StatusCode::CREATED);
        assert!(matches!(status, StatusCode::CREATED | StatusCode::CONFLICT), "{status}");
    }
    assert_eq!(made, 1);
    let path = format!("{ROLES}/twin");
    let sets = [json!(["read_messages"]), json!(["send_messages"])];
    let tries: Vec<_> = (0..10)
        .map(|at| {
            let (alice, path, permissions) = (alice.clone(), path.clone(), sets[at % 2].clone());
            tokio::spawn(async move { alice.put(&path, json!({"permissions": permissions})).await.status })
        })
        .collect();
    for attempt in tries {
        assert_eq!(attempt.await.expect("no panic"), StatusCode::OK);
    }
    // Each change tells what it made of the one before: taken together they come to what the role holds.
    let mut balance: HashMap<String, i32> = HashMap::new();
    for (_, data) in house.audit().await.into_iter().filter(|(kind, _)| kind == "role_changed") {
        for (list, step) in [("granted", 1), ("withdrawn", -1)] {
            for name in data[list].as_array().expect("a list") {
                *balance.entry(name.as_str().expect("a name").to_owned()).or_default() += step;
            }
        }
    }
    balance.retain(|_, times| *times != 0);
    let holds = alice.get(&path).await.expect(StatusCode::OK)["permissions"].clone();
    let holds = holds.as_array().expect("a list").iter().map(|name| (name.as_str().expect("a name").to_owned(), 1));
    assert_eq!(balance, holds.collect());
}
