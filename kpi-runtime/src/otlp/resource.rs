//! Who sends: the attributes of the resource, named as OpenTelemetry's semantic conventions have it.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};

use crate::store::linked;

/// Attributes that the program has by itself: of the first registry in use, its agent as the service, its platform as the
/// namespace and its crate's version; of this crate; and an id, without which two instances of a service would be taken
/// for one.
pub(super) fn defaults(instance: &str) -> BTreeMap<String, String> {
    let about = linked().next().map(|core| core.tables.about);
    let (platform, agent, version) =
        about.map_or(("", "", ""), |about| (about.platform, about.agent, about.version));
    let name = [agent, platform].into_iter().find(|name| !name.is_empty()).unwrap_or("unknown_service");
    let attributes = [
        ("service.name", name),
        ("service.namespace", if agent.is_empty() { "" } else { platform }),
        ("service.version", version),
        ("service.instance.id", instance),
        ("telemetry.sdk.name", env!("CARGO_PKG_NAME")),
        ("telemetry.sdk.language", "rust"),
        ("telemetry.sdk.version", env!("CARGO_PKG_VERSION")),
    ];
    let attributes = attributes.into_iter().filter(|(_, value)| !value.is_empty());
    attributes.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// A random UUID of version 4 (RFC 9562), from the randomness of the standard library's hash maps.
pub(super) fn instance() -> String {
    let half = || RandomState::new().hash_one(std::process::id());
    let bits = u128::from(half()) << 64 | u128::from(half());
    let bits = bits & !(0xf << 76) | 0x4 << 76;
    let bits = bits & !(0x3 << 62) | 0x2 << 62;
    let hex = format!("{bits:032x}");
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| hex.get(part).unwrap_or_default());
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_of_the_fourth_version() {
        let ids = [instance(), instance()];
        assert_ne!(ids[0], ids[1]);
        for id in ids {
            let parts: Vec<&str> = id.split('-').collect();
            assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{id}");
            assert!(parts[2].starts_with('4') && parts[3].starts_with(['8', '9', 'a', 'b']), "{id}");
        }
    }
}
