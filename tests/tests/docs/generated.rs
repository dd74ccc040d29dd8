//! Parts of the reference that are lists in code.
//!
//! What stands between `<!-- generated: name -->` and `<!-- end -->` is written by `KPI_BLESS=1`.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use generators::artifacts::ARTIFACTS;
use kpi_registry::catalog;
use kpi_registry::codegen::{Options, Want, expand};
use kpi_registry::entity::{Aggregation, AggregationOp, BurnSetting, BurnTier, Catalog, KindName, PanelType};
use kpi_registry::explain::{Explanation, all_codes};
use kpi_registry::load::load;
use kpi_registry::series::Reading;
use kpi_registry::source::Spanned;
use kpi_registry::value::{BuiltinUnit, Decimal, PromDuration, Rational, Unit};
use kpi_runtime::snapshot::Kind;
use kpi_tests::{repository, target_folder};

use crate::page;

/// A name, and what makes the text.
type Part = (&'static str, fn() -> String);

/// The parts by name.
const PARTS: &[Part] = &[
    ("units", units),
    ("aggregations", aggregations),
    ("panel types", panel_types),
    ("catalogs", catalogs),
    ("burn rates", burn_rates),
    ("codes", codes),
    ("explanations", explanations),
    ("artifacts", artifacts),
    ("example files", example_files),
    ("commands", commands),
    ("explained slo", explained_slo),
    ("builtin families", builtin_families),
    ("registry messages", registry_messages),
    ("messages", messages),
];

const END: &str = "<!-- end -->\n";

#[test]
fn generated_parts_are_up_to_date() {
    let bless = env::var_os("KPI_BLESS").is_some();
    let mut used = Vec::new();
    for page in page::PAGES {
        let old = page::text(page);
        let new = renewed(page, &old, &mut used);
        if bless && old != new {
            fs::write(page::path(page), new).expect("the page can be written");
        } else if old != new {
            let line = old.lines().zip(new.lines()).take_while(|(old, new)| old == new).count() + 1;
            panic!("{page}:{line} is not what the code says; KPI_BLESS=1 writes it");
        }
    }
    let unused: Vec<_> =
        PARTS.iter().filter(|(name, _)| !used.contains(name)).map(|(name, _)| name).collect();
    assert!(unused.is_empty(), "parts that no page has: {unused:?}");
}

/// A page with every generated part renewed.
fn renewed(page: &str, old: &str, used: &mut Vec<&'static str>) -> String {
    let mut new = String::with_capacity(old.len());
    let mut rest = old;
    while let Some((before, after)) = rest.split_once("<!-- generated: ") {
        let (name, after) =
            after.split_once(" -->\n").unwrap_or_else(|| panic!("{page}: a marker is not closed"));
        let (_, after) =
            after.split_once(END).unwrap_or_else(|| panic!("{page}: `{name}` does not end with {END}"));
        let part = PARTS.iter().find(|(known, _)| *known == name);
        let (name, make) = part.unwrap_or_else(|| panic!("{page}: there is no generated part `{name}`"));
        used.push(name);
        let text = make();
        new.push_str(&[before, "<!-- generated: ", name, " -->\n\n", text.trim(), "\n\n", END].concat());
        rest = after;
    }
    new + rest
}

/// A table in Markdown.
fn table<const N: usize>(heading: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | ").replace("| |", "|  |"));
    let heading = heading.map(str::to_owned);
    let rule = format!("|{}\n", "---|".repeat(N));
    let rows: String = rows.map(|row| line(&row)).collect();
    [line(&heading), rule, rows].concat()
}

fn code(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("`{text}`") }
}

fn codes_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(code).collect::<Vec<_>>().join(" ")
}

fn yes(is: bool) -> String {
    if is { "yes".into() } else { String::new() }
}

fn units() -> String {
    let rows = BuiltinUnit::ALL.iter().map(|builtin| {
        let unit = Unit::Builtin(*builtin);
        [
            code(builtin.name()),
            codes_of(builtin.aliases().iter().copied()),
            code(builtin.rust_type()),
            code(unit.suffix()),
            code(unit.grafana()),
            code(unit.ucum()),
            yes(unit.is_integral()),
            yes(unit.is_additive()),
        ]
    });
    table(
        [
            "unit",
            "also written",
            "Rust type",
            "suffix",
            "Grafana",
            "UCUM",
            "counted in wholes",
            "may be summed",
        ],
        rows,
    )
}

/// One KPI of every type.
const ONE_OF_EACH: &str = "
version: 2
platform: p
labels: {route: {description: Route, values: [a, b]}}
kpis:
  - {name: gauge, description: One., unit: bytes, prometheus_metric: m, labels: [route]}
  - {name: counter, description: One., unit: requests, type: counter, prometheus_metric: m_total, labels: [route]}
  - {name: histogram, description: One., unit: seconds, type: histogram, buckets: [1], prometheus_metric: m, labels: [route]}
  - {name: native, description: One., unit: seconds, type: native_histogram, prometheus_metric: m, labels: [route]}
  - {name: state, description: One., type: state, prometheus_metric: m, labels: [{name: state, values: [on, off]}]}
  - {name: info, description: One., type: info, prometheus_metric: m_info, labels: [route]}
  - {name: derived, description: One., unit: bytes, type: derived, expr: x, prometheus_metric: m, labels: [route]}
";

/// Every type with every operation: what is recorded, or why not.
fn aggregations() -> String {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("kpi_registry.yaml");
    fs::write(&file, ONE_OF_EACH).expect("the registry can be written");
    let registry = load(&file).registry.expect("there are KPIs");
    let sections = KindName::ALL.iter().map(|kind| {
        let (id, kpi) = registry.kpis().find(|(_, kpi)| kpi.kind.name() == *kind).expect("one of each");
        let rows = AggregationOp::ALL.iter().map(|op| {
            let aggregation = Aggregation {
                op: Spanned::new(*op, kpi.span),
                by: None,
                window: None,
                up_to: (*op == AggregationOp::Fraction).then(|| Spanned::new(Decimal::ONE, kpi.span)),
                span: kpi.span,
            };
            let what = match aggregation.recipe(*kind, &kpi.unit) {
                Ok(_) => {
                    let reading = Reading::of_aggregation(&registry, id, &aggregation);
                    code(&reading.expect("it is right").expr(&[]).to_string())
                }
                Err(refusal) => format!("no: {}; {}", refusal.why, refusal.instead),
            };
            [code(op.as_str()), what]
        });
        format!("`{}`:\n\n{}", kind.as_str(), table(["operation", "what is recorded"], rows))
    });
    sections.collect::<Vec<_>>().join("\n")
}

fn panel_types() -> String {
    codes_of(PanelType::ALL.iter().map(|kind| kind.as_str()))
}

fn catalogs() -> String {
    let rows = Catalog::ALL.iter().map(|it| {
        let (program, version) = catalog::source(*it);
        [code(it.as_str()), program.to_owned(), version.to_owned(), catalog::metrics(*it).count().to_string()]
    });
    table(["catalog", "metrics of", "version", "metrics"], rows)
}

/// Objectives and periods that people choose from.
const OBJECTIVES: [&str; 6] = ["95", "99", "99.5", "99.9", "99.95", "99.99"];
const PERIODS: [u64; 5] = [7, 14, 28, 30, 90];

/// Every threshold, period by period, and how long everything may be bad.
fn burn_rates() -> String {
    let of_period = |days: &u64| {
        let period = PromDuration::from_minutes(days * 24 * 60);
        let setting = |objective: &str| BurnSetting {
            objective: objective.parse().expect("a number"),
            period,
            scrape_interval: PromDuration::from_secs(15),
            retention: PromDuration::from_minutes(90 * 24 * 60),
        };
        let windows =
            BurnTier::DEFAULTS.iter().map(|tier| format!("{} in {}", percent(tier.share), tier.long));
        let mut heading = vec!["objective".to_owned(), "budget, or outage".to_owned()];
        heading.extend(windows);
        let rows = OBJECTIVES.iter().map(|objective| {
            let setting = setting(objective);
            let budget = Decimal::from(100).checked_sub(setting.objective).expect("below 100");
            let outage =
                Rational::of(budget).and_then(|budget| budget.checked_mul(Rational::of_millis(period)?));
            let outage = outage.map_or(0, |outage| outage.floor().unsigned_abs() / 100);
            let tiers = BurnTier::DEFAULTS.iter().map(|tier| match tier.burn(&setting) {
                Ok(burn) => format!("{} → {}", burn.factor, burn.threshold),
                Err(_) => "–".to_owned(),
            });
            let budget = format!("{}, or {}", percent(budget), PromDuration::from_millis(outage));
            [percent(setting.objective), budget].into_iter().chain(tiers).collect::<Vec<_>>()
        });
        let rows: Vec<Vec<String>> = rows.collect();
        let columns = |cells: Vec<String>| -> [String; 6] { cells.try_into().expect("six columns") };
        let heading = columns(heading);
        let heading = heading.each_ref().map(String::as_str);
        format!("Over {days} days:\n\n{}", table(heading, rows.into_iter().map(columns)))
    };
    PERIODS.iter().map(of_period).collect::<Vec<_>>().join("\n")
}

fn percent(number: Decimal) -> String {
    format!("{number} %")
}

fn codes() -> String {
    table(
        ["code", "finding"],
        all_codes().iter().map(|row| {
            let anchor = row.code.to_lowercase();
            [format!("[{}](#{anchor})", row.code), row.title.to_owned()]
        }),
    )
}

fn explanations() -> String {
    let section = |Explanation { code, title, text }: &Explanation| {
        let lines = text.trim_end().lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
        let text: String = lines.flat_map(|line| [line, "\n"]).collect();
        // The examples show what is wrong beside what is right, so they are no registries.
        let text = text.replace("```yaml\n", "```yml\n");
        format!("<a id=\"{}\"></a>\n\n### {code}: {title}\n\n{text}", code.to_lowercase())
    };
    all_codes().iter().map(section).collect::<Vec<_>>().join("\n")
}

fn artifacts() -> String {
    let about = |text: &str| text.lines().map(str::trim).collect::<Vec<_>>().join(" ").trim().to_owned();
    let rows = ARTIFACTS.iter().map(|it| [code(it.group()), code(it.id()), about(it.about())]);
    table(["group", "artifact", "what it is"], rows)
}

/// What is generated for the example.
fn example_files() -> String {
    let loaded = load(&repository().join("examples/auren/kpi_registry.yaml"));
    let registry = loaded.registry.expect("the example loads");
    let tree = generators::generate(&registry, ARTIFACTS).expect("no two artifacts have one path");
    table(
        ["file", "artifact", "kind"],
        tree.iter().map(|(path, entry)| [code(path), code(entry.artifact), code(entry.kind.as_str())]),
    )
}

/// The help of the program and of every command it lists.
fn commands() -> String {
    let whole = kpi(&["--help"]);
    let names = commands_of(&whole);
    let options = |text: &str| text.replace("\n          \n", "\n\n");
    let mut out = format!("```text\n{}\n```\n", options(&whole).trim_end());
    for name in names {
        let text = kpi(&[name, "--help"]);
        let mut described = vec![(name.to_owned(), text.clone())];
        // A command of commands has nothing to say that they don't.
        if text.contains("\nCommands:\n") {
            let inner =
                commands_of(&text).map(|inner| (format!("{name} {inner}"), kpi(&[name, inner, "--help"])));
            described = inner.collect();
        }
        for (name, text) in described {
            let own = own_options(&options(&text));
            out.push_str(&["\n### kpi ", &name, "\n\n```text\n", own.trim_end(), "\n```\n"].concat());
        }
    }
    out
}

/// The commands that a help lists.
fn commands_of(help: &str) -> impl Iterator<Item = &str> {
    let list =
        help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).unwrap_or_default();
    let names = list.lines().filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help")
}

/// What `kpi explain slo` says about an SLO of the example.
fn explained_slo() -> String {
    let text = kpi(&["explain", "slo", "requests", "--registry", "examples/auren/kpi_registry.yaml"]);
    format!("```text\n{}\n```\n", text.trim_end())
}

/// Without the options that every command has: they stand in the help of the program.
fn own_options(text: &str) -> String {
    let (own, _) = text.split_once("      --registry <PATH>").unwrap_or((text, ""));
    own.trim_end().trim_end_matches("\n\nOptions:").to_owned()
}

/// What the program prints.
fn kpi(arguments: &[&str]) -> String {
    let run = Command::new(env!("CARGO"))
        .current_dir(repository())
        .args(["run", "--quiet", "--offline", "-p", "generators", "--bin", "kpi", "--"])
        .args(arguments)
        .env("CARGO_TARGET_DIR", target_folder().join("platform"))
        .output()
        .expect("cargo runs");
    assert!(run.status.success(), "kpi {arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).expect("help is text")
}

/// What an endpoint exposes of itself and of its process.
fn builtin_families() -> String {
    let families = kpi_runtime::snapshot().families;
    let kind = |kind: Kind| format!("{kind:?}").to_lowercase();
    let rows = families.iter().map(|family| [code(&family.name), kind(family.kind), family.help.to_string()]);
    table(["family", "kind", "what it is"], rows)
}

/// Where the pinned messages lie.
fn ui(case: &str, extension: &str) -> PathBuf {
    repository().join("tests/ui").join(format!("{case}.{extension}"))
}

/// Messages about registries, as both doors give them.
fn registry_messages() -> String {
    let whole = expand(&ui("fail/several_at_once", "yaml"), &Options::default(), Want::Code).errors;
    let never = Options {
        agent: Some("neuros".into()),
        emitted_in: vec![ui("fail/never_emitted", "rs")],
        ..Options::default()
    };
    let never = expand(&ui("fail/emitted", "yaml"), &never, Want::Code).errors;
    let block = |text: &String| format!("```text\nerror{}\n```\n", text.trim_end());
    let [whole, never] = [whole, never].map(|texts| texts.iter().map(block).collect::<Vec<_>>().join("\n"));
    format!("{whole}\nA KPI that the agent must emit and never does:\n\n{never}")
}

/// Misuse, each with a case under `tests/ui`.
const MISUSE: &[&str] = &[
    "rustc/misspelt_kpi",
    "rustc/misspelt_value",
    "rustc/missing_label",
    "rustc/swapped_labels",
    "fail/inc_without_with",
    "fail/other_unit",
    "fail/number_without_unit",
    "fail/bytes_without_unit",
    "fail/negative_increment",
    "fail/money_without_sign",
    "fail/timer_of_bytes",
    "fail/track_of_milliseconds",
    "rustc/guard_not_bound",
    "fail/callback_without_unit",
    "rustc/callback_not_bound",
    "rustc/result_labels_swapped",
    "fail/errors_in_bytes",
    "fail/assert_kpi_without_with",
    "fail/exemplar_for_a_plain_kpi",
    "rustc/dec_on_counter",
    "rustc/other_agents_kpi",
    "rustc/deprecated_kpi",
];

/// What the compiler says about misuse: the message with its snippet, and our own note.
fn messages() -> String {
    let section = |case: &&str| {
        let [program, said] = ["rs", "stderr"].map(|extension| {
            let path = ui(case, extension);
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        });
        let title = program.lines().next().and_then(|line| line.strip_prefix("//! "));
        let title = title.unwrap_or_else(|| panic!("{case}.rs begins with a line of documentation"));
        // What rustc adds of its own stands at the margin, or is a list of types.
        let is_end = |line: &&str| ["note: ", "help: ", "error"].iter().any(|start| line.starts_with(start));
        let is_extra = |line: &&str| line.starts_with("  = help: ") || line.starts_with("     ");
        let lines = said.lines().take(1).chain(said.lines().skip(1).take_while(|line| !is_end(line)));
        let lines = lines.filter(|line| !is_extra(line));
        let text = lines.flat_map(|line| [line, "\n"]).collect::<String>();
        let text = text.trim_end().trim_end_matches("\n  |").replace(&format!("{case}.rs"), "src/main.rs");
        format!("{title}\n\n```text\n{text}\n```\n")
    };
    MISUSE.iter().map(section).collect::<Vec<_>>().join("\n")
}
