//! An endpoint before it listens: its settings.

use std::net::{Ipv4Addr, TcpListener, ToSocketAddrs};
use std::time::Duration;

use super::gate::Gate;
use super::host::Hosts;
use super::pool::Pool;
use super::readiness::Readiness;
use super::server::{ServeError, Server};
use super::service::{Guard, Limits, Service};
#[cfg(feature = "tls")]
use super::tls::{Acceptor, Tls};
use super::token::Token;
use crate::conflict;

/// Where an endpoint listens when it is not told: reachable from this machine only.
const DEFAULT_ADDRESS: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 9464);

/// Serves `/metrics`, `/kpi/contract`, `/healthz` and `/readyz` on this address until the program ends, in threads of its
/// own.
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

/// An endpoint before it listens, with its limits and what it asks of clients.
#[derive(Debug, Clone)]
#[must_use = "an endpoint answers once it serves"]
pub struct Endpoint {
    connections: usize,
    scrapes: usize,
    pending: usize,
    limits: Limits,
    compress: bool,
    hosts: Option<Vec<String>>,
    guard: Guard,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
    readiness: Readiness,
    drain_time: Duration,
}

impl Default for Endpoint {
    fn default() -> Self {
        Self::new()
    }
}

impl Endpoint {
    /// The defaults of each setting.
    pub fn new() -> Self {
        let limits = Limits {
            head: 16 * 1024,
            head_time: Duration::from_secs(5),
            idle_time: Duration::from_secs(75),
            answer_time: Duration::from_secs(10),
        };
        Self {
            connections: 64,
            scrapes: 2,
            pending: 64 * 1024 * 1024,
            limits,
            compress: true,
            hosts: None,
            guard: Guard::default(),
            #[cfg(feature = "tls")]
            tls: None,
            readiness: Readiness::new(),
            drain_time: Duration::ZERO,
        }
    }

    /// At most this many connections at a time, and threads that serve them; 64. When all are taken, the one whose
    /// client has kept it waiting for longest makes room, be it for a request or for some more of an answer to be
    /// taken.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.connections = connections;
        self
    }

    /// At most this many pages are made at a time, and others wait for their turn; 2. It bounds what scrapes can take
    /// of the program's processors.
    pub fn max_scrapes(mut self, scrapes: usize) -> Self {
        self.scrapes = scrapes;
        self
    }

    /// At most this many bytes of answers that clients have not taken yet; 64 MiB. Beyond them, the connections that
    /// have taken their answers for longest are ended. One answer is always kept, however large.
    pub fn max_pending_bytes(mut self, bytes: usize) -> Self {
        self.pending = bytes;
        self
    }

    /// At most this many bytes in the head of a request; 16 KiB.
    pub fn max_head_bytes(mut self, bytes: usize) -> Self {
        self.limits.head = bytes;
        self
    }

    /// At most this long for the head of a request, and for the handshake of TLS before the first one; 5 s.
    pub fn head_timeout(mut self, time: Duration) -> Self {
        self.limits.head_time = time;
        self
    }

    /// At most this long between an answer and the next request of a connection; 75 s.
    pub fn idle_timeout(mut self, time: Duration) -> Self {
        self.limits.idle_time = time;
        self
    }

    /// At most this long for a client to take an answer, and for a scrape to wait for its turn; 10 s, after which a
    /// Prometheus gives up as well, if it is not told otherwise.
    pub fn answer_timeout(mut self, time: Duration) -> Self {
        self.limits.answer_time = time;
        self
    }

    /// Whether answers are compressed for those who accept it; yes. It costs more time than all else that a scrape
    /// costs.
    pub fn compress(mut self, compress: bool) -> Self {
        self.compress = compress;
        self
    }

    /// Names by which the endpoint may be called, beside every address and `localhost`. On a loopback address no others
    /// are allowed from the start, so that no web page can read the endpoint through a browser of this machine by
    /// giving itself the address; elsewhere all are, until this is called.
    pub fn allowed_hosts(mut self, hosts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.hosts = Some(hosts.into_iter().map(Into::into).collect());
        self
    }

    /// Answers `/metrics` and `/kpi/contract` only to those who send this token. `/healthz` and `/readyz` stay open; see
    /// [`guard_probes`](Self::guard_probes). A token is as secret as the wire: use it with TLS, or where nobody
    /// listens.
    pub fn bearer_token(mut self, token: Token) -> Self {
        self.guard.token = Some(token);
        self
    }

    /// Whether `/healthz` and `/readyz` ask for the token and the client certificate as well; no, because whoever
    /// probes seldom has them.
    pub fn guard_probes(mut self, guard: bool) -> Self {
        self.guard.probes = guard;
        self
    }

    /// Speaks HTTPS.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.guard.certificate = tls.has_client_ca();
        self.tls = Some(tls);
        self
    }

    /// The switch and the checks that `/readyz` shows.
    pub fn readiness(mut self, readiness: Readiness) -> Self {
        self.readiness = readiness;
        self
    }

    /// How long [`Server::shutdown`] goes on answering after `/readyz` has begun to say "not ready", so that those who
    /// send traffic notice; none.
    pub fn drain_time(mut self, time: Duration) -> Self {
        self.drain_time = time;
        self
    }

    /// Listens on port 9464 of the loopback address.
    ///
    /// # Errors
    ///
    /// As [`serve_on`](Self::serve_on).
    pub fn serve(self) -> Result<Server, ServeError> {
        self.serve_on(DEFAULT_ADDRESS)
    }

    /// Listens on an address; on port 0, on a free port that [`Server::address`] tells.
    ///
    /// # Errors
    ///
    /// As [`serve`](serve()), and with the feature `tls`, the files of the certificate cannot be used.
    pub fn serve_on(self, address: impl ToSocketAddrs) -> Result<Server, ServeError> {
        self.serve_listener(TcpListener::bind(address).map_err(ServeError::Listen)?)
    }

    /// Serves on a socket that listens already: handed over by whoever started the program, or with options of its own.
    ///
    /// # Errors
    ///
    /// As [`serve_on`](Self::serve_on).
    pub fn serve_listener(self, listener: TcpListener) -> Result<Server, ServeError> {
        conflict::first().map_or(Ok(()), |conflict| Err(ServeError::Conflict(conflict)))?;
        #[cfg(feature = "tls")]
        let tls = self.tls.map(|tls| Acceptor::new(tls, self.guard.probes)).transpose()?;
        listener.set_nonblocking(false).map_err(ServeError::Listen)?;
        let is_loopback =
            listener.local_addr().map_err(ServeError::Listen)?.ip().to_canonical().is_loopback();
        let service = Service {
            limits: self.limits,
            compress: self.compress,
            readiness: self.readiness,
            hosts: Hosts(self.hosts.or(is_loopback.then(Vec::new))),
            guard: self.guard,
            gate: Gate::new(self.scrapes),
            #[cfg(feature = "tls")]
            tls,
        };
        Server::start(listener, Pool::new(self.connections, self.pending), service, self.drain_time)
    }
}
