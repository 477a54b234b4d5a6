//! What Beffroi does in a second. It starts the real server, talks to it by HTTP and sockets as its clients do, and beside
//! it, in the same run, a bare server that shows what the machine can do at all. After each run it reads back what was
//! acknowledged: nothing may be missing or doubled.

mod ceiling;
mod house;
mod http;
mod measure;
mod process;
mod scenarios;
mod socket;

use clap::Parser;
use measure::Run;
use scenarios::SCENARIOS;
use std::{path::PathBuf, process::ExitCode, time::Duration};
use tokio::task::LocalSet;

type Error = Box<dyn std::error::Error + Send + Sync>;
type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Parser)]
#[command(name = "bench", about = "Measures a Beffroi of its own, and audits that it kept what it acknowledged")]
struct Arguments {
    /// Scenarios, all without any; `list` names them
    scenarios: Vec<String>,
    /// A PostgreSQL on which databases may be made, instead of SQLite
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// The server's program; without it, it is built in this one's profile
    #[arg(long, value_name = "PROGRAM")]
    server: Option<PathBuf>,
    /// Measured seconds of each run
    #[arg(long, default_value_t = 6.0)]
    seconds: f64,
    /// How often each run is made; the best is shown
    #[arg(long, default_value_t = 1)]
    times: usize,
    /// Everything small and short: does it still work?
    #[arg(long)]
    smoke: bool,
    /// Be the bare server, appending to this file
    #[arg(long, value_name = "FILE", hide = true)]
    ceiling: Option<PathBuf>,
}

/// What a scenario is told.
pub struct Options {
    pub database: Option<String>,
    pub program: PathBuf,
    pub warm_up: Duration,
    pub time: Duration,
    pub smoke: bool,
}

impl Options {
    /// A crowd, or a handful in a smoke run.
    pub fn few(&self, many: usize, few: usize) -> usize {
        if self.smoke { few } else { many }
    }

    pub fn times(&self) -> (Duration, Duration) {
        (self.warm_up, self.time)
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    process::raise_open_files();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<()> {
    if let Some(file) = arguments.ceiling {
        return tokio::runtime::Runtime::new()?.block_on(ceiling::serve(file));
    }
    if arguments.scenarios.iter().any(|name| name == "list") {
        SCENARIOS.iter().for_each(|(name, what, _)| println!("{name:10} {what}"));
        return Ok(());
    }
    if let Some(unknown) = arguments.scenarios.iter().find(|name| !SCENARIOS.iter().any(|(known, ..)| known == name)) {
        return Err(format!("there is no scenario {unknown}; `list` names them").into());
    }
    let seconds = if arguments.smoke { 0.5 } else { arguments.seconds };
    let options = Options {
        database: arguments.database,
        program: process::server_program(arguments.server)?,
        warm_up: Duration::from_secs_f64((seconds / 4.0).min(1.5)),
        time: Duration::from_secs_f64(seconds),
        smoke: arguments.smoke,
    };
    // One thread: of two cores, one is the server's.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let runs = runtime.block_on(LocalSet::new().run_until(measure(&options, &arguments.scenarios, arguments.times)))?;
    eprintln!("{}", measure::table(&runs));
    Ok(())
}

async fn measure(options: &Options, wanted: &[String], times: usize) -> Result<Vec<Run>> {
    let mut best: Vec<Run> = Vec::new();
    for (name, what, scenario) in SCENARIOS {
        if !wanted.is_empty() && !wanted.iter().any(|wanted| wanted == name) {
            continue;
        }
        eprintln!("{name}: {what}");
        for _ in 0..times.max(1) {
            for run in scenario(options).await? {
                run.print();
                match best.iter_mut().find(|known| known.scenario == run.scenario && known.server == run.server) {
                    Some(known) if known.is_better_than(&run) => {}
                    Some(known) => *known = run,
                    None => best.push(run),
                }
            }
        }
    }
    Ok(best)
}
