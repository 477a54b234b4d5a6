//! What surrounds every request: headers, other sites, generic errors.

use crate::house::{Answer, Engine, House, PASSWORD, Person, Postgres, Sqlite};
use beffroi::{
    config::{CsrfMode, Environment},
    error::{Code, FieldError},
    platform::i18n::{Language, knows},
};
use http::{Method, StatusCode, header};
use rstest::rstest;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

async fn house() -> House {
    House::on(Sqlite).await.expect("SQLite is always there")
}

// RA-4: the page runs no inline script and no markup made of strings.
#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let house = house().await;
    let visitor = house.visitor();
    for path in ["/", "/api/v1/server", "/api/v1/rooms", "/nowhere", "/assets/nothing.js"] {
        let headers = visitor.get(path).await.headers;
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
        for part in ["default-src 'none'", "script-src 'self';", "trusted-types 'none'", "frame-ancestors 'none'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        assert_eq!(headers[header::REFERRER_POLICY], "no-referrer", "{path}");
        assert!(headers.contains_key("x-request-id"), "{path}");
    }
    assert_eq!(visitor.get("/api/v1/server").await.headers[header::CACHE_CONTROL], "no-store");
}

// RA-3
#[tokio::test]
async fn a_change_that_another_site_sends_is_refused() {
    let house = house().await;
    let alice = house.administrator("alice").await;
    let send = async |headers: &[(&str, &str)], with_cookie: bool| {
        let mut request = http::Request::builder()
            .method(Method::POST)
            .uri("/api/v1/rooms")
            .header(header::HOST, "beffroi.test")
            .header(header::CONTENT_TYPE, "application/json");
        if with_cookie {
            request = request.header(header::COOKIE, alice.cookie.clone().expect("signed in"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        alice.send(request.body(json!({"name": "Square"}).to_string().into()).expect("a request")).await
    };
    let refused: [&[(&str, &str)]; 6] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "nonsense"), ("origin", "http://beffroi.test")],
        &[("origin", "http://evil.test")],
        &[("origin", "null")],
        &[],
    ];
    for headers in refused {
        send(headers, true).await.refused(403, "request.cross_site");
    }
    let passing: [&[(&str, &str)]; 3] =
        [&[("sec-fetch-site", "same-origin")], &[("sec-fetch-site", "none")], &[("origin", "http://beffroi.test")]];
    for headers in passing {
        send(headers, true).await.refused(409, "room.name_taken");
    }
    // A program without a browser's cookie sends neither header and passes the door, to be asked who it is.
    send(&[], false).await.refused(401, "auth.required");
}

// RA-3: signing somebody in as somebody else is an attack, too.
#[tokio::test]
async fn another_site_cannot_sign_anybody_in_or_out() {
    let house = house().await;
    let alice = house.administrator("alice").await;
    for path in ["/api/v1/auth/login", "/api/v1/auth/logout", "/api/v1/auth/register", "/api/v1/setup"] {
        let request = http::Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::HOST, "beffroi.test")
            .header(header::CONTENT_TYPE, "application/json")
            .header("sec-fetch-site", "cross-site");
        alice.send(request.body("{}".into()).expect("a request")).await.refused(403, "request.cross_site");
    }
}

/// A house that asks for tokens, and its administrator.
async fn house_of_tokens() -> (House, Person) {
    let house = House::with(Sqlite, |config| config.csrf_mode = CsrfMode::Token).await.expect("SQLite is there");
    let alice = house.administrator("alice").await;
    (house, alice)
}

async fn csrf_token(person: &Person) -> String {
    let token = person.get("/api/v1/auth/csrf").await.expect(StatusCode::OK);
    token["token"].as_str().expect("text").to_owned()
}

async fn change_with(person: &Person, token: Option<&str>) -> Answer {
    let request = person.request(Method::PATCH, "/api/v1/auth/me").header(header::CONTENT_TYPE, "application/json");
    let request = token.into_iter().fold(request, |request, token| request.header("x-csrf-token", token));
    person.send(request.body(json!({"first_name": "Alice"}).to_string().into()).expect("a request")).await
}

// RA-3: csrf.mode = "token".
#[tokio::test]
async fn where_tokens_are_asked_for_a_change_brings_one_of_its_own_session() {
    let (house, alice) = house_of_tokens().await;
    let mut elsewhere = house.visitor();
    elsewhere.sign_in("alice", PASSWORD).await.expect(StatusCode::OK);
    let (own, others) = (csrf_token(&alice).await, csrf_token(&elsewhere).await);
    let altered = format!("{}{}", if own.starts_with('B') { 'C' } else { 'B' }, &own[1..]);
    for token in [None, Some(""), Some("nonsense"), Some(others.as_str()), Some(altered.as_str()), Some(&own[1..])] {
        change_with(&alice, token).await.refused(403, "auth.csrf_required");
    }
    change_with(&alice, Some(&own)).await.expect(StatusCode::OK);
    change_with(&elsewhere, Some(&others)).await.expect(StatusCode::OK);
    // Reading changes nothing.
    alice.get("/api/v1/rooms").await.expect(StatusCode::OK);
    assert_eq!(house.visitor().get("/api/v1/server").await.expect(StatusCode::OK)["csrf_mode"], "token");
    house.visitor().get("/api/v1/auth/csrf").await.refused(401, "auth.required");
}

// RA-3: tokens of one hour.
#[tokio::test]
async fn a_token_against_forged_requests_is_good_for_an_hour() {
    let (house, alice) = house_of_tokens().await;
    let token = csrf_token(&alice).await;
    let second = Duration::from_secs(1);
    for _ in 0..3 {
        house.advance(Duration::from_secs(1199));
        change_with(&alice, Some(&token)).await.expect(StatusCode::OK);
    }
    house.advance(3 * second);
    change_with(&alice, Some(&token)).await.refused(403, "auth.csrf_required");
    change_with(&alice, Some(&csrf_token(&alice).await)).await.expect(StatusCode::OK);
}

// RA-3: a token is asked for besides the origin, never instead, and a program's credential needs none.
#[tokio::test]
async fn a_token_replaces_no_origin_and_programs_need_none() {
    let (house, alice) = house_of_tokens().await;
    let token = csrf_token(&alice).await;
    let forged = http::Request::builder()
        .method(Method::PATCH)
        .uri("/api/v1/auth/me")
        .header(header::COOKIE, alice.cookie.clone().expect("signed in"))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::HOST, "beffroi.test")
        .header("sec-fetch-site", "cross-site")
        .header("x-csrf-token", &token);
    let forged = forged.body(json!({"first_name": "Mallory"}).to_string().into()).expect("a request");
    alice.send(forged).await.refused(403, "request.cross_site");

    let mut program = house.visitor();
    let body = json!({"username": "alice", "password": PASSWORD});
    let pair = program.post("/api/v1/auth/login", body).await.expect(StatusCode::OK);
    program.bearer = pair["access_token"].as_str().map(str::to_owned);
    change_with(&program, None).await.expect(StatusCode::OK);
}

// DP-3: a purpose that the database is older than gets its key; what the other keys closed stays open.
#[rstest]
#[tokio::test]
async fn an_older_database_gets_the_key_that_it_lacks(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    house.administrator("alice").await;
    let all = house.count("data_keys").await;
    house.execute("DELETE FROM data_keys WHERE purpose = 'csrf'").await;
    let next = House::beside(&house).await;
    assert_eq!(next.count("data_keys").await, all);
    next.visitor().sign_in("alice@example.org", PASSWORD).await.expect(StatusCode::OK);
}

// RA-11: what breaks inside is not told outside, but in development.
#[tokio::test]
async fn an_internal_error_is_told_in_general_words() {
    for (environment, tells) in [(Environment::Production, false), (Environment::Development, true)] {
        let house = House::with(Sqlite, |config| config.environment = environment).await.expect("SQLite is there");
        let alice = house.administrator("alice").await;
        house.execute("DROP TABLE room_events").await;
        let answer = alice.post("/api/v1/rooms", json!({"name": "Garden"})).await.refused(500, "server.error");
        assert_eq!(answer.text.contains("room_events"), tells, "{}", answer.text);
        assert!(answer.body["request_id"].is_string());
    }
}

#[tokio::test]
async fn what_the_router_refuses_has_the_same_form() {
    let house = house().await;
    let visitor = house.visitor();
    visitor.get("/api/v1/nowhere").await.refused(404, "not_found");
    visitor.get("/assets/../Cargo.toml").await.refused(404, "not_found");
    visitor.get("/assets/%2e%2e/%2e%2e/Cargo.toml").await.refused(404, "not_found");
    let refused = visitor.put("/api/v1/server", json!({})).await.refused(405, "request.method_not_allowed");
    assert_eq!(refused.headers[header::ALLOW], "GET,HEAD");
}

// People see a page that says so; programs a problem.
#[tokio::test]
async fn an_address_that_leads_nowhere_shows_people_the_application() {
    let house = house().await;
    let visitor = house.visitor();
    let request = visitor.request(Method::GET, "/nowhere").header(header::ACCEPT, "text/html").body("".into());
    let answer = visitor.send(request.expect("a request")).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.headers[header::CONTENT_TYPE].to_str().expect("text").starts_with("text/html"));
}

#[tokio::test]
async fn the_application_is_cached_until_it_changes() {
    let house = house().await;
    let visitor = house.visitor();
    let etag = visitor.get("/").await.headers[header::ETAG].clone();
    let request = visitor.request(Method::GET, "/").header(header::IF_NONE_MATCH, etag).body("".into());
    assert_eq!(visitor.send(request.expect("a request")).await.status, StatusCode::NOT_MODIFIED);
}

// Every refusal has its words in every language, and a page under its type.
#[tokio::test]
async fn every_code_has_words_in_every_language() {
    for language in Language::ALL {
        for code in Code::ALL {
            assert!(knows(language, &format!("error.{}", code.name)), "{language:?}: error.{}", code.name);
            assert!(knows(language, &format!("title.{}", code.status.as_u16())), "{language:?}: {}", code.status);
        }
        for code in FieldError::CODES {
            assert!(knows(language, &format!("field.{code}")), "{language:?}: field.{code}");
        }
    }
    let house = house().await;
    for code in Code::ALL {
        assert_eq!(house.visitor().get(&format!("/problems/{}", code.name)).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn the_probes_answer() {
    let house = house().await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(house.visitor().get(path).await.status, StatusCode::OK, "{path}");
    }
}

// ID-12: v4 where an id must not tell when something was made, v7 where the order of time is wanted. That knowing one
// opens nothing is told by the tests of rooms, messages and invitations.
#[tokio::test]
async fn ids_are_random_and_tell_nothing() {
    let house = house().await;
    let alice = house.administrator("alice").await;
    let garden = alice.post("/api/v1/rooms", json!({"name": "Garden"})).await.expect(StatusCode::CREATED);
    let said = alice.say(garden["id"].as_str().expect("an id"), "hello").await;
    let invite = alice.post("/api/v1/invites", json!({})).await.expect(StatusCode::CREATED);
    let me = alice.get("/api/v1/auth/me").await.expect(StatusCode::OK);
    let version = |id: &Value| id.as_str().expect("text").parse::<Uuid>().expect("a UUID").get_version_num();
    for id in [&me["user"]["id"], &me["session"]["id"], &garden["id"], &invite["id"]] {
        assert_eq!(version(id), 4, "{id}");
    }
    assert_eq!(version(&said["id"]), 7);
    for row in house.rows("SELECT id FROM audit_events").await {
        assert_eq!(row.try_get::<Uuid>("", "id").expect("a UUID").get_version_num(), 7);
    }
}

// OB-7: a balancer that asks sends nobody to a server that is about to stop.
#[tokio::test]
async fn a_server_that_is_about_to_stop_is_alive_and_not_ready() {
    let house = house().await;
    let balancer = house.visitor();
    assert_eq!(balancer.get("/readyz").await.status, StatusCode::OK);
    house.app.draining.store(true, std::sync::atomic::Ordering::Relaxed);
    balancer.get("/readyz").await.refused(503, "server.unavailable");
    assert_eq!(balancer.get("/healthz").await.status, StatusCode::OK);
}
