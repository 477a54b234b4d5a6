//! The measured program as a process of its own, and what the kernel says it used.

use crate::Result;
use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Ticks per second in `/proc/PID/stat`: `sysconf(_SC_CLK_TCK)`, which is 100 on every Linux of today.
const TICKS_PER_SECOND: f64 = 100.0;

pub struct Program {
    process: Child,
    pub address: SocketAddr,
    /// From its start until it said where it is open.
    pub opened_after: Duration,
}

impl Program {
    /// Starts a program that prints its address when it is open. What it logs goes to a file: writing it down is work, too.
    pub fn start(mut command: Command, log: &Path) -> Result<Self> {
        let log_file = File::options().create(true).append(true).open(log)?;
        let started = Instant::now();
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log_file).spawn()?;
        let output = process.stdout.take().ok_or("a pipe")?;
        let mut lines = BufReader::new(output).lines();
        while let Some(line) = lines.next().transpose()? {
            if let Some(address) = address_in(&line) {
                let opened_after = started.elapsed();
                // It may say more, and must not find that nobody listens.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(Self { process, address, opened_after });
            }
        }
        let _reaped = process.wait();
        Err(format!("the server did not open: {}", fs::read_to_string(log).unwrap_or_default()).into())
    }

    /// Seconds of processor time that it used so far.
    pub fn cpu_seconds(&self) -> Result<f64> {
        seconds_in(&fs::read_to_string(format!("/proc/{}/stat", self.process.id()))?)
    }

    /// Bytes that are resident.
    pub fn resident_bytes(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ended_already = self.process.kill();
        let _reaped_already = self.process.wait();
    }
}

/// The processor time in a `/proc/PID/stat`.
pub fn seconds_in(stat: &str) -> Result<f64> {
    // The name of the program stands in parentheses and may hold spaces; after it, utime and stime are fields 14 and 15.
    let (_, fields) = stat.rsplit_once(')').ok_or("no stat")?;
    let ticks: Vec<f64> =
        fields.split_whitespace().skip(11).take(2).map(str::parse).collect::<std::result::Result<_, _>>()?;
    Ok(ticks.iter().sum::<f64>() / TICKS_PER_SECOND)
}

fn address_in(line: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once("http://")?;
    let end = rest.find(|c: char| !(c.is_ascii_hexdigit() || "[].:".contains(c))).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

/// The server's program: as named, or built in the profile in which this one was.
pub fn server_program(named: Option<PathBuf>) -> Result<PathBuf> {
    if let Some(program) = named {
        return Ok(program);
    }
    let own = std::env::current_exe()?;
    let folder = own.parent().ok_or("a program lies in a folder")?;
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(profile) => profile,
    };
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let built = cargo.args(["build", "--locked", "--package", "beffroi", "--profile", profile]).status()?;
    if built.success() { Ok(folder.join("beffroi")) } else { Err("the server could not be built".into()) }
}

/// Seconds of processor time that the whole machine was at work: what others took is this less what we know of.
pub fn machine_seconds() -> Result<f64> {
    let stat = fs::read_to_string("/proc/stat")?;
    let line = stat.lines().next().ok_or("no stat")?;
    let ticks: Vec<f64> = line.split_whitespace().skip(1).map(str::parse).collect::<std::result::Result<_, _>>()?;
    // user, nice, system, idle, iowait, irq, softirq, steal; guests are counted as user already.
    let idle: f64 = ticks[3..5].iter().sum();
    Ok((ticks.iter().take(8).sum::<f64>() - idle) / TICKS_PER_SECOND)
}

/// Ten thousand sockets are twenty thousand files for the two of us.
pub fn raise_open_files() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // What the scenario then lacks it says itself.
    let _as_far_as_allowed = setrlimit(Resource::Nofile, limit);
}
