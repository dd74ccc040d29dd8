//! Stable ids that dashboards have and alerts link to.

use std::collections::{BTreeMap, BTreeSet};

use kpi_registry::entity::KpiId;
use kpi_registry::registry::Registry;

/// The longest uid that Grafana takes.
const UID_LENGTH: usize = 40;

/// The uid of the dashboard of an agent, or of one written by hand: `platform-name`.
///
/// One that is longer or has anything but lower-case letters, digits, `-` and `_` is cut to those and ends in a hash
/// of the whole: a file is called after it, and some file systems don't tell `A` from `a`.
pub fn dashboard_uid(platform: &str, name: &str) -> String {
    let uid = format!("{platform}-{name}");
    if is_plain_uid(&uid) {
        return uid;
    }
    let safe: String = uid
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '_' { c.to_ascii_lowercase() } else { '-' })
        .take(UID_LENGTH - 9)
        .collect();
    format!("{safe}-{:08x}", fnv1a(&uid))
}

/// Whether a text can be a uid as it is.
pub fn is_plain_uid(uid: &str) -> bool {
    uid.len() <= UID_LENGTH && uid.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
}

/// How many panel ids every KPI has to itself.
pub const PANELS_PER_KPI: u32 = 16;

/// The panel ids of every KPI.
///
/// An id comes from the KPI's name, so links, alerts and annotations stay right when the registry is put in another
/// order or grows.
#[derive(Clone, Debug)]
pub struct PanelIds {
    blocks: BTreeMap<KpiId, u32>,
}

impl PanelIds {
    /// Gives every KPI its ids. Of two names with one hash, the later in the registry moves on to the next free place.
    pub fn new(registry: &Registry) -> Self {
        // Ids are 32 bits wide and start at 1: block 0 stays empty, and so do ids past the sign bit.
        let count = (1 << 31) / PANELS_PER_KPI;
        let mut taken = BTreeSet::from([0]);
        let mut blocks = BTreeMap::new();
        for (id, kpi) in registry.kpis() {
            let mut block = fnv1a(&kpi.name) % count;
            while !taken.insert(block) {
                block = (block + 1) % count;
            }
            blocks.insert(id, block);
        }
        Self { blocks }
    }

    /// The id of a KPI's main panel, the one alerts link to.
    pub fn main(&self, kpi: KpiId) -> u32 {
        self.nth(kpi, 0)
    }

    /// The id of a KPI's further panel, below [`PANELS_PER_KPI`].
    pub fn nth(&self, kpi: KpiId, panel: u32) -> u32 {
        self.blocks.get(&kpi).map_or(1, |block| block * PANELS_PER_KPI + panel % PANELS_PER_KPI)
    }
}

/// FNV-1a, 32 bits: stable everywhere and good enough to spread names.
pub(crate) fn fnv1a(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// The longest DNS label.
const LABEL_LENGTH: usize = 63;

/// A name as a DNS label, by RFC 1123. One that is too long is cut, and ends in a hash of the whole.
pub(crate) fn dns_label(name: &str) -> String {
    let label: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let label = label.trim_end_matches('-').to_ascii_lowercase();
    if label.len() <= LABEL_LENGTH && label.len() == name.len() {
        return label;
    }
    with_hash(&label, name)
}

/// A label that ends in a hash.
pub(crate) fn with_hash(label: &str, of: &str) -> String {
    let cut: String = label.chars().take(LABEL_LENGTH - 9).collect();
    format!("{}-{:08x}", cut.trim_end_matches('-'), fnv1a(of))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_dns_labels() {
        assert_eq!(dns_label("hrv_rmssd"), "hrv-rmssd");
        assert_eq!(dns_label("ends_"), format!("ends-{:08x}", fnv1a("ends_")));
        let long = "a".repeat(80);
        let label = dns_label(&long);
        assert!(label.len() <= 63 && label.starts_with("aaa") && label != dns_label(&"a".repeat(81)));
    }

    #[test]
    fn uids_are_short_readable_and_unique() {
        assert_eq!(dashboard_uid("auren", "neuros"), "auren-neuros");
        let long = dashboard_uid("auren", &"x".repeat(60));
        assert_eq!(long.len(), 40);
        assert_ne!(long, dashboard_uid("auren", &"x".repeat(61)));
        assert!(is_plain_uid(&dashboard_uid("auren", "é b")));
        let lower = |name| dashboard_uid("auren", name).to_lowercase();
        assert_ne!(lower("Neuros"), lower("neuros"));
        assert_ne!(lower("Neuros"), lower("NEUROS"));
    }
}
