//! Tickets: a socket for who can send no header with the upgrade.

use crate::{
    house::{Engine, House, PASSWORD, Person, Postgres, Sqlite},
    realtime::Socket,
};
use beffroi::jobs;
use http::{Method, StatusCode, header};
use rstest::rstest;
use serde_json::{Value, json};
use std::{collections::HashSet, net::SocketAddr, time::Duration};
use tokio_tungstenite::tungstenite;

const PATH: &str = "/api/v1/ws-ticket";

/// The status and the code of a problem.
type Refusal = (u16, Option<String>);

/// A ticket that somebody asks for from a page of that origin.
async fn ticket(person: &Person, origin: Option<&str>) -> String {
    let request = person.request(Method::POST, PATH);
    let request = match origin {
        Some(origin) => request.header(header::ORIGIN, origin),
        None => request,
    };
    let answer = person.send(request.body("".into()).expect("a request")).await.expect(StatusCode::OK);
    assert_eq!(answer["expires_in"], 30);
    answer["ticket"].as_str().expect("a ticket").to_owned()
}

async fn open(address: SocketAddr, ticket: &str, also: &Person, origin: Option<&str>) -> Result<Socket, Refusal> {
    match Socket::try_open_at(address, &format!("/ws?ticket={ticket}"), also, origin).await {
        Ok(socket) => Ok(socket),
        Err(error) => match *error {
            tungstenite::Error::Http(response) => {
                let body = response.body().as_deref().unwrap_or_default();
                let problem: Value = serde_json::from_slice(body).unwrap_or_default();
                Err((response.status().as_u16(), problem["code"].as_str().map(str::to_owned)))
            }
            other => panic!("{other}"),
        },
    }
}

fn refused(status: u16, code: &str) -> Option<Refusal> {
    Some((status, Some(code.to_owned())))
}

/// A program with an access token of that person.
async fn program(house: &House, name: &str) -> (Person, Value) {
    let mut program = house.visitor();
    let pair = program.post("/api/v1/auth/login", json!({"username": name, "password": PASSWORD})).await;
    let pair = pair.expect(StatusCode::OK);
    program.bearer = pair["access_token"].as_str().map(str::to_owned);
    (program, pair)
}

// AU-11
#[rstest]
#[tokio::test]
async fn a_ticket_opens_one_socket_for_its_person(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let (address, square) = (house.listen().await, alice.square().await);
    let nobody = house.visitor();
    let ticket = ticket(&alice, None).await;
    let mut socket = open(address, &ticket, &nobody, None).await.expect("it opens");
    socket.sync(None).await;
    alice.say(&square, "heard by ticket").await;
    assert_eq!(socket.next().await["data"]["text"], "heard by ticket");

    assert_eq!(open(address, &ticket, &nobody, None).await.err(), refused(401, "auth.ticket_invalid"));
    assert_eq!(open(address, "nonsense", &nobody, None).await.err(), refused(401, "auth.ticket_invalid"));
    assert_eq!(open(address, "", &alice, None).await.err(), refused(401, "auth.ticket_invalid"));
    house.visitor().post(PATH, json!({})).await.refused(401, "auth.required");
}

// AU-11: of fifty who bring it at once, one.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn fifty_who_bring_one_ticket_at_once_open_one_socket(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let address = house.listen().await;
    let ticket = ticket(&alice, None).await;
    let tries: Vec<_> = (0..50)
        .map(|_| {
            let (ticket, nobody) = (ticket.clone(), house.visitor());
            tokio::spawn(async move { open(address, &ticket, &nobody, None).await })
        })
        .collect();
    let mut opened = 0;
    for one in tries {
        match one.await.expect("no panic") {
            Ok(_) => opened += 1,
            Err(refusal) => assert_eq!(Some(refusal), refused(401, "auth.ticket_invalid")),
        }
    }
    assert_eq!(opened, 1);
}

// AU-11: bound to the page that asked; whoever tries from elsewhere has used it up.
#[rstest]
#[tokio::test]
async fn a_ticket_is_good_from_the_page_that_asked_for_it_only(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let (address, nobody) = (house.listen().await, house.visitor());
    let own = Some("http://beffroi.test");
    for (asked, tried) in [(own, Some("http://evil.test")), (own, None), (None, own), (own, Some("null"))] {
        let ticket = ticket(&alice, asked).await;
        assert_eq!(open(address, &ticket, &nobody, tried).await.err(), refused(403, "request.cross_site"));
        assert_eq!(open(address, &ticket, &nobody, asked).await.err(), refused(401, "auth.ticket_invalid"));
    }
    let ticket = ticket(&alice, own).await;
    assert!(open(address, &ticket, &nobody, own).await.is_ok());
    let foreign = alice.request(Method::POST, PATH).header(header::ORIGIN, "http://evil.test");
    let mut foreign = foreign.body("".into()).expect("a request");
    foreign.headers_mut().insert("sec-fetch-site", http::HeaderValue::from_static("cross-site"));
    alice.send(foreign).await.refused(403, "request.cross_site");
}

// AU-11: half a minute, and no longer than the session.
#[rstest]
#[tokio::test]
async fn a_ticket_is_worth_nothing_once_its_time_or_its_session_is_over(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let (address, nobody) = (house.listen().await, house.visitor());
    let in_time = ticket(&bob, None).await;
    house.advance(Duration::from_secs(29));
    assert!(open(address, &in_time, &nobody, None).await.is_ok());
    let late = ticket(&bob, None).await;
    house.advance(Duration::from_secs(30));
    assert_eq!(open(address, &late, &nobody, None).await.err(), refused(401, "auth.ticket_invalid"));

    let (signed_out, demoted) = (ticket(&bob, None).await, ticket(&alice, None).await);
    house.execute("INSERT INTO roles (name, permissions, is_built_in) VALUES ('nothing', '[]', FALSE)").await;
    house.set_role(&alice, "nothing").await;
    assert_eq!(open(address, &demoted, &nobody, None).await.err(), refused(403, "auth.forbidden"));
    bob.post("/api/v1/auth/logout", json!({})).await;
    assert_eq!(open(address, &signed_out, &nobody, None).await.err(), refused(401, "auth.session_revoked"));

    let (program, _) = program(&house, "bob").await;
    let everywhere = ticket(&program, None).await;
    program.post("/api/v1/auth/logout-all", json!({})).await;
    assert_eq!(open(address, &everywhere, &nobody, None).await.err(), refused(401, "auth.session_revoked"));
}

// A browser sends its cookie along anyway: that is no second credential, unless it is another session's.
#[rstest]
#[tokio::test]
async fn what_comes_along_with_a_ticket_must_agree_with_it(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let (carol, _) = program(&house, "alice").await;
    let address = house.listen().await;
    let mut stale = house.visitor();
    stale.cookie = Some(format!("bf_sid={}", "A".repeat(43)));
    let mut broken = house.visitor();
    broken.bearer = Some("nonsense".to_owned());
    let tries: [(&Person, &Person, Option<Refusal>); 7] = [
        (&alice, &alice, None),
        (&carol, &carol, None),
        (&alice, &stale, None),
        (&alice, &bob, refused(400, "auth.ambiguous")),
        (&alice, &carol, refused(400, "auth.ambiguous")),
        (&carol, &alice, refused(400, "auth.ambiguous")),
        (&alice, &broken, refused(401, "auth.token_invalid")),
    ];
    for (number, (of, along, expected)) in tries.into_iter().enumerate() {
        let ticket = ticket(of, None).await;
        assert_eq!(open(address, &ticket, along, None).await.err(), expected, "case {number}");
    }
    let (one, other) = (ticket(&alice, None).await, ticket(&alice, None).await);
    let two = format!("{one}&ticket={other}");
    assert_eq!(open(address, &two, &house.visitor(), None).await.err(), refused(400, "auth.ambiguous"));
}

// AU-11: the socket lives as what made the ticket lives.
#[rstest]
#[tokio::test]
async fn a_socket_by_ticket_ends_as_the_credential_that_made_it(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let (address, nobody) = (house.listen().await, house.visitor());
    let (program, pair) = program(&house, "alice").await;
    let mut by_token = open(address, &ticket(&program, None).await, &nobody, None).await.expect("it opens");
    let mut renewed = open(address, &ticket(&program, None).await, &nobody, None).await.expect("it opens");
    let mut by_cookie = open(address, &ticket(&bob, None).await, &nobody, None).await.expect("it opens");
    for socket in [&mut by_token, &mut renewed, &mut by_cookie] {
        socket.sync(None).await;
    }
    house.advance(Duration::from_secs(10 * 60));
    let next = nobody.post("/api/v1/auth/refresh", json!({"refresh_token": pair["refresh_token"]})).await;
    let next = next.expect(StatusCode::OK);
    renewed.send(json!({"t": "renew", "access_token": next["access_token"]})).await;
    renewed.cursor().await;
    house.advance(Duration::from_secs(6 * 60));
    jobs::watch_sessions(house.app.clone()).await.expect("it watches");
    assert_eq!(by_token.closed().await, (4001, "auth.token_expired".to_owned()));
    renewed.cursor().await;
    by_cookie.cursor().await;
    bob.post("/api/v1/auth/logout", json!({})).await;
    assert_eq!(by_cookie.closed().await, (4001, "auth.session_revoked".to_owned()));
}

// Counted like any request, and no two alike.
#[tokio::test]
async fn tickets_are_counted_by_the_rates() {
    let rate = beffroi::platform::limits::Rate::per_minute(1, 12);
    let house = House::with(Sqlite, |config| config.rates.per_person = rate).await.expect("SQLite is always there");
    let alice = house.administrator("alice").await;
    let mut tickets = HashSet::new();
    let refusal = loop {
        let answer = alice.post(PATH, json!({})).await;
        if answer.status != StatusCode::OK {
            break answer;
        }
        assert!(tickets.insert(answer.text), "the same ticket twice");
    };
    refusal.refused(429, "rate_limited");
    assert!((1..=12).contains(&tickets.len()), "{}", tickets.len());
}
