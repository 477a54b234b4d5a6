//! Which status an answer has: the same table for every feature (RA-11).

use crate::house::{Answer, Engine, House, Person, Postgres, Sqlite};
use beffroi::platform::limits::Rate;
use http::{HeaderName, Method, StatusCode, header};
use rstest::rstest;
use serde_json::{Value, json};

const JSON: &str = "application/json";

/// A request as it stands in the table: method, path, kind of the body, body.
type Sent<'a> = (&'a str, &'a str, &'a str, &'a str);

async fn send(person: &Person, (method, path, kind, body): Sent<'_>) -> Answer {
    let request = person.request(method.parse().expect("a method"), path);
    let request = if kind.is_empty() { request } else { request.header(header::CONTENT_TYPE, kind) };
    person.send(request.body(body.to_owned().into()).expect("a request")).await
}

#[rstest]
#[tokio::test]
async fn every_way_to_go_wrong_has_its_status_and_code(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let square = format!("/api/v1/rooms/{}", alice.square().await);
    let large = json!({"name": "x".repeat(256 * 1024)}).to_string();
    let (room, nobody) = ("/api/v1/rooms", house.visitor());
    let table: [(&Person, Sent, u16, &str, &[&str]); 16] = [
        (&alice, ("POST", room, JSON, "{"), 400, "request.malformed", &[]),
        (&alice, ("POST", room, JSON, r#"{"name":1}"#), 400, "request.malformed", &[]),
        (&alice, ("POST", room, JSON, r#"{"name":"a","owner":"bob"}"#), 400, "request.malformed", &[]),
        (&alice, ("GET", "/api/v1/rooms/nonsense", "", ""), 400, "request.invalid_id", &[]),
        (&nobody, ("GET", room, "", ""), 401, "auth.required", &["www-authenticate"]),
        (&bob, ("POST", "/api/v1/invites", JSON, "{}"), 403, "auth.forbidden", &[]),
        (&bob, ("DELETE", &square, "", ""), 403, "room.not_yours", &[]),
        (&alice, ("GET", "/api/v1/nowhere", "", ""), 404, "not_found", &[]),
        (&alice, ("GET", "/api/v1/rooms/01234567-89ab-4cde-8f01-23456789abcd", "", ""), 404, "room.not_found", &[]),
        (&alice, ("TRACE", room, "", ""), 405, "request.method_not_allowed", &["allow"]),
        (&alice, ("BREW", room, "", ""), 405, "request.method_not_allowed", &["allow"]),
        (&alice, ("POST", room, JSON, r#"{"name":"Square"}"#), 409, "room.name_taken", &[]),
        (&alice, ("POST", room, JSON, &large), 413, "request.too_large", &[]),
        (&alice, ("POST", room, "text/plain", r#"{"name":"a"}"#), 415, "request.unsupported_media_type", &[]),
        (&alice, ("POST", room, "", r#"{"name":"a"}"#), 415, "request.unsupported_media_type", &[]),
        (&alice, ("POST", room, JSON, r#"{"name":""}"#), 422, "validation", &[]),
    ];
    for (person, sent, status, code, headers) in table {
        let answer = send(person, sent).await.refused(status, code);
        assert_eq!((&answer.body["success"], &answer.body["status"]), (&json!(false), &json!(status)), "{sent:?}");
        for name in headers {
            assert!(answer.headers.contains_key(*name), "{sent:?}: {name}");
        }
    }
}

#[rstest]
#[tokio::test]
async fn every_success_has_its_status(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let made = alice.post("/api/v1/rooms", json!({"name": "Garden"})).await;
    let place = made.headers[header::LOCATION].to_str().expect("text").to_owned();
    made.expect(StatusCode::CREATED);
    alice.get(&place).await.expect(StatusCode::OK);
    let gone = alice.delete(&place).await;
    assert_eq!((gone.status, gone.text.as_str()), (StatusCode::NO_CONTENT, ""));
}

#[rstest]
#[tokio::test]
async fn too_much_says_when_to_come_back(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::with(engine, |config| config.rates.per_person = Rate::per_minute(100, 2)).await else {
        return;
    };
    let alice = house.administrator("alice").await;
    for _ in 0..2 {
        alice.get("/api/v1/auth/me").await.expect(StatusCode::OK);
    }
    let refused = alice.get("/api/v1/auth/me").await.refused(429, "rate_limited");
    assert!(refused.headers.contains_key(header::RETRY_AFTER));
}

// RFC 9112 §3.2: exactly one Host, and one that is a host.
#[tokio::test]
async fn a_request_names_its_server_once() {
    let house = House::on(Sqlite).await.expect("SQLite is always there");
    let visitor = house.visitor();
    let ask = async |version: http::Version, hosts: &[&str]| {
        let mut request = visitor.request(Method::GET, "/api/v1/server").version(version);
        if let Some(headers) = request.headers_mut() {
            headers.remove(header::HOST);
        }
        for host in hosts {
            request = request.header(header::HOST, *host);
        }
        visitor.send(request.body("".into()).expect("a request")).await
    };
    let wrong: [(&[&str], &str); 6] = [
        (&[], "required"),
        (&["beffroi.test", "evil.test"], "duplicate"),
        (&["beffroi.test", "beffroi.test"], "duplicate"),
        (&[""], "malformed"),
        (&["alice@beffroi.test"], "malformed"),
        (&["beffroi.test/path"], "malformed"),
    ];
    for (hosts, code) in wrong {
        let refused = ask(http::Version::HTTP_11, hosts).await.refused(400, "request.malformed");
        assert_eq!(refused.fields(), [("Host".into(), code.into())], "{hosts:?}");
    }
    for host in ["beffroi.test", "beffroi.test:8080", "192.0.2.1:80", "[2001:db8::1]:8080", "localhost"] {
        ask(http::Version::HTTP_11, &[host]).await.expect(StatusCode::OK);
    }
    ask(http::Version::HTTP_10, &[]).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn no_wish_for_a_language_is_an_error() {
    let house = House::on(Sqlite).await.expect("SQLite is always there");
    let visitor = house.visitor();
    let english = visitor.get("/api/v1/nowhere").await.body["detail"].clone();
    let wished = async |language: &[u8]| -> Value {
        let language = http::HeaderValue::from_bytes(language).expect("a header");
        let request = visitor.request(Method::GET, "/api/v1/nowhere").header(header::ACCEPT_LANGUAGE, language);
        let answer = visitor.send(request.body("".into()).expect("a request")).await.refused(404, "not_found");
        answer.body["detail"].clone()
    };
    let long = "x-".repeat(4000);
    for language in ["tlh", "", "*", ";q=", "fr;q=nonsense;;", "en;q=0", "\u{e9}", long.as_str()] {
        wished(language.as_bytes()).await;
    }
    assert_eq!(wished(b"tlh, *;q=0.1").await, english);
    assert_ne!(wished(b"fr-CH, en;q=0.5").await, english);
}

// RA-1: what no route takes counts as well, as a stranger's request.
#[rstest]
#[case::no_such_address("GET", "/api/v1/nowhere", 404)]
#[case::wrong_method("PUT", "/api/v1/server", 405)]
#[case::another_site("POST", "/api/v1/rooms", 403)]
#[case::no_host("GET", "/api/v1/server", 400)]
#[tokio::test]
async fn nonsense_is_no_way_around_the_limits(#[case] method: &str, #[case] path: &str, #[case] status: u16) {
    let change = |config: &mut beffroi::config::Config| config.rates.per_address = Rate::per_minute(60, 5);
    let house = House::with(Sqlite, change).await.expect("SQLite is always there");
    let (mallory, bob) = (house.visitor_from("198.51.100.1"), house.visitor_from("198.51.100.2"));
    let ask = async |person: &Person| {
        let mut request = person.request(method.parse().expect("a method"), path);
        let headers = request.headers_mut().expect("a request");
        if status == 403 {
            headers.insert(HeaderName::from_static("sec-fetch-site"), "cross-site".parse().expect("a header"));
        }
        if status == 400 {
            headers.remove(header::HOST);
        }
        person.send(request.body("".into()).expect("a request")).await.status.as_u16()
    };
    for _ in 0..5 {
        assert_eq!(ask(&mallory).await, status);
    }
    assert_eq!((ask(&mallory).await, ask(&bob).await), (429, status));
}
