//! Five hundred people, all listening, join one room at once: everybody hears of everybody who came after them.

use crate::{
    Options, Result,
    house::{House, Plan},
    http::{self, Connection},
    measure::{Run, mib},
    socket::{self, Socket},
};
use std::{
    cell::Cell,
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// A storm that lasts longer has failed.
const PATIENCE: Duration = Duration::from_secs(60);

pub async fn run(options: &Options) -> Result<Vec<Run>> {
    let people = options.few(500, 20);
    let house = House::build(options, Plan { people, rooms: 1, are_members: false, messages: 0 }).await?;
    let program = house.open()?;
    let (mut listeners, buffer, last) = (JoinSet::<Result<()>>::new(), socket::shared_buffer(), Rc::new(Cell::new(0)));
    for person in &house.people {
        let socket = Socket::open(program.address, &person.token, buffer.clone()).await?;
        listeners.spawn_local(listen(socket, i64::try_from(people)?, last.clone()));
    }
    let mut connections = Vec::new();
    for _ in 0..people {
        connections.push(Connection::open(program.address).await?);
    }
    let (started, cpu) = (Instant::now(), program.cpu_seconds()?);
    let mut joining = JoinSet::<Result<()>>::new();
    for (mut connection, person) in connections.into_iter().zip(&house.people) {
        let path = format!("/api/v1/rooms/{}/members/me", house.rooms[0]);
        let request = http::request("POST", &path, &person.token, "");
        joining.spawn_local(async move {
            let answer = connection.send(&request).await?;
            if answer.status >= 300 {
                return Err(format!("a join was refused: {}", String::from_utf8_lossy(answer.body)).into());
            }
            Result::Ok(())
        });
    }
    while let Some(joined) = joining.join_next().await {
        joined??;
    }
    let joined = started.elapsed();
    let all_heard = async {
        while let Some(heard) = listeners.join_next().await {
            heard??;
        }
        Ok::<(), crate::Error>(())
    };
    tokio::time::timeout(PATIENCE, all_heard).await.map_err(|_| format!("heard only up to {}", last.get()))??;
    let heard = started.elapsed();
    #[expect(clippy::cast_precision_loss, reason = "some hundreds")]
    let count = people as f64;
    Ok(vec![Run {
        scenario: format!("join storm of {people}"),
        server: "beffroi",
        per_second: count / joined.as_secs_f64(),
        p50_ms: None,
        p99_ms: None,
        cpu_ms: Some((program.cpu_seconds()? - cpu) * 1000.0 / count),
        resident_mib: mib(program.resident_bytes()?),
        others: 0.0,
        remark: format!("all in after {:.2} s, all heard after {:.2} s", joined.as_secs_f64(), heard.as_secs_f64()),
    }])
}

/// Listens until the last of the joins.
async fn listen(mut socket: Socket, joins: i64, last: Rc<Cell<i64>>) -> Result<()> {
    let mut heard = 0;
    while heard < joins {
        socket.read(|frame| heard = socket::event_number(frame).unwrap_or(heard)).await?;
        last.set(last.get().max(heard));
    }
    Ok(())
}
