//! The open connections: how many there may be, and which one makes room.

use std::io::{self, ErrorKind};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a new connection waits when all others are at work and none of them can be ended.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long it waits before others suffer: many of them may be about to end by themselves.
const GRACE: Duration = Duration::from_millis(20);
/// Who has let us wait for so long makes room at once.
const IDLE: Duration = Duration::from_secs(1);
/// And who has for so long, after that. It is enough for a packet to come and go.
const STALLED: Duration = Duration::from_millis(50);

/// Counts connections and can end them.
///
/// Whoever wants something done sends the request at once and takes the answer as it comes. So when room is needed, it
/// is made by those that have let us wait for longest: for a request, however many bytes of it come, or for some more
/// of an answer to be taken. A connection for which we have something to do is never ended, but it is not kept for
/// another request.
#[derive(Debug)]
pub(super) struct Pool {
    connections: usize,
    /// Bytes of answers that clients have not taken yet.
    pending: usize,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    closing: bool,
    /// Whether a new connection waits for room.
    is_awaited: bool,
    next: u64,
    open: Vec<Open>,
}

#[derive(Debug)]
struct Open {
    id: u64,
    stream: Arc<TcpStream>,
    /// Since when a request is expected, or some more of an answer to be taken.
    since: Instant,
    /// Whether nothing can be done before the client does something.
    is_blocked: bool,
    /// Bytes of the answer that is to be taken; none while a request is expected.
    pending: usize,
    /// Whether it was ended, and its thread is still to notice.
    is_ended: bool,
}

/// One place among the connections, given back when dropped.
pub(super) struct Slot {
    pool: Arc<Pool>,
    id: u64,
}

/// Waiting for a client, until it is dropped.
pub(super) struct Blocked<'a>(&'a Slot);

impl Pool {
    pub(super) fn new(connections: usize, pending: usize) -> Self {
        Self { connections: connections.max(1), pending, state: Mutex::default(), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a connection, once others have made room if all are taken. `None` if all are at work, or when the
    /// endpoint is closing.
    pub(super) fn admit(self: &Arc<Self>, stream: &Arc<TcpStream>) -> Option<Slot> {
        let begin = Instant::now();
        let mut state = self.lock();
        while state.open.len() >= self.connections && !state.closing {
            let now = Instant::now();
            let waited = now.saturating_duration_since(begin);
            if waited >= PATIENCE {
                state.is_awaited = false;
                return None;
            }
            if !state.open.iter().any(|open| open.is_ended) {
                // Several at once: their threads need a moment, and the next connections then don't wait for it.
                let is_pressing = waited >= GRACE;
                state.is_awaited = is_pressing;
                let (least, part) = if is_pressing { (STALLED, 2) } else { (IDLE, 8) };
                let is_slow = |open: &Open| open.since + least <= now;
                let _ = (0..self.connections.div_ceil(part)).all(|_| state.end_slowest(is_slow));
            }
            state = self.changed.wait_timeout(state, GRACE).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.is_awaited = false;
        if state.closing {
            return None;
        }
        let id = state.next;
        state.next += 1;
        let (stream, since) = (Arc::clone(stream), Instant::now());
        state.open.push(Open { id, stream, since, is_blocked: false, pending: 0, is_ended: false });
        Some(Slot { pool: Arc::clone(self), id })
    }

    /// From now on nobody is admitted, and connections that wait for a request are ended.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closing = true;
        state.open.iter_mut().filter(|open| open.is_blocked && open.pending == 0).for_each(Open::end);
        self.changed.notify_all();
    }

    /// Waits until all connections are gone, and ends those that are there when the time is up.
    pub(super) fn clear(&self, patience: Duration) {
        let busy = |state: &mut State| !state.open.is_empty();
        let waited = self.changed.wait_timeout_while(self.lock(), patience, busy);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.open.iter_mut().for_each(Open::end);
    }

    pub(super) fn is_closing(&self) -> bool {
        self.lock().closing
    }
}

impl State {
    /// Ends the connection that has let us wait for longest, of those that may be ended; whether there was one.
    fn end_slowest(&mut self, may_be: impl Fn(&Open) -> bool) -> bool {
        let waiting = self.open.iter_mut().filter(|open| open.is_blocked && !open.is_ended && may_be(open));
        waiting.min_by_key(|open| open.since).map(Open::end).is_some()
    }

    /// Ends those that leave what was made for them, until the rest is no more than this many bytes. The one with this
    /// id is kept: somebody has to get an answer.
    fn trim(&mut self, most: usize, id: u64) {
        let pending = |state: &Self| {
            let there = state.open.iter().filter(|open| !open.is_ended);
            there.map(|open| open.pending).fold(0, usize::saturating_add)
        };
        while pending(self) > most && self.end_slowest(|open| open.id != id && open.pending > 0) {}
    }

    fn find(&mut self, id: u64) -> Option<&mut Open> {
        self.open.iter_mut().find(|open| open.id == id && !open.is_ended)
    }
}

impl Open {
    /// Its thread notices as soon as it reads or writes, and while it does.
    fn end(&mut self) {
        self.is_ended = true;
        // The client may have ended it before.
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

impl Slot {
    /// Says that a request is expected from now on; false if there is none to be taken any more.
    pub(super) fn waits(&self) -> bool {
        let mut state = self.pool.lock();
        let closing = state.closing;
        let open = state.find(self.id).filter(|_| !closing);
        open.map(|open| (open.since, open.pending) = (Instant::now(), 0)).is_some()
    }

    /// Says that an answer of so many bytes is to be taken from now on; false if the connection was ended. If clients
    /// leave too much of what was made for them, those who have for longest are ended.
    pub(super) fn sends(&self, bytes: usize) -> bool {
        let mut state = self.pool.lock();
        let open = state.find(self.id);
        let is_open = open.map(|open| (open.since, open.pending) = (Instant::now(), bytes)).is_some();
        state.trim(self.pool.pending, self.id);
        is_open
    }

    /// Says that some of the answer was taken.
    pub(super) fn moves(&self) {
        if let Some(open) = self.pool.lock().find(self.id).filter(|open| open.pending > 0) {
            open.since = Instant::now();
        }
    }

    /// Says that nothing can be done before the client does something, as long as what is returned lives.
    ///
    /// # Errors
    ///
    /// There is nothing to wait for any more.
    pub(super) fn block(&self) -> io::Result<Blocked<'_>> {
        let mut state = self.pool.lock();
        let closing = state.closing;
        let open = state.find(self.id).filter(|open| !closing || open.pending > 0);
        open.ok_or(ErrorKind::ConnectionAborted)?.is_blocked = true;
        state.trim(self.pool.pending, self.id);
        self.pool.changed.notify_all();
        Ok(Blocked(self))
    }

    /// Whether no more requests of this connection are taken, because nobody's are or another needs the room.
    pub(super) fn is_last(&self) -> bool {
        let state = self.pool.lock();
        state.closing || state.is_awaited
    }
}

impl Drop for Blocked<'_> {
    fn drop(&mut self) {
        if let Some(open) = self.0.pool.lock().find(self.0.id) {
            open.is_blocked = false;
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.pool.lock().open.retain(|open| open.id != self.id);
        self.pool.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::net::TcpListener;
    use std::sync::mpsc::channel;
    use std::thread;

    use super::*;

    /// A connection: the end that is ours, and the client's.
    fn pair() -> (Arc<TcpStream>, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let client = TcpStream::connect(listener.local_addr().expect("is bound")).expect("listens");
        (Arc::new(listener.accept().expect("was connected to").0), client)
    }

    fn is_ended(mut client: &TcpStream) -> bool {
        client.set_nonblocking(true).expect("is a socket");
        matches!(client.read(&mut [0]), Ok(0))
    }

    #[test]
    fn who_has_let_us_wait_for_longest_makes_room() {
        let pool = Arc::new(Pool::new(2, usize::MAX));
        let [(a, slow), (b, fresh), (c, new)] = [pair(), pair(), pair()];
        let [slow_slot, fresh_slot] = [&a, &b].map(|stream| pool.admit(stream).expect("there is room"));
        assert!(fresh_slot.sends(1) && slow_slot.sends(1));
        assert!(fresh_slot.waits(), "it has taken its answer");
        let (blocked, is_blocked) = channel();
        let noticing = thread::spawn(move || {
            let _blocked = slow_slot.block().expect("is open");
            blocked.send(()).expect("is awaited");
            while !is_ended(&slow) {
                thread::yield_now();
            }
            assert!(!slow_slot.sends(1), "it is too late for an answer");
        });
        is_blocked.recv().expect("it is blocked");
        let _blocked = fresh_slot.block().expect("is open");
        let _slot = pool.admit(&c).expect("one makes room");
        noticing.join().expect("the slow one was ended");
        assert!(![&fresh, &new].into_iter().any(is_ended));
    }

    #[test]
    fn who_takes_its_answer_bit_by_bit_is_not_slow() {
        let pool = Arc::new(Pool::new(8, 100));
        let pairs = [pair(), pair(), pair()];
        let slots = pairs.each_ref().map(|(ours, _)| pool.admit(ours).expect("there is room"));
        assert!(slots[0].sends(60) && slots[1].sends(40));
        slots[0].moves();
        let _blocked = [slots[0].block().expect("is open"), slots[1].block().expect("is open")];
        assert!(slots[2].sends(40));
        assert_eq!(pairs.each_ref().map(|(_, client)| is_ended(client)), [false, true, false]);
    }

    #[test]
    fn nobody_makes_room_while_all_are_at_work() {
        let pool = Arc::new(Pool::new(1, usize::MAX));
        let [(a, client), (b, _other)] = [pair(), pair()];
        let slot = pool.admit(&a).expect("there is room");
        drop(slot.block());
        assert!(pool.admit(&b).is_none());
        assert!(!is_ended(&client));
    }

    #[test]
    fn what_clients_leave_is_bounded() {
        let pool = Arc::new(Pool::new(8, 100));
        let pairs = [pair(), pair(), pair()];
        let slots = pairs.each_ref().map(|(ours, _)| pool.admit(ours).expect("there is room"));
        let ended = || pairs.each_ref().map(|(_, client)| is_ended(client));
        assert!(slots[0].sends(60) && slots[1].sends(40));
        let _blocked = [slots[0].block().expect("is open"), slots[1].block().expect("is open")];
        assert_eq!(ended(), [false, false, false]);
        assert!(slots[2].sends(60));
        assert_eq!(ended(), [true, false, false], "the oldest is enough");
        assert!(slots[2].sends(500));
        assert_eq!(ended(), [true, true, false], "an answer that is larger than the bound is alone");
    }

    #[test]
    fn closing_ends_who_waits_and_lets_answers_be_taken() {
        let pool = Arc::new(Pool::new(8, 100));
        let pairs = [pair(), pair(), pair()];
        let slots = pairs.each_ref().map(|(ours, _)| pool.admit(ours).expect("there is room"));
        assert!(slots[0].waits() && slots[1].waits() && slots[2].sends(10));
        let _blocked = [slots[0].block().expect("is open"), slots[2].block().expect("is open")];
        pool.close();
        assert_eq!(pairs.each_ref().map(|(_, client)| is_ended(client)), [true, false, false]);
        assert!(pool.admit(&pairs[0].0).is_none() && !slots[2].waits());
        assert!(slots[1].block().is_err(), "no request is waited for");
        pool.clear(Duration::ZERO);
        assert!(pairs.iter().all(|(_, client)| is_ended(client)));
    }
}
