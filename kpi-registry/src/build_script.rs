//! The face of code generation for build scripts.
//!
//! ```no_run
//! // in `main` of build.rs
//! kpi_registry::build_script::for_agent("neuros", "../kpi_registry.yaml");
//! ```
//!
//! ```text
//! // src/kpis.rs
//! include!(concat!(env!("OUT_DIR"), "/kpis.rs"));
//! ```
//!
//! It generates what `kpi_runtime::kpis!` does, into a file that an editor can jump to, and is faster where the crate is
//! big: the registry is read again only when it, or a source that emits KPIs, has changed. It watches directories too, so
//! that a new file in one is noticed.

use crate::codegen::{Expansion, Options, Want, expand};
use crate::index::Index;
use std::path::{Path, PathBuf};
use std::{env, fs, io, process, slice};

/// Generates `OUT_DIR/kpis.rs` with every KPI of a registry, a file or a directory. Its path is relative to the directory
/// of `Cargo.toml`, where build scripts run.
///
/// Ends the build script, after all errors were shown, if there is one.
pub fn compile(registry: impl AsRef<Path>) {
    Builder::new(registry).compile();
}

/// Generates `OUT_DIR/kpis.rs` with the KPIs of an agent, each of which the package's `src` must write to if it lists the
/// agent.
///
/// Ends the build script, after all errors were shown, if there is one.
pub fn for_agent(agent: &str, registry: impl AsRef<Path>) {
    Builder::new(registry).agent(agent).compile();
}

/// All that can be said about what to generate.
#[derive(Debug)]
pub struct Builder {
    registry: PathBuf,
    options: Options,
    file: String,
}

impl Builder {
    /// Every KPI of a registry, into `kpis.rs`.
    pub fn new(registry: impl AsRef<Path>) -> Self {
        let options = Options { emitted_in: vec![PathBuf::from("src")], ..Options::default() };
        Self { registry: registry.as_ref().to_owned(), options, file: "kpis.rs".to_owned() }
    }

    /// The agent that the program is: it gets the KPIs that list it or nobody, and must write to those that list it.
    #[must_use]
    pub fn agent(mut self, name: impl Into<String>) -> Self {
        self.options.agent = Some(name.into());
        self
    }

    /// Where to look for those writes, instead of in `src`; without any place it is not checked.
    #[must_use]
    pub fn emitted_in<P: Into<PathBuf>>(mut self, places: impl IntoIterator<Item = P>) -> Self {
        self.options.emitted_in = places.into_iter().map(Into::into).collect();
        self
    }

    /// The path of `kpi_runtime`, if it is not called that.
    #[must_use]
    pub fn runtime(mut self, path: impl Into<String>) -> Self {
        self.options.runtime = path.into();
        self
    }

    /// The name of the file in `OUT_DIR`, for a package with more than one registry.
    #[must_use]
    pub fn file(mut self, name: impl Into<String>) -> Self {
        self.file = name.into();
        self
    }

    /// Generates the file, tells cargo what it depends on, and ends the build script if there are errors.
    pub fn compile(&self) {
        let expansion = expand(&self.registry, &self.options, Want::Code);
        self.watch(&expansion);
        let mut errors = expansion.errors;
        if errors.is_empty() {
            errors.extend(self.write(&expansion.code).err().map(|error| {
                format!("can't write `{}` to the directory of generated code: {error}", self.file)
            }));
        }
        if !errors.is_empty() {
            fail(&errors);
        }
    }

    /// Leaves a file alone that is right already: its time is what cargo goes by.
    fn write(&self, code: &str) -> io::Result<()> {
        let directory = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("OUT_DIR is not set"))?;
        let file = Path::new(&directory).join(&self.file);
        if fs::read(&file).is_ok_and(|old| old == code.as_bytes()) {
            return Ok(());
        }
        fs::write(file, code)
    }

    #[allow(clippy::print_stdout, reason = "it is how build scripts talk to cargo")]
    fn watch(&self, expansion: &Expansion) {
        let Expansion { registry_files, registry_directories, searched, .. } = expansion;
        let emitted_in = self.options.agent.as_ref().map_or(&[][..], |_| &self.options.emitted_in);
        let mut watched = Index::default();
        for paths in
            [slice::from_ref(&self.registry), registry_files, registry_directories, searched, emitted_in]
        {
            for path in paths.iter().map(|path| path.to_string_lossy()) {
                if watched.insert(&path) {
                    println!("cargo::rerun-if-changed={path}");
                }
            }
        }
    }
}

/// Shows every error. One line each as cargo shows errors of build scripts, then the whole texts, which cargo shows
/// beneath them.
#[allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it is how build scripts talk to cargo and to people"
)]
fn fail(errors: &[String]) -> ! {
    for error in errors {
        println!("cargo::error={}", one_line(error));
    }
    for error in errors {
        eprintln!("error{error}\n");
    }
    process::exit(1)
}

/// `[KPI0101] message (kpi_registry.yaml:4:11)`
fn one_line(error: &str) -> String {
    let mut lines = error.lines();
    let message = lines.next().unwrap_or_default();
    match lines.find_map(|line| line.trim_start().strip_prefix("--> ")) {
        Some(place) => format!("{message} ({place})"),
        None => message.to_owned(),
    }
}
