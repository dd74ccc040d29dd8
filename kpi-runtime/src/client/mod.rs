//! A small HTTP client over the standard library, for pushes: one request, one answer, one deadline. It speaks plain HTTP.

mod answer;
mod secret;
mod target;

use std::fmt::Write as _;
use std::io::{self, Read, Write as _};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

pub(crate) use answer::Answer;
pub(crate) use secret::{Secret, SecretError};
pub(crate) use target::{Target, TargetError, shown};

/// What to send.
#[derive(Debug)]
pub(crate) struct Request<'r> {
    pub(crate) method: &'static str,
    /// The path below the target's own, in ASCII, escaped.
    pub(crate) path: &'r str,
    /// Names and values, without line breaks.
    pub(crate) headers: &'r [(&'r str, &'r str)],
    pub(crate) body: &'r [u8],
}

/// Sends a request and takes the answer, all of it within this time; looking up the host's address is the system's
/// affair and has the system's timeout.
pub(crate) fn exchange(target: &Target, request: &Request<'_>, timeout: Duration) -> io::Result<Answer> {
    let deadline = Instant::now() + timeout;
    let mut stream = connect(target, deadline)?;
    stream.set_nodelay(true)?;
    let head = head(target, request);
    let mut sent = send(&mut stream, head.as_bytes(), deadline);
    if sent.is_ok() {
        sent = send(&mut stream, request.body, deadline);
    }
    // A server that does not want the body may answer and close before it has all of it: then its answer is worth more.
    let answer = Answer::read(&mut Timed { stream, deadline });
    match (sent, answer) {
        (Ok(()), answer) | (Err(_), answer @ Ok(_)) => answer,
        (Err(error), Err(_)) => Err(error),
    }
}

/// The first address that can be reached.
fn connect(target: &Target, deadline: Instant) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
    for address in (target.host.as_str(), target.port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, left(deadline)?) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn head(target: &Target, request: &Request<'_>) -> String {
    let Request { method, path, headers, body } = request;
    let Target { authority, base, .. } = target;
    let mut head = format!("{method} {base}{path} HTTP/1.1\r\nHost: {authority}\r\n");
    for (name, value) in *headers {
        // Writing to a String cannot fail.
        let _ = write!(head, "{name}: {value}\r\n");
    }
    let _ = write!(
        head,
        "User-Agent: kpi-runtime/{}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        env!("CARGO_PKG_VERSION"),
        body.len()
    );
    head
}

fn send(stream: &mut TcpStream, mut bytes: &[u8], deadline: Instant) -> io::Result<()> {
    while !bytes.is_empty() {
        stream.set_write_timeout(Some(left(deadline)?))?;
        match stream.write(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(sent) => bytes = bytes.get(sent..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(timed_out(error)),
        }
    }
    Ok(())
}

/// A stream whose reads end with the deadline.
struct Timed {
    stream: TcpStream,
    deadline: Instant,
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(left(self.deadline)?))?;
        self.stream.read(buffer).map_err(timed_out)
    }
}

/// The time that is left; it is an error if there is none.
fn left(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
}

/// Sockets say `WouldBlock` where a timeout has passed.
fn timed_out(error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::WouldBlock { io::ErrorKind::TimedOut.into() } else { error }
}
