//! HTTPS: the certificate of the endpoint, and those of its clients.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ServerConfig, ServerConnection, VerifierBuilderError, WebPkiClientVerifier};
use rustls::{RootCertStore, StreamOwned};

use super::wire::{Socket, Wire, part};

/// The first byte of whoever begins to speak TLS: a record with a handshake in it.
const HANDSHAKE: u8 = 0x16;
/// A file that changed again this soon may look as if it had not.
const CLOCK_GRAIN: Duration = Duration::from_secs(2);

/// Where the certificate of an endpoint lies; see [`Endpoint::tls`](crate::Endpoint::tls).
///
/// Versions 1.2 and 1.3 are spoken. Cryptography is that of `ring`, unless the program has installed another provider
/// for `rustls`. The files are read again when they have changed; while they can't be used, those from before stay in
/// use.
#[derive(Debug, Clone)]
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    client_ca: Option<PathBuf>,
}

impl Tls {
    /// The certificate, followed by those between it and its authority, and its private key, both in PEM.
    pub fn from_pem_files(certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        Self { certificate: certificate.into(), key: key.into(), client_ca: None }
    }

    /// Answers `/metrics` only to clients that show a certificate from one of the authorities in this PEM file. Without
    /// one, they are refused with 403, and still may ask for `/healthz` and `/readyz`; with
    /// [`Endpoint::guard_probes`](crate::Endpoint::guard_probes) they come no further than the handshake.
    #[must_use]
    pub fn client_ca(mut self, path: impl Into<PathBuf>) -> Self {
        self.client_ca = Some(path.into());
        self
    }

    pub(super) fn has_client_ca(&self) -> bool {
        self.client_ca.is_some()
    }

    fn paths(&self) -> impl Iterator<Item = &Path> {
        [&self.certificate, &self.key].into_iter().chain(&self.client_ca).map(PathBuf::as_path)
    }

    fn load(&self, everybody: bool) -> Result<ServerConfig, TlsError> {
        let provider =
            CryptoProvider::get_default().cloned().unwrap_or_else(|| Arc::new(ring::default_provider()));
        let chain = certificates(&self.certificate)?;
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(|error| TlsError::pem(&self.key, error))?;
        let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(TlsError::certificate)?;
        let config = match &self.client_ca {
            None => config.with_no_client_auth(),
            Some(path) => {
                let mut roots = RootCertStore::empty();
                for certificate in certificates(path)? {
                    roots.add(certificate).map_err(TlsError::certificate)?;
                }
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                let verifier = if everybody { verifier } else { verifier.allow_unauthenticated() };
                config.with_client_cert_verifier(
                    verifier.build().map_err(|error| TlsError(Kind::Authority(error)))?,
                )
            }
        };
        let mut config = config.with_single_cert(chain, key).map_err(TlsError::certificate)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match read {
        Ok(found) if found.is_empty() => Err(TlsError::pem(path, pem::Error::NoItemsFound)),
        read => read.map_err(|error| TlsError::pem(path, error)),
    }
}

/// Begins to speak TLS with clients, by what the files say now.
pub(super) struct Acceptor {
    tls: Tls,
    /// Whether everybody has to show a certificate, or some routes are open without.
    everybody: bool,
    loaded: Mutex<Loaded>,
}

struct Loaded {
    config: Arc<ServerConfig>,
    /// What the files looked like.
    stamps: Vec<Stamp>,
    at: SystemTime,
    /// Whether they were of no use then, and `config` is that of files before them.
    failed: bool,
}

impl Acceptor {
    pub(super) fn new(tls: Tls, everybody: bool) -> Result<Self, TlsError> {
        let (at, stamps) = (SystemTime::now(), stamps(&tls));
        let config = Arc::new(tls.load(everybody)?);
        Ok(Self { tls, everybody, loaded: Mutex::new(Loaded { config, stamps, at, failed: false }) })
    }

    fn config(&self) -> Arc<ServerConfig> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, stamps) = (SystemTime::now(), stamps(&self.tls));
        let is_settled = stamps.iter().all(|stamp| stamp.is_before(loaded.at));
        if stamps == loaded.stamps && is_settled && !loaded.failed {
            return Arc::clone(&loaded.config);
        }
        match self.tls.load(self.everybody) {
            Ok(config) => (loaded.config, loaded.failed) = (Arc::new(config), false),
            Err(error) => {
                // The files may be in the middle of being written. Without a stderr there is nobody to tell.
                if !loaded.failed {
                    let _ = writeln!(io::stderr(), "kpi-runtime: the certificate stays as it was: {error}");
                }
                loaded.failed = true;
            }
        }
        (loaded.stamps, loaded.at) = (stamps, at);
        Arc::clone(&loaded.config)
    }

    /// Shakes hands with a client, in the time that the socket has. One that does not speak TLS is given back.
    pub(super) fn accept<'a>(&self, mut socket: Socket<'a>) -> io::Result<Result<Secured<'a>, Socket<'a>>> {
        match socket.peek()? {
            Some(HANDSHAKE) => {}
            Some(_) => return Ok(Err(socket)),
            None => return Err(io::ErrorKind::UnexpectedEof.into()),
        }
        let mut connection = ServerConnection::new(self.config()).map_err(io::Error::other)?;
        while connection.is_handshaking() {
            match connection.complete_io(&mut socket) {
                Ok((0, 0)) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(_) => {}
                Err(error) => {
                    // The client is to read why.
                    let _ = part(&mut socket);
                    return Err(error);
                }
            }
        }
        Ok(Ok(StreamOwned::new(connection, socket)))
    }
}

impl fmt::Debug for Acceptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Acceptor").field(&self.tls).finish()
    }
}

pub(super) type Secured<'a> = StreamOwned<ServerConnection, Socket<'a>>;

impl Wire for Secured<'_> {
    fn set_deadline(&mut self, deadline: Instant) {
        self.sock.set_deadline(deadline);
    }

    fn end(&mut self) -> io::Result<()> {
        self.conn.send_close_notify();
        self.flush()?;
        self.sock.end()
    }

    fn has_certificate(&self) -> bool {
        // The verifier has let no other pass.
        self.conn.peer_certificates().is_some_and(|chain| !chain.is_empty())
    }
}

/// What tells one state of a file from another, as far as can be told without reading it.
#[derive(PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    /// A file that takes the place of another may be of its age and length.
    identity: (u64, u64),
}

impl Stamp {
    /// Whether it was changed so long before that a later change shows.
    fn is_before(&self, time: SystemTime) -> bool {
        let until = self.modified.and_then(|modified| modified.checked_add(CLOCK_GRAIN));
        until.is_none_or(|until| until < time)
    }
}

fn stamps(tls: &Tls) -> Vec<Stamp> {
    let stamp = |path| {
        let data = fs::metadata(path).ok();
        Stamp {
            modified: data.as_ref().and_then(|data| data.modified().ok()),
            length: data.as_ref().map_or(0, fs::Metadata::len),
            identity: data.as_ref().map_or((0, 0), identity),
        }
    };
    tls.paths().map(stamp).collect()
}

#[cfg(unix)]
fn identity(data: &fs::Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (data.dev(), data.ino())
}

#[cfg(not(unix))]
fn identity(_: &fs::Metadata) -> (u64, u64) {
    (0, 0)
}

/// Why the files of a certificate cannot be used.
#[derive(Debug)]
pub struct TlsError(Kind);

#[derive(Debug)]
enum Kind {
    /// The file can't be read, or does not have in PEM what it should.
    Pem(PathBuf, pem::Error),
    /// The certificate, its key or both together are of no use.
    Certificate(rustls::Error),
    /// No client could be trusted by these authorities.
    Authority(VerifierBuilderError),
}

impl TlsError {
    fn pem(path: &Path, error: pem::Error) -> Self {
        Self(Kind::Pem(path.to_owned(), error))
    }

    fn certificate(error: rustls::Error) -> Self {
        Self(Kind::Certificate(error))
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Pem(path, error) => write!(f, "cannot use {}: {error}", path.display()),
            Kind::Certificate(error) => write!(f, "cannot use the certificate: {error}"),
            Kind::Authority(error) => write!(f, "cannot check client certificates: {error}"),
        }
    }
}

impl std::error::Error for TlsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Kind::Pem(_, error) => Some(error),
            Kind::Certificate(error) => Some(error),
            Kind::Authority(error) => Some(error),
        }
    }
}
