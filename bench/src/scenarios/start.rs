//! What there is before anybody comes.

use crate::{
    Options, Result,
    house::{House, Plan},
    http::{self, Connection},
    measure::{self, Run, Tally, mib},
    process::Program,
};
use std::{
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

const STARTS: usize = 5;

pub async fn run(options: &Options) -> Result<Vec<Run>> {
    let house = House::build(options, Plan { people: 10, rooms: 4, are_members: true, messages: 0 }).await?;
    let (mut opened_after, mut resident) = (Duration::MAX, 0);
    for _ in 0..options.few(STARTS, 1) {
        let program = house.open()?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        opened_after = opened_after.min(program.opened_after);
        resident = program.resident_bytes()?;
    }
    let bytes = std::fs::metadata(&options.program)?.len();
    Ok(vec![Run {
        scenario: "start".to_owned(),
        server: "beffroi",
        per_second: 0.0,
        p50_ms: Some(opened_after.as_secs_f64() * 1000.0),
        p99_ms: None,
        cpu_ms: None,
        resident_mib: mib(resident),
        others: 0.0,
        remark: format!("the program has {:.1} MiB", mib(bytes)),
    }])
}

/// What recognising somebody costs: a request that an access token opens, beside one that anybody may make.
pub async fn tokens(options: &Options) -> Result<Vec<Run>> {
    let house = House::build(options, Plan { people: 16, rooms: 1, are_members: true, messages: 0 }).await?;
    let program = house.open()?;
    let free = ask(options, "request, free", &program, &house, ("/healthz", 200, false)).await?;
    // Refused by the form of its id, once the token is checked and the request is counted: no work follows.
    let refused = "/api/v1/rooms/none";
    let anybody = ask(options, "request, refused", &program, &house, ("/problems/none/none", 404, false)).await?;
    let mut known = ask(options, "request, refused by token", &program, &house, (refused, 400, true)).await?;
    let check = known.cpu_ms.zip(anybody.cpu_ms).map(|(known, anybody)| (known - anybody) * 1000.0);
    known.remark = check.map_or(String::new(), |us| format!("{us:.0} µs more than a refused stranger"));
    Ok(vec![free, anybody, known])
}

async fn ask(
    options: &Options,
    scenario: &str,
    program: &Program,
    house: &House,
    (path, status, is_signed_in): (&str, u16, bool),
) -> Result<Run> {
    let (tally, mut tasks) = (Rc::new(Tally::default()), JoinSet::<Result<()>>::new());
    for person in &house.people {
        let token = if is_signed_in { person.token.as_str() } else { "" };
        let request = http::request("GET", path, token, "");
        let (tally, address) = (tally.clone(), program.address);
        tasks.spawn_local(async move {
            let mut connection = Connection::open(address).await?;
            while !tally.is_over() {
                let started = Instant::now();
                let answer = connection.send(&request).await?;
                if answer.status != status {
                    return Err(format!("status {} instead of {status}", answer.status).into());
                }
                tally.count(started);
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
