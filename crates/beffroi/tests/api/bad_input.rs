//! What no client should send, and what it gets: a clear 4xx that names the field, nothing changed, never a 500.

use crate::house::{Engine, House, Person, Postgres, Sqlite};
use axum::body::Body;
use http::{Method, header};
use rstest::rstest;
use serde_json::json;
use uuid::Uuid;

async fn raw(
    person: &Person,
    method: Method,
    path: &str,
    content_type: &str,
    body: impl Into<Body>,
) -> crate::house::Answer {
    let request = person.request(method, path).header(header::CONTENT_TYPE, content_type);
    person.send(request.body(body.into()).expect("a request")).await
}

#[rstest]
#[tokio::test]
async fn wrong_json_is_refused_by_the_name_of_its_field(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let messages = format!("/api/v1/rooms/{}/messages", alice.square().await);
    let rows = house.count("audit_events").await;
    let id = "01234567-89ab-4cde-8f01-23456789abcd";
    for (path, body, field, code) in [
        (&messages, format!(r#"{{"client_id":"{id}"}}"#), "text", "required"),
        (&messages, format!(r#"{{"text":1,"client_id":"{id}"}}"#), "text", "wrong_type"),
        (&messages, format!(r#"{{"text":null,"client_id":"{id}"}}"#), "text", "wrong_type"),
        (&messages, format!(r#"{{"text":["a"],"client_id":"{id}"}}"#), "text", "wrong_type"),
        (&messages, r#"{"text":"a","client_id":"nonsense"}"#.to_owned(), "client_id", "wrong_type"),
        (&messages, r#"{"text":"a","client_id":7}"#.to_owned(), "client_id", "wrong_type"),
        (&messages, format!(r#"{{"text":"a","client_id":"{id}","author":"bob"}}"#), "author", "unknown"),
        (&messages, format!(r#"{{"text":"a","text":"b","client_id":"{id}"}}"#), "text", "duplicate"),
        (&"/api/v1/rooms".to_owned(), r#"{"name":"a","policy":"open"}"#.to_owned(), "policy", "wrong_type"),
        (&"/api/v1/rooms".to_owned(), r#"{"name":{"a":1}}"#.to_owned(), "name", "wrong_type"),
        (&"/api/v1/invites".to_owned(), r#"{"max_uses":1.5}"#.to_owned(), "max_uses", "wrong_type"),
        (&"/api/v1/invites".to_owned(), r#"{"max_uses":1e17}"#.to_owned(), "max_uses", "wrong_type"),
        (&"/api/v1/invites".to_owned(), r#"{"max_uses":1e400}"#.to_owned(), "", ""),
    ] {
        let refused = raw(&alice, Method::POST, path, "application/json", body.clone()).await;
        let refused = refused.refused(400, "request.malformed");
        let expected: Vec<(String, String)> = if field.is_empty() { vec![] } else { vec![(field.into(), code.into())] };
        assert_eq!(refused.fields(), expected, "{body}");
    }
    assert_eq!((house.count("messages").await, house.count("audit_events").await), (0, rows));
}

#[rstest]
#[tokio::test]
async fn what_is_no_json_is_refused(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let messages = format!("/api/v1/rooms/{}/messages", alice.square().await);
    let deep = "[".repeat(100_000);
    let surrogate = r#"{"text":"\ud800","client_id":"01234567-89ab-4cde-8f01-23456789abcd"}"#;
    for body in ["", "{", "null", "[]", "\"text\"", deep.as_str(), surrogate, "{\"text\":\"a\"", "\u{feff}{}"] {
        let answer = raw(&alice, Method::POST, &messages, "application/json", body.to_owned()).await;
        answer.refused(400, "request.malformed");
    }
    // A list of an object's values is not the object, even where each of them may be left out.
    for body in ["[]", "[null, null]", "[null, null, 5]", " [null]"] {
        let answer = raw(&alice, Method::POST, "/api/v1/invites", "application/json", body.to_owned()).await;
        answer.refused(400, "request.malformed");
    }
    let latin = raw(&alice, Method::POST, &messages, "application/json", vec![b'{', b'"', 0xff, 0xfe]).await;
    latin.refused(400, "request.malformed");
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "", "application/json; charset=latin1"] {
        let answer = raw(&alice, Method::POST, &messages, content_type, "{}").await;
        answer.refused(415, "request.unsupported_media_type");
    }
    assert_eq!(house.count("messages").await, 0);
}

// RA-7: JSON is at most 256 KiB.
#[rstest]
#[tokio::test]
async fn a_body_that_is_too_large_is_refused(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let messages = format!("/api/v1/rooms/{}/messages", alice.square().await);
    let body = |length: usize| json!({"text": "x".repeat(length), "client_id": Uuid::from_u128(1)}).to_string();
    let answer = raw(&alice, Method::POST, &messages, "application/json", body(256 * 1024)).await;
    answer.refused(413, "request.too_large");
    let answer = raw(&alice, Method::POST, &messages, "application/json", body(255 * 1024)).await;
    answer.refused(422, "validation");
}

#[rstest]
#[tokio::test]
async fn wrong_ids_and_queries_are_refused(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let square = alice.square().await;
    for id in ["nonsense", "1", "00000000-0000-4000-8000-00000000000", "%00", "..", "' OR 1=1 --"] {
        let id: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect::<String>().replace('+', "%20");
        let answer = alice.get(&format!("/api/v1/rooms/{id}/messages")).await;
        assert_eq!(answer.status.as_u16(), 400, "{id}: {}", answer.text);
    }
    alice.get(&format!("/api/v1/rooms/{}", Uuid::from_u128(9))).await.refused(404, "room.not_found");

    let path = format!("/api/v1/rooms/{square}/messages");
    for (query, status, field, code) in [
        ("limit=0", 422, "limit", "out_of_range"),
        ("limit=-1", 422, "limit", "out_of_range"),
        ("limit=101", 422, "limit", "out_of_range"),
        ("limit=99999999999999999999", 400, "limit", "wrong_type"),
        ("limit=ten", 400, "limit", "wrong_type"),
        ("limit=1&limit=2", 400, "limit", "duplicate"),
        ("colour=red", 400, "colour", "unknown"),
    ] {
        let answer = alice.get(&format!("{path}?{query}")).await;
        assert_eq!((answer.status.as_u16(), answer.fields()), (status, vec![(field.into(), code.into())]), "{query}");
    }
    alice.get(&format!("{path}?limit=100")).await.expect(http::StatusCode::OK);
    for query in ["after=-1", "after=99"] {
        let answer = alice.get(&format!("/api/v1/rooms/{square}/changes?{query}")).await.refused(422, "validation");
        assert_eq!(answer.fields(), [("after".into(), "out_of_range".into())]);
    }
}

// Names and passwords that are not what they seem.
#[rstest]
#[tokio::test]
async fn a_sign_in_with_anything_in_it_is_refused_the_same_way(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    house.administrator("alice").await;
    let long = "x".repeat(100_000);
    for name in ["", "a\0b", "' OR '1'='1", "\u{202e}ecila", long.as_str(), "alice\0", "@", "alice@", "💥"] {
        house.visitor().sign_in(name, "whatever it is").await.refused(401, "auth.invalid_credentials");
        house.visitor().sign_in("alice", name).await.refused(401, "auth.invalid_credentials");
    }
}

#[rstest]
#[tokio::test]
async fn a_cookie_with_anything_in_it_is_nobody(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let real = alice.cookie.clone().expect("signed in");
    let wrong =
        ["bf_sid=", "bf_sid", "bf_sid=;;;", &format!("{real}x"), &real[..real.len() - 1], "bf_sid=\u{7f}", "other=1"];
    for cookie in wrong {
        let mut mallory = house.visitor();
        mallory.cookie = Some(cookie.to_owned());
        if http::HeaderValue::from_str(cookie).is_ok() {
            mallory.get("/api/v1/auth/me").await.refused(401, "auth.required");
        }
    }
    alice.get("/api/v1/auth/me").await.expect(http::StatusCode::OK);
}
