//! The contract as JSON.

use super::{Contract, Family, LabelValues, Origin};
use crate::json::{self, Object};

/// The version of the form. It grows when a reader of the older form would misread the newer one; new members alone are no
/// reason.
const VERSION: u64 = 1;

pub(super) fn json(contract: &Contract) -> String {
    let Contract { registries, families, left_out } = contract;
    json::document(|document| {
        document.number("contract", VERSION);
        document.text("runtime", env!("CARGO_PKG_VERSION"));
        document.objects("registries", registries, |object, about| {
            object.text("platform", about.platform);
            object.text("agent", about.agent);
            object.text("hash", about.registry);
            object.text("version", about.version);
        });
        document.objects("families", families, family);
        document.objects("left_out", left_out, |object, left_out| {
            object.text("name", &left_out.name);
            object.text("from", left_out.from);
            object.text("kept", left_out.kept);
        });
    })
}

fn family(object: &mut Object<'_>, family: &Family) {
    let Family { name, help, kind, unit, labels, series, origin } = family;
    object.text("name", name);
    object.text("help", help);
    object.text("type", kind.as_str());
    object.text("unit", unit);
    object.objects("labels", labels, |object, label| {
        object.text("name", &label.name);
        match &label.values {
            LabelValues::Closed(values) => object.texts("values", values.iter().copied()),
            LabelValues::Open(limit) => object.number("limit", u64::from(*limit)),
            LabelValues::Unknown => {}
        }
    });
    object.number("series", *series as u64);
    object.boolean("in_registry", origin.is_registry());
    match origin {
        Origin::Registry { registry, kpi, place } => {
            object.number("registry", *registry as u64);
            object.text("kpi", kpi);
            object.text("declared", place);
        }
        Origin::Runtime => object.text("from", "runtime"),
        Origin::Foreign(bridge) => object.text("from", bridge.as_str()),
    }
}
