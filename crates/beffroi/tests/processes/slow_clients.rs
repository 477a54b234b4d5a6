//! Clients that hold a connection without using it (RA-7).

use crate::{
    people::{PASSWORD, Person},
    program::Deployment,
};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::{sleep, timeout},
};

/// The deadline for headers and for bodies, and how much later we still call it kept.
const DEADLINE: Duration = Duration::from_secs(10);
const TOLERANCE: Duration = Duration::from_secs(4);
/// Nobody else waits longer than this meanwhile.
const PROMPT: Duration = Duration::from_secs(2);

// RA-7
#[tokio::test(flavor = "multi_thread")]
async fn slow_clients_are_cut_after_ten_seconds_while_others_are_served() {
    let deployment = Deployment::new();
    deployment.create_user("alice", "admin", PASSWORD).succeeded();
    let server = deployment.serve();
    let address = server.address;
    let alice = Person::signed_in(address, "alice").await;

    let post = "POST /api/v1/auth/login HTTP/1.1\r\nHost: beffroi\r\nContent-Type: application/json\r\n";
    let body_awaited = format!("{post}Content-Length: 100\r\n\r\n{{");
    let chunks_awaited = format!("{post}Transfer-Encoding: chunked\r\n\r\n1\r\n{{\r\n");
    let (silent, headers, body, chunks, nobody_waits) = tokio::join!(
        let_drip(address, "", ""),
        let_drip(address, "GET /healthz HTTP/1.1\r\nX-Slow: ", "a"),
        let_drip(address, &body_awaited, " "),
        let_drip(address, &chunks_awaited, "1\r\n \r\n"),
        look_around(&alice),
    );
    for (who, (answer, held)) in [("silent", &silent), ("headers", &headers), ("body", &body), ("chunks", &chunks)] {
        assert!(
            (DEADLINE - Duration::from_secs(1)..DEADLINE + TOLERANCE).contains(held),
            "{who}: {held:?}, answered {answer}"
        );
    }
    for (answer, _) in [&body, &chunks] {
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(answer.contains(r#""code":"request.timed_out""#), "{answer}");
    }
    assert!(!silent.0.contains("200 OK") && !headers.0.contains("200 OK"), "{silent:?} {headers:?}");
    assert!(nobody_waits < PROMPT, "{nobody_waits:?}");
}

/// The twin: a client that is slow but keeps the deadline is served like any other.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_slow_within_reason_is_answered() {
    let deployment = Deployment::new();
    let server = deployment.serve();
    let mut stream = TcpStream::connect(server.address).await.expect("it connects");
    for part in ["GET /heal", "thz HTTP/1.1\r\nHo", "st: beffroi\r\nConnection: close\r\n", "\r\n"] {
        // Not to wait for anything: the client's own pace.
        sleep(Duration::from_millis(300)).await;
        stream.write_all(part.as_bytes()).await.expect("it is listened to");
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("text");
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("ok"), "{answer}");
}

/// Sends the beginning at once and then a drop every half second; what came back, and how long the server bore it.
async fn let_drip(address: SocketAddr, beginning: &str, drop: &str) -> (String, Duration) {
    let mut stream = TcpStream::connect(address).await.expect("it connects");
    let started = Instant::now();
    stream.write_all(beginning.as_bytes()).await.expect("it is listened to");
    let mut answer = Vec::new();
    while started.elapsed() < DEADLINE + 2 * TOLERANCE {
        match timeout(Duration::from_millis(500), stream.read_buf(&mut answer)).await {
            Ok(Ok(0) | Err(_)) => break,
            Ok(Ok(_)) => {}
            // Nothing came for half a second: time for the next drop.
            Err(_) => {
                let _cut_meanwhile = stream.write_all(drop.as_bytes()).await;
            }
        }
    }
    (String::from_utf8_lossy(&answer).into_owned(), started.elapsed())
}

/// Reads on while the others are slow; the longest wait for an answer.
async fn look_around(alice: &Person) -> Duration {
    let mut longest = Duration::ZERO;
    let started = Instant::now();
    while started.elapsed() < DEADLINE + TOLERANCE / 2 {
        let asked = Instant::now();
        alice.rooms().await;
        longest = longest.max(asked.elapsed());
        // Not to wait for anything: a person's own pace.
        sleep(Duration::from_millis(250)).await;
    }
    longest
}

/// A client that takes nothing of what it asked for is gone within this time.
const SEND_DEADLINE: Duration = Duration::from_secs(30);

// RA-7: a thousand who dawdle cost little memory, one address holds a hundred of them, and whoever reads nothing is cut.
#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_slow_clients_cost_little_and_who_reads_nothing_is_cut() {
    let deployment = Deployment::new();
    let server = deployment.serve();
    let address = server.address;
    let unread = tokio::spawn(read_nothing(address));
    let before = server.resident_kib();
    let mut dawdling = Vec::new();
    for host in 2..12 {
        for _ in 0..100 {
            let mut stream = connect_from(&format!("127.0.0.{host}"), address).await;
            stream.write_all(b"GET /healthz HTTP/1.1\r\nX-Slow: ").await.expect("it is listened to");
            dawdling.push(stream);
        }
    }
    let mut one_too_many = connect_from("127.0.0.2", address).await;
    let closed = timeout(PROMPT, one_too_many.read(&mut [0; 1])).await.expect("it is closed at once");
    assert!(matches!(closed, Ok(0) | Err(_)), "{closed:?}");
    // Asked behind all of them, so that each of them has been taken in.
    let mut stream = connect_from("127.0.0.1", address).await;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: beffroi\r\n\r\n").await.expect("it is listened to");
    let mut answer = [0; 15];
    timeout(PROMPT, stream.read_exact(&mut answer)).await.expect("soon").expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
    let grown = server.resident_kib().saturating_sub(before);
    assert!(grown < 48 * 1024, "a thousand slow clients cost {grown} KiB");
    drop(dawdling);

    let held = unread.await.expect("no panic");
    assert!((SEND_DEADLINE - TOLERANCE..SEND_DEADLINE + 3 * TOLERANCE).contains(&held), "{held:?}");
}

async fn connect_from(host: &str, address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(format!("{host}:0").parse().expect("an address")).expect("it is ours");
    socket.connect(address).await.expect("it connects")
}

/// Asks for more than all buffers hold and reads nothing of it; how long the server bears that.
async fn read_nothing(address: SocketAddr) -> Duration {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4096).expect("it is set");
    let mut stream = socket.connect(address).await.expect("it connects");
    let started = Instant::now();
    let request = b"GET /assets/i18n/en.json HTTP/1.1\r\nHost: beffroi\r\n\r\n".repeat(600);
    stream.write_all(&request).await.expect("it is listened to");
    while stream.write_all(b"G").await.is_ok() && started.elapsed() < 3 * SEND_DEADLINE {
        // Not to wait for anything: to look again whether the server still bears it.
        sleep(Duration::from_millis(250)).await;
    }
    started.elapsed()
}
