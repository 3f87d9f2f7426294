//! HTTP/2 frame by frame, for what no decent client does.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Kinds of frames.
pub mod kind {
    pub const DATA: u8 = 0;
    pub const HEADERS: u8 = 1;
    pub const RESET: u8 = 3;
    pub const SETTINGS: u8 = 4;
    pub const PING: u8 = 6;
    pub const WINDOW: u8 = 8;
    pub const CONTINUATION: u8 = 9;
}

const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// A frame.
pub struct Frame {
    pub kind: u8,
    flags: u8,
    pub payload: Vec<u8>,
}

impl Frame {
    /// Whether it is the last one of an answer.
    pub fn ends_stream(&self) -> bool {
        self.kind <= kind::HEADERS && self.flags & END_STREAM != 0
    }
}

/// A connection.
pub struct Raw {
    stream: TcpStream,
    /// What is not sent yet.
    out: Vec<u8>,
    last_stream: u32,
}

impl Raw {
    /// Connects; the preface goes out with the first frames.
    pub fn connect(url: &str) -> Self {
        let stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
        let patience = Some(Duration::from_secs(60));
        stream.set_read_timeout(patience).unwrap();
        stream.set_write_timeout(patience).unwrap();
        let mut raw = Self {
            stream,
            out: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
            last_stream: 0,
        };
        raw.add(kind::SETTINGS, 0, 0, &[]);
        raw
    }

    pub fn add(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
        let length = u32::try_from(payload.len()).unwrap();
        self.out.extend(&length.to_be_bytes()[1..]);
        self.out.extend([kind, flags]);
        self.out.extend(stream.to_be_bytes());
        self.out.extend(payload);
    }

    pub fn next_stream(&mut self) -> u32 {
        self.last_stream = match self.last_stream {
            0 => 1,
            last => last + 2,
        };
        self.last_stream
    }

    /// A request; returns its stream.
    pub fn get(&mut self, path: &str) -> u32 {
        let stream = self.next_stream();
        // GET, http, a path and an authority without any index
        let mut head = vec![0x82, 0x86, 0x04, u8::try_from(path.len()).unwrap()];
        assert!(path.len() < 127);
        head.extend(path.bytes());
        head.extend([0x01, 1, b'x']);
        self.add(kind::HEADERS, END_STREAM | END_HEADERS, stream, &head);
        stream
    }

    /// Sends what was added, as far as the server takes it.
    pub fn send(&mut self) {
        let _ = self.stream.write_all(&self.out);
        self.out.clear();
    }

    fn read(&mut self) -> Option<Frame> {
        let mut head = [0; 9];
        self.stream.read_exact(&mut head).ok()?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; length as usize];
        self.stream.read_exact(&mut payload).ok()?;
        Some(Frame {
            kind: head[3],
            flags: head[4],
            payload,
        })
    }

    /// Sends what was added, then reads until a frame is the one.
    pub fn until(&mut self, what: &str, mut is_it: impl FnMut(&Frame) -> bool) {
        self.send();
        loop {
            let frame = self
                .read()
                .unwrap_or_else(|| panic!("the connection ended before {what}"));
            if is_it(&frame) {
                return;
            }
        }
    }

    /// Reads until the server ends the connection.
    pub fn until_ended(&mut self, within: Duration) {
        self.send();
        let begin = Instant::now();
        self.stream.set_read_timeout(Some(within)).unwrap();
        let mut bytes = [0; 4_096];
        loop {
            match self.stream.read(&mut bytes) {
                Ok(0) => return,
                Ok(_) => assert!(begin.elapsed() < within, "it goes on"),
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
                {
                    panic!("it is still open")
                }
                Err(_) => return,
            }
        }
    }

    /// Whether the server takes a ping and has not ended the connection.
    pub fn try_ping(&mut self) -> bool {
        self.add(kind::PING, 0, 0, &[1; 8]);
        let sent = self.stream.write_all(&self.out);
        self.out.clear();
        sent.is_ok() && self.read().is_some()
    }
}
