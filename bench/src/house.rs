//! A server of its own with people, rooms and messages in it. They are written straight into the tables before it starts:
//! what is measured is the life of a house, and by the front door a thousand people and a million messages would take
//! longer than all of the rest. Their access tokens are signed with the secret that the server is given.

use crate::{Options, Result, process::Program};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use serde_json::json;
use std::{
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tempfile::TempDir;
use uuid::Uuid;

/// Rate limits out of the way, but in the path.
const RATES: [(&str, &str); 11] = [
    ("RATE_LIMIT_GLOBAL_RPM", "1000000"),
    ("RATE_LIMIT_GLOBAL_BURST", "1000000"),
    ("RATE_LIMIT_PER_USER_RPM", "1000000"),
    ("RATE_LIMIT_PER_USER_BURST", "1000000"),
    ("RATE_LIMIT_PER_IP_RPM", "1000000"),
    ("RATE_LIMIT_PER_IP_BURST", "1000000"),
    ("RATE_LIMIT_MESSAGES_RPM", "1000000"),
    ("RATE_LIMIT_MESSAGES_BURST", "1000000"),
    ("RATE_LIMIT_LOGIN_PER_5MIN", "1000000"),
    ("RATE_LIMIT_LOGIN_BURST", "1000000"),
    ("MAX_CONNECTIONS_PER_IP", "100000"),
];
const JWT_SECRET: &str = "0123456789abcdef-bench-0123456789abcdef-bench-0123456789abcdef-bench";
/// Of everybody who has one.
pub const PASSWORD: &str = "tram cheese violin 42";
/// Rows in one statement.
const ROWS_MAX: usize = 500;

/// What an id of the crowd names; it stands at its beginning.
#[derive(Clone, Copy)]
enum Kind {
    Person = 1,
    Session = 2,
    Room = 3,
    Client = 4,
}

fn id(kind: Kind, number: usize) -> Uuid {
    let number = u128::try_from(number).unwrap_or_default();
    Uuid::from_u128((kind as u128) << 96 | 0x4000 << 64 | 0x8000 << 48 | number)
}

/// The id of a message that was there before the server started, by its number in the room.
pub fn old_message(number: usize) -> Uuid {
    let number = u128::try_from(number).unwrap_or_default();
    Uuid::from_u128(0x0180_0000_0000_7000_8000_0000_0000_0000 | number)
}

/// A client id that no other message of this process has.
pub fn client_id(number: usize) -> Uuid {
    id(Kind::Client, number)
}

pub struct Person {
    pub id: Uuid,
    pub token: String,
}

/// What is in a house before it opens.
#[derive(Clone, Copy)]
pub struct Plan {
    pub people: usize,
    /// Everybody is a member of each, if they are to be.
    pub rooms: usize,
    pub are_members: bool,
    /// Messages that the first room has already.
    pub messages: usize,
}

pub struct House {
    folder: TempDir,
    program: PathBuf,
    database: Option<OwnDatabase>,
    pub people: Vec<Person>,
    pub rooms: Vec<Uuid>,
}

/// A database made for one house on the server of the given URL, and removed after it.
struct OwnDatabase {
    server: String,
    name: String,
    url: String,
}

impl House {
    pub async fn build(options: &Options, plan: Plan) -> Result<Self> {
        let database = match &options.database {
            Some(server) => Some(OwnDatabase::create(server).await?),
            None => None,
        };
        let mut house = Self {
            folder: tempfile::Builder::new().prefix("beffroi-bench-").tempdir()?,
            program: options.program.clone(),
            database,
            people: (1..=plan.people).map(person).collect::<Result<_>>()?,
            rooms: (1..=plan.rooms).map(|number| id(Kind::Room, number)).collect(),
        };
        house.run(&["migrate"])?;
        house.furnish(plan).await?;
        Ok(house)
    }

    /// Starts the server.
    pub fn open(&self) -> Result<Program> {
        let mut command = self.command();
        command.args(["serve", "--listen", "127.0.0.1:0"]);
        Program::start(command, &self.path("log"))
    }

    /// A place in the folder of the house.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a command of the program to its end.
    pub fn run(&self, arguments: &[&str]) -> Result<()> {
        let output = self.command().args(arguments).stdin(Stdio::null()).output()?;
        if output.status.success() {
            return Ok(());
        }
        Err(format!("{arguments:?} failed: {}", String::from_utf8_lossy(&output.stderr)).into())
    }

    /// Somebody who can sign in.
    pub fn create_account(&self, name: &str) -> Result<()> {
        let email = format!("{name}@example.org");
        let mut command = self.command();
        command.args(["user", "create", name, "--email", &email, "--password-stdin"]);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
        process.stdin.take().ok_or("a pipe")?.write_all(format!("{PASSWORD}\n").as_bytes())?;
        if process.wait()?.success() { Ok(()) } else { Err(format!("{name} was not made").into()) }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.current_dir(self.folder.path()).env_clear().envs(RATES).env("JWT_SECRET", JWT_SECRET);
        if let Some(filter) = std::env::var_os("BEFFROI_LOG") {
            command.env("BEFFROI_LOG", filter);
        }
        if let Some(database) = &self.database {
            command.env("DATABASE_URL", &database.url);
        }
        command
    }

    async fn furnish(&mut self, plan: Plan) -> Result<()> {
        let url = match &self.database {
            Some(database) => database.url.clone(),
            None => format!("sqlite:{}", self.path("data/beffroi.db").display()),
        };
        let tables = Tables { is_sqlite: self.database.is_none(), connection: Database::connect(url).await? };
        tables.add_people(&self.people).await?;
        tables.add_rooms(&self.rooms, plan).await?;
        if plan.are_members {
            tables.seat(&self.people, &self.rooms).await?;
        }
        if plan.messages > 0 {
            tables.fill(plan, self.rooms[0]).await?;
        }
        Ok(tables.connection.close().await?)
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some(OwnDatabase { server, name, .. }) = self.database.take() {
            let removed = async move {
                let connection = Database::connect(&server).await?;
                connection.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await?;
                connection.close().await
            };
            // The server's process is gone by then, or the statement ends its connections.
            let _best_effort = std::thread::spawn(move || -> Result<()> {
                Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(removed)?)
            })
            .join();
        }
    }
}

impl OwnDatabase {
    async fn create(server: &str) -> Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("bench_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let connection = Database::connect(server).await?;
        connection.execute_unprepared(&format!("CREATE DATABASE {name}")).await?;
        connection.close().await?;
        let (before, database) = server.rsplit_once('/').ok_or("a database URL ends with a name")?;
        let options = database.split_once('?').map_or(String::new(), |(_, options)| format!("?{options}"));
        Ok(Self { server: server.to_owned(), url: format!("{before}/{name}{options}"), name })
    }
}

fn person(number: usize) -> Result<Person> {
    let now = now().as_secs();
    let claims = json!({
        "iss": "beffroi", "aud": "beffroi", "sub": id(Kind::Person, number), "username": name(number), "role": "user",
        "permissions": [], "sid": id(Kind::Session, number), "generation": 0, "epoch": 0,
        "jti": id(Kind::Session, number), "iat": now, "exp": now + 24 * 3600,
    });
    let header = jsonwebtoken::Header { typ: Some("at+jwt".to_owned()), ..Default::default() };
    let key = jsonwebtoken::EncodingKey::from_secret(JWT_SECRET.as_bytes());
    Ok(Person { id: id(Kind::Person, number), token: jsonwebtoken::encode(&header, &claims, &key)? })
}

fn name(number: usize) -> String {
    format!("person{number}")
}

#[expect(clippy::disallowed_methods, reason = "a measurement is about the time that really passes")]
fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// The tables of a house, on either engine.
struct Tables {
    is_sqlite: bool,
    connection: DatabaseConnection,
}

impl Tables {
    async fn add_people(&self, people: &[Person]) -> Result<()> {
        let now = now().as_millis();
        let users = people.iter().enumerate().map(|(at, person)| {
            let (id, name, mark) = (self.id(person.id), name(at + 1), self.bytes(person.id.as_bytes()));
            format!("({id},'{name}','{name}','{name}',{mark},{mark},'user','en',true,true,false,0,{now},{now})")
        });
        let columns = "id, username, username_key, username_skeleton, email_sealed, email_index, role, language, \
                       is_active, is_deletable, must_change_password, token_epoch, created_at, updated_at";
        self.insert("users", columns, users).await?;
        let expiry = now + Duration::from_secs(24 * 3600).as_millis();
        let sessions = people.iter().enumerate().map(|(at, person)| {
            let (session, user) = (self.id(id(Kind::Session, at + 1)), self.id(person.id));
            format!("({session},{user},{now},{now},86400000,{expiry},{expiry},0,0,0)")
        });
        let columns = "id, user_id, created_at, last_seen_at, idle_timeout_ms, idle_expires_at, absolute_expires_at, \
                       refresh_generation, confirmed_generation, late_graces";
        self.insert("sessions", columns, sessions).await
    }

    async fn add_rooms(&self, rooms: &[Uuid], plan: Plan) -> Result<()> {
        let rows = rooms.iter().enumerate().map(|(at, room)| {
            let messages = if at == 0 { plan.messages } else { 0 };
            format!("({},'Room {at}','room {at}','','public',false,false,0,{messages},0)", self.id(*room))
        });
        let columns = "id, name, name_key, topic, policy, sensitive, archived, slow_mode_seconds, last_seq, created_at";
        self.insert("rooms", columns, rows).await
    }

    async fn seat(&self, people: &[Person], rooms: &[Uuid]) -> Result<()> {
        let seats = rooms.iter().flat_map(|room| people.iter().map(move |person| (room, person.id)));
        let rows = seats.map(|(room, person)| format!("({},{},'member',0,0)", self.id(*room), self.id(person)));
        self.insert("room_members", "room_id, user_id, role, read_seq, joined_at", rows).await
    }

    /// Messages of 120 bytes by everybody in turn.
    async fn fill(&self, plan: Plan, room: Uuid) -> Result<()> {
        let Plan { people, messages, .. } = plan;
        let (room, digest) = (self.id(room), self.bytes(&[0; 32]));
        let message = self.made_id(&hex(old_message(0).as_bytes())[..18], 14, "i");
        let author = self.made_id(&hex(id(Kind::Person, 0).as_bytes())[..20], 12, &format!("i % {people} + 1"));
        let client = self.made_id(&hex(id(Kind::Client, 0).as_bytes())[..20], 12, "i + 1000000000");
        let text = format!("'Message number ' || (100000000 + i) || '{}'", ", said long ago".repeat(7).split_at(96).0);
        let columns = "id, room_id, seq, author_id, client_id, text, sent_digest, created_at";
        let select = format!("SELECT {message}, {room}, i, {author}, {client}, {text}, {digest}, i FROM n");
        let numbers = if self.is_sqlite {
            format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {messages})")
        } else {
            format!("WITH n(i) AS (SELECT generate_series(1, {messages}))")
        };
        self.run(&format!("INSERT INTO messages ({columns}) {numbers} {select}")).await?;
        // A database that has lived has its statistics.
        self.run("ANALYZE").await
    }

    async fn insert(&self, table: &str, columns: &str, rows: impl Iterator<Item = String>) -> Result<()> {
        let rows: Vec<String> = rows.collect();
        for some in rows.chunks(ROWS_MAX) {
            self.run(&format!("INSERT INTO {table} ({columns}) VALUES {}", some.join(","))).await?;
        }
        Ok(())
    }

    async fn run(&self, statement: &str) -> Result<()> {
        self.connection.execute_unprepared(statement).await?;
        Ok(())
    }

    fn id(&self, id: Uuid) -> String {
        if self.is_sqlite { self.bytes(id.as_bytes()) } else { format!("'{id}'") }
    }

    fn bytes(&self, bytes: &[u8]) -> String {
        let digits = hex(bytes);
        if self.is_sqlite { format!("X'{digits}'") } else { format!("'\\x{digits}'::bytea") }
    }

    /// An id from its first digits and a number that the database reckons.
    fn made_id(&self, prefix: &str, digits: usize, number: &str) -> String {
        if self.is_sqlite {
            format!("unhex('{prefix}' || printf('%0{digits}x', {number}))")
        } else {
            format!("('{prefix}' || lpad(to_hex({number}), {digits}, '0'))::uuid")
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
