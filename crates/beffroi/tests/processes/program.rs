//! The executable, with a data directory of its own and nothing of the environment that the tests run in.

use crate::postgres::{self, Cluster};
use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::Duration,
};
use tempfile::TempDir;

/// Longer than the program takes for anything; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the suite sends is not the rate of people; a test that is about rates sets its own.
const RATES_OUT_OF_THE_WAY: [(&str, &str); 5] = [
    ("RATE_LIMIT_GLOBAL_RPM", "1000000"),
    ("RATE_LIMIT_PER_USER_RPM", "1000000"),
    ("RATE_LIMIT_PER_IP_RPM", "1000000"),
    ("RATE_LIMIT_MESSAGES_RPM", "1000000"),
    ("RATE_LIMIT_LOGIN_PER_5MIN", "1000000"),
];

/// Where a server keeps its things, and the settings that every command there is given.
pub struct Deployment {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    pub exit: Option<i32>,
    pub printed: String,
    pub complained: String,
}

/// A program that goes on running: `serve` or `demo`.
pub struct Server {
    process: Child,
    lines: Receiver<String>,
    /// What it printed when it opened, up to the line with its address.
    pub opening: String,
    pub address: SocketAddr,
}

impl Deployment {
    pub fn new() -> Self {
        Self::within(postgres::temporary_folder("beffroi-test-"))
    }

    /// On a real disk, for those who count its flushes.
    pub fn on_disk() -> Self {
        Self::within(disk_folder())
    }

    fn within(folder: TempDir) -> Self {
        Self { folder, environment: Vec::new() }
    }

    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    pub async fn on_postgres(self, cluster: &Cluster) -> Self {
        self.with("DATABASE_URL", cluster.empty_database().await)
    }

    /// The data directory, which the first command makes.
    pub fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// A place beside the data directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_beffroi"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .envs(RATES_OUT_OF_THE_WAY)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        let output = self.command(arguments).output().expect("the program runs");
        Ran::of(output)
    }

    /// Runs a command that reads `input` from its standard input.
    pub fn run_reading(&self, arguments: &[&str], input: &str) -> Ran {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().expect("the program runs");
        // A program that refuses before it reads closes the pipe: that is its right.
        let _unread = process.stdin.take().expect("a pipe").write_all(input.as_bytes());
        Ran::of(process.wait_with_output().expect("it ends"))
    }

    pub fn create_user(&self, name: &str, role: &str, password: &str) -> Ran {
        let email = format!("{name}@example.org");
        let arguments = ["user", "create", name, "--email", &email, "--role", role, "--password-stdin"];
        self.run_reading(&arguments, &format!("{password}\n"))
    }

    /// Serves on a free port.
    pub fn serve(&self) -> Server {
        self.start(&["serve", "--listen", "127.0.0.1:0"])
    }

    /// Serves behind a proxy: it then tells the address of that, and cannot be asked for a port of its own choice.
    pub fn serve_at(&self, address: SocketAddr) -> Server {
        self.start_until(&["serve", "--listen", &address.to_string()], |line| {
            line.contains("https://").then_some(address)
        })
    }

    /// Starts a program that goes on running; returns once it says where it is open.
    pub fn start(&self, arguments: &[&str]) -> Server {
        self.start_until(arguments, address_in)
    }

    /// Its log goes to a file.
    fn start_until(&self, arguments: &[&str], address_in: impl Fn(&str) -> Option<SocketAddr>) -> Server {
        let log = File::options().create(true).append(true).open(self.path("log")).expect("a log file");
        let mut command = self.command(arguments);
        let mut process = command.stdout(Stdio::piped()).stderr(log).spawn().expect("the program runs");
        let lines = lines_of(&mut process);
        let mut opening = String::new();
        let address = loop {
            match lines.recv_timeout(PATIENCE) {
                Ok(line) => {
                    opening.push_str(&line);
                    opening.push('\n');
                    if let Some(address) = address_in(&line) {
                        break address;
                    }
                }
                Err(_) => panic!("{arguments:?} did not open: {}", self.log()),
            }
        };
        Server { process, lines, opening, address }
    }
}

/// An address of this machine at which nothing listens.
pub fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address")
}

/// A temporary folder that is not in memory.
pub fn disk_folder() -> TempDir {
    tempfile::Builder::new().prefix("beffroi-test-").tempdir().expect("a temporary folder")
}

fn lines_of(process: &mut Child) -> Receiver<String> {
    let (sender, lines) = mpsc::channel();
    let output = BufReader::new(process.stdout.take().expect("a pipe"));
    thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    lines
}

fn address_in(line: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once("http://")?;
    let end = rest.find(|c: char| !(c.is_ascii_hexdigit() || "[].:".contains(c))).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

impl Ran {
    fn of(output: std::process::Output) -> Self {
        Self {
            exit: output.status.code(),
            printed: String::from_utf8(output.stdout).expect("text"),
            complained: String::from_utf8(output.stderr).expect("text"),
        }
    }

    /// What a command printed that must have succeeded.
    #[track_caller]
    pub fn succeeded(self) -> String {
        assert_eq!(self.exit, Some(0), "{self:?}");
        self.printed
    }

    /// A refusal in words that name what is wrong; nothing is printed for a script to take for a result.
    #[track_caller]
    pub fn refused(self, naming: &str) {
        assert_eq!((self.exit, self.printed.as_str()), (Some(1), ""), "{self:?}");
        assert!(self.complained.contains(naming), "{self:?}");
    }
}

impl Server {
    /// The next line it prints.
    pub fn line(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("it prints another line")
    }

    /// SIGKILL: it has no time for anything.
    pub fn kill(mut self) {
        self.process.kill().expect("it is killed");
        self.process.wait().expect("it is gone");
    }

    /// Memory that it occupies.
    pub fn resident_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a line");
        line.trim().trim_end_matches(" kB").parse().expect("a figure")
    }

    /// Sends a signal such as `TERM` and waits for the end.
    pub fn stop(self, signal: &str) -> ExitStatus {
        self.signal(signal);
        self.stopped()
    }

    /// Waits for the end.
    pub fn stopped(mut self) -> ExitStatus {
        self.rest();
        self.process.wait().expect("it has ended")
    }

    /// Stops it; every further line that it printed.
    pub fn printed_until_stopped(self) -> Vec<String> {
        self.signal("TERM");
        self.rest()
    }

    /// The lines until its end of the pipe closes, which it does when the program ends.
    fn rest(&self) -> Vec<String> {
        let mut rest = Vec::new();
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => rest.push(line),
                Err(RecvTimeoutError::Disconnected) => return rest,
                Err(RecvTimeoutError::Timeout) => panic!("it did not stop within {PATIENCE:?}"),
            }
        }
    }

    pub fn signal(&self, signal: &str) {
        send_signal(&self.process, signal);
    }
}

impl Drop for Server {
    /// A test that failed leaves no server behind.
    fn drop(&mut self) {
        let _ended_already = self.process.kill();
        let _reaped_already = self.process.wait();
    }
}

/// Sends a signal such as `TERM`.
pub fn send_signal(process: &Child, signal: &str) {
    let sent = Command::new("/bin/sh").args(["-c", &format!("kill -{signal} {}", process.id())]).status();
    assert!(sent.expect("a shell").success(), "the signal is sent");
}

/// The names in a folder.
pub fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}
