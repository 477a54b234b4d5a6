//! One's own sessions: seen, and ended.

use crate::house::{Engine, House, PASSWORD, Postgres, Sqlite};
use http::{Method, StatusCode, header};
use rstest::rstest;
use serde_json::Value;

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

// AU-10: device, place, last seen.
#[rstest]
#[tokio::test]
async fn alice_sees_where_she_is_signed_in(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let laptop = house.visitor_from("2001:db8:1:2:aaaa::7");
    let body = serde_json::json!({"username": "alice", "password": PASSWORD, "session": "cookie"}).to_string();
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
