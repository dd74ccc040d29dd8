//! What dashboard-linter shall not complain about.

use std::collections::BTreeMap;

use super::canvas::Exclusion;
use crate::artifact::{File, FileKind};
use crate::wire::grafana::linter::{Configuration, Entry, Exclusions};

/// The rules that ask every query to be narrowed to the chosen jobs and instances.
const RULES: [&str; 2] = ["target-instance-rule", "target-job-rule"];

/// The file for some dashboards, by title.
pub(super) fn file(dashboards: &[(String, Vec<Exclusion>)]) -> File {
    let entries: Vec<Entry> = dashboards
        .iter()
        .flat_map(|(title, excluded)| excluded.iter().map(move |excluded| (title, excluded)))
        .map(|(title, excluded)| Entry {
            dashboard: title.clone(),
            panel: excluded.panel.clone(),
            reason: excluded.reason.to_owned(),
        })
        .collect();
    let reason = "the series of these panels do not come from a target".to_owned();
    let rules =
        RULES.map(|rule| (rule.to_owned(), Exclusions { reason: reason.clone(), entries: entries.clone() }));
    let configuration = Configuration { exclusions: BTreeMap::from(rules) };
    File::yaml("grafana/dashboards/.lint", FileKind::GrafanaLint, &configuration)
}
