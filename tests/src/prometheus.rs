//! Prometheus and Alertmanager, the real ones.

use crate::http::{escaped, get, post};
use crate::process::{Process, installed};
use crate::wait::eventually;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// A running Prometheus.
pub struct Prometheus {
    address: String,
    _process: Process,
}

/// Labels, by name.
pub type Labels = BTreeMap<String, String>;

/// One element of an instant vector.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Its labels, `__name__` among them when it has one.
    pub labels: BTreeMap<String, String>,
    /// Its value.
    pub value: f64,
}

impl Prometheus {
    /// Starts it on a free port with `config`, its data and its log in `folder`.
    ///
    /// # Panics
    /// When it is not installed or does not become ready.
    pub fn start(config: &Path, folder: &Path) -> Self {
        Self::start_with(&[], config, folder)
    }

    /// As [`start`](Self::start), with these features switched on.
    ///
    /// # Panics
    /// When it is not installed or does not become ready.
    pub fn start_with(features: &[&str], config: &Path, folder: &Path) -> Self {
        let mut command = Command::new(installed("prometheus", "prometheus"));
        command
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--storage.tsdb.path={}", folder.join("prometheus-data").display()))
            .args([
                "--web.listen-address=127.0.0.1:0",
                "--web.enable-lifecycle",
                "--rules.alert.resend-delay=1s",
            ])
            .args((!features.is_empty()).then(|| format!("--enable-feature={}", features.join(","))));
        let (address, process) = serve("prometheus", command, folder);
        Self { address, _process: process }
    }

    /// Its `host:port`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The `data` of an answer of its API.
    ///
    /// # Errors
    /// It does not answer, or not with success.
    pub fn api(&self, path: &str) -> Result<Value, String> {
        api(&self.address, path)
    }

    /// What an expression gives now.
    ///
    /// # Errors
    /// Prometheus refuses the expression, or it gives no vector.
    pub fn query(&self, expression: &str) -> Result<Vec<Sample>, String> {
        query(&self.address, expression)
    }

    /// Waits until an expression gives something.
    ///
    /// # Panics
    /// When it never does.
    pub fn wait_for(&self, expression: &str) -> Vec<Sample> {
        wait_for(&self.address, expression)
    }

    /// The label sets of all series that a selector has matched.
    ///
    /// # Errors
    /// Prometheus refuses the selector.
    pub fn series(&self, selector: &str) -> Result<Vec<BTreeMap<String, String>>, String> {
        let data = self.api(&format!("series?match%5B%5D={}", escaped(selector)))?;
        serde_json::from_value(data).map_err(|error| error.to_string())
    }

    /// Makes it read its configuration again.
    ///
    /// # Panics
    /// When it refuses the configuration.
    pub fn reload(&self) {
        reload(&self.address);
    }
}

/// A running Alertmanager.
pub struct Alertmanager {
    address: String,
    _process: Process,
}

impl Alertmanager {
    /// Starts it on `address` with `config`, its data and its log in `folder`.
    ///
    /// # Panics
    /// When it is not installed or does not become ready.
    pub fn start(config: &Path, address: &str, folder: &Path) -> Self {
        let mut command = Command::new(installed("prometheus-alertmanager", "prometheus-alertmanager"));
        command
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--storage.path={}", folder.join("alertmanager-data").display()))
            .arg(format!("--web.listen-address={address}"))
            .arg("--cluster.listen-address=");
        let (address, process) = serve("alertmanager", command, folder);
        Self { address, _process: process }
    }

    /// Its `host:port`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Sends it alerts that fire, each as its labels.
    ///
    /// # Panics
    /// When it refuses them.
    pub fn fire(&self, alerts: &[Labels]) {
        let alerts: Vec<Value> = alerts.iter().map(|labels| json!({ "labels": labels })).collect();
        let answer = post(&self.address, "/api/v2/alerts", &Value::from(alerts).to_string());
        let answer = answer.expect("the server answers");
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    /// The labels of every alert it knows, and whether another one silences it.
    ///
    /// # Errors
    /// It does not answer, or not as expected.
    pub fn alerts(&self) -> Result<BTreeMap<Labels, bool>, String> {
        let answer = get(&self.address, "/api/v2/alerts")?;
        let alerts: Vec<Value> = serde_json::from_str(&answer.body).map_err(|error| error.to_string())?;
        let one = |alert: &Value| {
            let labels =
                serde_json::from_value(alert["labels"].clone()).map_err(|error| error.to_string())?;
            let by = alert["status"]["inhibitedBy"].as_array().ok_or_else(|| alert.to_string())?;
            Ok((labels, !by.is_empty()))
        };
        alerts.iter().map(one).collect()
    }

    /// Makes it read its configuration again.
    ///
    /// # Panics
    /// When it refuses the configuration.
    pub fn reload(&self) {
        reload(&self.address);
    }
}

fn serve(name: &str, command: Command, folder: &Path) -> (String, Process) {
    let mut process = Process::start(command, folder.join(format!("{name}.log")));
    let address = process.printed(&format!("the address of {name}"), |line| {
        let address = line.contains("\"Listening on\"").then(|| line.split("address=").nth(1))??.trim();
        (!address.ends_with(":0")).then(|| address.to_owned())
    });
    eventually(&format!("{name} is ready"), || match get(&address, "/-/ready")? {
        answer if answer.status == 200 => Ok(()),
        answer => Err(answer.body),
    });
    (address, process)
}

/// The `data` of an answer of an API like that of Prometheus.
pub(crate) fn api(address: &str, path: &str) -> Result<Value, String> {
    let answer = get(address, &format!("/api/v1/{path}"))?;
    let mut json: Value = serde_json::from_str(&answer.body).map_err(|error| format!("{path}: {error}"))?;
    if json["status"] == "success" { Ok(json["data"].take()) } else { Err(answer.body) }
}

/// What an expression gives now.
pub(crate) fn query(address: &str, expression: &str) -> Result<Vec<Sample>, String> {
    let data = api(address, &format!("query?query={}", escaped(expression)))?;
    if data["resultType"] != "vector" {
        return Err(format!("no vector: {data}"));
    }
    let samples = data["result"].as_array().into_iter().flatten().map(sample);
    samples.collect::<Option<_>>().ok_or_else(|| format!("no samples: {data}"))
}

/// Waits until an expression gives something.
pub(crate) fn wait_for(address: &str, expression: &str) -> Vec<Sample> {
    eventually(expression, || match query(address, expression) {
        Ok(samples) if samples.is_empty() => Err("no data".to_owned()),
        other => other,
    })
}

fn reload(address: &str) {
    let answer = post(address, "/-/reload", "").expect("the server answers");
    assert_eq!(answer.status, 200, "{}", answer.body);
}

fn sample(json: &Value) -> Option<Sample> {
    let labels = serde_json::from_value(json["metric"].clone()).ok()?;
    let value = json["value"][1].as_str()?.parse().ok()?;
    Some(Sample { labels, value })
}
