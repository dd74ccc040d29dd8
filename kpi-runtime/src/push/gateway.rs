//! A gateway, and what may be asked of it.

use std::path::PathBuf;
use std::time::Duration;

use super::PushError;
use super::grouping::{self, GroupingLabel};
use crate::client::{Request, Secret, SecretError, Target, TargetError, exchange, shown};
use crate::exposition;
use crate::snapshot::Snapshot;

/// A Pushgateway, with the job and the grouping labels that pushes go under. What is wrong with any of them is an error of
/// the push, or of [`checked`](Self::checked).
#[derive(Debug, Clone)]
#[must_use = "nothing is pushed until it is asked to push"]
pub struct Pushgateway {
    url: String,
    target: Result<Target, TargetError>,
    /// The job first.
    labels: Vec<GroupingLabel>,
    secret: Option<Secret>,
    timeout: Duration,
}

impl Pushgateway {
    /// The gateway at a URL such as `http://pushgateway:9091`, which may have a path that everything is below.
    pub fn new(url: &str) -> Self {
        let job = GroupingLabel { name: "job".to_owned(), value: String::new() };
        Self {
            url: shown(url.trim_end_matches('/')),
            target: Target::parse(url),
            labels: vec![job],
            secret: None,
            timeout: Duration::from_secs(10),
        }
    }

    /// The name of the job, which every push needs.
    pub fn job(mut self, name: &str) -> Self {
        if let Some(job) = self.labels.first_mut() {
            name.clone_into(&mut job.value);
        }
        self
    }

    /// A further label that keeps pushes apart, such as `instance`. Its value may be any text.
    pub fn grouping(mut self, name: &str, value: &str) -> Self {
        self.labels.push(GroupingLabel { name: name.to_owned(), value: value.to_owned() });
        self
    }

    /// Sends a user and a password, which is read from a file at each push.
    pub fn basic_auth(mut self, user: impl Into<String>, password_file: impl Into<PathBuf>) -> Self {
        self.secret = Some(Secret::Basic(user.into(), password_file.into()));
        self
    }

    /// Sends a bearer token, which is read from a file at each push.
    pub fn bearer_token(mut self, token_file: impl Into<PathBuf>) -> Self {
        self.secret = Some(Secret::Bearer(token_file.into()));
        self
    }

    /// How long a push may take, 10 s if nothing is said. Looking up the host's address is not part of it.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The gateway, unless no push could succeed: a job that runs for hours should not end with a misspelt URL.
    ///
    /// # Errors
    ///
    /// The URL is none of `http`, the job has no name, a grouping label is given twice or has a name that is none of a
    /// label, or credentials cannot be read.
    pub fn checked(self) -> Result<Self, PushError> {
        self.target()?;
        grouping::check(&self.labels)?;
        self.authorization()?;
        Ok(self)
    }

    /// Pushes what a scrape would show, in the place of all that was pushed under these labels before. The `process_…`
    /// families are not pushed: they say nothing once the process has ended.
    ///
    /// # Errors
    ///
    /// It did not arrive, or a series has one of the labels that pushes are grouped by.
    pub fn push(&self) -> Result<(), PushError> {
        self.push_snapshot(&of_a_job(crate::snapshot()))
    }

    /// Pushes what a scrape would show, in the place of families of the same names only.
    ///
    /// # Errors
    ///
    /// As [`push`](Self::push).
    pub fn add(&self) -> Result<(), PushError> {
        self.add_snapshot(&of_a_job(crate::snapshot()))
    }

    /// As [`push`](Self::push) of values of your choice, such as those of
    /// [an instance of its own](crate::testing::snapshot).
    ///
    /// # Errors
    ///
    /// As [`push`](Self::push).
    pub fn push_snapshot(&self, snapshot: &Snapshot) -> Result<(), PushError> {
        self.send("PUT", snapshot)
    }

    /// As [`add`](Self::add) of values of your choice.
    ///
    /// # Errors
    ///
    /// As [`push`](Self::push).
    pub fn add_snapshot(&self, snapshot: &Snapshot) -> Result<(), PushError> {
        self.send("POST", snapshot)
    }

    /// Takes away all that was pushed under these labels.
    ///
    /// # Errors
    ///
    /// The request did not arrive.
    pub fn delete(&self) -> Result<(), PushError> {
        self.request("DELETE", &[], b"")
    }

    fn send(&self, method: &'static str, snapshot: &Snapshot) -> Result<(), PushError> {
        self.check_labels_of(snapshot)?;
        let body = exposition::text(snapshot);
        self.request(method, &[("Content-Type", exposition::TEXT)], body.as_bytes())
    }

    /// A gateway would overwrite a series' own label in silence.
    fn check_labels_of(&self, snapshot: &Snapshot) -> Result<(), PushError> {
        for family in &snapshot.families {
            for (name, _) in family.series.iter().flat_map(|series| &series.labels) {
                if self.labels.iter().any(|label| label.name == *name) {
                    let (family, label) = (family.name.to_string(), name.to_string());
                    return Err(PushError::Collision { family, label });
                }
            }
        }
        Ok(())
    }

    fn request(&self, method: &'static str, headers: &[(&str, &str)], body: &[u8]) -> Result<(), PushError> {
        let target = self.target()?;
        grouping::check(&self.labels)?;
        let authorization = self.authorization()?;
        let mut headers = headers.to_vec();
        headers.extend(authorization.as_deref().map(|value| ("Authorization", value)));
        let path = grouping::path(&self.labels);
        let request = Request { method, path: &path, headers: &headers, body };
        let answer = exchange(target, &request, self.timeout)
            .map_err(|error| PushError::Io { url: self.url.clone(), error })?;
        if answer.is_success() {
            return Ok(());
        }
        let (url, status, message) = (self.url.clone(), answer.status, answer.message());
        Err(PushError::Refused { url, status, message })
    }

    fn target(&self) -> Result<&Target, PushError> {
        self.target.as_ref().map_err(|error| PushError::Url { url: self.url.clone(), why: error.to_string() })
    }

    /// The value of that header.
    fn authorization(&self) -> Result<Option<String>, PushError> {
        let header = self.secret.as_ref().map(Secret::header).transpose();
        header.map_err(|SecretError { path, error }| PushError::Credentials { path, error })
    }
}

/// Without what is only true of a running process.
fn of_a_job(mut snapshot: Snapshot) -> Snapshot {
    snapshot.families.retain(|family| !family.name.starts_with("process_"));
    snapshot
}
