//! One connection, from its first request to its last answer.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use super::pool::Slot;
use super::readiness::Readiness;
use super::request::{self, Method, Request};
use super::response::{Answer, Status};
use super::route;

/// What a connection may take.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    /// Bytes of a request's head.
    pub(super) head: usize,
    /// Time for a request's head, from its first byte or the connection's begin.
    pub(super) head_time: Duration,
    /// Time between an answer and the next request.
    pub(super) idle_time: Duration,
    /// Time to take an answer.
    pub(super) answer_time: Duration,
    /// Whether answers are compressed for those who accept it.
    pub(super) compress: bool,
}

/// How long a client that is refused may take to stop talking, so that it can read why.
const FAREWELL: Duration = Duration::from_millis(500);
const FAREWELL_BYTES: usize = 64 * 1024;
const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Answers requests until one side has enough.
pub(super) fn serve(
    mut stream: TcpStream,
    slot: &Slot,
    limits: &Limits,
    readiness: &Readiness,
) -> io::Result<()> {
    // Answers are written whole: there is nothing to gather.
    stream.set_nodelay(true)?;
    let mut buffer = Vec::new();
    let mut patience = limits.head_time;
    while slot.waits() {
        match next(&mut stream, &mut buffer, patience, limits)? {
            Next::Request(request) => {
                if !slot.works() {
                    break;
                }
                let answer = route::answer(&request, readiness, limits.compress);
                send(&mut stream, &answer, request.method, request.keep_alive, limits)?;
                if !request.keep_alive {
                    return part(stream);
                }
            }
            Next::Refused(status) => {
                send(&mut stream, &Answer::bare(status), Method::Get, false, limits)?;
                return part(stream);
            }
            Next::End => break,
        }
        patience = limits.idle_time;
    }
    Ok(())
}

/// Tells a client that there is no room, without waiting for it.
pub(super) fn refuse(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nonblocking(true)?;
    let answer = Answer::bare(Status::Unavailable);
    stream.write_all(answer.head(false).as_bytes())?;
    stream.write_all(answer.bytes())?;
    stream.shutdown(Shutdown::Both)
}

enum Next {
    Request(Request),
    Refused(Status),
    End,
}

/// The next request. What was read beyond it stays in the buffer.
fn next(
    stream: &mut TcpStream,
    buffer: &mut Vec<u8>,
    patience: Duration,
    limits: &Limits,
) -> io::Result<Next> {
    let begin = if buffer.is_empty() { patience } else { limits.head_time };
    let mut deadline = deadline_in(begin);
    loop {
        match request::parse(buffer) {
            Ok(Some((request, length))) if length <= limits.head => {
                buffer.drain(..length);
                return Ok(Next::Request(request));
            }
            Ok(None) if buffer.len() < limits.head => {}
            Ok(_) => return Ok(Next::Refused(Status::HeadTooLarge)),
            Err(status) => return Ok(Next::Refused(status)),
        }
        let mut chunk = [0; 4096];
        match read(stream, &mut chunk, deadline) {
            Ok(0) => return Ok(Next::End),
            Ok(length) => {
                if buffer.is_empty() {
                    deadline = deadline_in(limits.head_time);
                }
                buffer.extend_from_slice(chunk.get(..length).unwrap_or_default());
            }
            Err(error) if is_timeout(&error) && buffer.is_empty() => return Ok(Next::End),
            Err(error) if is_timeout(&error) => return Ok(Next::Refused(Status::RequestTimeout)),
            Err(error) => return Err(error),
        }
    }
}

fn read(stream: &mut TcpStream, chunk: &mut [u8], deadline: Instant) -> io::Result<usize> {
    loop {
        stream.set_read_timeout(Some(left(deadline)?))?;
        match stream.read(chunk) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

fn send(
    stream: &mut TcpStream,
    answer: &Answer,
    method: Method,
    keep_alive: bool,
    limits: &Limits,
) -> io::Result<()> {
    let deadline = deadline_in(limits.answer_time);
    let mut bytes = answer.head(keep_alive).into_bytes();
    if method != Method::Head {
        bytes.extend_from_slice(answer.bytes());
    }
    let mut rest = bytes.as_slice();
    while !rest.is_empty() {
        stream.set_write_timeout(Some(left(deadline)?))?;
        match stream.write(rest) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(length) => rest = rest.get(length..).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Ends a connection whose client may still be talking: closed at once, the answer could be lost on its way.
fn part(mut stream: TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)?;
    let (deadline, mut bytes, mut chunk) = (deadline_in(FAREWELL), 0, [0; 4096]);
    while bytes < FAREWELL_BYTES {
        match read(&mut stream, &mut chunk, deadline) {
            Ok(length) if length > 0 => bytes += length,
            _ => break,
        }
    }
    Ok(())
}

/// The end of a time that begins now; of one that is longer than clocks can tell, in a year.
fn deadline_in(time: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(time).unwrap_or_else(|| now + YEAR)
}

/// The time until then; an error when it is over.
fn left(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(left) }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock)
}
