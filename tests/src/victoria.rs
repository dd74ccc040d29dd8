//! VictoriaMetrics and vmalert, the real ones.

use crate::http::{escaped, free_address, get};
use crate::process::{Process, installed};
use crate::prometheus::{Labels, Sample, query, wait_for};
use crate::wait::eventually;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// The Debian package of both.
const PACKAGE: &str = "victoria-metrics";

/// A running VictoriaMetrics.
pub struct VictoriaMetrics {
    address: String,
    _process: Process,
}

impl VictoriaMetrics {
    /// Starts it on a free port, its data and its log in `folder`. What is written can be queried at once.
    ///
    /// # Panics
    /// When it is not installed or does not become healthy.
    pub fn start(folder: &Path) -> Self {
        let address = free_address();
        let mut command = Command::new(installed("victoria-metrics", PACKAGE));
        command
            .arg(format!("-storageDataPath={}", folder.join("victoria-data").display()))
            .arg(format!("-httpListenAddr={address}"))
            .arg("-search.latencyOffset=0s");
        let process = Process::start(command, folder.join("victoria-metrics.log"));
        is_healthy("victoria-metrics", &address);
        Self { address, _process: process }
    }

    /// Its `host:port`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What an expression gives now.
    ///
    /// # Errors
    /// VictoriaMetrics refuses the expression, or it gives no vector.
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

    /// Whether it accepts an expression, whatever that gives.
    ///
    /// # Errors
    /// What it says against it.
    pub fn accepts(&self, expression: &str) -> Result<(), String> {
        let answer = get(&self.address, &format!("/api/v1/query?query={}", escaped(expression)))?;
        if answer.status == 200 { Ok(()) } else { Err(format!("{expression}: {}", answer.body)) }
    }
}

/// A running vmalert.
pub struct Vmalert {
    address: String,
    _process: Process,
}

impl Vmalert {
    /// Starts it on a free port with the rule files that a pattern matches: it reads from `storage` and writes to it, and
    /// sends alerts to the Alertmanager at `notifier`. It evaluates every second.
    ///
    /// # Panics
    /// When it is not installed or does not become healthy.
    pub fn start(rules: &str, storage: &VictoriaMetrics, notifier: &str, folder: &Path) -> Self {
        let address = free_address();
        let mut command = Command::new(installed("vmalert", PACKAGE));
        command
            .arg(format!("-rule={rules}"))
            .arg(format!("-datasource.url=http://{}", storage.address))
            .arg(format!("-remoteWrite.url=http://{}", storage.address))
            .arg(format!("-notifier.url=http://{notifier}"))
            .arg(format!("-httpListenAddr={address}"))
            .args(["-evaluationInterval=1s", "-remoteWrite.flushInterval=1s"]);
        let process = Process::start(command, folder.join("vmalert.log"));
        is_healthy("vmalert", &address);
        Self { address, _process: process }
    }

    /// Waits until an alert fires, and returns its labels.
    ///
    /// # Panics
    /// When it never does.
    pub fn wait_for_firing(&self, alert: &str) -> Labels {
        eventually(&format!("{alert} fires"), || {
            let alerts = self.alerts()?;
            let fires = |one: &&Value| one["name"] == alert && one["state"] == "firing";
            let firing = alerts["data"]["alerts"].as_array().into_iter().flatten().find(fires);
            let labels = firing.map(|alert| alert["labels"].clone()).ok_or_else(|| alerts.to_string())?;
            serde_json::from_value(labels).map_err(|error| error.to_string())
        })
    }

    /// Waits until an alert is there no more.
    ///
    /// # Panics
    /// When it stays.
    pub fn wait_for_end(&self, alert: &str) {
        eventually(&format!("{alert} ends"), || {
            let alerts = self.alerts()?;
            let mut all = alerts["data"]["alerts"].as_array().into_iter().flatten();
            if all.any(|one| one["name"] == alert) { Err(alerts.to_string()) } else { Ok(()) }
        });
    }

    /// The rules that could not be evaluated the last time, with the reason.
    ///
    /// # Errors
    /// It does not answer, or not as expected.
    pub fn faults(&self) -> Result<Vec<String>, String> {
        let answer = get(&self.address, "/api/v1/rules")?;
        let json: Value = serde_json::from_str(&answer.body).map_err(|error| error.to_string())?;
        let groups = json["data"]["groups"].as_array().ok_or_else(|| answer.body.clone())?;
        let rules = groups.iter().flat_map(|group| group["rules"].as_array().into_iter().flatten());
        let faults = rules.filter_map(|rule| rule["lastError"].as_str().filter(|error| !error.is_empty()));
        Ok(faults.map(str::to_owned).collect())
    }

    fn alerts(&self) -> Result<Value, String> {
        let answer = get(&self.address, "/api/v1/alerts")?;
        serde_json::from_str(&answer.body).map_err(|error| error.to_string())
    }
}

/// Whether vmalert accepts a rule file.
///
/// # Errors
/// What it says against it.
pub fn check_rules(file: &Path) -> Result<(), String> {
    let mut command = Command::new(installed("vmalert", PACKAGE));
    let output = command.arg("-dryRun").arg(format!("-rule={}", file.display())).output();
    let output = output.map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(()) } else { Err(format!("{}: {said}", file.display())) }
}

fn is_healthy(name: &str, address: &str) {
    eventually(&format!("{name} is healthy"), || match get(address, "/health")? {
        answer if answer.status == 200 => Ok(()),
        answer => Err(answer.body),
    });
}
