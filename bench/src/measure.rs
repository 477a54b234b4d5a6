//! What was measured, and how it is shown: one JSON line each, and a table at the end.

use crate::{
    Result,
    process::{Program, machine_seconds},
};
use serde_json::json;
use std::{
    cell::{Cell, RefCell},
    time::{Duration, Instant},
};

/// What the tasks of a generator share: whether what they do counts, and what they did.
#[derive(Default)]
pub struct Tally {
    phase: Cell<Phase>,
    count: Cell<u64>,
    latencies_us: RefCell<Vec<u32>>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    WarmUp,
    Measured,
    Over,
}

impl Tally {
    pub fn is_over(&self) -> bool {
        self.phase.get() == Phase::Over
    }

    /// Ends what nobody watches.
    pub fn end(&self) {
        self.phase.set(Phase::Over);
    }

    /// Counts what was done since `started`.
    pub fn count(&self, started: Instant) {
        if self.phase.get() == Phase::Measured {
            self.count.set(self.count.get() + 1);
            self.latencies_us.borrow_mut().push(u32::try_from(started.elapsed().as_micros()).unwrap_or(u32::MAX));
        }
    }

    /// Counts without a time.
    pub fn add(&self, count: u64) {
        if self.phase.get() == Phase::Measured {
            self.count.set(self.count.get() + count);
        }
    }
}

/// What a scenario gave.
#[derive(Clone, Debug)]
pub struct Run {
    pub scenario: String,
    /// `beffroi`, or `ceiling` for what the machine can do at all.
    pub server: &'static str,
    pub per_second: f64,
    pub p50_ms: Option<f64>,
    pub p99_ms: Option<f64>,
    /// Milliseconds of the server's processor time for each.
    pub cpu_ms: Option<f64>,
    pub resident_mib: f64,
    /// How much of the machine neither the server nor we took: at 0 it was ours alone.
    pub others: f64,
    /// What else is to be said, such as bytes per socket.
    pub remark: String,
}

impl Run {
    /// Of the same scenario twice: by what it says first, the rate or else the time.
    pub fn is_better_than(&self, other: &Self) -> bool {
        if self.per_second > 0.0 { self.per_second >= other.per_second } else { self.p99_ms <= other.p99_ms }
    }

    pub fn print(&self) {
        let line = json!({
            "scenario": self.scenario, "server": self.server, "per_second": self.per_second, "p50_ms": self.p50_ms,
            "p99_ms": self.p99_ms, "cpu_ms": self.cpu_ms, "resident_mib": self.resident_mib, "others": self.others,
            "remark": self.remark,
        });
        println!("{line}");
    }
}

/// Lets the generator's tasks run warm, then counts for a while and says what came of it.
pub async fn watch(
    scenario: &str,
    server: &'static str,
    program: &Program,
    tally: &Tally,
    (warm_up, time): (Duration, Duration),
) -> Result<Run> {
    tokio::time::sleep(warm_up).await;
    tally.phase.set(Phase::Measured);
    let (started, cpu, machine) = (Instant::now(), program.cpu_seconds()?, machine_seconds()?);
    let own = own_seconds()?;
    tokio::time::sleep(time).await;
    tally.phase.set(Phase::Over);
    let seconds = started.elapsed().as_secs_f64();
    let (cpu, own) = (program.cpu_seconds()? - cpu, own_seconds()? - own);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    #[expect(clippy::cast_precision_loss, reason = "a few cores and some million messages")]
    let (cores, count) = (cores as f64, tally.count.get() as f64);
    let others = (machine_seconds()? - machine - cpu - own).max(0.0) / seconds / cores;
    let latencies = tally.latencies_us.take();
    Ok(Run {
        scenario: scenario.to_owned(),
        server,
        per_second: count / seconds,
        p50_ms: quantile(&latencies, 50),
        p99_ms: quantile(&latencies, 99),
        cpu_ms: (count > 0.0).then_some(cpu * 1000.0 / count),
        resident_mib: mib(program.resident_bytes()?),
        others,
        remark: String::new(),
    })
}

fn own_seconds() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    crate::process::seconds_in(&stat)
}

/// Milliseconds; None of nothing.
pub fn quantile(latencies_us: &[u32], percent: usize) -> Option<f64> {
    let mut sorted = latencies_us.to_vec();
    sorted.sort_unstable();
    let at = (sorted.len() * percent / 100).min(sorted.len().checked_sub(1)?);
    Some(f64::from(sorted[at]) / 1000.0)
}

#[expect(clippy::cast_precision_loss, reason = "less than 2^52 bytes")]
pub fn mib(bytes: u64) -> f64 {
    bytes as f64 / 1024.0 / 1024.0
}

/// The table for people, with what the ceiling did in the same run beside it.
pub fn table(runs: &[Run]) -> String {
    let mut lines = vec![
        "| Scenario | Per second | Of the ceiling | p50 ms | p99 ms | CPU ms each | RSS MiB | Others | |".to_owned(),
        "| --- | --: | --: | --: | --: | --: | --: | --: | --- |".to_owned(),
    ];
    for run in runs {
        let ceiling = runs.iter().find(|other| other.server == "ceiling" && other.scenario == run.scenario);
        let of_ceiling = ceiling.filter(|_| run.server != "ceiling").map(|other| run.per_second / other.per_second);
        let optional = |value: Option<f64>, digits: usize| value.map_or(String::new(), |v| format!("{v:.digits$}"));
        lines.push(format!(
            "| {}{} | {} | {} | {} | {} | {} | {:.0} | {:.0} % | {} |",
            run.scenario,
            if run.server == "ceiling" { " (ceiling)" } else { "" },
            if run.per_second > 0.0 { format!("{:.0}", run.per_second) } else { String::new() },
            of_ceiling.map_or(String::new(), |share| format!("{:.0} %", share * 100.0)),
            optional(run.p50_ms, 2),
            optional(run.p99_ms, 2),
            optional(run.cpu_ms, 4),
            run.resident_mib,
            run.others * 100.0,
            run.remark,
        ));
    }
    lines.join("\n")
}
