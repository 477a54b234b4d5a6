//! Behind a real nginx with the example that we hand out (RA-2, RA-7): whose address counts, what gets through, what does
//! not.

mod nginx;

use crate::{
    people::{PASSWORD, Person, Socket, fresh_client_id},
    program::{Deployment, Server, free_address},
};
use nginx::{HOST, Nginx};
use reqwest::{Method, Response, StatusCode};
use rstest::rstest;
use rustls::{
    crypto::{CryptoProvider, aws_lc_rs, aws_lc_rs::kx_group},
    version::{TLS12, TLS13},
};
use serde_json::{Value, json};
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};
use tokio::{net::TcpStream, time::sleep};
use tokio_tungstenite::{Connector, client_async_tls_with_config};

fn behind_proxies(hops: u8) -> Deployment {
    let deployment = Deployment::new().with("PUBLIC_URL", format!("https://{HOST}"));
    let deployment = deployment.with("TRUST_PROXY_HOPS", hops.to_string());
    deployment.create_user("alice", "admin", PASSWORD).succeeded();
    deployment
}

/// A server and nginx before it; None where there is no nginx.
fn house() -> Option<(Deployment, Server, Nginx)> {
    let deployment = behind_proxies(1);
    let server = deployment.serve_at(free_address());
    let nginx = Nginx::before(server.address)?;
    Some((deployment, server, nginx))
}

async fn signed_in(mut person: Person) -> Person {
    assert_eq!(person.sign_in("alice", PASSWORD).await, StatusCode::OK);
    person
}

/// The address that the server believes to be this person's.
async fn believed_address(person: &Person) -> String {
    let sessions = person.get("/api/v1/auth/sessions").await;
    let mut sessions = sessions.as_array().expect("a list").iter();
    let own = sessions.find(|session| session["current"] == true).expect("one's own");
    own["ip"].as_str().expect("an address").to_owned()
}

// ---- Whose address counts

// RA-2
#[tokio::test(flavor = "multi_thread")]
async fn behind_nginx_an_address_is_what_nginx_saw_whatever_mallory_forges() {
    let Some((_deployment, _server, nginx)) = house() else { return };
    let alice = signed_in(nginx.visitor("127.0.0.2")).await;
    assert_eq!(believed_address(&alice).await, "127.0.0.2");
    for forged in ["203.0.113.9", "203.0.113.9, 203.0.113.8", "nonsense,", "\"127.0.0.1\""] {
        let mallory = signed_in(nginx.visitor_who_forges("127.0.0.3", Some(forged))).await;
        assert_eq!(believed_address(&mallory).await, "127.0.0.3", "{forged}");
    }
}

// RA-2: alice (127.0.0.2) → somebody's proxy (127.0.0.3) → our nginx (127.0.0.1) → the server.
#[rstest]
#[case::none(0, "127.0.0.1")]
#[case::ours(1, "127.0.0.3")]
#[case::both(2, "127.0.0.2")]
#[tokio::test(flavor = "multi_thread")]
async fn of_two_proxies_in_a_row_exactly_the_counted_one_is_believed(#[case] hops: u8, #[case] believed: &str) {
    let deployment = behind_proxies(hops);
    let server = deployment.serve_at(free_address());
    let Some(inner) = Nginx::before(server.address) else { return };
    let Some(outer) = Nginx::before_nginx(&inner, "127.0.0.3".parse().expect("an address")) else { return };
    for forged in [None, Some("203.0.113.9")] {
        let alice = signed_in(outer.visitor_who_forges("127.0.0.2", forged)).await;
        assert_eq!(believed_address(&alice).await, believed, "{forged:?}");
    }
}

// ---- What gets through

#[tokio::test(flavor = "multi_thread")]
async fn behind_nginx_people_sign_in_with_a_cookie_for_this_host_alone_and_talk() {
    let Some((_deployment, _server, nginx)) = house() else { return };
    let mut alice = nginx.visitor("127.0.0.2");
    let answer = alice.sign_in_at("/api/v1/auth/login", "alice", PASSWORD).await;
    let cookie = answer.headers()["set-cookie"].to_str().expect("text");
    assert!(cookie.starts_with("__Host-bf_sid=") && cookie.contains("; Secure"), "{cookie}");
    // Once: neither forgotten nor said by nginx as well.
    let strict: Vec<_> = answer.headers().get_all("strict-transport-security").iter().collect();
    assert_eq!(strict, ["max-age=31536000"]);

    let room = alice.open_room("Belfry").await;
    let (mut socket, _) = Socket::synced(&alice, None).await;
    let body = json!({"text": "Through the gate.", "client_id": fresh_client_id()});
    let (status, message) = alice.post(&format!("/api/v1/rooms/{room}/messages"), body).await;
    assert_eq!(status, StatusCode::CREATED, "{message}");
    let heard = loop {
        let frame = socket.next().await;
        if frame["kind"] == "message.created" {
            break frame;
        }
    };
    assert_eq!(heard["data"]["text"], "Through the gate.", "{heard}");
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_nginx_addresses_from_before_the_api_had_a_version_still_work() {
    let Some((_deployment, _server, nginx)) = house() else { return };
    let mut alice = nginx.visitor("127.0.0.2");
    assert_eq!(alice.sign_in_at("/auth/login", "alice", PASSWORD).await.status(), StatusCode::OK);
    assert_eq!(alice.get("/auth/me").await["user"]["username"], "alice");
    // What the API has not is refused in the API's words, not answered with a page.
    let (status, problem) = refused(alice.send(Method::GET, "/users/nobody?a=%2F", None).await).await;
    assert_eq!((status, &problem["code"]), (StatusCode::NOT_FOUND, &json!("not_found")));
}

// A browser that comes for the first time fetches every file of the page over six connections.
#[tokio::test(flavor = "multi_thread")]
async fn behind_nginx_the_whole_page_loads_at_once() {
    let Some((_deployment, _server, nginx)) = house() else { return };
    let alice = nginx.visitor("127.0.0.2");
    let page = text(alice.send(Method::GET, "/", None).await).await;
    let files: Vec<String> = page.split('"').filter(|part| part.starts_with("/assets/")).map(str::to_owned).collect();
    assert!(files.len() > 50, "{files:?}");
    let shares = files.chunks(files.len().div_ceil(6)).map(<[String]>::to_vec);
    let browsers = shares.map(|share| {
        let alice = alice.clone();
        tokio::spawn(async move {
            for file in share {
                let answer = alice.send(Method::GET, &file, None).await.expect("an answer");
                assert_eq!(answer.status(), StatusCode::OK, "{file}");
            }
        })
    });
    for browser in browsers.collect::<Vec<_>>() {
        browser.await.expect("every file is there");
    }
}

async fn text(answer: reqwest::Result<Response>) -> String {
    answer.expect("an answer").text().await.expect("text")
}

async fn refused(answer: reqwest::Result<Response>) -> (StatusCode, Value) {
    let answer = answer.expect("an answer");
    let status = answer.status();
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    (status, answer.json().await.expect("JSON"))
}

// ---- What does not

// RA-7
#[tokio::test(flavor = "multi_thread")]
async fn nginx_speaks_tls_1_3_with_its_three_suites_and_nothing_older() {
    let Some((_deployment, _server, nginx)) = house() else { return };
    let provider = aws_lc_rs::default_provider;
    let shaken = async |provider: CryptoProvider, version| {
        let stream = TcpStream::connect(nginx.address).await.expect("it connects");
        let connector = Connector::Rustls(nginx.tls(provider, version));
        let url = format!("wss://{HOST}/healthz");
        let failed = client_async_tls_with_config(url, stream, None, Some(connector)).await.expect_err("no socket");
        // The probe is no socket and says so by HTTP; without a handshake nobody says anything.
        matches!(failed, tokio_tungstenite::tungstenite::Error::Http(_))
    };
    let suites = provider().cipher_suites.into_iter().filter(|suite| suite.tls13().is_some());
    let suites: Vec<_> = suites.collect();
    assert_eq!(suites.len(), 3);
    for suite in suites {
        assert!(shaken(CryptoProvider { cipher_suites: vec![suite], ..provider() }, &TLS13).await, "{suite:?}");
    }
    for (group, is_spoken) in [(kx_group::X25519, true), (kx_group::SECP384R1, true), (kx_group::SECP256R1, false)] {
        let only = CryptoProvider { kx_groups: vec![group], ..provider() };
        assert_eq!(shaken(only, &TLS13).await, is_spoken, "{group:?}");
    }
    assert!(!shaken(provider(), &TLS12).await);
}

// RA-7
#[tokio::test(flavor = "multi_thread")]
async fn nginx_refuses_a_burst_of_one_address_and_serves_the_next() {
    let Some((_deployment, _server, nginx)) = house() else { return };
    for (path, burst) in [("/api/v1/server", 10), ("/sign-in", 20)] {
        let mallory = nginx.visitor("127.0.0.2");
        let started = Instant::now();
        let mut served = 0;
        for _ in 0..60 {
            let answer = mallory.send(Method::GET, path, None).await;
            if answer.as_ref().is_ok_and(|answer| answer.status() == StatusCode::OK) {
                served += 1;
                continue;
            }
            assert_eq!(answer.as_ref().expect("an answer").headers()["retry-after"], "1");
            let (status, problem) = refused(answer).await;
            assert_eq!((status, &problem["code"]), (StatusCode::TOO_MANY_REQUESTS, &json!("rate_limited")));
        }
        // One at once, the burst, and ten for every second that it took.
        let most = 1 + burst + (started.elapsed().as_millis() / 100) as usize + 1;
        assert!((1 + burst..=most).contains(&served), "{path}: {served} served, at most {most}");
        assert!(served < 60, "{path}: nothing was refused");
        let alice = nginx.visitor("127.0.0.3");
        assert_eq!(alice.send(Method::GET, path, None).await.expect("an answer").status(), StatusCode::OK);
    }
}

// RA-7
#[tokio::test(flavor = "multi_thread")]
async fn nginx_lets_one_address_hold_ten_connections() {
    let Some((_deployment, _server, nginx)) = house() else { return };
    let alice = signed_in(nginx.visitor("127.0.0.2")).await;
    let mut held = Vec::new();
    while held.len() < 10 {
        held.extend(patiently_opened(&alice).await);
    }
    assert!(patiently_opened(&alice).await.is_none(), "an eleventh");
    assert!(nginx.log().contains("limiting connections by zone"), "{}", nginx.log());
    let elsewhere = signed_in(nginx.visitor("127.0.0.3")).await;
    assert!(patiently_opened(&elsewhere).await.is_some(), "another address");
    held.pop();
    assert!(patiently_opened(&alice).await.is_some(), "one was closed");
}

/// Tries for longer than nginx makes anybody wait who only comes too fast.
async fn patiently_opened(person: &Person) -> Option<Socket> {
    for _ in 0..10 {
        if let Ok(socket) = Socket::open(person).await {
            return Some(socket);
        }
        sleep(Duration::from_millis(100)).await;
    }
    None
}

// RA-7
#[tokio::test(flavor = "multi_thread")]
async fn nginx_takes_eleven_megabytes_where_files_are_sent_and_ten_elsewhere() {
    let Some((_deployment, _server, nginx)) = house() else { return };
    let alice = signed_in(nginx.visitor("127.0.0.2")).await;
    let is_too_large = async |path: &str, megabytes: usize| {
        let body = json!("a".repeat(megabytes * 1024 * 1024 - 100));
        let answer = alice.send(Method::POST, path, Some(body)).await.expect("an answer");
        // Only the server numbers its answers: this one is nginx's.
        answer.status() == StatusCode::PAYLOAD_TOO_LARGE && !answer.headers().contains_key("x-request-id")
    };
    assert!(!is_too_large("/api/v1/files", 11).await);
    assert!(is_too_large("/api/v1/files", 12).await);
    assert!(!is_too_large("/api/v1/rooms", 10).await);
    assert!(is_too_large("/api/v1/rooms", 11).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_server_is_away_nginx_says_so_and_when_to_come_back() {
    let Some((_deployment, server, nginx)) = house() else { return };
    let alice = nginx.visitor("127.0.0.2");
    assert!(server.stop("TERM").success());
    let answer = alice.send(Method::GET, "/api/v1/server", None).await;
    assert_eq!(answer.as_ref().expect("an answer").headers()["retry-after"], "5");
    let (status, problem) = refused(answer).await;
    assert_eq!((status, &problem["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("server.unavailable")));
}

// ---- The documents

#[test]
fn the_guide_to_proxies_names_both_examples() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let guide = fs::read_to_string(root.join("docs/operate/reverse-proxy.md")).expect("the guide");
    for example in ["deploy/nginx/beffroi.conf", "deploy/caddy/Caddyfile"] {
        assert!(guide.contains(example) && root.join(example).is_file(), "{example}");
    }
}
