//! Where metrics are exported to, and how.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::encode::{self, Times};
use super::environment;
use super::error::ExportError;
use super::periodic::Exporting;
use super::{answer, resource};
use crate::client::{Answer, Request, Secret, SecretError, Target, TargetError, exchange, shown};
use crate::exposition::Gzip;
use crate::snapshot::Snapshot;

/// The path below an endpoint's own that takes metrics.
const PATH: &str = "/v1/metrics";

type OnError = Arc<dyn Fn(&ExportError) + Send + Sync>;

/// An OTLP endpoint, and what is sent to it. What is wrong with any of it is an error of the export, or of
/// [`checked`](Self::checked).
#[derive(Clone)]
#[must_use = "nothing is exported until it is asked to export"]
pub struct Exporter {
    url: String,
    target: Result<Target, TargetError>,
    /// Below the target's own path.
    path: &'static str,
    headers: Vec<(String, String)>,
    secret: Option<Secret>,
    attributes: BTreeMap<String, String>,
    instance: String,
    made: SystemTime,
    is_compressed: bool,
    timeout: Duration,
    pub(super) interval: Duration,
    pub(super) on_error: Option<OnError>,
}

impl Exporter {
    /// The endpoint at a URL such as `http://collector:4318`; metrics go to `/v1/metrics` below it.
    pub fn new(url: &str) -> Self {
        Self::at(url, PATH)
    }

    /// As the environment variables say that OpenTelemetry has defined for this: `OTEL_EXPORTER_OTLP_ENDPOINT` or
    /// `…_METRICS_ENDPOINT`, `…_HEADERS`, `…_TIMEOUT`, `…_COMPRESSION` and `…_PROTOCOL` likewise, `OTEL_SERVICE_NAME`,
    /// `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_METRIC_EXPORT_INTERVAL`. Without an endpoint it is `http://localhost:4318`.
    ///
    /// # Errors
    ///
    /// One of them does not say what it should.
    pub fn from_env() -> Result<Self, ExportError> {
        environment::exporter(|name| std::env::var(name).ok())
    }

    /// An endpoint whose URL has this path behind it.
    pub(super) fn at(url: &str, path: &'static str) -> Self {
        Self {
            url: shown(url.trim_end_matches('/')),
            target: Target::parse(url),
            path,
            headers: Vec::new(),
            secret: None,
            attributes: BTreeMap::new(),
            instance: resource::instance(),
            made: SystemTime::now(),
            is_compressed: false,
            timeout: Duration::from_secs(10),
            interval: Duration::from_secs(60),
            on_error: None,
        }
    }

    /// The name of the service, which is the agent's where nothing is said.
    pub fn service(self, name: impl Into<String>) -> Self {
        self.resource("service.name", name)
    }

    /// An attribute of the resource. Those that are known without it are `service.name`, `service.namespace` and
    /// `service.version`, which are the agent, platform and version of the first registry in use, and
    /// `service.instance.id`, which is random; each may be given another value, and an empty one takes it away.
    pub fn resource(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.attributes.insert(name.into(), value.into());
        self
    }

    /// A header of each request. For secrets there is [`bearer_token`](Self::bearer_token).
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sends a user and a password, which is read from a file at each export.
    pub fn basic_auth(mut self, user: impl Into<String>, password_file: impl Into<PathBuf>) -> Self {
        self.secret = Some(Secret::Basic(user.into(), password_file.into()));
        self
    }

    /// Sends a bearer token, which is read from a file at each export.
    pub fn bearer_token(mut self, token_file: impl Into<PathBuf>) -> Self {
        self.secret = Some(Secret::Bearer(token_file.into()));
        self
    }

    /// Whether requests are compressed by gzip. They are not if nothing is said.
    pub fn gzip(mut self, is_compressed: bool) -> Self {
        self.is_compressed = is_compressed;
        self
    }

    /// How long an export may take, 10 s if nothing is said. Looking up the host's address is not part of it.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How often metrics are exported once it has [started](Self::start), every 60 s if nothing is said.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// What to do with the error of an export in the background. If nothing is said, the first of several in a row is
    /// told on standard error.
    pub fn on_error(mut self, tell: impl Fn(&ExportError) + Send + Sync + 'static) -> Self {
        self.on_error = Some(Arc::new(tell));
        self
    }

    /// The exporter, unless no export could succeed.
    ///
    /// # Errors
    ///
    /// The URL is none of `http`, a header cannot be sent, or credentials cannot be read.
    pub fn checked(self) -> Result<Self, ExportError> {
        self.target()?;
        self.all_headers()?;
        Ok(self)
    }

    /// Exports what a scrape would show, now.
    ///
    /// # Errors
    ///
    /// It did not arrive, or not all of it was taken.
    pub fn export(&self) -> Result<(), ExportError> {
        self.export_snapshot(&crate::snapshot())
    }

    /// Exports values of your choice, such as those of [an instance of its own](crate::testing::snapshot).
    ///
    /// # Errors
    ///
    /// As [`export`](Self::export).
    pub fn export_snapshot(&self, snapshot: &Snapshot) -> Result<(), ExportError> {
        let target = self.target()?;
        let headers = self.all_headers()?;
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();

        let mut attributes = resource::defaults(&self.instance);
        attributes.extend(self.attributes.clone());
        let attributes = attributes.iter().filter(|(_, value)| !value.is_empty());
        let attributes = attributes.map(|(name, value)| (name.as_str(), value.as_str()));
        let body = encode::request(snapshot, attributes, Times::of(snapshot, self.made));
        let body = if self.is_compressed { gzip(&body) } else { body };

        let request = Request { method: "POST", path: self.path, headers: &headers, body: &body };
        let answer = exchange(target, &request, self.timeout)
            .map_err(|error| ExportError::Io { url: self.url.clone(), error })?;
        self.judge(&answer)
    }

    /// Exports in a thread of its own, from now on and as long as what is returned is not dropped.
    ///
    /// # Errors
    ///
    /// The system has no thread for it.
    pub fn start(self) -> io::Result<Exporting> {
        Exporting::start(self)
    }

    fn judge(&self, answer: &Answer) -> Result<(), ExportError> {
        let url = self.url.clone();
        if !answer.is_success() {
            let message = answer::refusal(answer);
            return Err(ExportError::Refused { url, status: answer.status, message });
        }
        match answer::partial(answer) {
            Some((rejected, message)) => Err(ExportError::Partial { url, rejected, message }),
            None => Ok(()),
        }
    }

    fn target(&self) -> Result<&Target, ExportError> {
        self.target
            .as_ref()
            .map_err(|error| ExportError::Url { url: self.url.clone(), why: error.to_string() })
    }

    /// The headers of a request.
    fn all_headers(&self) -> Result<Vec<(String, String)>, ExportError> {
        let mut headers = vec![("Content-Type".to_owned(), "application/x-protobuf".to_owned())];
        if self.is_compressed {
            headers.push(("Content-Encoding".to_owned(), "gzip".to_owned()));
        }
        for (name, value) in &self.headers {
            let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
            let why = if name.is_empty() || !name.chars().all(is_token) {
                "a header's name has letters, digits and `-`"
            } else if value.chars().any(|c| c.is_control() || !c.is_ascii()) {
                "a header's value is one line of ASCII"
            } else {
                headers.push((name.clone(), value.clone()));
                continue;
            };
            return Err(ExportError::Header { name: name.clone(), why });
        }
        let secret = self.secret.as_ref().map(Secret::header).transpose();
        let secret =
            secret.map_err(|SecretError { path, error }| ExportError::Credentials { path, error })?;
        headers.extend(secret.map(|secret| ("Authorization".to_owned(), secret)));
        Ok(headers)
    }
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    Gzip::default().compress(body, &mut packed);
    packed
}

#[cfg(test)]
impl Exporter {
    /// What the tests of its making compare.
    pub(super) fn described(&self) -> String {
        let Self { url, path, is_compressed, timeout, interval, .. } = self;
        let pairs = self.headers.iter().map(|(k, v)| (k, v)).chain(&self.attributes);
        let start = format!("{url}{path} gzip={is_compressed} {timeout:?} {interval:?}");
        pairs.fold(start, |described, (key, value)| format!("{described} {key}={value}"))
    }
}

impl fmt::Debug for Exporter {
    /// Headers may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exporter")
            .field("url", &self.url)
            .field("interval", &self.interval)
            .finish_non_exhaustive()
    }
}
