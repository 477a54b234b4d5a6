//! A server for one test, and the people in it.

use crate::{contract, postgres};
use axum::{Router, body::Body};
use beffroi::{
    app::App,
    config::{Config, Secrets},
    platform::{
        clock::{Clock, Moment},
        http::serve::Peer,
        limits::{Rate, Rates},
        random::Random,
    },
    router,
};
use beffroi_crypto::password::Argon2Cost;
use http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use sea_orm::{ConnectionTrait, QueryResult, Statement};
use serde_json::{Value, json};
use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tower::ServiceExt;
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

pub use Engine::{Postgres, Sqlite};

/// Good for everybody: no test is about the password of somebody else.
pub const PASSWORD: &str = "tram cheese violin 42";
/// Saturday, 21 November 2026, 12:00 UTC.
pub const NOON: Moment = Moment(1_795_262_400_000);

pub struct House {
    pub app: App,
    pub router: Router,
    _folder: TempDir,
}

impl House {
    /// None, with the reason printed, where the engine is not installed.
    pub async fn on(engine: Engine) -> Option<Self> {
        Self::with(engine, |_| {}).await
    }

    pub async fn with(engine: Engine, change: impl FnOnce(&mut Config)) -> Option<Self> {
        let folder = postgres::temporary_folder("beffroi-test-");
        let mut config = Config::new(
            folder.path().to_owned(),
            "127.0.0.1:0".parse().expect("an address"),
            Secrets::throw_away(&Random::seeded(7)),
        );
        // The suite is not about the strength of argon2, but for one test that is.
        config.password_cost = Argon2Cost { memory_kib: 64, passes: 1, lanes: 1 };
        config.rates = out_of_the_way();
        config.connections_per_address = 10_000;
        if engine == Engine::Postgres {
            config.database_url = Some(postgres::cluster()?.database().await.into());
        }
        change(&mut config);
        let app = App::start(config, Clock::manual(NOON), Random::seeded(1)).await.expect("the house opens");
        contract::learn(&app);
        Some(Self { router: router::build(app.clone()), app, _folder: folder })
    }

    /// A second server on the same database, as another process would be.
    pub async fn beside(house: &House) -> Self {
        let random = Random::seeded(2);
        let app = App::start(house.app.config.clone(), house.app.clock.clone(), random).await.expect("it opens");
        Self { router: router::build(app.clone()), app, _folder: postgres::temporary_folder("beffroi-test-") }
    }

    pub fn advance(&self, span: Duration) {
        self.app.clock.advance(span);
    }

    /// Waits for the work that goes on after an answer.
    pub async fn settle(&self) {
        self.app.afterwards.close();
        self.app.afterwards.wait().await;
        self.app.afterwards.reopen();
    }

    /// Somebody who is not signed in.
    pub fn visitor(&self) -> Person {
        self.visitor_from("192.0.2.1")
    }

    /// Somebody at that address.
    pub fn visitor_from(&self, address: &str) -> Person {
        let address = address.parse().expect("an address");
        Person {
            router: self.router.clone(),
            address,
            cookie: None,
            bearer: None,
            id: Uuid::nil(),
            name: String::new(),
        }
    }

    pub async fn setup_token(&self) -> String {
        use secrecy::ExposeSecret;
        let circumstances = beffroi::audit::Circumstances::shell(self.app.random.id(), self.app.clock.now());
        let tx = beffroi::tx::Tx::begin(&self.app, circumstances).await.expect("a transaction");
        let token = beffroi::accounts::actions::issue_setup_link(&tx).await.expect("nobody is here yet");
        tx.commit().await.expect("it commits");
        token.expose_secret().to_owned()
    }

    /// Sets the house up as a person would and signs its administrator in.
    pub async fn administrator(&self, name: &str) -> Person {
        let mut visitor = self.visitor();
        let body = json!({
            "token": self.setup_token().await,
            "username": name,
            "email": format!("{name}@example.org"),
            "password": PASSWORD,
            "room_name": "Square",
        });
        visitor.post("/api/v1/setup", body).await.expect(StatusCode::CREATED);
        visitor.sign_in(name, PASSWORD).await.expect(StatusCode::OK);
        visitor
    }

    /// Somebody whom the administrator invited, signed in.
    pub async fn member(&self, administrator: &Person, name: &str) -> Person {
        let invite = administrator.post("/api/v1/invites", json!({})).await.expect(StatusCode::CREATED);
        let mut visitor = self.visitor();
        let body = registration(name, invite["code"].as_str().expect("a code"));
        visitor.post("/api/v1/auth/register", body).await.expect(StatusCode::CREATED);
        visitor.sign_in(name, PASSWORD).await.expect(StatusCode::OK);
        visitor
    }

    /// Gives somebody another role, as an administrator's tool would.
    pub async fn set_role(&self, person: &Person, role: &str) {
        self.execute(&format!("UPDATE users SET role = '{role}' WHERE username = '{}'", person.name)).await;
    }

    /// Serves on a port of its own until the test ends.
    pub async fn listen(&self) -> std::net::SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("it is bound");
        tokio::spawn(beffroi::platform::http::serve::serve(
            self.app.clone(),
            listener,
            self.router.clone(),
            std::future::pending(),
        ));
        address
    }

    pub async fn execute(&self, sql: &str) {
        let tx = self.app.database.begin().await.expect("a transaction");
        tx.execute_unprepared(sql).await.expect("the statement works");
        tx.commit().await.expect("it commits");
    }

    pub async fn rows(&self, sql: &str) -> Vec<QueryResult> {
        let db = self.app.database.reader();
        db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.expect("the query works")
    }

    /// Returns once a statement waits for a lock of another transaction; PostgreSQL only.
    pub async fn until_somebody_waits(&self) {
        let waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let seen = async {
            while self.rows(waiting).await.is_empty() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), seen).await.expect("somebody waits");
    }

    pub async fn count(&self, table: &str) -> i64 {
        let rows = self.rows(&format!("SELECT count(*) AS n FROM {table}")).await;
        rows[0].try_get("", "n").expect("a number")
    }

    /// The audit log, oldest first: type and data.
    pub async fn audit(&self) -> Vec<(String, Value)> {
        let rows = self.rows("SELECT event_type, event_data FROM audit_events ORDER BY created_at, id").await;
        let event = |row: QueryResult| {
            let data: String = row.try_get("", "event_data").expect("data");
            (row.try_get("", "event_type").expect("a type"), serde_json::from_str(&data).expect("JSON"))
        };
        rows.into_iter().map(event).collect()
    }

    pub async fn audit_types(&self) -> Vec<String> {
        self.audit().await.into_iter().map(|(event_type, _)| event_type).collect()
    }
}

/// Rates that no test meets by chance.
fn out_of_the_way() -> Rates {
    let rate = Rate::per_minute(60_000, 1_000_000);
    Rates { global: rate, per_person: rate, per_address: rate, sign_in: rate, messages: rate }
}

pub fn registration(name: &str, invite: &str) -> Value {
    json!({"username": name, "email": format!("{name}@example.org"), "password": PASSWORD, "invite": invite})
}

/// A person with their browser: it keeps the cookie and says where its requests come from.
#[derive(Clone)]
pub struct Person {
    router: Router,
    address: IpAddr,
    pub cookie: Option<String>,
    /// An access token instead of a cookie.
    pub bearer: Option<String>,
    pub id: Uuid,
    pub name: String,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: http::HeaderMap,
    pub body: Value,
    pub text: String,
}

impl Answer {
    /// The data of an answer that must have this status.
    #[track_caller]
    pub fn expect(self, status: StatusCode) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.body["data"].clone()
    }

    /// A refusal with this status and code.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status.as_u16(), self.body["code"].as_str()), (status, Some(code)), "{}", self.text);
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json");
        self
    }

    /// The fields that a refusal names, with their codes.
    pub fn fields(&self) -> Vec<(String, String)> {
        let errors = self.body["errors"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        errors.iter().map(|error| (text(&error["field"]), text(&error["code"]))).collect()
    }
}

impl Person {
    pub async fn sign_in(&mut self, name: &str, password: &str) -> Answer {
        let body = json!({"username": name, "password": password, "session": "cookie"});
        let answer = self.post("/api/v1/auth/login", body).await;
        if answer.status == StatusCode::OK {
            let cookie = answer.headers[header::SET_COOKIE].to_str().expect("text");
            self.cookie = cookie.split(';').next().map(str::to_owned);
            self.id = answer.body["data"]["user"]["id"].as_str().expect("an id").parse().expect("a UUID");
            name.clone_into(&mut self.name);
        }
        answer
    }

    /// The same credential, used from another address.
    pub fn at(&self, address: &str) -> Self {
        Self { address: address.parse().expect("an address"), ..self.clone() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path).body(Body::empty()).expect("a request")).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send_json(Method::POST, path, body).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send_json(Method::PUT, path, body).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send_json(Method::PATCH, path, body).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path).body(Body::empty()).expect("a request")).await
    }

    pub async fn send_json(&self, method: Method, path: &str, body: Value) -> Answer {
        let request = self.request(method, path).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_string())).expect("a request")).await
    }

    /// A request as this person's browser begins it.
    pub fn request(&self, method: Method, path: &str) -> http::request::Builder {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .extension(Peer(SocketAddr::new(self.address, 50_000)))
            .header(header::HOST, "beffroi.test")
            .header("sec-fetch-site", "same-origin");
        let request = match &self.cookie {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        };
        match &self.bearer {
            Some(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let response = self.router.clone().oneshot(request).await.expect("the router never fails");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        contract::check(&method, uri.path(), parts.status, &parts.headers, &body);
        Answer { status: parts.status, headers: parts.headers, body, text }
    }

    /// The room that everybody is taken to.
    pub async fn square(&self) -> String {
        let rooms = self.get("/api/v1/rooms").await.expect(StatusCode::OK);
        let square = rooms.as_array().expect("a list").iter().find(|room| room["name"] == "Square");
        square.expect("the first room")["id"].as_str().expect("an id").to_owned()
    }

    pub async fn say(&self, room: &str, text: &str) -> Value {
        self.say_as(room, text, fresh_client_id()).await.expect(StatusCode::CREATED)
    }

    /// Answers a message in its room.
    pub async fn answer(&self, to: &Value, text: &str) -> Value {
        let room = to["room_id"].as_str().expect("an id");
        let body = json!({"text": text, "client_id": fresh_client_id(), "reply_to": to["id"]});
        self.post(&format!("/api/v1/rooms/{room}/messages"), body).await.expect(StatusCode::CREATED)
    }

    pub async fn say_as(&self, room: &str, text: &str, client_id: Uuid) -> Answer {
        self.post(&format!("/api/v1/rooms/{room}/messages"), json!({"text": text, "client_id": client_id})).await
    }
}

/// A client id that no other call in this process gave.
pub fn fresh_client_id() -> Uuid {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Uuid::from_u128(u128::from(NEXT.fetch_add(1, Ordering::SeqCst)) << 64 | 0x4000_8000_0000_0000_0000)
}
