//! `beffroi healthcheck`: whether the server of these settings can do its work, for supervisors that have no HTTP client.

use super::settings::Settings;
use crate::error::{Error, Result};
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const DEADLINE: Duration = Duration::from_secs(5);
/// The first line is all we look at.
const ANSWER_BYTES: u64 = 64;

#[derive(Debug, thiserror::Error)]
#[error("the server at {0} is not ready")]
struct NotReady(SocketAddr);

pub(super) async fn run(settings: Settings) -> Result<()> {
    let address = reachable(settings.layers.value("server.listen"));
    let answered = tokio::time::timeout(DEADLINE, ask(address)).await;
    match answered {
        Ok(Ok(answer)) if answer.starts_with("HTTP/1.1 200 ") => Ok(()),
        _ => Err(Error::internal(NotReady(address))),
    }
}

/// Whoever listens everywhere is asked on this machine.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let loopback: IpAddr = if listen.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() };
    if listen.ip().is_unspecified() { SocketAddr::new(loopback, listen.port()) } else { listen }
}

async fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.take(ANSWER_BYTES).read_to_string(&mut answer).await?;
    Ok(answer)
}
