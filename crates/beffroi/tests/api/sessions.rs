//! One's own sessions: seen, and ended.

use crate::{
    house::{Engine, House, PASSWORD, Person, Postgres, Sqlite},
    realtime::Socket,
};
use beffroi::jobs;
use http::{Method, StatusCode, header};
use rstest::rstest;
use serde_json::{Value, json};
use std::{collections::BTreeSet, time::Duration};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

// AU-10: device, place, last seen.
#[rstest]
#[tokio::test]
async fn alice_sees_where_she_is_signed_in(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let laptop = house.visitor_from("2001:db8:1:2:aaaa::7");
    let body = json!({"username": "alice", "password": PASSWORD, "session": "cookie"}).to_string();
    let request = laptop.request(Method::POST, "/api/v1/auth/login").header(header::USER_AGENT, FIREFOX);
    let request = request.header(header::CONTENT_TYPE, "application/json").body(body.into()).expect("a request");
    laptop.send(request).await.expect(StatusCode::OK);

    let sessions = alice.get("/api/v1/auth/sessions").await.expect(StatusCode::OK);
    let shown = |session: &Value| (session["current"].clone(), session["device"].clone(), session["network"].clone());
    let mut shown: Vec<_> = sessions.as_array().expect("a list").iter().map(shown).collect();
    shown.sort_by_key(|(current, ..)| !current.as_bool().expect("a flag"));
    let here = (true.into(), Value::Null, "192.0.2.0/24".into());
    assert_eq!(shown, [here, (false.into(), FIREFOX.into(), "2001:db8:1:2::/64".into())]);
    assert_eq!(bob.get("/api/v1/auth/sessions").await.body["data"].as_array().expect("a list").len(), 1);
}

// AU-10
#[rstest]
#[tokio::test]
async fn alice_ends_every_session_but_the_one_she_is_at(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let mut elsewhere = [house.visitor(), house.visitor()];
    for visitor in &mut elsewhere {
        visitor.sign_in("alice", PASSWORD).await.expect(StatusCode::OK);
    }
    assert_eq!(alice.delete("/api/v1/auth/sessions").await.status, StatusCode::NO_CONTENT);
    for visitor in &elsewhere {
        visitor.get("/api/v1/auth/me").await.refused(401, "auth.session_revoked");
    }
    for person in [&alice, &bob] {
        person.get("/api/v1/auth/me").await.expect(StatusCode::OK);
    }
    assert_eq!(house.audit_types().await.iter().filter(|kind| *kind == "logout_success").count(), 2);
}

const DAY: Duration = Duration::from_secs(24 * 3600);

/// How often a first use from a network was recorded.
async fn first_uses(house: &House) -> usize {
    house.audit_types().await.iter().filter(|kind| *kind == "credential_new_address").count()
}

async fn networks_told(person: &Person) -> Vec<Value> {
    let notices = person.get("/api/v1/auth/notices").await.expect(StatusCode::OK);
    notices.as_array().expect("a list").iter().map(|notice| notice["network"].clone()).collect()
}

async fn sign_in_from(house: &House, address: &str) -> Person {
    let mut visitor = house.visitor_from(address);
    visitor.sign_in("alice", PASSWORD).await.expect(StatusCode::OK);
    visitor
}

// AU-10: recorded once per network, and told to whoever is elsewhere.
#[rstest]
#[tokio::test]
async fn the_first_use_from_a_network_is_recorded_and_told(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    alice.at("192.0.2.77").get("/api/v1/auth/me").await.expect(StatusCode::OK);
    assert_eq!(first_uses(&house).await, 0, "an account's first network surprises nobody");
    // A socket comes through the network card: from 127.0.0.1, the second network.
    let address = house.listen().await;
    let (mut socket, _) = Socket::synced(address, &alice, None).await;
    assert_eq!(first_uses(&house).await, 1);

    let elsewhere = sign_in_from(&house, "198.51.100.7").await;
    let told = socket.next().await;
    assert_eq!((&told["t"], &told["notice"]["network"]), (&json!("notice"), &json!("198.51.100.0/24")));
    sign_in_from(&house, "198.51.100.200").await;
    assert_eq!(first_uses(&house).await, 2);
    sign_in_from(&house, "2001:db8::1").await;
    sign_in_from(&house, "2001:db8::2").await;
    sign_in_from(&house, "2001:db8:0:1::1").await;
    assert_eq!(first_uses(&house).await, 4);
    assert_eq!(networks_told(&alice).await.len(), 4);

    let sessions = alice.get("/api/v1/auth/sessions").await.expect(StatusCode::OK);
    let new = sessions.as_array().expect("a list").iter().filter(|session| session["is_new_network"] == true).count();
    assert_eq!((sessions.as_array().expect("a list").len(), new), (6, 5));
    assert_eq!(networks_told(&elsewhere).await.len(), 3, "whoever came by it is not asked");
}

// AU-10: the thief cannot say that all is well.
#[rstest]
#[tokio::test]
async fn a_notice_is_answered_from_another_network_than_its_own(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let mallory = sign_in_from(&house, "198.51.100.7").await;
    let notices = alice.get("/api/v1/auth/notices").await.expect(StatusCode::OK);
    let path = format!("/api/v1/auth/notices/{}", notices[0]["id"].as_str().expect("an id"));
    for other in [&mallory, &mallory.at("198.51.100.8"), &bob] {
        other.delete(&path).await.refused(404, "auth.notice_not_found");
    }
    assert_eq!(networks_told(&alice).await.len(), 1);
    assert_eq!(alice.delete(&path).await.status, StatusCode::NO_CONTENT);
    assert_eq!(networks_told(&alice).await, Vec::<Value>::new());
    alice.delete(&path).await.refused(404, "auth.notice_not_found");
    sign_in_from(&house, "198.51.100.7").await;
    assert_eq!(first_uses(&house).await, 1);
}

// AU-10: not only signing in: a cookie, an access token or a refresh token that turns up elsewhere.
#[rstest]
#[tokio::test]
async fn a_credential_that_turns_up_elsewhere_is_noticed(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    for _ in 0..2 {
        alice.at("198.51.100.7").get("/api/v1/auth/me").await.expect(StatusCode::OK);
    }
    assert_eq!(first_uses(&house).await, 1);
    let mut program = house.visitor();
    let pair = program.post("/api/v1/auth/login", json!({"username": "alice", "password": PASSWORD})).await;
    let pair = pair.expect(StatusCode::OK);
    program.bearer = pair["access_token"].as_str().map(str::to_owned);
    program.at("203.0.113.1").get("/api/v1/auth/me").await.expect(StatusCode::OK);
    assert_eq!(first_uses(&house).await, 2);
    let body = json!({"refresh_token": pair["refresh_token"]});
    house.visitor_from("203.0.114.1").post("/api/v1/auth/refresh", body).await.expect(StatusCode::OK);
    assert_eq!(first_uses(&house).await, 3);
}

// AU-10: exactly once, however many come at once.
#[tokio::test(flavor = "multi_thread")]
async fn twenty_first_uses_at_once_are_one() {
    let Some(house) = House::on(Postgres).await else { return };
    let alice = house.administrator("alice").await;
    let uses: Vec<_> = (0..20)
        .map(|number| {
            let mut visitor = house.visitor_from("198.51.100.7");
            let alice = alice.at("198.51.100.7");
            tokio::spawn(async move {
                match number % 2 {
                    0 => visitor.sign_in("alice", PASSWORD).await,
                    _ => alice.get("/api/v1/auth/me").await,
                }
            })
        })
        .collect();
    for used in uses {
        used.await.expect("no panic").expect(StatusCode::OK);
    }
    assert_eq!(first_uses(&house).await, 1);
}

// AU-10: bounded, as keyed hashes, and forgotten in time.
#[rstest]
#[tokio::test]
async fn networks_are_kept_hashed_and_not_for_ever(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    house.member(&alice, "bob").await;
    let rows = house.rows("SELECT network FROM known_networks").await;
    let keys: BTreeSet<Vec<u8>> = rows.iter().map(|row| row.try_get("", "network").expect("bytes")).collect();
    assert_eq!(keys.len(), 2, "the same network looks different at each person");
    for third in 0..60 {
        house.advance(Duration::from_secs(1));
        alice.at(&format!("10.0.{third}.1")).get("/api/v1/auth/me").await.expect(StatusCode::OK);
    }
    assert_eq!(house.count("known_networks").await, 50 + 1);
    house.advance(181 * DAY);
    sign_in_from(&house, "10.0.59.1").await;
    assert_eq!(first_uses(&house).await, 61, "so long unused it is new again");
    jobs::sweep_sessions(house.app.clone()).await.expect("it sweeps");
    assert_eq!(house.count("known_networks").await, 1);
}

// AU-10: one's own security log, and nobody else's.
#[rstest]
#[tokio::test]
async fn alice_reads_what_happened_to_her_account(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    alice.say(&alice.square().await, "not a matter of security").await;
    house.advance(Duration::from_secs(1));
    house.visitor_from("198.51.100.7").sign_in("alice", "a wrong guess").await.refused(401, "auth.invalid_credentials");
    house.advance(Duration::from_secs(1));
    let elsewhere = sign_in_from(&house, "198.51.100.7").await;
    house.advance(Duration::from_secs(1));
    elsewhere.post("/api/v1/auth/logout", json!({})).await;

    let mut kinds = Vec::new();
    let mut path = "/api/v1/auth/events?limit=2".to_owned();
    loop {
        let page = alice.get(&path).await;
        let events = page.body["data"].as_array().expect("a list").clone();
        assert!(events.len() <= 2);
        kinds.extend(events.iter().map(|event| event["kind"].as_str().expect("text").to_owned()));
        if events[0]["kind"] == "login_failure" {
            let told = (&events[0]["reason"], &events[0]["ip"]);
            assert_eq!(told, (&json!("wrong_password"), &json!("198.51.100.7")));
        }
        let Some(next) = page.body["next"].as_str() else { break };
        path = format!("/api/v1/auth/events?limit=2&cursor={next}");
    }
    assert_eq!(kinds[0], "logout_success");
    let mut both = kinds[1..3].to_vec();
    both.sort();
    assert_eq!(both, ["credential_new_address", "login_success"]);
    assert_eq!(kinds[3..5], ["login_failure", "login_success"]);

    let foreign = alice.get("/api/v1/auth/events").await.body["data"][0]["id"].as_str().expect("an id").to_owned();
    bob.get(&format!("/api/v1/auth/events?cursor={foreign}")).await.refused(400, "request.invalid_cursor");
    let bobs = bob.get("/api/v1/auth/events").await.expect(StatusCode::OK);
    assert!(bobs.as_array().expect("a list").iter().all(|event| event["kind"] != "login_failure"));
}
