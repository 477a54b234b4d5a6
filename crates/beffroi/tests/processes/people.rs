//! People who talk to a server over the network: by HTTP like a browser, and by the socket; straight, or by TLS through a
//! proxy.

use futures_util::{SinkExt, StreamExt};
use reqwest::{Client, Method, Response, StatusCode};
use rustls::ClientConfig;
use serde_json::{Value, json};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    net::{TcpSocket, TcpStream},
    time::timeout,
};
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, client_async_tls_with_config,
    tungstenite::{self, Message, client::IntoClientRequest, http::Request},
};
use uuid::Uuid;

pub const PASSWORD: &str = "tram cheese violin 42";
/// Longer than any answer takes; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// Somebody with a browser, which keeps the cookie even where the server comes back on another port.
#[derive(Clone)]
pub struct Person {
    client: Client,
    pub address: SocketAddr,
    way: Option<Way>,
    pub cookie: Option<String>,
}

/// How one comes to a server that stands behind a proxy.
#[derive(Clone)]
pub struct Way {
    /// The name that browsers ask for.
    pub host: &'static str,
    pub tls: Arc<ClientConfig>,
    /// The address that one has oneself.
    pub from: IpAddr,
    /// `X-Forwarded-For` of one's own making.
    pub forged: Option<&'static str>,
}

impl Person {
    pub fn visitor(address: SocketAddr) -> Self {
        let client = Client::builder().timeout(PATIENCE).no_proxy().build().expect("a client");
        Self { client, address, way: None, cookie: None }
    }

    /// Somebody who comes to `address`, where a proxy listens, by TLS.
    pub fn visitor_by(way: Way, address: SocketAddr) -> Self {
        let builder = Client::builder().timeout(PATIENCE).no_proxy().resolve(way.host, address);
        let builder = builder.local_address(way.from).tls_backend_preconfigured((*way.tls).clone());
        Self { client: builder.build().expect("a client"), address, way: Some(way), cookie: None }
    }

    /// Somebody who signs in with the password that everybody has.
    pub async fn signed_in(address: SocketAddr, name: &str) -> Self {
        let mut person = Self::visitor(address);
        assert_eq!(person.sign_in(name, PASSWORD).await, StatusCode::OK, "{name} signs in");
        person
    }

    pub async fn sign_in(&mut self, name: &str, password: &str) -> StatusCode {
        self.sign_in_at("/api/v1/auth/login", name, password).await.status()
    }

    pub async fn sign_in_at(&mut self, path: &str, name: &str, password: &str) -> Response {
        let body = json!({"username": name, "password": password, "session": "cookie"});
        let answer = self.send(Method::POST, path, Some(body)).await.expect("an answer");
        if let Some(cookie) = answer.headers().get("set-cookie") {
            self.cookie = cookie.to_str().expect("text").split(';').next().map(str::to_owned);
        }
        answer
    }

    /// The same person, at the port where the server is now.
    pub fn at(&self, address: SocketAddr) -> Self {
        // A client of its own: the connections of the old one lead to a server that is gone.
        Self { cookie: self.cookie.clone(), ..Self::visitor(address) }
    }

    pub async fn get(&self, path: &str) -> Value {
        let answer = self.send(Method::GET, path, None).await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK, "GET {path}");
        let body: Value = answer.json().await.expect("JSON");
        body["data"].clone()
    }

    pub async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        let answer = self.send(Method::POST, path, Some(body)).await.expect("an answer");
        let status = answer.status();
        let body = answer.bytes().await.expect("a body");
        let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).expect("JSON") };
        (status, body)
    }

    /// One request; an error when the server went away.
    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> reqwest::Result<Response> {
        let server = match &self.way {
            Some(way) => format!("https://{}:{}", way.host, self.address.port()),
            None => format!("http://{}", self.address),
        };
        let mut request = self.client.request(method, server + path);
        request = request.header("sec-fetch-site", "same-origin");
        if let Some(forged) = self.way.as_ref().and_then(|way| way.forged) {
            request = request.header("x-forwarded-for", forged);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await
    }

    pub async fn open_room(&self, name: &str) -> String {
        let (status, room) = self.post("/api/v1/rooms", json!({"name": name})).await;
        assert_eq!(status, StatusCode::CREATED, "{room}");
        room["data"]["id"].as_str().expect("an id").to_owned()
    }

    pub async fn rooms(&self) -> Vec<Value> {
        self.get("/api/v1/rooms").await.as_array().expect("a list").clone()
    }

    /// Everything that happened in a room after this number.
    pub async fn changes(&self, room: &str, after: i64) -> Vec<Value> {
        let mut events: Vec<Value> = Vec::new();
        loop {
            let after = events.last().map_or(after, |event| event["seq"].as_i64().expect("a number"));
            let page = self.get(&format!("/api/v1/rooms/{room}/changes?after={after}")).await;
            events.extend(page["events"].as_array().expect("a list").iter().cloned());
            if page["more"] == false {
                return events;
            }
        }
    }
}

/// A client id that no other call in this process gave.
pub fn fresh_client_id() -> Uuid {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    // Above the bits that say version and variant: the number has 48 bits to itself.
    Uuid::from_u128(u128::from(NEXT.fetch_add(1, Ordering::SeqCst)) << 80 | 0x4000_8000_0000_0000_0000)
}

fn upgrade(person: &Person) -> Request<()> {
    let (url, origin) = match &person.way {
        Some(way) => (format!("wss://{}/ws", way.host), format!("https://{}", way.host)),
        None => (format!("ws://{}/ws", person.address), format!("http://{}", person.address)),
    };
    let mut request = url.into_client_request().expect("a request");
    let headers = request.headers_mut();
    headers.insert("sec-websocket-protocol", "beffroi.v1".parse().expect("a value"));
    headers.insert("origin", origin.parse().expect("a value"));
    headers.insert("cookie", person.cookie.as_ref().expect("signed in").parse().expect("a value"));
    request
}

pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Opens, as a browser does.
    pub async fn open(person: &Person) -> tungstenite::Result<Self> {
        let (from, tls) = match &person.way {
            Some(way) => (way.from, Some(Connector::Rustls(way.tls.clone()))),
            None => (Ipv4Addr::UNSPECIFIED.into(), None),
        };
        let socket = TcpSocket::new_v4()?;
        socket.bind((from, 0).into())?;
        let stream = socket.connect(person.address).await?;
        let (stream, _) = client_async_tls_with_config(upgrade(person), stream, None, tls).await?;
        Ok(Self(stream))
    }

    /// Opens and goes on from a cursor; returns the frames up to and with `caught_up`.
    pub async fn synced(person: &Person, cursor: Option<&str>) -> (Self, Vec<Value>) {
        Self::try_synced(person, cursor).await.expect("the socket opens and catches up")
    }

    /// The same; None where the server refuses or goes away meanwhile.
    pub async fn try_synced(person: &Person, cursor: Option<&str>) -> Option<(Self, Vec<Value>)> {
        let mut socket = Self::open(person).await.ok()?;
        assert_eq!(socket.heard().await?["t"], "hello");
        let sync = json!({"t": "sync", "cursor": cursor});
        socket.0.send(Message::text(sync.to_string())).await.ok()?;
        let mut frames = Vec::new();
        while frames.last().is_none_or(|frame: &Value| frame["t"] != "caught_up") {
            frames.push(socket.heard().await?);
        }
        Some((socket, frames))
    }

    pub async fn send(&mut self, frame: Value) {
        self.0.send(Message::text(frame.to_string())).await.expect("it sends");
    }

    /// Asks for a cursor, whether or not anybody is there to answer.
    pub async fn ping(&mut self) {
        let _nobody_there = self.0.send(Message::text(json!({"t": "ping"}).to_string())).await;
    }

    pub async fn next(&mut self) -> Value {
        self.heard().await.expect("an open socket")
    }

    /// The next frame; None when the other end is gone.
    pub async fn heard(&mut self) -> Option<Value> {
        loop {
            match timeout(PATIENCE, self.0.next()).await.expect("a frame in time")?.ok()? {
                Message::Text(text) => return Some(serde_json::from_str(&text).expect("JSON")),
                Message::Ping(_) => {}
                _ => return None,
            }
        }
    }

    /// The code with which the server closes.
    pub async fn closed(&mut self) -> u16 {
        loop {
            match timeout(PATIENCE, self.0.next()).await.expect("a frame in time") {
                Some(Ok(Message::Close(Some(frame)))) => return frame.code.into(),
                Some(Ok(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}
