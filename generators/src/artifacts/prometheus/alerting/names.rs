//! Names of alerts.

use std::collections::BTreeSet;

use kpi_registry::registry::Registry;
use kpi_registry::value::camel_case;

/// The name of the alert that always fires; heartbeat routes look for it.
pub(super) const WATCHDOG: &str = "Watchdog";

/// Gives every name once.
pub(in crate::artifacts::prometheus) struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// With the names that users gave taken already.
    pub(super) fn new(registry: &Registry) -> Self {
        let written = registry.alerts.iter().map(|alert| alert.name.value.clone());
        Self { taken: written.chain([WATCHDOG.to_owned()]).collect() }
    }

    /// `CamelCase` of the parts; a number follows where that is taken, as `a_1` and `a1` are both `A1`.
    pub(in crate::artifacts::prometheus) fn give(&mut self, parts: &[&str]) -> String {
        let name: String = parts.iter().map(|part| camel_case(part)).collect();
        if self.taken.insert(name.clone()) {
            return name;
        }
        let numbered = (2_u32..).map(|number| format!("{name}{number}"));
        let free = numbered.into_iter().find(|name| !self.taken.contains(name)).unwrap_or(name);
        self.taken.insert(free.clone());
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_meet_are_told_apart() {
        let mut names = Names { taken: BTreeSet::new() };
        assert_eq!(names.give(&["a_1", "high"]), "A1High");
        assert_eq!(names.give(&["a1", "high"]), "A1High2");
        assert_eq!(names.give(&["a1_high"]), "A1High3");
    }
}
