//! How many connections one address may hold (RA-7).

use crate::{
    house::{Engine, House, Postgres, Sqlite},
    realtime::Socket,
};
use http::{Method, StatusCode};
use rstest::rstest;
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

/// Connects from one of this machine's own addresses and asks something; None when nobody talks to us.
async fn connect(address: SocketAddr, from: &str) -> Option<TcpStream> {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(format!("{from}:0").parse().expect("an address")).expect("it is ours");
    let mut stream = socket.connect(address).await.ok()?;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: beffroi\r\n\r\n").await.ok()?;
    let mut answer = [0; 15];
    stream.read_exact(&mut answer).await.ok()?;
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
    Some(stream)
}

/// Comes back until there is a place: what was closed is noticed in its own time.
async fn connect_at_last(address: SocketAddr, from: &str) -> TcpStream {
    let served = async {
        loop {
            match connect(address, from).await {
                Some(stream) => return stream,
                None => tokio::task::yield_now().await,
            }
        }
    };
    timeout(Duration::from_secs(20), served).await.expect("a place becomes free")
}

// RA-7: one too many is closed unheard; nobody else is kept out, and a place that is left is free again.
#[tokio::test]
async fn an_address_holds_no_more_connections_than_it_may() {
    let house = House::with(Sqlite, |config| config.connections_per_address = 3).await.expect("SQLite is always there");
    let alice = house.administrator("alice").await;
    let address = house.listen().await;
    let mut socket = Socket::open(address, &alice).await;
    socket.sync(None).await;
    let second = connect(address, "127.0.0.1").await.expect("a place");
    let _third = connect(address, "127.0.0.1").await.expect("a place");
    assert!(connect(address, "127.0.0.1").await.is_none());
    assert!(connect(address, "127.0.0.2").await.is_some());

    drop(second);
    let _again = connect_at_last(address, "127.0.0.1").await;
    // The socket still has its place, though its request was answered long ago.
    assert!(connect(address, "127.0.0.1").await.is_none());
    socket.cursor().await;
    drop(socket);
    connect_at_last(address, "127.0.0.1").await;
    beffroi::jobs::record_refusals(house.app.clone()).await.expect("it records");
    assert!(house.audit().await.iter().any(|(_, data)| data["endpoint"] == "connections"));
}

// RA-7: behind a proxy, whose connections all of them are, a client is who the proxy says.
#[rstest]
#[tokio::test]
async fn behind_a_proxy_sockets_and_requests_are_counted_by_client(#[values(Sqlite, Postgres)] engine: Engine) {
    let behind_a_proxy = |config: &mut beffroi::config::Config| {
        config.connections_per_address = 2;
        config.trusted_proxy_hops = 1;
    };
    let Some(house) = House::with(engine, behind_a_proxy).await else { return };
    let alice = house.administrator("alice").await;
    let address = house.listen().await;
    // Nothing stands before us in this test: the sockets are of the proxy itself, the requests of whom it names.
    let mut sockets = Vec::new();
    for _ in 0..2 {
        let mut socket = Socket::open(address, &alice).await;
        socket.sync(None).await;
        sockets.push(socket);
    }
    let ask = |client: &'static str| {
        let request = alice.request(Method::GET, "/healthz").header("x-forwarded-for", client);
        alice.send(request.body("".into()).expect("a request"))
    };
    let refused = ask("127.0.0.1").await.refused(429, "connections.too_many");
    assert_eq!(refused.headers["retry-after"], "1");
    ask("203.0.113.7").await.expect(StatusCode::OK);

    sockets.pop();
    let free = async {
        while ask("127.0.0.1").await.status != StatusCode::OK {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(20), free).await.expect("the place becomes free");
    // Requests give theirs back by themselves.
    for _ in 0..5 {
        ask("127.0.0.1").await.expect(StatusCode::OK);
    }
}
