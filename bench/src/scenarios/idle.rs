//! Signed-in sockets where nothing happens.

use crate::{
    Options, Result,
    house::{House, Plan},
    measure::{Run, mib},
    socket::{self, Socket},
};
use std::time::{Duration, Instant};

/// Each person has so many windows open.
const WINDOWS: usize = 10;
/// What opening needed may be given back before memory is looked at.
const SETTLE: Duration = Duration::from_secs(3);

pub async fn run(options: &Options) -> Result<Vec<Run>> {
    let mut runs = Vec::new();
    for count in [options.few(1000, 20), options.few(10_000, 100)] {
        runs.push(open(options, count).await?);
    }
    Ok(runs)
}

async fn open(options: &Options, count: usize) -> Result<Run> {
    let people = count.div_ceil(WINDOWS);
    let house = House::build(options, Plan { people, rooms: 4, are_members: true, messages: 0 }).await?;
    let program = house.open()?;
    let (mut sockets, buffer) = (Vec::with_capacity(count), socket::shared_buffer());
    // One of them first: what serving at all needs is not the sockets'.
    sockets.push(Socket::open(program.address, &house.people[0].token, buffer.clone()).await?);
    let (before, cpu, started) = (program.resident_bytes()?, program.cpu_seconds()?, Instant::now());
    for at in 1..count {
        let token = &house.people[at % people].token;
        sockets.push(Socket::open(program.address, token, buffer.clone()).await?);
    }
    let opened = started.elapsed();
    tokio::time::sleep(if options.smoke { Duration::ZERO } else { SETTLE }).await;
    let (resident, cpu) = (program.resident_bytes()?, program.cpu_seconds()? - cpu);
    let each = resident.saturating_sub(before) / u64::try_from(count - 1)?;
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let opening = (count - 1) as f64;
    Ok(Run {
        scenario: format!("idle, {count} sockets"),
        server: "beffroi",
        per_second: opening / opened.as_secs_f64(),
        p50_ms: None,
        p99_ms: None,
        cpu_ms: Some(cpu * 1000.0 / opening),
        resident_mib: mib(resident),
        others: 0.0,
        remark: format!("{:.1} KiB a socket; the rate is that of opening", mib(each) * 1024.0),
    })
}
