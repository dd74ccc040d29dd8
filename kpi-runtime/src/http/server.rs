//! Listening, and the handle by which it is ended.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::connection::{self, Limits};
use super::pool::Pool;
use super::readiness::Readiness;
use crate::conflict::{self, Conflict};

/// Where an endpoint listens when it is not told: reachable from this machine only.
const DEFAULT_ADDRESS: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 9464);

/// Serves `/metrics`, `/kpi/contract`, `/healthz` and `/readyz` on this address until the program ends, in threads of its own.
///
/// ```no_run
/// # fn main() -> Result<(), kpi_runtime::ServeError> {
/// kpi_runtime::serve("127.0.0.1:9100")?;
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// The address cannot be listened on, or two registries of the program expose a family of the same name.
pub fn serve(address: impl ToSocketAddrs) -> Result<Server, ServeError> {
    Endpoint::new().serve_on(address)
}

/// An endpoint before it listens, with its limits.
#[derive(Debug, Clone)]
#[must_use = "an endpoint answers once it serves"]
pub struct Endpoint {
    connections: usize,
    limits: Limits,
    readiness: Readiness,
}

impl Default for Endpoint {
    fn default() -> Self {
        Self::new()
    }
}

impl Endpoint {
    /// 64 connections, 16 KiB and 5 s for a request's head, 75 s between requests, 10 s to take an answer, compression for
    /// those who accept it.
    pub fn new() -> Self {
        let limits = Limits {
            head: 16 * 1024,
            head_time: Duration::from_secs(5),
            idle_time: Duration::from_secs(75),
            answer_time: Duration::from_secs(10),
            compress: true,
        };
        Self { connections: 64, limits, readiness: Readiness::new() }
    }

    /// At most this many connections at a time.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.connections = connections;
        self
    }

    /// At most this many bytes in the head of a request.
    pub fn max_head_bytes(mut self, bytes: usize) -> Self {
        self.limits.head = bytes;
        self
    }

    /// At most this long for the head of a request.
    pub fn head_timeout(mut self, time: Duration) -> Self {
        self.limits.head_time = time;
        self
    }

    /// At most this long between an answer and the next request of a connection.
    pub fn idle_timeout(mut self, time: Duration) -> Self {
        self.limits.idle_time = time;
        self
    }

    /// At most this long for a client to take an answer.
    pub fn answer_timeout(mut self, time: Duration) -> Self {
        self.limits.answer_time = time;
        self
    }

    /// Whether answers are compressed for those who accept it. It costs more time than all else that a scrape costs.
    pub fn compress(mut self, compress: bool) -> Self {
        self.limits.compress = compress;
        self
    }

    /// The switch that `/readyz` shows.
    pub fn readiness(mut self, readiness: Readiness) -> Self {
        self.readiness = readiness;
        self
    }

    /// Listens on port 9464 of the loopback address.
    ///
    /// # Errors
    ///
    /// As [`serve`].
    pub fn serve(self) -> Result<Server, ServeError> {
        self.serve_on(DEFAULT_ADDRESS)
    }

    /// Listens on an address; on port 0, on a free port that [`Server::address`] tells.
    ///
    /// # Errors
    ///
    /// As [`serve`].
    pub fn serve_on(self, address: impl ToSocketAddrs) -> Result<Server, ServeError> {
        conflict::first().map_or(Ok(()), |conflict| Err(ServeError::Conflict(conflict)))?;
        let listener = TcpListener::bind(address).map_err(ServeError::Listen)?;
        let address = listener.local_addr().map_err(ServeError::Listen)?;
        let pool = Arc::new(Pool::new(self.connections));
        let (readiness, shared) = (self.readiness.clone(), Arc::clone(&pool));
        let accept = move || accept(&listener, &shared, &self.limits, &self.readiness);
        let thread = thread::Builder::new()
            .name("kpi-endpoint".to_owned())
            .spawn(accept)
            .map_err(ServeError::Listen)?;
        Ok(Server { address, pool, readiness, thread })
    }
}

/// An endpoint that listens. It goes on when this handle is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    pool: Arc<Pool>,
    readiness: Readiness,
    thread: JoinHandle<()>,
}

impl Server {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The switch that `/readyz` shows.
    pub fn readiness(&self) -> &Readiness {
        &self.readiness
    }

    /// Waits for ever, or until the endpoint cannot listen any more: for programs that do nothing else.
    pub fn wait(self) {
        // It ends well or not; both times it has ended.
        let _ = self.thread.join();
    }

    /// Stops listening, lets requests that are being answered finish for as long as this, and ends all connections.
    pub fn shutdown(self, patience: Duration) {
        self.pool.close(patience);
        // The thread waits for a connection and looks around when it gets one. If it cannot be reached, it is left alone.
        if TcpStream::connect_timeout(&reachable(self.address), Duration::from_secs(1)).is_ok() {
            let _ = self.thread.join();
        }
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

fn accept(listener: &TcpListener, pool: &Arc<Pool>, limits: &Limits, readiness: &Readiness) {
    for stream in listener.incoming() {
        if pool.is_closing() {
            return;
        }
        match stream {
            Ok(stream) => admit(stream, pool, limits, readiness),
            // Out of file descriptors, for one: others have to end first.
            Err(_) => thread::sleep(Duration::from_millis(50)),
        }
    }
}

fn admit(stream: TcpStream, pool: &Arc<Pool>, limits: &Limits, readiness: &Readiness) {
    let Some(slot) = pool.admit(&stream) else {
        // The client is gone or will see that it was refused.
        let _ = connection::refuse(stream);
        return;
    };
    let (limits, readiness) = (limits.clone(), readiness.clone());
    let serve = move || {
        // A connection that fails ends; there is nobody to tell.
        let _ = connection::serve(stream, &slot, &limits, &readiness);
    };
    // Without a thread the connection is dropped, and with it its slot.
    let _ = thread::Builder::new().name("kpi-connection".to_owned()).spawn(serve);
}

/// Why an endpoint does not listen.
#[derive(Debug)]
#[non_exhaustive]
pub enum ServeError {
    /// The address cannot be listened on.
    Listen(io::Error),
    /// Two registries of the program expose a family of the same name.
    Conflict(Conflict),
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen(error) => write!(f, "cannot listen: {error}"),
            Self::Conflict(conflict) => conflict.fmt(f),
        }
    }
}

impl std::error::Error for ServeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Listen(error) => Some(error),
            Self::Conflict(_) => None,
        }
    }
}
