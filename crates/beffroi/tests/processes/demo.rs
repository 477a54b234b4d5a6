//! `beffroi demo`: everybody it names can look around, and nothing of it stays.

use crate::{
    people::Person,
    program::{Deployment, Server, names_in, send_signal},
};
use reqwest::StatusCode;
use rstest::rstest;
use serde_json::json;
use std::{fs, path::PathBuf, process::Stdio, thread, time::Duration};

/// Reads the lines `NAME / PASSWORD` that follow the one with the address.
fn accounts(server: &Server) -> Vec<(String, String)> {
    let line = || server.line();
    let account = |line: String| {
        let (name, password) = line.split_once(" / ").expect("NAME / PASSWORD");
        (name.to_owned(), password.to_owned())
    };
    (0..4).map(|_| account(line())).collect()
}

#[tokio::test]
async fn everybody_whom_the_demonstration_names_can_look_around() {
    let deployment = Deployment::new();
    let server = deployment.start(&["demo", "--listen", "127.0.0.1:0"]);
    let accounts = accounts(&server);

    let shown = Person::visitor(server.address).get("/api/v1/server").await;
    let printed: Vec<_> =
        accounts.iter().map(|(name, password)| json!({"username": name, "password": password})).collect();
    assert_eq!(shown["demo_accounts"], json!(printed));

    for (name, password) in &accounts {
        let mut person = Person::visitor(server.address);
        assert_eq!(person.sign_in(name, password).await, StatusCode::OK, "{name}");
        let rooms = person.rooms().await;
        assert_eq!(rooms.len(), 2, "{rooms:?}");
        for room in rooms {
            let id = room["id"].as_str().expect("an id");
            let messages = person.get(&format!("/api/v1/rooms/{id}/messages")).await;
            assert!(messages.as_array().is_some_and(|messages| messages.len() >= 3), "{messages}");
            assert!(!room["role"].is_null(), "{name} is at home in {room}");
        }
    }
    let (name, _) = &accounts[0];
    assert_eq!(Person::visitor(server.address).sign_in(name, "not the password").await, StatusCode::UNAUTHORIZED);
}

// The twin: a server that somebody means to keep shows nobody's password.
#[tokio::test]
async fn a_real_server_names_no_demo_accounts() {
    let deployment = Deployment::new();
    let server = deployment.serve();
    let shown = Person::visitor(server.address).get("/api/v1/server").await;
    assert_eq!(shown["demo_accounts"], json!([]));
}

// Killed without warning (SIGKILL, a power cut) it cannot tidy up: the folder is then the operating system's to remove.
#[rstest]
fn the_demonstration_leaves_no_file_behind(#[values("TERM", "INT")] signal: &str) {
    let (deployment, temporary) = with_temporary_folder();
    let server = deployment.start(&["demo", "--listen", "127.0.0.1:0"]);
    assert_eq!(names_in(&temporary).len(), 1, "while it runs, its data lies somewhere");
    assert!(server.stop(signal).success());
    assert_eq!(names_in(&temporary), Vec::<String>::new());
    assert!(!deployment.data().exists(), "the folder of a real server is not touched");
}

#[test]
fn a_demonstration_that_is_interrupted_while_it_opens_leaves_no_file_behind() {
    let (deployment, temporary) = with_temporary_folder();
    let mut command = deployment.command(&["demo", "--listen", "127.0.0.1:0"]);
    let mut process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program runs");
    // It says nothing until it is open, which is too late for us: only the folder shows.
    for _ in 0..3000 {
        if !names_in(&temporary).is_empty() {
            break;
        }
        thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(names_in(&temporary).len(), 1);
    send_signal(&process, "INT");
    assert!(process.wait().expect("it ends").success());
    assert_eq!(names_in(&temporary), Vec::<String>::new());
}

/// A deployment whose temporary files can be counted.
fn with_temporary_folder() -> (Deployment, PathBuf) {
    let deployment = Deployment::new();
    let temporary = deployment.path("tmp");
    fs::create_dir(&temporary).expect("a folder");
    (deployment.with("TMPDIR", temporary.to_str().expect("text")), temporary)
}
