//! A copy of the example platform in a folder of its own, on addresses of this machine.
//!
//! Its agents lie under `platform/` and not under `examples/`, so that cargo does not take them for the originals: both are
//! built into one folder, where the dependencies they share are built once.

use crate::http::free_address;
use crate::process::{Process, run};
use crate::wait::eventually;
use crate::webhook::Webhook;
use crate::{http, repository, target_folder};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// The copy: registry, agents, and what is generated and built from them.
pub struct Platform {
    folder: TempDir,
    /// Where NEUROS listens.
    pub neuros: String,
    /// Where NUTROS listens.
    pub nutros: String,
    /// Where Prometheus expects Alertmanager.
    pub alertmanager: String,
}

impl Platform {
    /// Copies registry and agents. Prometheus scrapes every second, and `webhook` receives every alert.
    ///
    /// # Panics
    /// When files cannot be copied, or the example is no longer what the copy takes it for.
    pub fn copied(webhook: &Webhook) -> Self {
        let folder = tempfile::Builder::new().prefix("kpi-platform-").tempdir().expect("a temporary folder");
        let examples = repository().join("examples");
        for agent in ["neuros", "nutros"] {
            copy(&examples.join(agent), &folder.path().join("platform").join(agent));
        }
        let platform =
            Self { folder, neuros: free_address(), nutros: free_address(), alertmanager: free_address() };
        let registry = platform.registry();
        fs::create_dir_all(registry.parent().expect("it lies in a folder")).expect("the folder can be made");
        fs::copy(examples.join("auren/kpi_registry.yaml"), &registry).expect("the registry can be copied");
        platform.edit_registry("scrape_interval: 15s", "scrape_interval: 1s");
        platform.edit_registry("\"alertmanager:9093\"", &quoted(&platform.alertmanager));
        platform.move_agent("neuros", "8000", &platform.neuros);
        platform.move_agent("nutros", "8001", &platform.nutros);
        for receiver in ["oncall", "chat"] {
            platform.replace_receiver(receiver, &webhook.url(receiver));
        }
        platform.write_workspace();
        platform
    }

    /// The folder of the copy.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The registry's file.
    pub fn registry(&self) -> PathBuf {
        self.folder().join("platform/auren/kpi_registry.yaml")
    }

    /// A generated file.
    pub fn generated(&self, path: &str) -> PathBuf {
        self.folder().join("observability").join(path)
    }

    /// Replaces a text of the registry that stands there once.
    ///
    /// # Panics
    /// When it does not.
    pub fn edit_registry(&self, from: &str, to: &str) {
        edit(&self.registry(), from, to);
    }

    /// Replaces a text of an agent's source that stands there once.
    ///
    /// # Panics
    /// When it does not.
    pub fn edit_source(&self, path: &str, from: &str, to: &str) {
        edit(&self.folder().join("platform").join(path), from, to);
    }

    /// Builds the copy of an agent, and returns its program.
    ///
    /// # Panics
    /// When it does not compile.
    pub fn build(&self, agent: &str) -> PathBuf {
        self.built(self.folder(), agent, agent)
    }

    /// Generates the stack.
    ///
    /// # Panics
    /// When the registry has errors.
    pub fn generate(&self) {
        let kpi = self.built(repository(), "generators", "kpi");
        run(Command::new(kpi)
            .arg("generate")
            .arg("--registry")
            .arg(self.registry())
            .arg("--out")
            .arg(self.generated("")));
    }

    /// Builds the copy of NEUROS and starts it.
    ///
    /// # Panics
    /// When it does not compile or start.
    pub fn start_neuros(&self) -> Process {
        self.start(Command::new(self.build("neuros")), "neuros", &self.neuros)
    }

    /// Builds the copy of NUTROS and starts it.
    ///
    /// # Panics
    /// When it does not compile or start.
    pub fn start_nutros(&self) -> Process {
        self.start(Command::new(self.build("nutros")), "nutros", &self.nutros)
    }

    /// Builds a program of a workspace and copies it into this folder: the next build may replace it.
    fn built(&self, workspace: &Path, package: &str, name: &str) -> PathBuf {
        let target = target_folder().join("platform");
        fs::create_dir_all(&target).expect("the build folder can be made");
        let lock = File::create(target.join("platform.lock")).expect("the lock can be made");
        lock.lock().expect("the lock can be taken");
        run(Command::new(env!("CARGO"))
            .current_dir(workspace)
            .args(["build", "--quiet", "--offline", "--package", package, "--bin", name])
            .env("CARGO_TARGET_DIR", &target));
        let program = self.folder().join(name);
        let _ = fs::remove_file(&program);
        fs::copy(target.join("debug").join(name), &program).expect("the program was built");
        program
    }

    fn start(&self, mut command: Command, agent: &str, address: &str) -> Process {
        command.arg(address);
        let process = Process::start(command, self.folder().join(format!("{agent}.log")));
        eventually(&format!("{agent} answers"), || http::get(address, "/metrics"));
        process
    }

    fn move_agent(&self, agent: &str, port: &str, address: &str) {
        let own = address.rsplit(':').next().expect("an address has a port");
        self.edit_registry(&format!("port: {port}"), &format!("port: {own}"));
        self.edit_registry(&format!("\"{agent}:{port}\""), &quoted(address));
    }

    fn replace_receiver(&self, name: &str, url: &str) {
        let text = fs::read_to_string(self.registry()).expect("the registry can be read");
        let start = format!("  {name}: {{");
        let old = text.lines().find(|line| line.starts_with(&start)).expect("the receiver is declared");
        self.edit_registry(old, &format!("  {name}: {{webhook: {{url: {}}}}}", quoted(url)));
    }

    /// The repository's own workspace file with the two agents as members and everything else where it is.
    fn write_workspace(&self) {
        let original =
            fs::read_to_string(repository().join("Cargo.toml")).expect("the workspace can be read");
        let lines = original.lines().map(|line| {
            if line.starts_with("members = ") {
                r#"members = ["platform/neuros", "platform/nutros"]"#.to_owned()
            } else {
                line.replace("{ path = \"", &format!("{{ path = \"{}/", repository().display()))
            }
        });
        let manifest: String = lines.map(|line| line + "\n").collect();
        fs::write(self.folder().join("Cargo.toml"), manifest).expect("the workspace can be written");
        for file in ["Cargo.lock", "rust-toolchain.toml"] {
            fs::copy(repository().join(file), self.folder().join(file)).expect("the file can be copied");
        }
    }
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).expect("the file can be read");
    assert_eq!(text.matches(from).count(), 1, "{from:?} stands once in {}", path.display());
    fs::write(path, text.replacen(from, to, 1)).expect("the file can be written");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the folder can be made");
    for entry in fs::read_dir(from).expect("the folder can be read") {
        let path = entry.expect("the entry can be read").path();
        let target = to.join(path.file_name().expect("an entry has a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("the file can be copied");
        }
    }
}
