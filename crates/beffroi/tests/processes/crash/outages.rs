//! The server lives on while its database stops and starts, or the disk is full: it answers 503 and when to come back,
//! acknowledges nothing that it may lose, and recovers by itself.
//!
//! `BEFFROI_DATABASE_STOPS` says how often the database stops, 20 in the long form. A disk of the test's own takes the
//! right to mount one; `BEFFROI_SMALL_DISK=required` makes its absence a failure.

use super::{crowd::Crowd, how_often, load_time};
use crate::{
    postgres,
    program::{self, Deployment},
};
use reqwest::{Method, StatusCode};
use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::time::sleep;

const AWAY: &[&str] = &["server.unavailable"];
/// SQLite also tells of a file beside the database that could not grow.
const FULL: &[&str] = &["server.storage_full", "server.unavailable"];
/// How often the disk fills up.
const FILLINGS: usize = 2;
/// A database, its journal, and some talk.
const SMALL_DISK: &str = "size=24m,mode=0777";

// CH-3: the database stops in order and at once, by turns, and comes back.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_or_doubled_when_postgresql_stops_and_starts() {
    let Some(mut cluster) = postgres::own_cluster(program::disk_folder(), "") else { return };
    let deployment = Deployment::on_disk().on_postgres(&cluster).await;
    let (stops, started) = (how_often("BEFFROI_DATABASE_STOPS"), Instant::now());
    let crowd = Crowd::gather(&deployment, AWAY).await;
    let mut slowest = Duration::ZERO;
    for stop in 0..stops {
        crowd.until_acknowledged(20).await;
        // Not to wait for anything: so long the load lasts.
        sleep(load_time(stop)).await;
        cluster.stop(if stop % 2 == 0 { "INT" } else { "QUIT" });
        crowd.until_refused(20).await;
        assert_alive_but_not_ready(&crowd).await;
        cluster.start_again();
        slowest = slowest.max(crowd.until_acknowledged(20).await);
    }
    assert_eq!(probe(&crowd, "/readyz").await.status(), StatusCode::OK);
    let tally = crowd.go_home(&deployment).await;
    println!(
        "PostgreSQL stopped {stops} times in {:.1} s; {} messages acknowledged, {} refusals; back after at most {:.1} s",
        started.elapsed().as_secs_f64(),
        tally.acknowledged,
        tally.refused,
        slowest.as_secs_f64(),
    );
}

async fn assert_alive_but_not_ready(crowd: &Crowd) {
    assert_eq!(probe(crowd, "/healthz").await.status(), StatusCode::OK);
    let ready = probe(crowd, "/readyz").await;
    assert_eq!(ready.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(ready.headers().contains_key("retry-after"));
}

async fn probe(crowd: &Crowd, path: &str) -> reqwest::Response {
    crowd.alice.send(Method::GET, path, None).await.expect("the server stays up")
}

// CH-3: nothing more can be written; what is there can be read, and writing goes on when there is space again.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_loses_nothing_and_is_recovered_from_on_sqlite() {
    let Some(disk) = SmallDisk::mounted() else { return };
    let deployment = Deployment::new().with("BEFFROI_DATA", disk.path().join("data").display().to_string());
    outlive_full_disk("SQLite", &deployment, &disk).await;
}

// CH-3
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_loses_nothing_and_is_recovered_from_on_postgresql() {
    let Some(disk) = SmallDisk::mounted() else { return };
    let Some(cluster) = postgres::own_cluster(program::disk_folder(), "") else { return };
    let deployment = Deployment::new().with("DATABASE_URL", cluster.empty_database_in(disk.path()).await);
    outlive_full_disk("PostgreSQL", &deployment, &disk).await;
    // The tables lie on the disk: it goes after the cluster.
    drop(cluster);
}

async fn outlive_full_disk(engine: &str, deployment: &Deployment, disk: &SmallDisk) {
    let crowd = Crowd::gather(deployment, FULL).await;
    let mut slowest = Duration::ZERO;
    for _ in 0..FILLINGS {
        crowd.until_acknowledged(50).await;
        disk.fill();
        crowd.until_refused(100).await;
        assert_readable(&crowd).await;
        disk.make_space();
        slowest = slowest.max(crowd.until_acknowledged(50).await);
    }
    let tally = crowd.go_home(deployment).await;
    println!(
        "{engine}: the disk was full {FILLINGS} times; {} messages acknowledged, {} refusals; back after at most {:.1} s",
        tally.acknowledged,
        tally.refused,
        slowest.as_secs_f64(),
    );
}

async fn assert_readable(crowd: &Crowd) {
    let room = &crowd.rooms[0];
    assert!(crowd.alice.rooms().await.iter().any(|known| known["id"] == room.as_str()));
    let page = crowd.alice.get(&format!("/api/v1/rooms/{room}/messages")).await;
    assert!(!page.as_array().expect("a list").is_empty());
    assert_eq!(probe(crowd, "/healthz").await.status(), StatusCode::OK);
}

/// A disk of a few megabytes, in memory.
struct SmallDisk(TempDir);

impl SmallDisk {
    /// None, and why, where it cannot be mounted.
    fn mounted() -> Option<Self> {
        let folder = program::disk_folder();
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", SMALL_DISK, "tmpfs"]).arg(folder.path()).output();
        match mounted {
            Ok(output) if output.status.success() => Some(Self(folder)),
            other => {
                assert!(env::var_os("BEFFROI_SMALL_DISK").is_none(), "a small disk is required: {other:?}");
                // Past the capture of the test harness: people are to see what was not tried.
                let _unheard = std::io::stderr().write_all(b"skipped: no disk can be mounted here to fill it up\n");
                None
            }
        }
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn ballast(&self) -> PathBuf {
        self.path().join("ballast")
    }

    fn fill(&self) {
        let mut ballast = fs::File::options().create(true).append(true).open(self.ballast()).expect("a file");
        while ballast.write(&[0; 4096]).is_ok_and(|written| written > 0) {}
    }

    fn make_space(&self) {
        fs::remove_file(self.ballast()).expect("the ballast goes");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a server that is being killed may still have files open.
        let _best_effort = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}
