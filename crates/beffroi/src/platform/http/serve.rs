//! The accept loop: deadlines for headers and for clients that do not read (RA-7), and an orderly stop.

use crate::{app::App, platform::http::connections::Place};
use axum::{Router, body::Body};
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::SockRef;
use std::{io, net::SocketAddr, time::Duration};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::Service;

/// The request line and headers arrive within this time.
const HEADER_DEADLINE: Duration = Duration::from_secs(10);
/// A client that takes nothing of what we send for so long is gone, whether it is silent or keeps its window shut
/// (`TCP_USER_TIMEOUT`).
const SEND_DEADLINE: Duration = Duration::from_secs(30);
/// Bytes of headers that one request may have.
const HEADER_BYTES_MAX: usize = 32 * 1024;
/// Open requests get this long to end when the server stops.
const DRAIN_DEADLINE: Duration = Duration::from_secs(10);

/// The other end of the connection: a client, or the proxy before it.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Serves until `stop` resolves, then lets open requests end.
pub async fn serve(app: App, listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let (connections, stopping) = (TaskTracker::new(), CancellationToken::new());
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, peer)) => match place(&app, peer) {
                Ok(place) => {
                    connections.spawn(converse(stream, peer, place, router.clone(), stopping.clone()));
                }
                // Closed before a byte is read: one more of theirs costs nothing.
                Err(TooMany) => app.limits.count_refusal("connections", Some(peer.ip()), None),
            },
            Err(error) => pause_after(&error).await,
        }
    }
    drop(listener);
    stopping.cancel();
    connections.close();
    if tokio::time::timeout(DRAIN_DEADLINE, connections.wait()).await.is_err() {
        tracing::warn!("some requests did not end in time and were cut");
    }
}

/// An address holds as many connections as it may.
struct TooMany;

/// A place for a connection. Behind a proxy all of them are the proxy's: `connections::guard` counts there.
fn place(app: &App, peer: SocketAddr) -> Result<Option<Place>, TooMany> {
    match app.config.trusted_proxy_hops {
        0 => app.connections.take(peer.ip()).map(Some).ok_or(TooMany),
        _ => Ok(None),
    }
}

/// Out of file descriptors and the like: trying again at once would spin.
async fn pause_after(error: &io::Error) {
    tracing::warn!(%error, "a connection could not be accepted");
    tokio::time::sleep(Duration::from_millis(100)).await;
}

/// Answers one connection's requests; when the server stops, the one that is open and no more.
async fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    place: Option<Place>,
    router: Router,
    stopping: CancellationToken,
) {
    let socket = SockRef::from(&stream);
    let _best_effort = (socket.set_tcp_nodelay(true), socket.set_tcp_user_timeout(Some(SEND_DEADLINE)));
    let service = hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer));
        if let Some(place) = &place {
            request.extensions_mut().insert(place.clone());
        }
        router.clone().call(request)
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_DEADLINE)
        .max_buf_size(HEADER_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopping.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}
