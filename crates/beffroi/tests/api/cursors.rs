//! Cursors that are old, long, cut or from another life (CH-3).

use crate::{
    house::{Engine, House, Postgres, Sqlite},
    realtime::Socket,
};
use http::StatusCode;
use rstest::rstest;
use serde_json::{Value, json};

fn numbers_in(frames: &[Value], room: &str) -> Vec<i64> {
    let here = frames.iter().filter(|frame| frame["t"] == "event" && frame["room"] == room);
    here.filter_map(|frame| frame["seq"].as_i64()).collect()
}

#[rstest]
#[tokio::test]
async fn a_cursor_cut_anywhere_begins_afresh(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let address = house.listen().await;
    let whole = Socket::synced(address, &alice, None).await.0.cursor().await;
    for kept in (0..whole.len()).step_by(3) {
        let (_, frames) = Socket::synced(address, &alice, Some(&whole[..kept])).await;
        assert_eq!(frames[0]["t"], "snapshot", "{kept} characters");
    }
    let (_, frames) = Socket::synced(address, &alice, Some(&whole)).await;
    assert_eq!(frames[0]["t"], "resumed");
}

#[rstest]
#[tokio::test]
async fn a_cursor_tells_nothing_of_a_room_that_one_has_left(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let bob = house.member(&alice, "bob").await;
    let cellar = alice.post("/api/v1/rooms", json!({"name": "Cellar", "policy": "private"})).await;
    let cellar = cellar.expect(StatusCode::CREATED)["id"].as_str().expect("an id").to_owned();
    let seat = format!("/api/v1/rooms/{cellar}/members/{}", bob.id);
    alice.put(&seat, json!({"role": "member"})).await;
    let address = house.listen().await;
    let (mut socket, _) = Socket::synced(address, &bob, None).await;
    let cursor = socket.cursor().await;
    drop(socket);
    alice.delete(&seat).await;
    alice.say(&cellar, "not for bob").await;
    let square = alice.square().await;
    let said = alice.say(&square, "for everybody").await;
    let (mut socket, frames) = Socket::synced(address, &bob, Some(&cursor)).await;
    assert_eq!(frames[0]["t"], "resumed");
    assert_eq!(numbers_in(&frames, &square), [said["seq"].as_i64().expect("a number")]);
    assert!(!json!(frames).to_string().contains(&cellar), "{frames:?}");
    // He comes back: what was said meanwhile is then his to read.
    let cursor = socket.cursor().await;
    alice.put(&seat, json!({"role": "member"})).await;
    let (_, frames) = Socket::synced(address, &bob, Some(&cursor)).await;
    assert!(json!(frames).to_string().contains("not for bob"), "{frames:?}");
}

// A restored backup gives numbers a second time: whoever saw their first life must not believe to know the second.
#[rstest]
#[tokio::test]
async fn a_cursor_from_before_a_restore_begins_afresh(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let (address, square) = (house.listen().await, alice.square().await);
    let before = alice.say(&square, "in the backup").await["seq"].as_i64().expect("a number");
    alice.say(&square, "lost").await;
    alice.say(&square, "lost as well").await;
    let cursor = Socket::synced(address, &alice, None).await.0.cursor().await;
    house.execute(&format!("DELETE FROM messages WHERE seq > {before}")).await;
    house.execute(&format!("UPDATE rooms SET last_seq = {before} WHERE name = 'Square'")).await;
    alice.say(&square, "after the restore").await;
    let (_, frames) = Socket::synced(address, &alice, Some(&cursor)).await;
    let heads = json!([{"id": square, "last_seq": before + 1, "unread": 0}]);
    assert_eq!((frames[0]["t"].as_str(), &frames[0]["rooms"]), (Some("snapshot"), &heads));
    alice.get(&format!("/api/v1/rooms/{square}/changes?after={}", before + 2)).await.refused(422, "validation");
}

// A cursor holds 160 rooms; of the others one is told from the beginning rather than not at all.
#[rstest]
#[tokio::test]
async fn somebody_in_more_rooms_than_a_cursor_holds_misses_nothing(#[values(Sqlite, Postgres)] engine: Engine) {
    let Some(house) = House::on(engine).await else { return };
    let alice = house.administrator("alice").await;
    let mut rooms = vec![alice.square().await];
    for number in 0..170 {
        let room = alice.post("/api/v1/rooms", json!({"name": format!("Room {number}")})).await;
        rooms.push(room.expect(StatusCode::CREATED)["id"].as_str().expect("an id").to_owned());
    }
    let address = house.listen().await;
    let cursor = Socket::synced(address, &alice, None).await.0.cursor().await;
    let mut said = Vec::new();
    for room in &rooms {
        said.push(alice.say(room, "while she was away").await["seq"].as_i64().expect("a number"));
    }
    let (_, frames) = Socket::synced(address, &alice, Some(&cursor)).await;
    assert_eq!(frames[0]["t"], "resumed");
    for (room, seq) in rooms.iter().zip(said) {
        let numbers = numbers_in(&frames, room);
        assert!(numbers.last() == Some(&seq), "{room}: {numbers:?}");
        assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "{room}: {numbers:?}");
    }
}
