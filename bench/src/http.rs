//! The lightest client that keeps a connection: requests are written as they stand, of an answer only the status and the
//! length are looked at. The generator shares two cores with what it measures, so that its own work must not count.

use crate::Result;
use std::net::SocketAddr;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Room for one answer; it grows if one is longer.
const BUFFER_BYTES: usize = 64 * 1024;

pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer; its body lies in the connection's buffer until the next request.
pub struct Answer<'a> {
    pub status: u16,
    pub body: &'a [u8],
}

impl Answer<'_> {
    pub fn json(&self) -> Result<serde_json::Value> {
        Ok(serde_json::from_slice(self.body)?)
    }

    /// The body, where the status is the one that was hoped for.
    pub fn expect(self, status: u16) -> Result<serde_json::Value> {
        if self.status == status {
            return self.json();
        }
        Err(format!("status {} instead of {status}: {}", self.status, String::from_utf8_lossy(self.body)).into())
    }
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; BUFFER_BYTES] })
    }

    pub async fn send(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        let (mut filled, mut head) = (0, None);
        loop {
            if filled == self.buffer.len() {
                self.buffer.resize(filled * 2, 0);
            }
            let read = self.stream.read(&mut self.buffer[filled..]).await?;
            if read == 0 {
                return Err("the server hung up".into());
            }
            filled += read;
            if head.is_none() {
                head = Head::read(&self.buffer[..filled])?;
            }
            if let Some(Head { status, body_from, body_bytes }) = head
                && filled >= body_from + body_bytes
            {
                return Ok(Answer { status, body: &self.buffer[body_from..body_from + body_bytes] });
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Head {
    status: u16,
    body_from: usize,
    body_bytes: usize,
}

impl Head {
    /// None while it is not all there.
    fn read(bytes: &[u8]) -> Result<Option<Self>> {
        let Some(end) = position(bytes, b"\r\n\r\n") else { return Ok(None) };
        let text = std::str::from_utf8(&bytes[..end])?;
        let status = text.get(9..12).ok_or("no status line")?.parse()?;
        let length = text.split("\r\n").find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim())
        });
        Ok(Some(Self { status, body_from: end + 4, body_bytes: length.unwrap_or("0").parse()? }))
    }
}

pub fn position(bytes: &[u8], sought: &[u8]) -> Option<usize> {
    bytes.windows(sought.len()).position(|window| window == sought)
}

/// A request with a bearer token; without a body where `body` is empty.
pub fn request(method: &str, path: &str, token: &str, body: &str) -> Vec<u8> {
    let mut request = format!("{method} {path} HTTP/1.1\r\nhost: bench\r\naccept: */*\r\nuser-agent: bench\r\n");
    if !token.is_empty() {
        request += &format!("authorization: Bearer {token}\r\n");
    }
    if !body.is_empty() {
        request += &format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
    } else if method != "GET" {
        request += "content-length: 0\r\n";
    }
    format!("{request}\r\n{body}").into_bytes()
}
