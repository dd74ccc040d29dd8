//! HTTPS, and certificates of clients.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail loudly")]

mod support;

use std::fs;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use kpi_runtime::{Endpoint, ServeError, Server, Tls, Token};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion};
use support::{Answer, KPIS, connect, is_there};
use tempfile::TempDir;

/// An authority.
type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("there is randomness"))
        .expect("can be signed")
}

/// A certificate and its key, in PEM.
fn certificate(of: &Authority, name: &str) -> (String, String) {
    let mut params = CertificateParams::new([name.to_owned()]).expect("is a name");
    params.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate().expect("there is randomness");
    let signed = params.signed_by(&key, of).expect("can be signed");
    (signed.pem(), key.serialize_pem())
}

/// The files of an endpoint, by an authority of their own.
struct Files {
    folder: TempDir,
    authority: Authority,
}

impl Files {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("there is a folder for temporary files");
        let files = Self { folder, authority: authority("servers") };
        files.renew("localhost");
        files
    }

    /// A new certificate, for another name.
    fn renew(&self, name: &str) {
        let (certificate, key) = certificate(&self.authority, name);
        self.write("server.pem", &certificate);
        self.write("server.key", &key);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("can be written");
    }

    fn tls(&self) -> Tls {
        Tls::from_pem_files(self.path("server.pem"), self.path("server.key"))
    }

    /// One that trusts the clients of this authority.
    fn mutual(&self, clients: &Authority) -> Tls {
        self.write("clients.pem", &clients.pem());
        self.tls().client_ca(self.path("clients.pem"))
    }

    /// A client, with a certificate or without.
    fn client(&self, shows: Option<&(String, String)>) -> Client {
        Client {
            authority: self.authority.pem(),
            shows: shows.cloned(),
            versions: rustls::DEFAULT_VERSIONS,
            name: "localhost",
        }
    }
}

#[derive(Clone)]
struct Client {
    authority: String,
    shows: Option<(String, String)>,
    versions: &'static [&'static SupportedProtocolVersion],
    name: &'static str,
}

impl Client {
    fn connect(&self, address: SocketAddr) -> StreamOwned<ClientConnection, TcpStream> {
        let mut roots = RootCertStore::empty();
        let trusted = CertificateDer::from_pem_slice(self.authority.as_bytes()).expect("is PEM");
        roots.add(trusted).expect("is a certificate");
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(self.versions)
            .expect("they are known")
            .with_root_certificates(roots);
        let config = match &self.shows {
            None => config.with_no_client_auth(),
            Some((certificate, key)) => {
                let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).expect("is PEM");
                let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("is PEM");
                config.with_client_auth_cert(vec![certificate], key).expect("they belong together")
            }
        };
        let name = ServerName::try_from(self.name).expect("is a name");
        StreamOwned::new(
            ClientConnection::new(Arc::new(config), name).expect("is a configuration"),
            connect(address),
        )
    }

    /// Asks once.
    fn get(&self, address: SocketAddr, path: &str, headers: &str) -> io::Result<Answer> {
        let mut stream = self.connect(address);
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n");
        stream.write_all(request.as_bytes())?;
        let mut bytes = Vec::new();
        // This fails if the connection is cut off without a farewell.
        stream.read_to_end(&mut bytes)?;
        let split =
            bytes.windows(4).position(|four| four == b"\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
        let head = String::from_utf8(bytes[..split].to_vec()).expect("is text");
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("has a status");
        Ok(Answer { status, head, body: bytes.split_off(split + 4) })
    }

    /// The status of an answer; none if it does not come to one.
    fn status(&self, address: SocketAddr, path: &str) -> Option<u16> {
        self.get(address, path, "").ok().map(|answer| answer.status)
    }
}

fn start(endpoint: Endpoint) -> Server {
    KPIS.init().expect("there is one registry");
    endpoint.serve_on("127.0.0.1:0").expect("can be served")
}

static ONLY: [[&SupportedProtocolVersion; 1]; 2] = [[&TLS12], [&TLS13]];

#[test]
fn speaks_both_versions_that_are_safe() {
    let files = Files::new();
    let address = start(Endpoint::new().tls(files.tls())).address();
    for versions in &ONLY {
        let client = Client { versions, ..files.client(None) };
        let answer = client.get(address, "/metrics", "").expect("is trusted");
        assert_eq!(answer.status, 200);
        assert!(answer.text().contains("test_requests_total{route=\"analyze\"} 0\n"));
        assert_eq!(Some(answer.body.len().to_string().as_str()), answer.header("Content-Length"));
    }
}

#[test]
fn who_does_not_speak_it_is_told() {
    let files = Files::new();
    let address = start(Endpoint::new().tls(files.tls())).address();
    let answer = support::get(address, "/metrics", "");
    assert_eq!((answer.status, answer.text()), (400, "Bad Request: this endpoint speaks HTTPS\n"));
    // What only begins like it, ends.
    let mut stream = connect(address);
    stream.write_all(b"\x16\x03\x01\x00\x04\x00\x00\x00\x00").expect("is open");
    let mut alert = Vec::new();
    stream.read_to_end(&mut alert).expect("ends well");
    assert_eq!(alert.first(), Some(&0x15), "an alert says why");
}

#[test]
fn a_handshake_has_a_deadline() {
    let files = Files::new();
    let server = start(Endpoint::new().tls(files.tls()).head_timeout(Duration::from_millis(200)));
    for begin in ["", "\x16", "\x16\x03\x01\x02"] {
        let mut stream = connect(server.address());
        stream.write_all(begin.as_bytes()).expect("is open");
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).expect("ends well");
    }
}

/// Clients that begin a handshake and don't go on make room like all others.
#[test]
fn a_slow_handshake_makes_room() {
    let files = Files::new();
    let endpoint = Endpoint::new().tls(files.tls()).max_connections(2).head_timeout(Duration::MAX);
    let address = start(endpoint).address();
    let slow: Vec<TcpStream> = (0..100)
        .map(|number| {
            let mut slow = connect(address);
            let begin = ["", "\x16", "\x16\x03\x01\x02"][number % 3];
            let _ = slow.write_all(begin.as_bytes());
            slow
        })
        .collect();
    for _ in 0..5 {
        assert_eq!(files.client(None).status(address, "/metrics"), Some(200));
    }
    assert!(slow.iter().filter(|slow| is_there(slow, "")).count() <= 2);
}

#[test]
fn only_the_right_certificate_opens() {
    let (files, clients, strangers) = (Files::new(), authority("clients"), authority("strangers"));
    let address = start(Endpoint::new().tls(files.mutual(&clients))).address();
    let right = files.client(Some(&certificate(&clients, "prometheus")));
    assert_eq!(right.status(address, "/metrics"), Some(200));
    let without = files.client(None);
    let answer = without.get(address, "/metrics", "").expect("is answered");
    assert_eq!((answer.status, answer.text()), (403, "Forbidden: show a client certificate\n"));
    assert_eq!([without.status(address, "/healthz"), without.status(address, "/readyz")], [Some(200); 2]);
    // Whoever shows a wrong one is not talked to at all.
    let wrong = files.client(Some(&certificate(&strangers, "prometheus")));
    assert_eq!([wrong.status(address, "/metrics"), wrong.status(address, "/healthz")], [None; 2]);
}

#[test]
fn guarded_probes_need_the_certificate_too() {
    let (files, clients) = (Files::new(), authority("clients"));
    let address = start(Endpoint::new().tls(files.mutual(&clients)).guard_probes(true)).address();
    assert_eq!(files.client(None).status(address, "/healthz"), None);
    assert_eq!(files.client(Some(&certificate(&clients, "kubelet"))).status(address, "/healthz"), Some(200));
}

#[test]
fn a_certificate_does_not_stand_in_for_a_token() {
    let (files, clients) = (Files::new(), authority("clients"));
    let token = Token::new("sesame").expect("is a token");
    let address = start(Endpoint::new().tls(files.mutual(&clients)).bearer_token(token)).address();
    let (with, without) = (files.client(Some(&certificate(&clients, "prometheus"))), files.client(None));
    let authorization = "Authorization: Bearer sesame\r\n";
    let status =
        |client: &Client, headers| client.get(address, "/metrics", headers).expect("is answered").status;
    assert_eq!(status(&with, ""), 401);
    assert_eq!(status(&without, authorization), 403);
    assert_eq!(status(&with, authorization), 200);
}

#[test]
fn files_are_read_again() {
    let (files, old, new) = (Files::new(), authority("old"), authority("new"));
    let address = start(Endpoint::new().tls(files.mutual(&old))).address();
    let [olds, news] = [&old, &new].map(|one| files.client(Some(&certificate(one, "prometheus"))));
    let renamed = Client { name: "renamed", ..olds.clone() };
    assert_eq!([&olds, &news, &renamed].map(|one| one.status(address, "/metrics")), [Some(200), None, None]);

    // In the middle of being renewed, the certificate and its key don't belong together: those from before stay in use.
    let before = fs::read_to_string(files.path("server.key")).expect("is there");
    files.renew("renamed");
    let after = fs::read_to_string(files.path("server.key")).expect("is there");
    files.write("server.key", &before);
    assert_eq!([&olds, &renamed].map(|one| one.status(address, "/metrics")), [Some(200), None]);
    files.write("server.key", &after);
    assert_eq!([&olds, &renamed].map(|one| one.status(address, "/metrics")), [None, Some(200)]);

    files.mutual(&new);
    let news = Client { name: "renamed", ..news };
    assert_eq!([&renamed, &news].map(|one| one.status(address, "/metrics")), [None, Some(200)]);
    fs::remove_file(files.path("clients.pem")).expect("is there");
    assert_eq!([&renamed, &news].map(|one| one.status(address, "/metrics")), [None, Some(200)]);
}

#[test]
fn files_that_cannot_be_used_are_told() {
    let files = Files::new();
    let told = |tls: Tls| match Endpoint::new().tls(tls).serve_on("127.0.0.1:0") {
        Err(ServeError::Tls(error)) => error.to_string(),
        other => panic!("{other:?}"),
    };
    files.write("empty.pem", "");
    files.write("other.key", &certificate(&files.authority, "other").1);
    for (tls, expected) in [
        (Tls::from_pem_files(files.path("none.pem"), files.path("server.key")), "none.pem"),
        (Tls::from_pem_files(files.path("empty.pem"), files.path("server.key")), "empty.pem"),
        (Tls::from_pem_files(files.path("server.pem"), files.path("server.pem")), "server.pem"),
        (files.tls().client_ca(files.path("empty.pem")), "empty.pem"),
        (
            Tls::from_pem_files(files.path("server.pem"), files.path("other.key")),
            "cannot use the certificate",
        ),
    ] {
        let told = told(tls);
        assert!(told.contains(expected), "{told}");
        assert!(!told.contains("PRIVATE"), "{told}");
    }
}

#[test]
fn shutting_down_ends_kept_connections() {
    let files = Files::new();
    let server = start(Endpoint::new().tls(files.tls()));
    let mut kept = files.client(None).connect(server.address());
    kept.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("is open");
    let mut some = [0; 1024];
    assert!(kept.read(&mut some).expect("answers") > 0);
    server.shutdown(Duration::MAX);
    let ended = kept.read_to_end(&mut Vec::new());
    assert!(!ended.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock), "it is ended");
    assert!(TcpStream::connect(server.address()).is_err());
}
