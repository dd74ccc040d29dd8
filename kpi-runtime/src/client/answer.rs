//! The answer of a server.

use std::io::{self, BufRead, BufReader, Read};

/// Longer lines of a head are no HTTP to us.
const MAX_LINE: u64 = 16 * 1024;
/// More lines of a head are no HTTP to us.
const MAX_LINES: usize = 200;
/// What is behind this of a body is left unread: it is only wanted for what it says.
const MAX_BODY: u64 = 64 * 1024;

/// An answer.
#[derive(PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Whether the body says that it is protobuf.
    pub(crate) is_protobuf: bool,
    /// The beginning of the body, without what frames it.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Whether the server did what it was asked to.
    pub(crate) const fn is_success(&self) -> bool {
        self.status / 100 == 2
    }

    /// What the server has to say, on one line and shortened.
    pub(crate) fn message(&self) -> String {
        const MOST: usize = 500;
        let text = String::from_utf8_lossy(&self.body);
        let words: Vec<&str> = text.split_whitespace().collect();
        words.join(" ").chars().filter(|c| !c.is_control()).take(MOST).collect()
    }

    pub(super) fn read(stream: &mut impl Read) -> io::Result<Self> {
        let mut reader = BufReader::new(stream);
        loop {
            let status = status(&line(&mut reader)?)?;
            let (framing, is_protobuf) = headers(&mut reader)?;
            // A word in between, such as 100 Continue.
            if status / 100 == 1 {
                continue;
            }
            let mut body = Vec::new();
            // What is said before the connection breaks is still said.
            let _ = match framing {
                Framing::Length(length) => reader.take(length.min(MAX_BODY)).read_to_end(&mut body).map(drop),
                Framing::Chunked => chunks(&mut reader, &mut body),
                Framing::Close => reader.take(MAX_BODY).read_to_end(&mut body).map(drop),
            };
            return Ok(Self { status, is_protobuf, body });
        }
    }
}

/// How the end of a body is known.
enum Framing {
    Length(u64),
    Chunked,
    Close,
}

/// A line without its end.
fn line(reader: &mut impl BufRead) -> io::Result<String> {
    let mut line = Vec::new();
    reader.take(MAX_LINE).read_until(b'\n', &mut line)?;
    match line.pop() {
        Some(b'\n') => Ok(String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned()),
        Some(_) => Err(no_http("a line does not end")),
        None => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

fn no_http(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the answer is no HTTP: {why}"))
}

fn status(line: &str) -> io::Result<u16> {
    let rest = line.strip_prefix("HTTP/1.").ok_or_else(|| no_http("it has no status"))?;
    let code = rest.split_ascii_whitespace().nth(1).and_then(|code| code.parse().ok());
    code.filter(|code| (100..600).contains(code)).ok_or_else(|| no_http("it has no status"))
}

/// Reads the headers: how the body is framed, and whether it is protobuf.
fn headers(reader: &mut impl BufRead) -> io::Result<(Framing, bool)> {
    let (mut framing, mut is_protobuf) = (Framing::Close, false);
    for _ in 0..MAX_LINES {
        let line = line(reader)?;
        if line.is_empty() {
            return Ok((framing, is_protobuf));
        }
        let Some((name, value)) = line.split_once(':') else { return Err(no_http("a header has no value")) };
        let value = value.trim();
        if name.eq_ignore_ascii_case("transfer-encoding") && value.to_ascii_lowercase().ends_with("chunked") {
            framing = Framing::Chunked;
        } else if name.eq_ignore_ascii_case("content-length") && !matches!(framing, Framing::Chunked) {
            let length = value.parse().map_err(|_| no_http("its length is no number"))?;
            framing = Framing::Length(length);
        } else if name.eq_ignore_ascii_case("content-type") {
            is_protobuf = value.contains("protobuf");
        }
    }
    Err(no_http("there is no end of headers"))
}

fn chunks(reader: &mut impl BufRead, body: &mut Vec<u8>) -> io::Result<()> {
    loop {
        let size = line(reader)?;
        let size = size.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(size, 16).map_err(|_| no_http("a chunk has no size"))?;
        let room = MAX_BODY.saturating_sub(body.len() as u64);
        if size == 0 || room == 0 {
            return Ok(());
        }
        reader.take(size.min(room)).read_to_end(body)?;
        if size > room || !line(reader)?.is_empty() {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(u16, String), String> {
        let answer = Answer::read(&mut text.as_bytes());
        answer.map(|it| (it.status, it.message())).map_err(|error| error.to_string())
    }

    #[test]
    fn reads_answers_however_they_are_framed() {
        let cases = [
            ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", (200, "")),
            ("HTTP/1.0 400 Bad Request\r\n\r\nwhat it is\nand more", (400, "what it is and more")),
            ("HTTP/1.1 400\nContent-Length: 4\n\nfour and more", (400, "four")),
            (
                "HTTP/1.1 500 x\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n4;x=y\r\nwiki\r\n5\r\npedia\r\n0\r\n\r\n",
                (500, "wikipedia"),
            ),
            ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n", (202, "")),
            ("HTTP/1.1 503 x\r\nContent-Length: 99\r\n\r\n\n \x07cut", (503, "cut")),
        ];
        for (text, (status, message)) in cases {
            assert_eq!(read(text), Ok((status, message.to_owned())), "{text}");
        }
    }

    #[test]
    fn what_is_no_http_is_an_error() {
        let endless = format!("HTTP/1.1 200 OK\r\n{}", "a: b\r\n".repeat(MAX_LINES + 1));
        let long = format!("HTTP/1.1 200 {}", "x".repeat(20_000));
        let cases = [
            "SSH-2.0-x\r\n",
            "HTTP/2 200\r\n\r\n",
            "HTTP/1.1 20\r\n\r\n",
            "HTTP/1.1 200\r\nx\r\n\r\n",
            "HTTP/1.1 200\r\nContent-Length: -1\r\n\r\n",
            &endless,
            &long,
        ];
        for text in cases {
            assert!(read(text).is_err_and(|error| error.contains("no HTTP")), "{text}");
        }
        assert!(read("").is_err() && read("HTTP/1.1 200 OK\r\n").is_err());
    }
}
