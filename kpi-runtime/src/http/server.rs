//! Listening, and the handle by which it is ended.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::connection;
use super::pool::Pool;
use super::readiness::Readiness;
use super::service::Service;
#[cfg(feature = "tls")]
use super::tls::TlsError;
use super::workers::{Workers, spawn};
use crate::conflict::Conflict;

/// How long the listening thread may take to notice that it is to end.
const PATIENCE: Duration = Duration::from_secs(1);

/// An endpoint that listens. Clones are the same endpoint. It goes on when all of them are dropped, until the program
/// ends.
#[derive(Debug, Clone)]
pub struct Server(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    address: SocketAddr,
    pool: Arc<Pool>,
    readiness: Readiness,
    drain_time: Duration,
    phase: Mutex<Phase>,
    changed: Condvar,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Serving,
    /// Somebody is ending it.
    Ending,
    /// Nobody listens any more.
    Deaf,
    /// And all is over.
    Ended,
}

impl Server {
    pub(super) fn start(
        listener: TcpListener,
        pool: Pool,
        service: Service,
        drain_time: Duration,
    ) -> Result<Self, ServeError> {
        let shared = Arc::new(Shared {
            address: listener.local_addr().map_err(ServeError::Listen)?,
            pool: Arc::new(pool),
            readiness: service.readiness.clone(),
            drain_time,
            phase: Mutex::new(Phase::Serving),
            changed: Condvar::new(),
        });
        let workers = Arc::new(Workers::new(move |slot, stream| {
            // A connection that fails ends; there is nobody to tell.
            let _ = connection::serve(stream, slot, &service);
        }));
        let listening = Listening { listener: Some(listener), shared: Arc::clone(&shared), workers };
        spawn("kpi-endpoint", Box::new(move || listening.accept())).map_err(ServeError::Listen)?;
        Ok(Self(shared))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// The switch and the checks that `/readyz` shows.
    pub fn readiness(&self) -> &Readiness {
        &self.0.readiness
    }

    /// Waits until the endpoint is shut down, which may be for ever: for programs that do nothing else.
    pub fn wait(&self) {
        drop(self.0.wait_while(|phase| *phase < Phase::Ended));
    }

    /// Ends the endpoint, in this order: readiness is turned off; [`Endpoint::drain_time`] passes, in which everything
    /// is answered as before; nobody listens any more, and connections on which nothing is asked are ended; answers
    /// under way may be finished for as long as `patience`; connections that are still there then are ended.
    ///
    /// It may be called more than once, and by several threads: all of them return when it is over.
    ///
    /// [`Endpoint::drain_time`]: crate::Endpoint::drain_time
    pub fn shutdown(&self, patience: Duration) {
        let mut phase = self.0.lock();
        if *phase != Phase::Serving {
            drop(phase);
            return self.wait();
        }
        *phase = Phase::Ending;
        self.0.readiness.set(false);
        let drained =
            self.0.changed.wait_timeout_while(phase, self.0.drain_time, |phase| *phase < Phase::Deaf);
        drop(drained);
        self.0.pool.close();
        self.0.deafen();
        self.0.pool.clear(patience);
        self.0.enter(Phase::Ended);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, phase: Phase) {
        let mut current = self.lock();
        *current = phase.max(*current);
        self.changed.notify_all();
    }

    fn wait_while(&self, is: impl FnMut(&mut Phase) -> bool) -> MutexGuard<'_, Phase> {
        self.changed.wait_while(self.lock(), is).unwrap_or_else(PoisonError::into_inner)
    }

    /// Gets the listening thread to end: it waits for a connection, and looks around when it gets one. If it cannot be
    /// reached, it is left alone.
    fn deafen(&self) {
        let _ = TcpStream::connect_timeout(&reachable(self.address), PATIENCE);
        drop(self.changed.wait_timeout_while(self.lock(), PATIENCE, |phase| *phase < Phase::Deaf));
    }
}

/// An address for one that means all.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// What the listening thread has.
struct Listening {
    listener: Option<TcpListener>,
    shared: Arc<Shared>,
    workers: Arc<Workers>,
}

impl Listening {
    fn accept(&self) {
        for stream in self.listener.iter().flat_map(TcpListener::incoming) {
            if self.shared.pool.is_closing() {
                return;
            }
            match stream {
                Ok(stream) => self.admit(stream),
                // Out of file descriptors, for one: others have to end first.
                Err(_) => thread::sleep(Duration::from_millis(50)),
            }
        }
    }

    fn admit(&self, stream: TcpStream) {
        let stream = Arc::new(stream);
        let Some(slot) = self.shared.pool.admit(&stream) else {
            // The client is gone or will see that it was refused.
            let _ = connection::refuse(&stream);
            return;
        };
        // Without a thread the client sees its connection end.
        let _ = self.workers.give(slot, stream);
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.workers.close();
        // The port is free before anybody is told so.
        drop(self.listener.take());
        let is_asked_to = *self.shared.lock() != Phase::Serving;
        self.shared.enter(if is_asked_to { Phase::Deaf } else { Phase::Ended });
    }
}

/// Why an endpoint does not listen.
#[derive(Debug)]
#[non_exhaustive]
pub enum ServeError {
    /// The address cannot be listened on.
    Listen(io::Error),
    /// Two registries of the program expose a family of the same name.
    Conflict(Conflict),
    /// The files of the certificate cannot be used.
    #[cfg(feature = "tls")]
    Tls(TlsError),
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen(error) => write!(f, "cannot listen: {error}"),
            Self::Conflict(conflict) => conflict.fmt(f),
            #[cfg(feature = "tls")]
            Self::Tls(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ServeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Listen(error) => Some(error),
            Self::Conflict(_) => None,
            #[cfg(feature = "tls")]
            Self::Tls(error) => std::error::Error::source(error),
        }
    }
}

#[cfg(feature = "tls")]
impl From<TlsError> for ServeError {
    fn from(error: TlsError) -> Self {
        Self::Tls(error)
    }
}
