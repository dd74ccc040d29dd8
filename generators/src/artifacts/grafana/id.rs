//! Ids that addresses contain, so they must not change when something else is added.

use std::collections::{BTreeMap, BTreeSet};

use kpi_registry::entity::{AgentId, KpiId};
use kpi_registry::registry::Registry;

use super::board;

/// Grafana takes uids of at most so many characters.
const UID_LENGTH: usize = 40;

/// The uid of a dashboard: `auren-agent-neuros`, and the start of it with a hash of the whole when it is too long.
pub(super) fn dashboard_uid(platform: &str, area: &str, name: &str) -> String {
    let whole = [platform, area, name].join("-");
    let plain: String = whole
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-') { c } else { '-' })
        .collect();
    if plain == whole && whole.len() <= UID_LENGTH {
        return whole;
    }
    let start: String = plain.chars().take(UID_LENGTH - 9).collect();
    format!("{start}-{:08x}", fnv(&whole))
}

/// The uid of an agent's dashboard.
pub fn agent_dashboard_uid(registry: &Registry, agent: AgentId) -> String {
    dashboard_uid(&registry.platform, "agent", &registry.agent(agent).name)
}

/// The id of the first panel of every KPI that an agent's dashboard shows.
pub fn panel_ids(registry: &Registry, agent: AgentId) -> BTreeMap<KpiId, u32> {
    let mut ids = PanelIds::default();
    let shown = board::kpis_of_agent(registry, agent);
    shown.into_iter().map(|kpi| (kpi, ids.allot(&registry.kpi(kpi).name))).collect()
}

/// Gives out the panel ids of one dashboard: hashes of what the panels show, whatever their order.
#[derive(Debug, Default)]
pub(super) struct PanelIds {
    used: BTreeSet<u32>,
}

impl PanelIds {
    /// An id for a key: positive, below 2³¹, and never given out before. A second key of the same hash gets the
    /// next free number.
    pub(super) fn allot(&mut self, key: &str) -> u32 {
        const LAST: u32 = i32::MAX as u32;
        let mut id = fnv(key) % LAST + 1;
        while !self.used.insert(id) {
            id = id % LAST + 1;
        }
        id
    }
}

/// FNV-1a, 32 bits.
fn fnv(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uids_are_short_plain_and_distinct() {
        assert_eq!(dashboard_uid("auren", "agent", "neuros"), "auren-agent-neuros");
        let long = |tail: &str| dashboard_uid("auren", "agent", &("x".repeat(60) + tail));
        for uid in [long("a"), long("b"), dashboard_uid("auren", "board", "Schlaf & Erholung")] {
            assert!(uid.len() <= UID_LENGTH, "{uid}");
            assert!(uid.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_'), "{uid}");
        }
        assert_ne!(long("a"), long("b"));
        assert_ne!(dashboard_uid("a", "board", "x y"), dashboard_uid("a", "board", "x-y"));
    }

    #[test]
    fn panel_ids_are_positive_and_unique() {
        let mut ids = PanelIds::default();
        let first = ids.allot("hrv_rmssd");
        assert_eq!(first, PanelIds::default().allot("hrv_rmssd"));
        assert_eq!(ids.allot("hrv_rmssd"), first + 1);
        assert!(
            (0..10_000).map(|n| ids.allot(&n.to_string())).all(|id| id >= 1 && i32::try_from(id).is_ok())
        );
    }
}
