//! What requests come through and answers go out by: a socket, bare or under TLS, with a deadline.

use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::pool::Slot;

/// How long a client that is refused may take to stop talking, so that it can read why.
const FAREWELL: Duration = Duration::from_millis(500);
const FAREWELL_BYTES: usize = 64 * 1024;
/// Bytes of an answer that are written at once.
const PIECE: usize = 256 * 1024;
const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

pub(super) trait Wire: Read + Write {
    /// From now on, reading and writing fail at this time.
    fn set_deadline(&mut self, deadline: Instant);

    /// Says that nothing more will come.
    fn end(&mut self) -> io::Result<()>;

    /// Whether the client has shown a certificate that we trust.
    fn has_certificate(&self) -> bool;
}

/// A socket with a deadline that holds for all reads and writes together: a peer that moves a byte now and then does
/// not put it off. While it has to wait for its peer, its slot knows.
pub(super) struct Socket<'a> {
    stream: Arc<TcpStream>,
    slot: &'a Slot,
    deadline: Instant,
}

impl<'a> Socket<'a> {
    pub(super) fn new(stream: Arc<TcpStream>, slot: &'a Slot, deadline: Instant) -> Self {
        Self { stream, slot, deadline }
    }

    /// The first byte, which is left where it is; `None` if the client has nothing to say.
    #[cfg(feature = "tls")]
    pub(super) fn peek(&self) -> io::Result<Option<u8>> {
        let mut first = [0];
        let length = self.transfer(&mut |stream| stream.peek(&mut first))?;
        Ok(first.first().copied().filter(|_| length > 0))
    }

    /// Does what can be done at once, and waits only if that is nothing.
    fn transfer(&self, some: &mut dyn FnMut(&TcpStream) -> io::Result<usize>) -> io::Result<usize> {
        let mut some = || loop {
            match some(&self.stream) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                done => return done,
            }
        };
        let left = left(self.deadline)?;
        self.stream.set_nonblocking(true)?;
        let done = some();
        if !done.as_ref().is_err_and(|error| error.kind() == ErrorKind::WouldBlock) {
            return done;
        }
        self.stream.set_nonblocking(false)?;
        self.stream.set_read_timeout(Some(left))?;
        self.stream.set_write_timeout(Some(left))?;
        let _blocked = self.slot.block()?;
        some()
    }
}

impl Read for Socket<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.transfer(&mut |mut stream| stream.read(buffer))
    }
}

impl Write for Socket<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.transfer(&mut |mut stream| stream.write(bytes)).inspect(|_| self.slot.moves())
    }

    fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        self.transfer(&mut |mut stream| stream.write_vectored(parts)).inspect(|_| self.slot.moves())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Wire for Socket<'_> {
    fn set_deadline(&mut self, deadline: Instant) {
        self.deadline = deadline;
    }

    fn end(&mut self) -> io::Result<()> {
        self.stream.shutdown(Shutdown::Write)
    }

    fn has_certificate(&self) -> bool {
        false
    }
}

/// Writes all of both parts, by pieces, so that it shows whether the client takes them.
pub(super) fn write_all(wire: &mut dyn Wire, mut head: &[u8], mut body: &[u8]) -> io::Result<()> {
    while !head.is_empty() || !body.is_empty() {
        let piece = body.get(..PIECE).unwrap_or(body);
        let length = wire.write_vectored(&[IoSlice::new(head), IoSlice::new(piece)])?;
        if length == 0 {
            return Err(ErrorKind::WriteZero.into());
        }
        let of_head = length.min(head.len());
        head = head.get(of_head..).unwrap_or_default();
        body = body.get(length - of_head..).unwrap_or_default();
    }
    wire.flush()
}

/// Ends a connection whose client may still be talking: closed at once, the answer could be lost on its way.
pub(super) fn part(wire: &mut dyn Wire) -> io::Result<()> {
    wire.set_deadline(deadline_in(FAREWELL));
    wire.end()?;
    let (mut bytes, mut chunk) = (0, [0; 4096]);
    while bytes < FAREWELL_BYTES {
        match wire.read(&mut chunk) {
            Ok(length) if length > 0 => bytes += length,
            _ => break,
        }
    }
    Ok(())
}

/// The end of a time that begins now; of one that is longer than clocks can tell, in a year.
pub(super) fn deadline_in(time: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(time).unwrap_or_else(|| now + YEAR)
}

/// The time until then; an error when it is over.
fn left(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(left) }
}

/// Whether it failed because the deadline is over.
pub(super) fn is_late(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock)
}
