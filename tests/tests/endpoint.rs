//! The guarded endpoint, scraped by a real Prometheus as its documentation says it is to be configured.

#![allow(clippy::panic, clippy::expect_used, reason = "what cannot be set up fails the test, and says why")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use kpi_runtime::{Endpoint, Server, Tls, Token};
use kpi_tests::prometheus::Prometheus;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
};
use serde_json::{Value, json};
use tempfile::TempDir;

type Authority = CertifiedIssuer<'static, KeyPair>;

/// The folder of a test, where its secrets live and die.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("there is a folder for temporary files"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        fs::write(self.path(name), text).expect("can be written");
        self.path(name)
    }

    /// An authority, whose certificate is in `NAME.pem`.
    fn authority(&self, name: &str) -> Authority {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("there is randomness");
        let authority = CertifiedIssuer::self_signed(params, key).expect("can be signed");
        self.write(&format!("{name}.pem"), &authority.pem());
        authority
    }

    /// A certificate in `NAME.pem`, and its key in `NAME.key`.
    fn certificate(&self, of: &Authority, name: &str) {
        let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).expect("is an address");
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate().expect("there is randomness");
        let signed = params.signed_by(&key, of).expect("can be signed");
        self.write(&format!("{name}.pem"), &signed.pem());
        self.write(&format!("{name}.key"), &key.serialize_pem());
    }

    /// A Prometheus with these jobs, every second.
    fn prometheus(&self, jobs: &[Value]) -> Prometheus {
        let config = json!({"global": {"scrape_interval": "1s"}, "scrape_configs": jobs});
        // JSON is YAML.
        Prometheus::start(&self.write("prometheus.yml", &config.to_string()), self.0.path())
    }
}

fn serve(endpoint: Endpoint) -> Server {
    endpoint.serve_on("127.0.0.1:0").expect("can be served")
}

/// A job of one target, with what else is said of it.
fn job(name: &str, server: &Server, more: Value) -> Value {
    let mut job = json!({"job_name": name, "static_configs": [{"targets": [server.address().to_string()]}]});
    let (Value::Object(job_keys), Value::Object(more)) = (&mut job, more) else {
        panic!("a job is a mapping");
    };
    job_keys.extend(more);
    job
}

/// What the last scrape of a job failed with.
fn last_error(prometheus: &Prometheus, job: &str) -> String {
    let targets = prometheus.api("targets").expect("Prometheus tells");
    let active = targets["activeTargets"].as_array().expect("is a list");
    let target = active.iter().find(|target| target["labels"]["job"] == job).expect("is a target");
    target["lastError"].as_str().expect("is text").to_owned()
}

fn credentials(file: &Path) -> Value {
    json!({"authorization": {"credentials_file": file}})
}

#[test]
fn a_token_from_a_file_lets_it_in_and_a_wrong_one_does_not() {
    let folder = Folder::new();
    let ours = folder.write("ours", "first\n");
    let server = serve(Endpoint::new().bearer_token(Token::from_file(&ours).expect("has a token")));
    let (theirs, wrong) = (folder.write("theirs", "first\n"), folder.write("wrong", "last\n"));
    let prometheus = folder.prometheus(&[
        job("right", &server, credentials(&theirs)),
        job("wrong", &server, credentials(&wrong)),
        job("none", &server, json!({})),
    ]);
    prometheus.wait_for("up{job=\"right\"} == 1");
    prometheus.wait_for("process_start_time_seconds{job=\"right\"} > 0");
    for job in ["wrong", "none"] {
        prometheus.wait_for(&format!("up{{job=\"{job}\"}} == 0"));
        assert_eq!(last_error(&prometheus, job), "server returned HTTP status 401 Unauthorized");
    }

    // Neither of them is told that the token is another now.
    folder.write("ours", "first\nsecond\n");
    folder.write("theirs", "second\n");
    folder.write("ours", "second\n");
    folder.write("wrong", "first\n");
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("it is later").as_secs_f64();
    for (job, up) in [("right", 1), ("wrong", 0)] {
        prometheus
            .wait_for(&format!("up{{job=\"{job}\"}} == {up} and timestamp(up{{job=\"{job}\"}}) > {now}"));
    }
    server.shutdown(Duration::ZERO);
    prometheus.wait_for("up{job=\"right\"} == 0");
}

#[test]
fn a_client_certificate_lets_it_in_and_none_or_another_does_not() {
    let folder = Folder::new();
    let (servers, clients, strangers) =
        (folder.authority("servers"), folder.authority("clients"), folder.authority("strangers"));
    folder.certificate(&servers, "server");
    folder.certificate(&clients, "prometheus");
    folder.certificate(&strangers, "stranger");
    let tls = Tls::from_pem_files(folder.path("server.pem"), folder.path("server.key"));
    let mutual = tls.clone().client_ca(folder.path("clients.pem"));
    let token = folder.write("token", "sesame\n");
    let https = serve(Endpoint::new().tls(tls));
    let mutual = Endpoint::new().tls(mutual);
    let both = serve(mutual.clone().bearer_token(Token::from_file(&token).expect("has a token")));
    let mutual = serve(mutual);

    let scheme = |trusted: &str, shows: Option<&str>| {
        let mut tls = json!({"ca_file": folder.path(&format!("{trusted}.pem"))});
        if let Some(name) = shows {
            tls["cert_file"] = json!(folder.path(&format!("{name}.pem")));
            tls["key_file"] = json!(folder.path(&format!("{name}.key")));
        }
        json!({"scheme": "https", "tls_config": tls})
    };
    let mut with_token = scheme("servers", Some("prometheus"));
    with_token["authorization"] = json!({"credentials_file": token});
    let prometheus = folder.prometheus(&[
        job("https", &https, scheme("servers", None)),
        job("mistrusted", &https, scheme("strangers", None)),
        job("plain", &https, json!({})),
        job("right", &mutual, scheme("servers", Some("prometheus"))),
        job("none", &mutual, scheme("servers", None)),
        job("stranger", &mutual, scheme("servers", Some("stranger"))),
        job("with_token", &both, with_token),
        job("without_token", &both, scheme("servers", Some("prometheus"))),
    ]);
    for job in ["https", "right", "with_token"] {
        prometheus.wait_for(&format!("up{{job=\"{job}\"}} == 1"));
    }
    for (job, error) in [
        ("mistrusted", "certificate"),
        ("plain", "server returned HTTP status 400 Bad Request"),
        ("none", "server returned HTTP status 403 Forbidden"),
        ("stranger", "tls: "),
        ("without_token", "server returned HTTP status 401 Unauthorized"),
    ] {
        prometheus.wait_for(&format!("up{{job=\"{job}\"}} == 0"));
        let last = last_error(&prometheus, job);
        assert!(last.contains(error), "{job}: {last}");
    }
}
