//! What surrounds every request: headers, other sites, generic errors.

use crate::house::{House, Sqlite};
use beffroi::{
    config::Environment,
    error::{Code, FieldError},
    platform::i18n::{Language, knows},
};
use http::{Method, StatusCode, header};
use serde_json::{Value, json};
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
