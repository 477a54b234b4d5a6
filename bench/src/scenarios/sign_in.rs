//! Signing in beside the bare hash, going on by refresh token, and what a crush at the door does to those inside.

use super::{audit, send};
use crate::{
    Options, Result,
    house::{House, PASSWORD, Plan},
    http::{self, Connection},
    measure::{self, Run, Tally},
    process::Program,
};
use beffroi_crypto::password::{self, Arena, Argon2Cost};
use serde_json::json;
use std::{
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::task::{JoinHandle, JoinSet};

/// People with a password; each signs in on a connection of their own.
const PEOPLE: usize = 32;
/// Those inside: so many, each with a message so often.
const INSIDE: (usize, Duration) = (16, Duration::from_millis(100));

pub async fn run(options: &Options) -> Result<Vec<Run>> {
    let (house, program) = open(options, 1).await?;
    let bare = bare_hashes(options)?;
    let tally = Rc::new(Tally::default());
    let crowd = sign_in_again_and_again(&program, options.few(PEOPLE, 4), &tally);
    let mut sign_ins = measure::watch("sign-in", "beffroi", &program, &tally, options.times()).await?;
    end(crowd).await?;
    sign_ins.remark = format!("{:.0} % of {bare:.0} bare hashes a second", sign_ins.per_second / bare * 100.0);
    let refreshes = refresh(options, &program).await?;
    drop(house);
    Ok(vec![sign_ins, refreshes])
}

pub async fn crush(options: &Options) -> Result<Vec<Run>> {
    let (house, program) = open(options, 16).await?;
    let (calm, mut sent) = send::paced((options, "160 messages/s, calm"), &program, &house, INSIDE).await?;
    let tally = Rc::new(Tally::default());
    let crowd = sign_in_again_and_again(&program, options.few(PEOPLE, 4), &tally);
    let (mut crush, more) = send::paced((options, "160 messages/s, crush"), &program, &house, INSIDE).await?;
    tally.end();
    end(crowd).await?;
    sent.extend(more);
    audit::messages(program.address, &house, &sent).await?;
    let ratio = crush.p99_ms.zip(calm.p99_ms).map_or(0.0, |(crush, calm)| crush / calm);
    crush.remark = format!("p99 {ratio:.1} times that of calm");
    Ok(vec![calm, crush])
}

/// A house with people who can sign in.
async fn open(options: &Options, people: usize) -> Result<(House, Program)> {
    let house = House::build(options, Plan { people, rooms: 4, are_members: true, messages: 0 }).await?;
    for at in 0..options.few(PEOPLE, 4) {
        house.create_account(&account(at))?;
    }
    let program = house.open()?;
    Ok((house, program))
}

fn account(at: usize) -> String {
    format!("guest{at}")
}

/// Hashes a second on all cores, without anything around them.
fn bare_hashes(options: &Options) -> Result<f64> {
    let cores = std::thread::available_parallelism()?.get();
    let time = options.time;
    let workers: Vec<_> = (0..cores).map(|_| std::thread::spawn(move || hashes_within(time))).collect();
    let counts = workers.into_iter().map(|worker| worker.join().map_err(|_| "a hash failed".into()));
    let count: u32 = counts.sum::<Result<u32>>()?;
    Ok(f64::from(count) / time.as_secs_f64())
}

fn hashes_within(time: Duration) -> u32 {
    let (mut arena, secret) = (Arena::default(), PASSWORD.to_owned().into());
    let hash = password::hash(&secret, &[7; 16], Argon2Cost::default(), &mut arena).expect("the default cost");
    let (started, mut count) = (Instant::now(), 0);
    while started.elapsed() < time {
        assert!(password::verify(&secret, &hash, &mut arena), "its own password");
        count += 1;
    }
    count
}

fn sign_in_again_and_again(program: &Program, people: usize, tally: &Rc<Tally>) -> Vec<JoinHandle<Result<()>>> {
    let one = |at: usize| {
        let (tally, address) = (tally.clone(), program.address);
        tokio::task::spawn_local(async move {
            let mut connection = Connection::open(address).await?;
            while !tally.is_over() {
                let started = Instant::now();
                sign_in(&mut connection, at).await?;
                tally.count(started);
            }
            Ok(())
        })
    };
    (0..people).map(one).collect()
}

/// Returns the refresh token.
async fn sign_in(connection: &mut Connection, at: usize) -> Result<String> {
    let body = json!({"username": account(at), "password": PASSWORD}).to_string();
    let answer = connection.send(&http::request("POST", "/api/v1/auth/login", "", &body)).await?.expect(200)?;
    Ok(answer["data"]["refresh_token"].as_str().ok_or("a refresh token")?.to_owned())
}

async fn end(tasks: Vec<JoinHandle<Result<()>>>) -> Result<()> {
    for task in tasks {
        task.await??;
    }
    Ok(())
}

/// Everybody exchanges their refresh token, again and again.
async fn refresh(options: &Options, program: &Program) -> Result<Run> {
    let (tally, mut tasks) = (Rc::new(Tally::default()), JoinSet::<Result<()>>::new());
    for at in 0..options.few(PEOPLE, 4) {
        let mut connection = Connection::open(program.address).await?;
        let token = sign_in(&mut connection, at).await?;
        tasks.spawn_local(refresh_on(program.address, token, tally.clone()));
    }
    let run = measure::watch("refresh", "beffroi", program, &tally, options.times()).await?;
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    Ok(run)
}

async fn refresh_on(address: SocketAddr, mut token: String, tally: Rc<Tally>) -> Result<()> {
    let mut connection = Connection::open(address).await?;
    while !tally.is_over() {
        let started = Instant::now();
        let body = json!({"refresh_token": token}).to_string();
        let request = http::request("POST", "/api/v1/auth/refresh", "", &body);
        let answer = connection.send(&request).await?.expect(200)?;
        tally.count(started);
        token = answer["data"]["refresh_token"].as_str().ok_or("a refresh token")?.to_owned();
    }
    Ok(())
}
