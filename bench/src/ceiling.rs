//! What this machine can do at all: a server without people, rights, rates, database or trace, which appends each message
//! to a file, flushes it to the disk together with all that came meanwhile, answers, and hands it to whoever listens.
//! What it reaches beside the product in one run is the measure that holds on any machine, however busy.

use crate::Result;
use axum::{
    Router,
    body::Bytes,
    extract::{
        Path, State, WebSocketUpgrade,
        ws::{Message, Utf8Bytes, WebSocket},
    },
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::{
    fs::File,
    io::Write,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::{mpsc, oneshot};

const BATCH_MAX: usize = 512;

struct Waiting {
    room: String,
    body: Bytes,
    answer: oneshot::Sender<String>,
}

#[derive(Clone)]
struct Ceiling {
    queue: mpsc::Sender<Waiting>,
    listeners: Arc<Mutex<Vec<mpsc::UnboundedSender<Utf8Bytes>>>>,
}

/// Serves until it is killed.
pub async fn serve(file: PathBuf) -> Result<()> {
    let (queue, waiting) = mpsc::channel(4096);
    let ceiling = Ceiling { queue, listeners: Arc::default() };
    let file = File::options().create(true).append(true).open(file)?;
    let writing = ceiling.clone();
    std::thread::spawn(move || write(file, waiting, &writing));
    let router =
        Router::new().route("/api/v1/rooms/{room}/messages", post(send)).route("/ws", get(listen)).with_state(ceiling);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    Ok(axum::serve(axum::serve::ListenerExt::tap_io(listener, |stream| drop(stream.set_nodelay(true))), router).await?)
}

fn write(mut file: File, mut waiting: mpsc::Receiver<Waiting>, ceiling: &Ceiling) {
    let (mut batch, mut number) = (Vec::new(), 0);
    while waiting.blocking_recv_many(&mut batch, BATCH_MAX) > 0 {
        let lines: Vec<u8> = batch.iter().flat_map(|waiting| [&waiting.body[..], b"\n"].concat()).collect();
        let written = file.write_all(&lines).and_then(|()| file.sync_data());
        written.expect("the disk takes what it is given");
        for Waiting { room, body, answer } in batch.drain(..) {
            number += 1;
            let sent: Value = serde_json::from_slice(&body).unwrap_or_default();
            let data = json!({"seq": number, "room_id": room, "text": sent["text"], "client_id": sent["client_id"]});
            let room = json!(room);
            let event =
                format!(r#"{{"t":"event","room":{room},"seq":{number},"kind":"message.created","data":{data}}}"#);
            ceiling.tell(Utf8Bytes::from(event));
            let _gone = answer.send(json!({"success": true, "data": data}).to_string());
        }
    }
}

impl Ceiling {
    fn tell(&self, frame: Utf8Bytes) {
        let mut listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        listeners.retain(|listener| listener.send(frame.clone()).is_ok());
    }
}

async fn send(
    State(ceiling): State<Ceiling>,
    Path(room): Path<String>,
    body: Bytes,
) -> std::result::Result<(StatusCode, String), StatusCode> {
    let (answer, answered) = oneshot::channel();
    let busy = |_| StatusCode::SERVICE_UNAVAILABLE;
    ceiling.queue.try_send(Waiting { room, body, answer }).map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    Ok((StatusCode::CREATED, answered.await.map_err(busy)?))
}

async fn listen(State(ceiling): State<Ceiling>, upgrade: WebSocketUpgrade) -> Response {
    let upgrade = upgrade.read_buffer_size(4096).write_buffer_size(4096).protocols(["beffroi.v1"]);
    upgrade.on_upgrade(move |stream| carry(ceiling, stream))
}

/// Feeds all that waits, flushes once.
async fn carry(ceiling: Ceiling, stream: WebSocket) {
    let (mut out, mut incoming) = stream.split();
    let Some(Ok(_sync)) = incoming.next().await else { return };
    let (sender, mut queue) = mpsc::unbounded_channel();
    ceiling.listeners.lock().unwrap_or_else(PoisonError::into_inner).push(sender);
    let mut next = Some(Utf8Bytes::from_static(r#"{"t":"caught_up"}"#));
    while let Some(frame) = next {
        if out.feed(Message::Text(frame)).await.is_err() {
            return;
        }
        next = match queue.try_recv() {
            Ok(frame) => Some(frame),
            Err(_) if out.flush().await.is_err() => return,
            Err(_) => queue.recv().await,
        };
    }
}
