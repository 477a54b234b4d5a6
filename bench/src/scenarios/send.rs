//! Senders who each wait for the acknowledgement of one message before the next.

use super::audit::{self, Acknowledged};
use crate::{
    Options, Result,
    house::{self, House, Plan},
    http::{self, Connection},
    measure::{self, Run, Tally},
    process::Program,
};
use std::{
    cell::{Cell, RefCell},
    net::SocketAddr,
    process::Command,
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// Bytes of each text.
const TEXT_BYTES: usize = 120;

/// Senders and the rooms they share.
const SHAPES: [(usize, usize); 5] = [(1, 1), (16, 4), (16, 1), (64, 16), (64, 1)];

pub async fn run(options: &Options) -> Result<Vec<Run>> {
    let mut runs = Vec::new();
    for (senders, rooms) in SHAPES {
        let plan = Plan { people: senders, rooms, are_members: true, messages: 0 };
        let house = House::build(options, plan).await?;
        let program = house.open()?;
        let scenario = format!("send, {senders} in {rooms}");
        let (run, sent) = send(options, &scenario, "beffroi", &program, &house).await?;
        audit::messages(program.address, &house, &sent).await?;
        runs.push(run);
        drop(program);
        let bare = bare_server(&house)?;
        runs.push(send(options, &scenario, "ceiling", &bare, &house).await?.0);
    }
    Ok(runs)
}

/// The bare server of the same machine, on the same disk.
pub fn bare_server(house: &House) -> Result<Program> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("--ceiling").arg(house.path("ceiling"));
    Program::start(command, &house.path("ceiling-log"))
}

async fn send(
    options: &Options,
    scenario: &str,
    server: &'static str,
    program: &Program,
    house: &House,
) -> Result<(Run, Vec<Acknowledged>)> {
    let (tally, sent) = (Rc::new(Tally::default()), Rc::new(RefCell::new(Vec::new())));
    let mut tasks = JoinSet::<Result<()>>::new();
    for (at, person) in house.people.iter().enumerate() {
        let room = at % house.rooms.len();
        let (path, token) = (path(house, room), person.token.clone());
        let sender = Sender { address: program.address, path, token, room };
        let (tally, sent) = (tally.clone(), sent.clone());
        tasks.spawn_local(async move {
            let mut connection = Connection::open(sender.address).await?;
            while !tally.is_over() {
                let started = Instant::now();
                let acknowledged = sender.send(&mut connection).await?;
                tally.count(started);
                sent.borrow_mut().push(acknowledged);
            }
            Result::Ok(())
        });
    }
    let run = measure::watch(scenario, server, program, &tally, options.times()).await?;
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    Ok((run, sent.take()))
}

/// Where the messages of a room are.
pub fn path(house: &House, room: usize) -> String {
    format!("/api/v1/rooms/{}/messages", house.rooms[room])
}

/// Somebody who writes into one room.
pub struct Sender {
    pub address: SocketAddr,
    pub path: String,
    pub token: String,
    pub room: usize,
}

impl Sender {
    /// Sends one message of its own and waits until it is acknowledged.
    pub async fn send(&self, connection: &mut Connection) -> Result<Acknowledged> {
        let number = next_number();
        let client_id = house::client_id(number);
        let words =
            format!("Message {number}: on **Saturday** we meet at the old lighthouse, bring bread and a lamp. ");
        let text = format!("{words:-<TEXT_BYTES$}");
        let body = format!(r#"{{"text":"{text}","client_id":"{client_id}"}}"#);
        let answer = connection.send(&http::request("POST", &self.path, &self.token, &body)).await?;
        if answer.status != 201 {
            return Err(format!("status {}: {}", answer.status, String::from_utf8_lossy(answer.body)).into());
        }
        let number = number_after(answer.body, br#""seq":"#).ok_or("a message has its number")?;
        Ok(Acknowledged { room: self.room, client_id, number })
    }
}

/// A number that no other message of this process has.
fn next_number() -> usize {
    thread_local!(static NEXT: Cell<usize> = const { Cell::new(1) });
    NEXT.replace(NEXT.get() + 1)
}

pub fn number_after(bytes: &[u8], name: &[u8]) -> Option<i64> {
    let from = http::position(bytes, name)? + name.len();
    let digits = bytes[from..].iter().take_while(|byte| byte.is_ascii_digit());
    Some(digits.fold(0, |number, digit| number * 10 + i64::from(digit - b'0')))
}

/// Senders who do not hurry: one message each per interval, whatever becomes of the one before.
pub async fn paced(
    (options, scenario): (&Options, &str),
    program: &Program,
    house: &House,
    (senders, interval): (usize, Duration),
) -> Result<(Run, Vec<Acknowledged>)> {
    let (tally, sent) = (Rc::new(Tally::default()), Rc::new(RefCell::new(Vec::new())));
    let mut tasks = JoinSet::<Result<()>>::new();
    for (at, person) in house.people.iter().enumerate().take(senders) {
        let room = at % house.rooms.len();
        let sender = Sender { address: program.address, path: path(house, room), token: person.token.clone(), room };
        let (tally, sent) = (tally.clone(), sent.clone());
        tasks.spawn_local(async move {
            let mut connection = Connection::open(sender.address).await?;
            let mut ticks = tokio::time::interval(interval);
            while !tally.is_over() {
                // From when it was due: a queue that forms is part of the wait.
                let due = ticks.tick().await.into_std();
                let acknowledged = sender.send(&mut connection).await?;
                tally.count(due);
                sent.borrow_mut().push(acknowledged);
            }
            Result::Ok(())
        });
    }
    let run = measure::watch(scenario, "beffroi", program, &tally, options.times()).await?;
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    Ok((run, sent.take()))
}
