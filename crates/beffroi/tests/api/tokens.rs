//! Access and refresh tokens: what programs sign in with.

use crate::house::{Engine, House, PASSWORD, Person, Postgres, Sqlite};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use beffroi::jobs;
use http::{Method, StatusCode, header};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rstest::rstest;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::{collections::HashSet, time::Duration};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

async fn sign_in(house: &House, name: &str) -> (Person, Value) {
    let mut person = house.visitor();
    let pair = person.post("/api/v1/auth/login", json!({"username": name, "password": PASSWORD})).await;
    assert!(!pair.headers.contains_key(header::SET_COOKIE));
    let pair = pair.expect(StatusCode::OK);
    person.bearer = pair["access_token"].as_str().map(str::to_owned);
    (person, pair)
}

async fn refresh(house: &House, pair: &Value) -> crate::house::Answer {
    house.visitor().post("/api/v1/auth/refresh", json!({"refresh_token": pair["refresh_token"]})).await
}

fn with(person: &Person, pair: &Value) -> Person {
    let mut person = person.clone();
    person.bearer = pair["access_token"].as_str().map(str::to_owned);
    person
}

fn claims(token: &Value) -> Value {
    let part = token.as_str().expect("a token").split('.').nth(1).expect("claims");
    serde_json::from_slice(&BASE64.decode(part).expect("base64url")).expect("JSON")
}

// AU-1: sub, username, role, permissions, iat, exp, jti; typ at+jwt; 15 minutes.
#[rstest]
#[tokio::test]
async fn a_program_signs_in_with_tokens(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let (program, pair) = sign_in(&house, "alice").await;
    assert_eq!((pair["token_type"].as_str(), pair["expires_in"].as_i64()), (Some("Bearer"), Some(900)));
    let said = claims(&pair["access_token"]);
    assert_eq!(said["sub"], json!(alice.id));
    assert_eq!((said["username"].as_str(), said["role"].as_str()), (Some("alice"), Some("admin")));
    assert!(said["permissions"].as_array().expect("a list").contains(&json!("manage_system")));
    assert_eq!(said["exp"].as_i64().expect("a time") - said["iat"].as_i64().expect("a time"), 900);
    assert!(said["jti"].is_string());
    let header = pair["access_token"].as_str().expect("a token").split('.').next().expect("a header");
    let header: Value = serde_json::from_slice(&BASE64.decode(header).expect("base64url")).expect("JSON");
    assert_eq!(header, json!({"typ": "at+jwt", "alg": "HS256"}));

    let me = program.get("/api/v1/auth/me").await.expect(StatusCode::OK);
    assert_eq!(me["user"]["username"], "alice");
    // No cookie, no other site's page that could send it along: no Sec-Fetch-Site is asked for.
    let square = program.square().await;
    program.say(&square, "beep").await;
    house.advance(15 * MINUTE);
    program.get("/api/v1/auth/me").await.refused(401, "auth.token_expired");
}

// AU-1: rotated at every use.
#[rstest]
#[tokio::test]
async fn a_refresh_token_is_exchanged_for_the_next(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    house.administrator("alice").await;
    let (program, mut pair) = sign_in(&house, "alice").await;
    for _ in 0..20 {
        house.advance(DAY);
        let next = refresh(&house, &pair).await.expect(StatusCode::OK);
        assert_ne!(next["refresh_token"], pair["refresh_token"]);
        with(&program, &next).get("/api/v1/auth/me").await.expect(StatusCode::OK);
        pair = next;
    }
    // Refreshing never moves the absolute end: thirty days after the sign-in.
    house.advance(6 * DAY);
    pair = refresh(&house, &pair).await.expect(StatusCode::OK);
    house.advance(5 * DAY);
    refresh(&house, &pair).await.refused(401, "auth.session_absolute");
}

#[rstest]
#[tokio::test]
async fn a_refresh_token_waits_seven_days(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    house.administrator("alice").await;
    let (_, pair) = sign_in(&house, "alice").await;
    house.advance(7 * DAY - MINUTE);
    let pair = refresh(&house, &pair).await.expect(StatusCode::OK);
    house.advance(7 * DAY);
    refresh(&house, &pair).await.refused(401, "auth.session_idle");
}

// AU-1: the one just used is answered with the same successor within 10 s.
#[rstest]
#[tokio::test]
async fn two_tabs_that_refresh_at_once_both_go_on(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    house.administrator("alice").await;
    let (program, pair) = sign_in(&house, "alice").await;
    let one = refresh(&house, &pair).await.expect(StatusCode::OK);
    with(&program, &one).get("/api/v1/auth/me").await.expect(StatusCode::OK);
    house.settle().await;
    house.advance(Duration::from_secs(10));
    let other = refresh(&house, &pair).await.expect(StatusCode::OK);
    assert_eq!(one["refresh_token"], other["refresh_token"]);
    with(&program, &other).get("/api/v1/auth/me").await.expect(StatusCode::OK);
}

// AU-1: or while that is unused: the answer was lost.
#[rstest]
#[tokio::test]
async fn a_lost_answer_costs_nobody_their_session(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    house.administrator("alice").await;
    let (_, pair) = sign_in(&house, "alice").await;
    let lost = refresh(&house, &pair).await.expect(StatusCode::OK);
    house.advance(DAY);
    let again = refresh(&house, &pair).await.expect(StatusCode::OK);
    assert_eq!(lost["refresh_token"], again["refresh_token"]);
    // Not for ever: a thief would be given one as well.
    for _ in 0..7 {
        refresh(&house, &pair).await.expect(StatusCode::OK);
    }
    refresh(&house, &pair).await.refused(401, "auth.session_revoked");
}

// AU-1: any earlier one revokes the family; AU-3: at once.
#[rstest]
#[tokio::test]
async fn a_stolen_refresh_token_ends_the_session_for_thief_and_owner(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    house.administrator("alice").await;
    let (program, stolen) = sign_in(&house, "alice").await;
    let (elsewhere, _) = sign_in(&house, "alice").await;
    let second = refresh(&house, &stolen).await.expect(StatusCode::OK);
    with(&program, &second).get("/api/v1/auth/me").await.expect(StatusCode::OK);
    house.settle().await;
    house.advance(MINUTE);
    refresh(&house, &stolen).await.refused(401, "auth.session_revoked");
    with(&program, &second).get("/api/v1/auth/me").await.refused(401, "auth.session_revoked");
    refresh(&house, &second).await.refused(401, "auth.session_revoked");
    elsewhere.get("/api/v1/auth/me").await.expect(StatusCode::OK);
    let (_, data) = house.audit().await.into_iter().find(|(kind, _)| kind == "tokens_revoked").expect("a row");
    assert_eq!(data["reason"], "refresh_token_reused");
}

// A forged token revokes nothing, or anybody could end anybody's session.
#[rstest]
#[tokio::test]
async fn a_forged_refresh_token_is_refused_and_ends_nothing(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    house.administrator("alice").await;
    let (program, pair) = sign_in(&house, "alice").await;
    let real = pair["refresh_token"].as_str().expect("a token");
    assert!(real.starts_with("bfr_rt_"));
    let mut flipped = BASE64.decode(&real[7..]).expect("base64url");
    flipped[20] ^= 1;
    let flipped = format!("bfr_rt_{}", BASE64.encode(flipped));
    for forged in
        ["", "bfr_rt_", "nonsense", &real[1..], &real[..real.len() - 4], flipped.as_str(), &real.replace("rt", "ak")]
    {
        refresh(&house, &json!({"refresh_token": forged})).await.refused(401, "auth.token_invalid");
    }
    program.get("/api/v1/auth/me").await.expect(StatusCode::OK);
    refresh(&house, &pair).await.expect(StatusCode::OK);
}

// AU-1, on PostgreSQL: two hundred at once are one chain, and nobody is signed out.
#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_refreshes_of_one_token_are_one_chain() {
    let Some(house) = House::on(Postgres).await else { return };
    house.administrator("alice").await;
    let (_, pair) = sign_in(&house, "alice").await;
    let tries: Vec<_> = (0..200)
        .map(|_| {
            let (visitor, body) = (house.visitor(), json!({"refresh_token": pair["refresh_token"]}));
            tokio::spawn(async move { visitor.post("/api/v1/auth/refresh", body).await })
        })
        .collect();
    let mut successors = HashSet::new();
    for attempt in tries {
        let answer = attempt.await.expect("no panic").expect(StatusCode::OK);
        successors.insert(answer["refresh_token"].as_str().expect("a token").to_owned());
    }
    assert_eq!(successors.len(), 1);
    let next = refresh(&house, &json!({"refresh_token": successors.into_iter().next()})).await;
    next.expect(StatusCode::OK);
    assert_eq!(house.audit_types().await.iter().filter(|kind| *kind == "token_refreshed").count(), 2);
}

// AU-2: the attack table.
#[tokio::test]
async fn a_token_that_is_not_exactly_ours_is_refused() {
    let house = House::on(Sqlite).await.expect("SQLite is always there");
    house.administrator("alice").await;
    let (program, pair) = sign_in(&house, "alice").await;
    let token = pair["access_token"].as_str().expect("a token");
    let parts: Vec<&str> = token.split('.').collect();
    let encode = |value: Value| BASE64.encode(value.to_string());
    let headed = |header: Value| format!("{}.{}.{}", encode(header), parts[1], parts[2]);
    let mut promoted = claims(&pair["access_token"]);
    promoted["role"] = json!("owner");
    let forged = [
        headed(json!({"typ": "at+jwt", "alg": "none"})),
        format!("{}.{}.", encode(json!({"typ": "at+jwt", "alg": "none"})), parts[1]),
        headed(json!({"typ": "JWT", "alg": "HS256"})),
        headed(json!({"typ": "at+jwt", "alg": "HS512"})),
        headed(json!({"typ": "at+jwt", "alg": "RS256"})),
        headed(json!({"typ": "at+jwt", "alg": "HS256", "kid": "../../dev/null"})),
        headed(json!({"typ": "at+jwt", "alg": "HS256", "jku": "https://evil.test/keys"})),
        headed(json!({"typ": "at+jwt", "alg": "HS256", "x5u": "https://evil.test/cert"})),
        format!("{}.{}.{}", parts[0], encode(promoted), parts[2]),
        format!("{}.{}.{}", parts[0], parts[1], &parts[2][1..]),
        format!("{}.{}", parts[0], parts[1]),
        format!("{token}x"),
        "x".repeat(10_000),
        String::new(),
    ];
    for forged in forged {
        let mut mallory = house.visitor();
        mallory.bearer = Some(forged.clone());
        mallory.get("/api/v1/auth/me").await.refused(401, "auth.token_invalid");
    }
    // A refresh token is no access token, nor the other way round.
    let mut confused = house.visitor();
    confused.bearer = pair["refresh_token"].as_str().map(str::to_owned);
    confused.get("/api/v1/auth/me").await.refused(401, "auth.token_invalid");
    refresh(&house, &json!({"refresh_token": token})).await.refused(401, "auth.token_invalid");
    // Another house's token, signed as well as ours.
    let other = House::with(Sqlite, |config| config.jwt_secret = "another secret altogether".into()).await;
    let other = other.expect("SQLite is always there");
    other.administrator("alice").await;
    let (stranger, _) = sign_in(&other, "alice").await;
    let mut mallory = house.visitor();
    mallory.bearer = stranger.bearer;
    mallory.get("/api/v1/auth/me").await.refused(401, "auth.token_invalid");
    program.get("/api/v1/auth/me").await.expect(StatusCode::OK);
}

#[rstest]
#[tokio::test]
async fn two_credentials_in_one_request_are_one_too_many(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let mut alice = house.administrator("alice").await;
    let (program, _) = sign_in(&house, "alice").await;
    alice.bearer = program.bearer.clone();
    alice.get("/api/v1/auth/me").await.refused(400, "auth.ambiguous");
    let twice = program.request(Method::GET, "/api/v1/auth/me").header(header::AUTHORIZATION, "Bearer other");
    program.send(twice.body("".into()).expect("a request")).await.refused(400, "auth.ambiguous");
}

// AU-3, AU-10: signing out is at once, and for the access token as well.
#[rstest]
#[tokio::test]
async fn signing_out_makes_the_tokens_worthless(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    house.administrator("alice").await;
    let (program, pair) = sign_in(&house, "alice").await;
    assert_eq!(program.post("/api/v1/auth/logout", json!({})).await.status, StatusCode::NO_CONTENT);
    program.get("/api/v1/auth/me").await.refused(401, "auth.session_revoked");
    refresh(&house, &pair).await.refused(401, "auth.session_revoked");
    // And after a restart, too.
    let restarted = House::beside(&house).await;
    let mut again = restarted.visitor();
    again.bearer = program.bearer;
    again.get("/api/v1/auth/me").await.refused(401, "auth.session_revoked");
}

// AU-10
#[rstest]
#[tokio::test]
async fn alice_sees_her_sessions_and_ends_them(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let (program, _) = sign_in(&house, "alice").await;
    let list = alice.get("/api/v1/auth/sessions").await.expect(StatusCode::OK);
    let list = list.as_array().expect("a list");
    assert_eq!((list.len(), list.iter().filter(|session| session["current"] == true).count()), (2, 1));
    assert_eq!(list[0]["ip"], "192.0.2.1");
    let other = list.iter().find(|session| session["current"] == false).expect("the program's");
    let path = format!("/api/v1/auth/sessions/{}", other["id"].as_str().expect("an id"));
    bob.delete(&path).await.refused(404, "auth.session_not_found");
    program.get("/api/v1/auth/me").await.expect(StatusCode::OK);
    assert_eq!(alice.delete(&path).await.status, StatusCode::NO_CONTENT);
    program.get("/api/v1/auth/me").await.refused(401, "auth.session_revoked");
    alice.delete(&path).await.refused(404, "auth.session_not_found");

    let (program, _) = sign_in(&house, "alice").await;
    assert_eq!(alice.post("/api/v1/auth/logout-all", json!({})).await.status, StatusCode::NO_CONTENT);
    for person in [&alice, &program] {
        person.get("/api/v1/auth/me").await.refused(401, "auth.session_revoked");
    }
    bob.get("/api/v1/auth/me").await.expect(StatusCode::OK);
}

// AU-3: without a database read: the tables that would be read are not there.
#[rstest]
#[tokio::test]
async fn an_access_token_is_checked_by_heart(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let (program, _) = sign_in(&house, "alice").await;
    program.get("/api/v1/rooms").await.expect(StatusCode::OK);
    house.settle().await;
    for table in ["sessions", "roles"] {
        house.execute(&format!("ALTER TABLE {table} RENAME TO {table}_elsewhere")).await;
    }
    program.get("/api/v1/rooms").await.expect(StatusCode::OK);
    alice.get("/api/v1/rooms").await.refused(500, "server.error");
}

// AU-3: what another process changed is known within a second.
#[rstest]
#[tokio::test]
async fn what_happened_elsewhere_is_known_here(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    house.member(&alice, "bob").await;
    let (ending, _) = sign_in(&house, "alice").await;
    let (bob, _) = sign_in(&house, "bob").await;
    for person in [&ending, &bob] {
        person.get("/api/v1/auth/me").await.expect(StatusCode::OK);
    }
    let other = House::beside(&house).await;
    let mut elsewhere = other.visitor();
    elsewhere.bearer = ending.bearer.clone();
    house.advance(Duration::from_secs(1));
    assert_eq!(elsewhere.post("/api/v1/auth/logout", json!({})).await.status, StatusCode::NO_CONTENT);
    let now = house.app.clock.now().0;
    house.execute(&format!("UPDATE users SET role = 'guest', updated_at = {now} WHERE username = 'bob'")).await;
    jobs::watch_sessions(house.app.clone()).await.expect("it watches");
    ending.get("/api/v1/auth/me").await.refused(401, "auth.session_revoked");
    bob.post("/api/v1/rooms", json!({"name": "Garden"})).await.refused(403, "auth.forbidden");
    house.advance(Duration::from_secs(1));
    let now = house.app.clock.now().0;
    house.execute(&format!("UPDATE users SET is_active = (1 = 0), updated_at = {now} WHERE username = 'bob'")).await;
    jobs::watch_sessions(house.app.clone()).await.expect("it watches");
    bob.get("/api/v1/auth/me").await.refused(401, "auth.session_revoked");
}

// AU-2: the signature is right, so that each is refused for what it says and not for how it is signed.
#[tokio::test]
async fn a_token_signed_by_us_is_refused_for_what_it_says() {
    let house = House::on(Sqlite).await.expect("SQLite is always there");
    house.administrator("alice").await;
    let (mut program, pair) = sign_in(&house, "alice").await;
    let ours = || Header { typ: Some("at+jwt".to_owned()), ..Header::new(Algorithm::HS256) };
    let said = claims(&pair["access_token"]);
    let but = |name: &str, value: Value| {
        let mut claims = said.clone();
        claims[name] = value;
        claims
    };
    let key = EncodingKey::from_secret(house.app.config.jwt_secret.expose_secret().as_bytes());
    let signed = |header: Header, claims: &Value| jsonwebtoken::encode(&header, claims, &key).expect("a token");
    let later = said["iat"].as_i64().expect("a time") + 3600;
    let foreign = "https://evil.test/keys".to_owned();
    let refused = [
        signed(Header { typ: Some("JWT".to_owned()), ..ours() }, &said),
        signed(Header { typ: None, ..ours() }, &said),
        signed(Header { alg: Algorithm::HS512, ..ours() }, &said),
        signed(Header { kid: Some("../../dev/null".to_owned()), ..ours() }, &said),
        signed(Header { jku: Some(foreign.clone()), ..ours() }, &said),
        signed(Header { x5u: Some(foreign), ..ours() }, &said),
        signed(ours(), &but("iss", json!("somebody else"))),
        signed(ours(), &but("aud", json!("somebody else"))),
        signed(ours(), &but("iat", json!(later))),
        signed(ours(), &but("nbf", json!(later))),
    ];
    for token in refused {
        program.bearer = Some(token.clone());
        let answer = program.get("/api/v1/auth/me").await;
        assert_eq!(
            (answer.status.as_u16(), answer.body["code"].as_str()),
            (401, Some("auth.token_invalid")),
            "{token}"
        );
    }
    program.bearer = Some(signed(ours(), &said));
    program.get("/api/v1/auth/me").await.expect(StatusCode::OK);
}
