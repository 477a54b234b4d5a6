//! One room, everybody in it listening. Senders wait when listeners are behind: beyond that a server rightly hangs up.

use super::{
    audit::{self, Acknowledged},
    send::{self, Sender},
};
use crate::{
    Options, Result,
    house::{House, Plan},
    http::Connection,
    measure::{self, Run, Tally},
    process::Program,
    socket::{self, Socket},
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::{sync::Notify, task::JoinSet, time::timeout};

/// Longer than any delivery takes; one that is still missing is lost.
const PATIENCE: Duration = Duration::from_secs(30);
/// A room in which people talk calmly: two messages a second.
const CALM: Duration = Duration::from_millis(500);

/// How one room is talked in.
#[derive(Clone, Copy)]
struct Talk {
    members: usize,
    senders: usize,
    /// Messages that may be on their way to the listeners.
    window: u64,
    /// Between two messages, where nobody hurries; then the times are measured instead of the rate.
    interval: Option<Duration>,
}

pub async fn run(options: &Options) -> Result<Vec<Run>> {
    let mut runs = Vec::new();
    for members in [options.few(50, 5), options.few(500, 20)] {
        let talk = Talk { members, senders: 8, window: 32, interval: None };
        runs.extend(in_both(options, &format!("fan-out, {members}"), talk).await?);
    }
    let calm = Talk { members: options.few(500, 20), senders: 1, window: 32, interval: Some(CALM) };
    runs.extend(in_both(options, &format!("2 messages/s to {}", calm.members), calm).await?);
    Ok(runs)
}

pub async fn busy(options: &Options) -> Result<Vec<Run>> {
    let talk = Talk { members: options.few(1000, 50), senders: options.few(64, 8), window: 512, interval: None };
    in_both(options, &format!("busy room, {}", talk.members), talk).await
}

async fn in_both(options: &Options, scenario: &str, talk: Talk) -> Result<Vec<Run>> {
    let plan = Plan { people: talk.members, rooms: 1, are_members: true, messages: 0 };
    let house = House::build(options, plan).await?;
    let program = house.open()?;
    let (run, sent) = deliver(options, (scenario, "beffroi"), &program, &house, talk).await?;
    audit::messages(program.address, &house, &sent).await?;
    drop(program);
    let bare = send::bare_server(&house)?;
    let (ceiling, _) = deliver(options, (scenario, "ceiling"), &bare, &house, talk).await?;
    Ok(vec![run, ceiling])
}

/// What the senders and the listeners know of each other.
struct Room {
    tally: Tally,
    /// Deliveries that arrived, to everybody together.
    heard: Cell<u64>,
    acknowledged: Cell<u64>,
    last_sent_at: Cell<Option<Instant>>,
    caught_up: Notify,
    sent: RefCell<Vec<Acknowledged>>,
}

async fn deliver(
    options: &Options,
    (scenario, server): (&str, &'static str),
    program: &Program,
    house: &House,
    talk: Talk,
) -> Result<(Run, Vec<Acknowledged>)> {
    let room = Rc::new(Room {
        tally: Tally::default(),
        heard: Cell::new(0),
        acknowledged: Cell::new(0),
        last_sent_at: Cell::new(None),
        caught_up: Notify::new(),
        sent: RefCell::default(),
    });
    let (mut listeners, buffer) = (JoinSet::<Result<()>>::new(), socket::shared_buffer());
    for person in &house.people {
        let socket = Socket::open(program.address, &person.token, buffer.clone()).await?;
        listeners.spawn_local(listen(socket, room.clone(), talk));
    }
    let mut senders = JoinSet::<Result<()>>::new();
    for person in house.people.iter().take(talk.senders) {
        let path = send::path(house, 0);
        let sender = Sender { address: program.address, path, token: person.token.clone(), room: 0 };
        senders.spawn_local(speak(sender, room.clone(), talk));
    }
    let run = measure::watch(scenario, server, program, &room.tally, options.times()).await?;
    while let Some(ended) = senders.join_next().await {
        ended??;
    }
    room.wait_until_behind(0, talk).await?;
    // A listener that ended did so with an error, such as a hole.
    while let Some(ended) = listeners.try_join_next() {
        ended??;
    }
    listeners.shutdown().await;
    Ok((run, room.sent.take()))
}

async fn speak(sender: Sender, room: Rc<Room>, talk: Talk) -> Result<()> {
    let mut connection = Connection::open(sender.address).await?;
    while !room.tally.is_over() {
        room.last_sent_at.set(Some(Instant::now()));
        let acknowledged = sender.send(&mut connection).await?;
        room.acknowledged.set(room.acknowledged.get() + 1);
        room.sent.borrow_mut().push(acknowledged);
        room.wait_until_behind(talk.window, talk).await?;
        if let Some(interval) = talk.interval {
            tokio::time::sleep(interval).await;
        }
    }
    Ok(())
}

/// Hears every number once and in order.
async fn listen(mut socket: Socket, room: Rc<Room>, talk: Talk) -> Result<()> {
    let mut last = None;
    loop {
        let (mut count, mut hole) = (0, None);
        let hear = |frame: &[u8]| {
            let Some(number) = socket::event_number(frame) else { return };
            if last.is_some_and(|last| number != last + 1) {
                hole = Some(format!("event {number} follows {last:?} on a socket"));
            }
            last = Some(number);
            count += 1;
            if let (Some(_), Some(sent_at)) = (talk.interval, room.last_sent_at.get()) {
                room.tally.count(sent_at);
            }
        };
        socket.read(hear).await?;
        if let Some(hole) = hole {
            return Err(hole.into());
        }
        if talk.interval.is_none() {
            room.tally.add(count);
        }
        room.heard.set(room.heard.get() + count);
        room.caught_up.notify_waiters();
    }
}

impl Room {
    async fn wait_until_behind(&self, messages: u64, talk: Talk) -> Result<()> {
        let members = u64::try_from(talk.members)?;
        let caught_up = async {
            while self.heard.get() + messages * members < self.acknowledged.get() * members {
                self.caught_up.notified().await;
            }
        };
        timeout(PATIENCE, caught_up).await.map_err(|_| "deliveries are missing".into())
    }
}
