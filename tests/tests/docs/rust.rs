//! Rust examples, which compile.
//!
//! - `rust`: statements and items, for the registry at the top of the page; with `fn main` a whole program.
//! - `rust FILE`: a file of the package that all examples of the page are in, such as `build.rs`.

use std::fs;
use std::path::Path;
use std::process::Command;

use kpi_tests::{repository, target_folder};

use crate::page::{Block, blocks};

#[test]
fn every_rust_example_compiles() {
    for page in ["README.md", "docs/rust.md"] {
        let package = target_folder().join("docs").join(page.replace(['/', '.'], "-"));
        write_package(&package, page);
        let run = Command::new(env!("CARGO"))
            .current_dir(&package)
            .args(["check", "--quiet", "--offline", "--all-targets"])
            .env("CARGO_TARGET_DIR", target_folder().join("docs/target"))
            .output()
            .expect("cargo runs");
        let said = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success() && !said.contains("warning"), "{page}:\n{said}");
    }
}

/// A package outside of the workspace with every example of a page under `examples/`.
fn write_package(package: &Path, page: &str) {
    let _ = fs::remove_dir_all(package);
    let write = |path: &str, text: &str| {
        let path = package.join(path);
        fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("the folder can be made");
        fs::write(path, text).expect("the file can be written");
    };
    write("Cargo.toml", &manifest());
    write("src/lib.rs", "");
    fs::copy(repository().join("Cargo.lock"), package.join("Cargo.lock")).expect("the lock can be copied");
    let registry = blocks(page, "yaml").into_iter().find(|block| block.role.is_empty());
    write("kpi_registry.yaml", &registry.unwrap_or_else(|| panic!("{page} has no registry")).text);
    for (number, block) in blocks(page, "rust").iter().enumerate() {
        let Block { role, place, text, .. } = block;
        match role.as_str() {
            "" => write(&format!("examples/example_{number}.rs"), &format!("//! {place}\n{}", program(text))),
            file => write(file, text),
        }
    }
}

/// A fragment as a program that can use every KPI.
fn program(text: &str) -> String {
    if text.contains("fn main") {
        return text.to_owned();
    }
    let body: String = text.lines().flat_map(|line| ["    ", line, "\n"]).collect();
    format!(
        "#![allow(dead_code, unused_variables, unused_imports)]\n\
         kpi_runtime::kpis!(\"../kpi_registry.yaml\");\n\n\
         fn example() -> Result<(), Box<dyn std::error::Error>> {{\n{body}    Ok(())\n}}\n\n\
         fn main() {{}}\n"
    )
}

fn manifest() -> String {
    let of_workspace =
        fs::read_to_string(repository().join("Cargo.toml")).expect("the workspace can be read");
    let requirement = |name: &str| {
        let start = format!("{name} = ");
        let line = of_workspace.lines().find(|line| line.starts_with(&start));
        line.unwrap_or_else(|| panic!("the workspace has no {name}")).to_owned()
    };
    let root = repository().display();
    let generator = format!("kpi-registry = {{ path = \"{root}/kpi-registry\", features = [\"codegen\"] }}");
    format!(
        "[package]\nname = \"docs-examples\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [workspace]\n\n\
         [dependencies]\n\
         kpi-runtime = {{ path = \"{root}/kpi-runtime\", features = [\"attributes\", \"axum\", \"metrics\", \"otlp\", \"prometheus\", \"push\", \"testing\", \"tls\"] }}\n\
         {}\n{}\n{}\n\n\
         [build-dependencies]\n{generator}\n\n\
         [dev-dependencies]\n{generator}\n",
        requirement("axum"),
        requirement("tokio"),
        requirement("prometheus"),
    )
}
