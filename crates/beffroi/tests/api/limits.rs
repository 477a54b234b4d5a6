//! Too much at once: who is slowed down, who is not, and what they are told (RA-1, RA-2).

use crate::house::{Engine, House, PASSWORD, Person, Postgres, Sqlite};
use beffroi::{
    jobs,
    platform::limits::{Rate, Rates},
    route::{Access, Limit},
    router,
};
use http::{Method, StatusCode};
use rstest::rstest;
use serde_json::json;
use std::time::Duration;

/// The rates that ship, but those named.
async fn house(engine: Engine, change: impl FnOnce(&mut Rates)) -> Option<House> {
    House::with(engine, |config| change(&mut config.rates)).await
}

async fn passing(person: &Person, path: &str, tries: usize) -> usize {
    let mut passed = 0;
    for _ in 0..tries {
        passed += usize::from(person.get(path).await.status != StatusCode::TOO_MANY_REQUESTS);
    }
    passed
}

// RA-1: figures of the default profile.
#[test]
fn the_rates_that_ship_are_those_promised() {
    let rates = Rates::default();
    assert_eq!(rates.global, Rate::per_minute(1000, 100));
    assert_eq!(rates.per_person, Rate::per_minute(100, 20));
    assert_eq!(rates.per_address, Rate::per_minute(200, 50));
    assert_eq!(rates.sign_in, Rate { requests: 5, window: Duration::from_secs(300), burst: 2 });
    assert_eq!(rates.messages, Rate::per_minute(60, 10));
}

// RA-1: 429 with Retry-After, RateLimit and RateLimit-Policy; coming back exactly then works.
#[rstest]
#[tokio::test]
async fn an_address_that_asks_too_much_is_told_when_to_come_back(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = house(engine, |rates| rates.per_address = Rate::per_minute(200, 50)).await else { return };
    let (mallory, bob) = (house.visitor_from("198.51.100.1"), house.visitor_from("198.51.100.2"));
    assert_eq!(passing(&mallory, "/api/v1/server", 60).await, 50);
    let refused = mallory.get("/api/v1/server").await.refused(429, "rate_limited");
    assert_eq!(refused.headers["ratelimit-policy"], "\"address\";q=200;w=60");
    assert_eq!(refused.headers["ratelimit"], "\"address\";r=0;t=1");
    let wait: u64 = refused.headers["retry-after"].to_str().expect("text").parse().expect("seconds");
    assert_eq!(passing(&bob, "/api/v1/server", 50).await, 50);
    house.advance(Duration::from_secs(wait));
    mallory.get("/api/v1/server").await.expect(StatusCode::OK);
}

// RA-2: what mallory writes into X-Forwarded-For does not make her somebody else; behind a proxy of ours it does count.
#[rstest]
#[tokio::test]
async fn a_forged_address_changes_nothing(#[values(Sqlite, Postgres)] engine: Engine) {
    for (hops, passed) in [(0, 50), (1, 60)] {
        let change = |config: &mut beffroi::config::Config| {
            config.rates.per_address = Rate::per_minute(200, 50);
            config.trusted_proxy_hops = hops;
        };
        let Some(house) = House::with(engine, change).await else { return };
        let mallory = house.visitor_from("198.51.100.1");
        let mut passing = 0;
        for number in 0..60 {
            let request =
                mallory.request(Method::GET, "/api/v1/server").header("x-forwarded-for", format!("203.0.113.{number}"));
            let answer = mallory.send(request.body("".into()).expect("a request")).await;
            passing += usize::from(answer.status == StatusCode::OK);
        }
        assert_eq!(passing, passed, "{hops} hops");
    }
}

// RA-1: sign-ins by address and account; counted before verifying, given back on success.
#[rstest]
#[tokio::test]
async fn guessing_a_password_is_slow_and_signing_in_is_not(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = house(engine, |rates| rates.sign_in = Rates::default().sign_in).await else { return };
    let alice = house.administrator("alice").await;
    house.member(&alice, "bob").await;
    let mut mallory = house.visitor_from("198.51.100.1");
    for _ in 0..2 {
        mallory.sign_in("alice", "a guess").await.refused(401, "auth.invalid_credentials");
    }
    let verified = house.app.hashing.verifications();
    mallory.sign_in("alice", "a guess").await.refused(429, "rate_limited");
    mallory.sign_in("ALICE ", PASSWORD).await.refused(429, "rate_limited");
    assert_eq!(house.app.hashing.verifications(), verified);

    // Neither alice elsewhere nor bob behind the same address is locked out.
    house.visitor_from("198.51.100.2").sign_in("alice", PASSWORD).await.expect(StatusCode::OK);
    mallory.sign_in("bob", PASSWORD).await.expect(StatusCode::OK);
    for _ in 0..10 {
        house.visitor_from("198.51.100.3").sign_in("alice", PASSWORD).await.expect(StatusCode::OK);
    }
    house.advance(Duration::from_secs(60));
    mallory.sign_in("alice", PASSWORD).await.expect(StatusCode::OK);
}

// ID-14: the limit does not tell whose address is whose: used up for her name, it answers for alice's address as for
// one that nobody has, try for try.
#[rstest]
#[tokio::test]
async fn the_limit_of_a_name_does_not_tell_its_address(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = house(engine, |rates| rates.sign_in = Rates::default().sign_in).await else { return };
    house.administrator("alice").await;
    let mut mallory = house.visitor_from("198.51.100.1");
    for _ in 0..2 {
        mallory.sign_in("alice", "a guess").await.refused(401, "auth.invalid_credentials");
    }
    mallory.sign_in("alice", "a guess").await.refused(429, "rate_limited");
    for address in ["alice@example.org", "nobody@example.org"] {
        for _ in 0..2 {
            mallory.sign_in(address, "a guess").await.refused(401, "auth.invalid_credentials");
        }
        mallory.sign_in(address, "a guess").await.refused(429, "rate_limited");
    }
}

// RA-1: another spelling of an address is the same account, not a fresh allowance.
#[rstest]
#[tokio::test]
async fn every_spelling_of_an_address_counts_as_one_account(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = house(engine, |rates| rates.sign_in = Rates::default().sign_in).await else { return };
    let alice = house.administrator("alice").await;
    let address = alice.get("/api/v1/auth/me").await.expect(StatusCode::OK)["user"]["email"].clone();
    let (local, domain) = address.as_str().and_then(|address| address.split_once('@')).expect("an address");
    let spelled = |domain: String| format!("{local}@{domain}");
    let (first, rest) = domain.split_at(1);
    let percent = format!("%{:02x}{rest}", first.as_bytes()[0]);
    let mut mallory = house.visitor_from("198.51.100.1");
    for guess in [spelled(domain.to_uppercase()), spelled(format!("{first}\u{ad}{rest}"))] {
        mallory.sign_in(&guess, "a guess").await.refused(401, "auth.invalid_credentials");
    }
    for guess in [spelled(domain.to_owned()), spelled(format!("{first}\u{ad}\u{ad}{rest}"))] {
        mallory.sign_in(&guess, "a guess").await.refused(429, "rate_limited");
    }
    // What a parser of hosts would read as the same address is none.
    mallory.sign_in(&spelled(percent), PASSWORD).await.refused(401, "auth.invalid_credentials");
    house
        .visitor_from("198.51.100.2")
        .sign_in(&spelled(format!("{first}\u{ad}{rest}")), PASSWORD)
        .await
        .expect(StatusCode::OK);
}

#[rstest]
#[tokio::test]
async fn one_person_cannot_flood_a_room(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = house(engine, |rates| rates.messages = Rates::default().messages).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let square = alice.square().await;
    for _ in 0..10 {
        bob.say(&square, "spam").await;
    }
    bob.say_as(&square, "spam", uuid::Uuid::from_u128(99)).await.refused(429, "rate_limited");
    alice.say(&square, "enough").await;
    house.advance(Duration::from_secs(1));
    bob.say_as(&square, "sorry", uuid::Uuid::from_u128(99)).await.expect(StatusCode::CREATED);
}

#[rstest]
#[tokio::test]
async fn a_person_has_a_rate_of_their_own(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = house(engine, |rates| rates.per_person = Rates::default().per_person).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    house.advance(Duration::from_secs(60));
    assert_eq!(passing(&bob, "/api/v1/auth/me", 30).await, 20);
    assert_eq!(passing(&alice, "/api/v1/auth/me", 20).await, 20);
}

// RA-1: the global rate is for requests without a valid credential; who is signed in is not shut out by strangers.
#[rstest]
#[tokio::test]
async fn a_flood_of_strangers_does_not_shut_members_out(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = house(engine, |rates| rates.global = Rates::default().global).await else { return };
    let alice = house.administrator("alice").await;
    house.advance(Duration::from_secs(60));
    let mut passed = 0;
    for number in 0..120 {
        let stranger = house.visitor_from(&format!("198.51.100.{number}"));
        passed += passing(&stranger, "/api/v1/server", 1).await;
    }
    assert_eq!(passed, 100);
    house.visitor().get("/api/v1/rooms").await.refused(429, "rate_limited");
    alice.get("/api/v1/rooms").await.expect(StatusCode::OK);
    assert_eq!(passing(&house.visitor(), "/healthz", 50).await + passing(&house.visitor(), "/", 50).await, 100);
}

// RA-1, OB-1: one row per source and minute, with the count.
#[rstest]
#[tokio::test]
async fn refusals_are_recorded_once_a_minute(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = house(engine, |rates| rates.per_address = Rate::per_minute(200, 50)).await else { return };
    passing(&house.visitor_from("198.51.100.1"), "/api/v1/server", 75).await;
    passing(&house.visitor_from("198.51.100.2"), "/api/v1/server", 51).await;
    jobs::record_refusals(house.app.clone()).await.expect("it records");
    jobs::record_refusals(house.app.clone()).await.expect("it records");
    let rows =
        house.rows("SELECT ip_address, event_data FROM audit_events WHERE event_type = 'rate_limit_exceeded'").await;
    let mut found: Vec<(String, String)> = rows
        .iter()
        .map(|row| (row.try_get("", "ip_address").expect("text"), row.try_get("", "event_data").expect("text")))
        .collect();
    found.sort();
    let row =
        |address: &str, count: u64| (address.to_owned(), json!({"endpoint": "address", "count": count}).to_string());
    assert_eq!(found, [row("198.51.100.1", 25), row("198.51.100.2", 1)]);
}

// RA-1: every route is in a class; only files and probes are free.
#[tokio::test]
async fn every_route_but_files_and_probes_is_limited() {
    let house = House::on(Sqlite).await.expect("SQLite is always there");
    for route in router::table(&house.app).routes() {
        let is_free = !route.path.starts_with("/api/") && route.path != "/ws" && !route.path.starts_with("/problems/");
        assert_eq!(route.limit == Limit::Free, is_free, "{}", route.path);
        assert!(!is_free || route.access == Access::Anyone, "{}", route.path);
    }
}

// RA-1: `limits.global_scope = "all"` lets nobody past the global rate.
#[rstest]
#[tokio::test]
async fn the_global_rate_can_count_everybody(#[values(Sqlite, Postgres)] engine: Engine) {
    for (is_for_all, passed) in [(false, 30), (true, 10)] {
        let change = |config: &mut beffroi::config::Config| {
            config.rates.global = Rate::per_minute(60, 10);
            config.global_rate_is_for_all = is_for_all;
        };
        let Some(house) = House::with(engine, change).await else { return };
        let alice = house.administrator("alice").await;
        house.advance(Duration::from_secs(60));
        assert_eq!(passing(&alice, "/api/v1/auth/me", 30).await, passed, "for all: {is_for_all}");
        assert_eq!(passing(&house.visitor(), "/api/v1/server", 30).await, if is_for_all { 0 } else { 10 });
    }
}
