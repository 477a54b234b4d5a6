//! Pages of fifty messages in a room that has many.

use crate::{
    Options, Result,
    house::{self, House, Plan},
    http::{self, Connection},
    measure::{self, Run, Tally},
    process::Program,
};
use std::{rc::Rc, time::Instant};
use tokio::task::JoinSet;

const READERS: usize = 16;
const PEOPLE: usize = 200;

/// Which page a reader asks for.
#[derive(Clone, Copy)]
enum Page {
    /// What everybody sees who opens the room.
    Newest,
    /// Somewhere in the last five hundred: scrolling up a little.
    Recent,
    /// Anywhere in the room.
    Anywhere,
}

pub async fn run(options: &Options) -> Result<Vec<Run>> {
    let mut runs = Vec::new();
    for messages in [options.few(10_000, 1000), options.few(1_000_000, 5000)] {
        let plan = Plan { people: PEOPLE, rooms: 1, are_members: true, messages };
        let house = House::build(options, plan).await?;
        let program = house.open()?;
        for (name, page) in [("newest", Page::Newest), ("recent", Page::Recent), ("anywhere", Page::Anywhere)] {
            let scenario = format!("history, {name} of {messages}");
            runs.push(read(options, &scenario, &program, &house, (page, messages)).await?);
        }
    }
    Ok(runs)
}

async fn read(
    options: &Options,
    scenario: &str,
    program: &Program,
    house: &House,
    (page, messages): (Page, usize),
) -> Result<Run> {
    let tally = Rc::new(Tally::default());
    let mut tasks = JoinSet::<Result<()>>::new();
    for (at, person) in house.people.iter().enumerate().take(READERS) {
        let (tally, address) = (tally.clone(), program.address);
        let (token, base) = (person.token.clone(), format!("/api/v1/rooms/{}/messages?limit=50", house.rooms[0]));
        tasks.spawn_local(async move {
            let (mut connection, mut dice) = (Connection::open(address).await?, Dice(at as u64 + 1));
            while !tally.is_over() {
                let before = match page {
                    Page::Newest => messages + 1,
                    Page::Recent => messages - dice.below(500),
                    Page::Anywhere => 51 + dice.below(messages - 51),
                };
                let path = match page {
                    Page::Newest => base.clone(),
                    _ => format!("{base}&before={}", house::old_message(before)),
                };
                let started = Instant::now();
                let answer = connection.send(&http::request("GET", &path, &token, "")).await?;
                tally.count(started);
                require_page(answer, before)?;
            }
            Result::Ok(())
        });
    }
    let run = measure::watch(scenario, "beffroi", program, &tally, options.times()).await?;
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    Ok(run)
}

/// The right page begins with the message before and has its fifty.
fn require_page(answer: http::Answer<'_>, before: usize) -> Result<()> {
    let expected = format!(r#""id":"{}""#, house::old_message(before - 1));
    let begins = answer.body.get(..200).is_some_and(|start| http::position(start, expected.as_bytes()).is_some());
    if answer.status == 200 && begins {
        return Ok(());
    }
    Err(format!("status {}, not the page before {before}", answer.status).into())
}

/// A throw of Marsaglia's xorshift: the same pages in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap_or(0)
    }
}
