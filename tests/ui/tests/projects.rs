//! Whole crates, built by cargo: two registries in one program, the build script, what makes a build run again, what can be
//! packaged. All in one target directory, one after the other.
#![allow(clippy::unwrap_used, reason = "a test")]

use kpi_ui_tests::{Project, Run};
use std::fs;
use std::thread::sleep;
use std::time::Duration;

const SCRATCH: &str = env!("CARGO_TARGET_TMPDIR");

const HEAD: &str = "version: 2\nplatform: auren\nagents:\n  neuros: {}\n";

/// A registry with a counter for each name, which the agent must emit.
fn registry(kpis: &[&str]) -> String {
    let kpi = |name: &&str| {
        format!(
            "  - {{name: {name}, description: Counts things, unit: count, type: counter, agents: [neuros]}}\n"
        )
    };
    format!("{HEAD}kpis:\n{}", kpis.iter().map(kpi).collect::<String>())
}

fn manifest(name: &str, more: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\ndescription = \"A test\"\nlicense = \"MIT\"\n\n\
         [dependencies]\nkpi-runtime = {{ path = \"{{workspace}}/kpi-runtime\", version = \"0.1.0\" }}\n{more}"
    )
}

const BUILD_DEPENDENCY: &str = "\n[build-dependencies]\nkpi-registry = { path = \"{workspace}/kpi-registry\", version = \"0.1.0\", features = [\"codegen\"] }\n";

const ALONE: &str = "\n[workspace]\n";

fn project(name: &str) -> Project {
    Project::new(name, SCRATCH).unwrap()
}

fn cargo(project: &Project, arguments: &[&str]) -> Run {
    project.cargo(arguments).unwrap()
}

fn passes(project: &Project, arguments: &[&str]) -> Run {
    let run = cargo(project, arguments);
    assert!(run.success, "cargo {arguments:?}\n{}", run.stderr);
    run
}

fn fails(project: &Project, arguments: &[&str], with: &[&str]) {
    let run = cargo(project, arguments);
    assert!(!run.success, "cargo {arguments:?} passed");
    for text in with {
        assert!(run.stderr.contains(text), "expected {text:?} in\n{}", run.stderr);
    }
}

/// Cargo goes by the time of files, which some file systems keep in whole seconds.
fn later() {
    sleep(Duration::from_millis(1100));
}

#[test]
fn projects() {
    two_crates();
    programs_beside_src();
    build_script();
    build_script_errors();
    rebuilds_of_the_macro();
    rebuilds_of_the_build_script();
    packages();
}

/// An example of several files is one program, and an agent may have no KPIs at all.
fn programs_beside_src() {
    let project = project("programs");
    project.write("Cargo.toml", &manifest("programs", ALONE)).unwrap();
    project
        .write("kpi_registry.yaml", &registry(&["ticks"]).replace("agents:\n", "agents:\n  idle: {}\n"))
        .unwrap();
    let idle = "#![deny(warnings, missing_docs)]\n//! Idle.\n/// Typed.\npub mod kpis { \
                kpi_runtime::kpis!(\"../kpi_registry.yaml\", agent = \"idle\"); }\n";
    project.write("src/lib.rs", idle).unwrap();
    project.write("examples/demo/main.rs", "mod kpis;\nfn main() { kpis::KPIS.ticks.inc(); }\n").unwrap();
    let typed = "kpi_runtime::kpis!(\"../../kpi_registry.yaml\", agent = \"neuros\");\n";
    project.write("examples/demo/kpis.rs", typed).unwrap();
    let single = "kpi_runtime::kpis!(\"../kpi_registry.yaml\", agent = \"neuros\");\nfn main() { KPIS.ticks.inc(); }\n";
    project.write("examples/single.rs", single).unwrap();
    passes(&project, &["check", "--all-targets"]);
    project.write("examples/demo/main.rs", "mod kpis;\nfn main() { kpis::KPIS.ticks.get(); }\n").unwrap();
    fails(&project, &["check", "--example", "demo"], &["never emits `ticks`"]);
}

/// A library and a program with registries of their own, both checked for completeness, served together.
fn two_crates() {
    let project = project("two crates");
    project.write("Cargo.toml", "[workspace]\nresolver = \"2\"\nmembers = [\"core\", \"agent\"]\n").unwrap();
    project.write("core/Cargo.toml", &manifest("core-kpis", "")).unwrap();
    project.write("core/kpi_registry.yaml", &registry(&["core_calls"])).unwrap();
    let library = "#![forbid(unsafe_code)]\n#![deny(warnings, missing_docs)]\n//! A library.\n\
                   /// Typed.\npub mod kpis { kpi_runtime::kpis!(\"../kpi_registry.yaml\", agent = \"neuros\"); }\n\
                   /// Works.\npub fn work() { kpis::KPIS.core_calls.inc(); }\n";
    project.write("core/src/lib.rs", library).unwrap();
    project.write("agent/Cargo.toml", &manifest("agent", "core-kpis = { path = \"../core\" }\n")).unwrap();
    project.write("agent/kpi_registry.yaml", &registry(&["agent_calls"])).unwrap();
    let program = "mod kpis { kpi_runtime::kpis!(\"../kpi_registry.yaml\", agent = \"neuros\"); }\n\
                   fn main() {\n    core_kpis::work();\n    kpis::KPIS.agent_calls.inc();\n    \
                   if let Err(conflict) = kpis::KPIS.init() { eprintln!(\"{conflict}\"); std::process::exit(3); }\n    \
                   print!(\"{}\", kpi_runtime::exposition::text(&kpi_runtime::snapshot()));\n}\n";
    project.write("agent/src/main.rs", program).unwrap();
    let run = passes(&project, &["run", "-q", "-p", "agent"]);
    for line in ["auren_core_calls_total 1", "auren_agent_calls_total 1"] {
        assert!(run.stdout.lines().any(|found| found == line), "{line} in\n{}", run.stdout);
    }

    // Neither crate can see that the other exposes the same name; the program is told when it starts.
    let clash = registry(&["agent_calls"])
        .replace("type: counter", "type: counter, prometheus_metric: auren_core_calls_total");
    project.write("agent/kpi_registry.yaml", &clash).unwrap();
    fails(&project, &["run", "-q", "-p", "agent"], &["auren_core_calls_total", "kpi_registry.yaml:6"]);

    // The library does not emit what it should, and then the program.
    project.write("core/kpi_registry.yaml", &registry(&["core_calls", "core_errors"])).unwrap();
    fails(
        &project,
        &["check", "-p", "core-kpis"],
        &["[KPI0801]", "never emits `core_errors`", "kpi_registry.yaml:7:12"],
    );
    project.write("core/kpi_registry.yaml", &registry(&["core_calls"])).unwrap();
    project.write("agent/kpi_registry.yaml", &registry(&["agent_calls", "agent_errors"])).unwrap();
    fails(&project, &["check", "-p", "agent"], &["[KPI0801]", "never emits `agent_errors`"]);

    // One registry, typed in the library and emitted by the program: the program answers for it.
    project.write("core/kpi_registry.yaml", &registry(&["core_calls", "core_errors"])).unwrap();
    let shared = library.replace("agent = \"neuros\"", "agent = \"neuros\", emitted_in = []");
    project.write("core/src/lib.rs", &shared).unwrap();
    project.write("agent/kpi_registry.yaml", &registry(&["agent_calls"])).unwrap();
    let check = "kpi_runtime::emitted!(\"../../core/kpi_registry.yaml\", agent = \"neuros\", emitted_in = [\"src\", \"../core/src\"]);\n";
    project.write("agent/src/main.rs", &format!("{check}{program}")).unwrap();
    fails(&project, &["check", "-p", "agent"], &["never emits `core_errors`"]);
    let program =
        program.replace("core_kpis::work();", "core_kpis::work(); core_kpis::kpis::KPIS.core_errors.inc();");
    project.write("agent/src/main.rs", &format!("{check}{program}")).unwrap();
    passes(&project, &["check", "-p", "agent"]);
}

const BUILD: &str =
    "fn main() { kpi_registry::build_script::for_agent(\"neuros\", \"kpi_registry.yaml\"); }\n";
const INCLUDE: &str = "//! KPIs.\n#![forbid(unsafe_code)]\n#![deny(warnings, missing_docs, unreachable_pub, clippy::all, clippy::pedantic)]\n\
                       mod kpis { include!(concat!(env!(\"OUT_DIR\"), \"/kpis.rs\")); }\n";

/// The other door: the same names, no warning under strict lints, in an edition of old, and under another name.
fn build_script() {
    let project = project("build script");
    let renamed = manifest("door", BUILD_DEPENDENCY)
        .replace("kpi-runtime =", "renamed =")
        .replace("version = \"0.1.0\" }", "version = \"0.1.0\", package = \"kpi-runtime\" }");
    project.write("Cargo.toml", &format!("{renamed}{ALONE}")).unwrap();
    let yaml = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/pass/awkward.yaml")).unwrap();
    project.write("kpi_registry.yaml", &yaml).unwrap();
    let build = "fn main() {\n    kpi_registry::build_script::Builder::new(\"kpi_registry.yaml\").runtime(\"::renamed\").compile();\n}\n";
    project.write("build.rs", build).unwrap();
    project.write("src/main.rs", &format!("{INCLUDE}fn main() {{ kpis::KPIS.r#type.inc(); }}\n")).unwrap();
    let run = passes(&project, &["clippy"]);
    assert!(!run.stderr.contains("warning: "), "{}", run.stderr);
    passes(&project, &["run", "-q"]);
    let docs = passes(&project, &["rustdoc", "--", "-D", "warnings", "--document-private-items"]);
    assert!(!docs.stderr.contains("warning: "), "{}", docs.stderr);
}

/// The errors of the other door: the same texts, all at once.
fn build_script_errors() {
    let project = project("build script errors");
    project.write("Cargo.toml", &format!("{}{ALONE}", manifest("door", BUILD_DEPENDENCY))).unwrap();
    project.write("build.rs", BUILD).unwrap();
    project.write("src/main.rs", &format!("{INCLUDE}fn main() {{}}\n")).unwrap();
    let fail = concat!(env!("CARGO_MANIFEST_DIR"), "/fail/");
    let cases = [
        "buckets_missing",
        "buckets_not_increasing",
        "label_without_values",
        "missing_unit",
        "one_kpi_twice",
        "one_metric_twice",
        "several_at_once",
        "slo_between_buckets",
        "thresholds_out_of_order",
        "unknown_key",
        "unknown_unit",
    ];
    for case in cases {
        project
            .write("kpi_registry.yaml", &fs::read_to_string(format!("{fail}{case}.yaml")).unwrap())
            .unwrap();
        // The macro's own words, as they are pinned. Only the file's name and the margins differ.
        let pinned = fs::read_to_string(format!("{fail}{case}.stderr")).unwrap();
        let heads = pinned.lines().filter(|line| line.starts_with("error: [KPI"));
        let heads: Vec<String> = heads.map(|line| line.replacen("error: ", "error", 1)).collect();
        assert!(!heads.is_empty(), "{case}");
        let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
        fails(&project, &["check"], &heads);
        fails(&project, &["check"], &["--> kpi_registry.yaml:"]);
    }
    project.write("kpi_registry.yaml", &registry(&["calls", "errors"])).unwrap();
    fails(
        &project,
        &["check"],
        &["error[KPI0801]: agent `neuros` never emits 2 of its KPIs", "kpi_registry.yaml:6:12"],
    );
}

/// What the macro read makes it run again, and nothing else does.
fn rebuilds_of_the_macro() {
    let project = project("rebuild of macro").with_target("another target");
    project.write("Cargo.toml", "[workspace]\nresolver = \"2\"\nmembers = [\"agent\"]\n").unwrap();
    project.write("agent/Cargo.toml", &manifest("agent", "")).unwrap();
    project.write("registry/a.yaml", &registry(&["calls"])).unwrap();
    project
        .write(
            "registry/b.yaml",
            "version: 2\nkpis:\n  - {name: errors, description: Counts, unit: count, type: counter}\n",
        )
        .unwrap();
    let program = "kpi_runtime::kpis!(\"../../registry\", agent = \"neuros\");\nfn main() { KPIS.calls.inc(); KPIS.errors.inc(); }\n";
    project.write("agent/src/main.rs", program).unwrap();
    let check = ["check", "-p", "agent"];
    assert!(passes(&project, &check).compiled("agent"));
    assert!(!passes(&project, &check).compiled("agent"), "nothing has changed");
    later();
    project
        .write(
            "registry/b.yaml",
            "version: 2\nkpis:\n  - {name: faults, description: Counts, unit: count, type: counter}\n",
        )
        .unwrap();
    fails(&project, &check, &["no field `errors`"]);
    project.write("agent/src/main.rs", &program.replace("errors", "faults")).unwrap();
    passes(&project, &check);
    later();
    fs::rename(project.path("registry/b.yaml"), project.path("registry/c.yaml")).unwrap();
    assert!(passes(&project, &check).compiled("agent"), "a file was renamed");
    later();
    fs::remove_file(project.path("registry/c.yaml")).unwrap();
    fails(&project, &check, &["no field `faults`"]);
}

/// The build script also sees new files, and the sources that it searched.
fn rebuilds_of_the_build_script() {
    let project = project("rebuild of build script");
    project.write("Cargo.toml", &format!("{}{ALONE}", manifest("door", BUILD_DEPENDENCY))).unwrap();
    project.write("build.rs", &BUILD.replace("kpi_registry.yaml", "registry")).unwrap();
    project.write("registry/a.yaml", &registry(&["calls"])).unwrap();
    let program = format!("{INCLUDE}use kpis::KPIS;\nfn main() {{ KPIS.calls.inc(); }}\n");
    project.write("src/main.rs", &program).unwrap();
    assert!(passes(&project, &["check"]).compiled("door"));
    assert!(!passes(&project, &["check"]).compiled("door"), "nothing has changed");
    later();
    project
        .write("registry/new.yaml", &registry(&["errors"]).replace("agents:\n  neuros: {}\n", ""))
        .unwrap();
    fails(&project, &["check"], &["never emits `errors`"]);
    project
        .write("src/main.rs", &program.replace("KPIS.calls.inc();", "KPIS.calls.inc(); KPIS.errors.inc();"))
        .unwrap();
    passes(&project, &["check"]);
    later();
    project.write("src/main.rs", &program).unwrap();
    fails(&project, &["check"], &["never emits `errors`"]);
    later();
    fs::remove_file(project.path("registry/new.yaml")).unwrap();
    passes(&project, &["check"]);
}

/// A registry inside of the crate is packaged with it; one outside is missed with a clear word.
fn packages() {
    let project = project("package");
    project.write("Cargo.toml", &format!("{}{ALONE}", manifest("packaged", ""))).unwrap();
    project.write("kpi_registry.yaml", &registry(&["calls"])).unwrap();
    let program = "kpi_runtime::kpis!(\"../kpi_registry.yaml\", agent = \"neuros\");\nfn main() { KPIS.calls.inc(); }\n";
    project.write("src/main.rs", program).unwrap();
    let list = passes(&project, &["package", "--list", "--allow-dirty"]);
    assert!(list.stdout.lines().any(|file| file == "kpi_registry.yaml"), "{}", list.stdout);
    passes(&project, &["check"]);

    // What a packaged crate looks like once it is unpacked elsewhere.
    fs::rename(project.path("Cargo.toml"), project.path("Cargo.toml.orig")).unwrap();
    project.write("Cargo.toml", &format!("{}{ALONE}", manifest("packaged", ""))).unwrap();
    passes(&project, &["check"]);
    fs::rename(project.path("kpi_registry.yaml"), project.path("elsewhere.yaml")).unwrap();
    fails(&project, &["check"], &["can't be read", "packaged without its registry"]);
}
