//! The lightest socket client: it reads frames where they lie and looks at what it needs of them (RFC 6455).

use crate::{Result, http};
use std::{cell::RefCell, net::SocketAddr, rc::Rc};
use tokio::{io::AsyncWriteExt, net::TcpStream};

const TEXT: u8 = 1;
const CLOSE: u8 = 8;

/// Where all sockets of the generator read to, one after the other: ten thousand buffers of their own would be memory that
/// the measured server lacks.
pub type SharedBuffer = Rc<RefCell<Vec<u8>>>;

pub fn shared_buffer() -> SharedBuffer {
    Rc::new(RefCell::new(vec![0; 256 * 1024]))
}

pub struct Socket {
    stream: TcpStream,
    buffer: SharedBuffer,
    /// The beginning of a frame whose end has not come.
    rest: Vec<u8>,
}

impl Socket {
    /// Opens, says `sync` and waits until everything missed has come.
    pub async fn open(address: SocketAddr, token: &str, buffer: SharedBuffer) -> Result<Self> {
        let mut stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let upgrade = format!(
            "GET /ws HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             sec-websocket-protocol: beffroi.v1\r\n\r\n"
        );
        stream.write_all(upgrade.as_bytes()).await?;
        let mut socket = Self { stream, buffer, rest: Vec::new() };
        socket.read_upgrade().await?;
        socket.say(br#"{"t":"sync","cursor":null}"#).await?;
        let mut is_synced = false;
        while !is_synced {
            socket.read(|frame| is_synced |= http::position(frame, br#""t":"caught_up""#).is_some()).await?;
        }
        Ok(socket)
    }

    async fn read_upgrade(&mut self) -> Result<()> {
        let mut is_open = false;
        while !is_open {
            let opened = |bytes: &[u8]| match http::position(bytes, b"\r\n\r\n") {
                None => Ok(0),
                Some(end) if bytes.starts_with(b"HTTP/1.1 101") => {
                    is_open = true;
                    Ok(end + 4)
                }
                Some(_) => Err(format!("no socket: {}", String::from_utf8_lossy(bytes)).into()),
            };
            self.receive(opened).await?;
        }
        Ok(())
    }

    /// Waits until there is something to read and hands over every whole text frame of it.
    pub async fn read(&mut self, mut hear: impl FnMut(&[u8])) -> Result<()> {
        self.receive(|bytes| frames(bytes, &mut hear)).await
    }

    /// Hands over what came, after what was left of the last time; `take` says how much of it it used.
    async fn receive(&mut self, take: impl FnOnce(&[u8]) -> Result<usize>) -> Result<()> {
        loop {
            self.stream.readable().await?;
            let mut buffer = self.buffer.borrow_mut();
            let before = self.rest.len();
            buffer[..before].copy_from_slice(&self.rest);
            match self.stream.try_read(&mut buffer[before..]) {
                Ok(0) => return Err("the server closed a socket".into()),
                Ok(read) => {
                    let whole = &buffer[..before + read];
                    let used = take(whole)?;
                    self.rest.clear();
                    self.rest.extend_from_slice(&whole[used..]);
                    return Ok(());
                }
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Sends a short text frame. Its mask is zero: it protects proxies, of which there is none here.
    pub async fn say(&mut self, text: &[u8]) -> Result<()> {
        let length = u8::try_from(text.len()).ok().filter(|length| *length < 126).ok_or("a long frame")?;
        let frame = [&[0x80 | TEXT, 0x80 | length, 0, 0, 0, 0], text].concat();
        Ok(self.stream.write_all(&frame).await?)
    }
}

/// Hands over each whole text frame; returns how many bytes they took.
fn frames(bytes: &[u8], hear: &mut impl FnMut(&[u8])) -> Result<usize> {
    let mut at = 0;
    while let Some((opcode, from, until)) = frame(&bytes[at..]) {
        let content = &bytes[at + from..at + until];
        match opcode {
            TEXT => hear(content),
            CLOSE => return Err(format!("the server closed a socket: {}", String::from_utf8_lossy(content)).into()),
            _ => {}
        }
        at += until;
    }
    Ok(at)
}

/// The kind of the frame at the beginning and where its content lies; None while it is not all there.
fn frame(bytes: &[u8]) -> Option<(u8, usize, usize)> {
    let (first, second) = (*bytes.first()?, *bytes.get(1)?);
    let (from, length) = match second & 0x7f {
        126 => (4, usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
        127 => (10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?),
        short => (2, usize::from(short)),
    };
    (bytes.len() >= from + length).then_some((first & 0x0f, from, from + length))
}

/// The number of a room's event; None for another frame.
pub fn event_number(frame: &[u8]) -> Option<i64> {
    if !frame.starts_with(br#"{"t":"event""#) {
        return None;
    }
    let from = http::position(frame, br#""seq":"#)? + 6;
    let digits = frame[from..].iter().take_while(|byte| byte.is_ascii_digit());
    Some(digits.fold(0, |number, digit| number * 10 + i64::from(digit - b'0')))
}
