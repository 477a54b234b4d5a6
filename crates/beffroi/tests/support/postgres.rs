//! One PostgreSQL for the run, from the installed programs, on a socket in a temporary directory; one database per
//! test, cloned from a migrated template. It lies in memory where there is a `/dev/shm`, so that `fsync` costs nothing
//! and the server's own insistence on it need not be switched off. A test that is about the disk has a cluster of its own.

use sea_orm::{ConnectionTrait, Database as SeaDatabase};
use std::{
    env, fs,
    io::Write,
    os::unix::fs::{MetadataExt, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};
use tempfile::TempDir;

pub struct Cluster {
    shell: Child,
    folder: TempDir,
    databases: AtomicU32,
    template: tokio::sync::OnceCell<()>,
    cloning: tokio::sync::Mutex<()>,
}

/// The cluster, started by the first test that asks; None, and why, where PostgreSQL is not installed.
pub fn cluster() -> Option<&'static Cluster> {
    static CLUSTER: OnceLock<Result<Cluster, String>> = OnceLock::new();
    match CLUSTER.get_or_init(|| start(temporary_folder("beffroi-test-pg-"), "")) {
        Ok(cluster) => Some(cluster),
        Err(why) => skip(why),
    }
}

/// A cluster of the caller's own, in a folder and with settings (`-c name=value`) of their choice.
pub fn own_cluster(folder: TempDir, settings: &str) -> Option<Cluster> {
    start(folder, settings).map_or_else(|why| skip(&why), Some)
}

fn skip<T>(why: &str) -> Option<T> {
    assert!(env::var_os("CI").is_none(), "PostgreSQL is needed in CI: {why}");
    // Past the capture of the test harness: people are to see what was not tried.
    let _unheard = std::io::stderr().write_all(format!("skipped on PostgreSQL: {why}\n").as_bytes());
    None
}

/// Where temporary things lie: in memory if possible.
pub fn temporary_folder(prefix: &str) -> TempDir {
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() { memory.to_owned() } else { env::temp_dir() };
    tempfile::Builder::new().prefix(prefix).tempdir_in(parent).expect("a temporary folder")
}

/// The directory of the newest installed PostgreSQL programs.
pub fn programs() -> Option<PathBuf> {
    let on_path = env::var_os("PATH").into_iter().flat_map(|path| env::split_paths(&path).collect::<Vec<_>>());
    let debian =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
    let mut debian: Vec<PathBuf> = debian.collect();
    debian.sort();
    debian.into_iter().rev().chain(on_path).find(|folder| folder.join("initdb").is_file())
}

/// PostgreSQL refuses to run as root: its programs then run as the user `postgres`, or as nobody.
pub fn command(program: &Path, folder: &Path) -> Command {
    let Some((uid, gid)) = unprivileged() else { return Command::new(program) };
    chown(folder, Some(uid), Some(gid)).expect("the folder belongs to the unprivileged user");
    let mut command = Command::new("setpriv");
    command.arg(format!("--reuid={uid}")).arg(format!("--regid={gid}")).arg("--clear-groups").arg(program);
    command
}

pub fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

/// Who runs PostgreSQL where we are root.
fn unprivileged() -> Option<(u32, u32)> {
    if !is_root() {
        return None;
    }
    let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let ids = |name: &str| {
        let line = passwd.lines().find(|line| line.starts_with(&format!("{name}:")))?;
        let fields: Vec<&str> = line.split(':').collect();
        Some((fields[2].parse::<u32>().ok()?, fields[3].parse::<u32>().ok()?))
    };
    Some(ids("postgres").or_else(|| ids("nobody")).expect("an unprivileged user"))
}

fn start(folder: TempDir, settings: &str) -> Result<Cluster, String> {
    let programs = programs().ok_or("initdb was not found")?;
    let data = folder.path().join("data");
    let made = command(&programs.join("initdb"), folder.path())
        .args(["--auth=trust", "--username=beffroi", "--encoding=UTF8", "--locale=C", "--pgdata"])
        .arg(&data)
        .output()
        .map_err(|error| error.to_string())?;
    if !made.status.success() {
        return Err(String::from_utf8_lossy(&made.stderr).into_owned());
    }
    // The shell takes orders from our end of a pipe: when this process is gone, however it went, so is PostgreSQL with its
    // data.
    let script = format!(
        "trap '' INT
         start() {{ '{postgres}' -D '{data}' -k '{folder}' -c listen_addresses='' -c max_connections=400 \
             -c log_min_messages=fatal {settings} & }}
         start
         while read -r order; do
             case $order in start) start ;; *) kill -\"$order\" $!; wait ;; esac
         done
         kill -QUIT $!; wait; rm -rf '{folder}'",
        postgres = programs.join("postgres").display(),
        data = data.display(),
        folder = folder.path().display(),
    );
    let shell = command(Path::new("/bin/sh"), folder.path())
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    let cluster = Cluster {
        shell,
        folder,
        databases: AtomicU32::new(0),
        template: Default::default(),
        cloning: Default::default(),
    };
    wait_until_ready(cluster.folder.path())?;
    Ok(cluster)
}

fn wait_until_ready(folder: &Path) -> Result<(), String> {
    let programs = programs().ok_or("initdb was not found")?;
    for _ in 0..200 {
        let asked = Command::new(programs.join("pg_isready")).arg("-h").arg(folder).arg("-q").status();
        if asked.is_ok_and(|status| status.success()) {
            return Ok(());
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    Err("PostgreSQL did not become ready".to_owned())
}

impl Cluster {
    pub fn url(&self, database: &str) -> String {
        let folder = self.folder.path().display().to_string().replace('/', "%2F");
        format!("postgres://beffroi@{folder}/{database}")
    }

    /// Stops PostgreSQL and returns when it is gone: `INT` is its fast stop, which ends every connection in order, `QUIT`
    /// its immediate one, after which it recovers like from a crash.
    pub fn stop(&mut self, signal: &str) {
        self.order(signal);
        let lock = self.folder.path().join("data/postmaster.pid");
        for _ in 0..600 {
            if !lock.exists() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("PostgreSQL did not stop");
    }

    /// Starts it again after [`Cluster::stop`]; returns when it is ready.
    pub fn start_again(&mut self) {
        self.order("start");
        wait_until_ready(self.folder.path()).expect("PostgreSQL comes back");
    }

    fn order(&mut self, order: &str) {
        let orders = self.shell.stdin.as_mut().expect("a pipe");
        writeln!(orders, "{order}").expect("the shell listens");
    }

    /// An empty database whose tables lie in this folder, whatever becomes of it.
    pub async fn empty_database_in(&self, folder: &Path) -> String {
        let place = folder.join("tablespace");
        fs::create_dir(&place).expect("a folder");
        if let Some((uid, gid)) = unprivileged() {
            chown(&place, Some(uid), Some(gid)).expect("the folder belongs to the unprivileged user");
        }
        self.run(&format!("CREATE TABLESPACE elsewhere LOCATION '{}'", place.display())).await;
        self.run("CREATE DATABASE elsewhere TABLESPACE elsewhere").await;
        self.url("elsewhere")
    }

    /// A database of one's own with the schema in it.
    pub async fn database(&self) -> String {
        self.template
            .get_or_init(|| async {
                self.run("CREATE DATABASE template_beffroi").await;
                let url = self.url("template_beffroi");
                let template = beffroi::platform::database::Database::open_postgres(&url).await.expect("it opens");
                template.migrate().await.expect("it migrates");
                template.close().await.expect("it closes");
            })
            .await;
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::SeqCst));
        let _one_at_a_time = self.cloning.lock().await;
        self.run(&format!("CREATE DATABASE {name} TEMPLATE template_beffroi")).await;
        self.url(&name)
    }

    /// A database without anything in it.
    pub async fn empty_database(&self) -> String {
        let name = format!("empty_{}", self.databases.fetch_add(1, Ordering::SeqCst));
        self.run(&format!("CREATE DATABASE {name}")).await;
        self.url(&name)
    }

    async fn run(&self, statement: &str) {
        let connection = SeaDatabase::connect(self.url("postgres")).await.expect("the cluster answers");
        connection.execute_unprepared(statement).await.expect("the statement works");
        connection.close().await.expect("it closes");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ended = self.shell.wait();
    }
}
