//! A client that reads what comes and judges nothing.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use testkit::web::Web;

/// An answer: status line and header lines as text, then what followed, framing still on.
pub(crate) struct Answer {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    /// How the connection ended, if reading ended with an error.
    pub(crate) error: Option<std::io::ErrorKind>,
}

impl Answer {
    pub(crate) fn status(&self) -> u16 {
        self.head.split(' ').nth(1).unwrap().parse().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

pub(crate) fn connect(web: &Web) -> TcpStream {
    let stream = TcpStream::connect(web.addr()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // `write!` sends in fragments, which the server's delayed ACKs would hold up by 40 ms each.
    stream.set_nodelay(true).unwrap();
    stream
}

/// Asks for a path over a connection of its own, until the server closes it or `enough` bytes have come.
pub(crate) fn ask_until(web: &Web, host: &str, path: &str, headers: &str, enough: usize) -> Answer {
    let mut stream = connect(web);
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n").unwrap();
    read_until(&mut stream, enough)
}

pub(crate) fn ask_with(web: &Web, host: &str, path: &str, headers: &str) -> Answer {
    ask_until(web, host, path, headers, usize::MAX)
}

pub(crate) fn ask(web: &Web, host: &str, path: &str) -> Answer {
    ask_with(web, host, path, "")
}

pub(crate) fn read_until(stream: &mut impl Read, enough: usize) -> Answer {
    let (mut bytes, mut piece, mut error) = (Vec::new(), [0; 16 * 1024], None);
    while bytes.len() < enough {
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(len) => bytes.extend_from_slice(&piece[..len]),
            Err(e) => {
                error = Some(e.kind());
                break;
            }
        }
    }
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").map_or(bytes.len(), |at| at + 4);
    let body = bytes.split_off(end);
    Answer { head: String::from_utf8(bytes).unwrap(), body, error }
}

/// Asks for several paths over one connection, each after the answer before; answers need a `Content-Length`.
pub(crate) fn ask_kept(web: &Web, host: &str, paths: &[&str]) -> Vec<Answer> {
    let mut stream = connect(web);
    let answer = |path: &&str| {
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let mut answer = Answer { head: String::from_utf8(head).unwrap(), body: Vec::new(), error: None };
        answer.body = vec![0; answer.header("content-length").unwrap().parse().unwrap()];
        stream.read_exact(&mut answer.body).unwrap();
        answer
    };
    paths.iter().map(answer).collect()
}
