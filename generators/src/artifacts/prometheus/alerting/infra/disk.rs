//! Disks, as node-exporter sees them.

use std::collections::BTreeMap;

use kpi_registry::entity::{Catalog, Severity};
use kpi_registry::promql::{BinaryOp, Expr, Function, MatchOp, MatchValue, Matcher, Selector};
use kpi_registry::value::Decimal;

use super::{LONG, Watch, Words, alert, minutes, series, stays};
use crate::artifacts::prometheus::alerting::names::Names;
use crate::artifacts::prometheus::alerting::{Alert, Context};
use crate::artifacts::prometheus::timeline::Motion;
use crate::wire::template::Template;

const LEFT: &str = "node_filesystem_avail_bytes";
const SIZE: &str = "node_filesystem_size_bytes";
/// File systems that are always full, or no disks.
const PSEUDO: &str = "tmpfs|ramfs|squashfs|overlay|iso9660|fuse[.].+";

/// When a disk fills: how little must be left, and within how many hours it will be full.
struct Pace {
    name: &'static str,
    severity: Severity,
    left: u32,
    hours: u32,
}

const PACES: [Pace; 2] = [
    Pace { name: "disk_filling", severity: Severity::Warning, left: 40, hours: 24 },
    Pace { name: "disk_filling_fast", severity: Severity::Critical, left: 15, hours: 4 },
];

/// A disk that will be full soon.
pub(super) fn alerts<'a>(context: &Context<'a>, names: &mut Names) -> Vec<Alert<'a>> {
    let registry = context.registry;
    if !registry.uses(Catalog::NodeExporter) {
        return Vec::new();
    }
    let of_pace = |Pace { name, severity, left, hours }: &Pace| {
        let disk = Template::text("The disk ").label("mountpoint").then(" of ").label("instance");
        let words = Words {
            severity: *severity,
            hold: minutes(60),
            agent: &registry.platform.value,
            owner: registry.defaults.owner.as_deref(),
            summary: disk.then(format!(" will be full within {hours}h")),
            description: Template::text(format!(
                "Less than {left}% is left, and at the pace of the last 6h nothing will be left within {hours}h."
            )),
        };
        alert(names.give(&[name]), watch(*left, *hours), words)
    };
    PACES.iter().map(of_pace).collect()
}

fn watch(left: u32, hours: u32) -> Watch {
    let no_pseudo =
        || Matcher { label: "fstype".into(), op: MatchOp::NotRegex, value: MatchValue::Text(PSEUDO.into()) };
    let select = |metric: &str| Selector::new(metric).matching(no_pseudo());
    let share = Expr::from(select(LEFT)).divided_by(Expr::from(select(SIZE)));
    let ahead = Expr::from(Decimal::from(hours * 3600));
    let left_then = Expr::call(Function::PredictLinear, [select(LEFT).over(minutes(6 * 60)).into(), ahead]);
    let is_low = share.binary(BinaryOp::Less, Decimal::new(i64::from(left), 2));
    let labels: BTreeMap<&'static str, String> =
        [("fstype", "ext4".to_owned()), ("instance", "test:1".into()), ("mountpoint", format!("/{hours}h"))]
            .into();
    // Of a million, and so fast that it is not empty after the test and will be soon after.
    let (size, start) = (1_000_000, left * 10_000);
    let falls = Motion::Grows(Decimal::new(-300, 0));
    Watch {
        expr: left_then.binary(BinaryOp::Less, Decimal::ZERO).binary(BinaryOp::And, is_low),
        window: minutes(6 * 60),
        series: vec![series(LEFT, &labels), series(SIZE, &labels)],
        // Full enough and not falling; at the line.
        fine: vec![(LONG, vec![stays(start), stays(size)])],
        bad: vec![falls, stays(size)],
        fires: (labels, 0.0),
    }
}
