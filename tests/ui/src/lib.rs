//! Small crates, made for a test and handed to cargo.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs, io};

/// A directory with crates in it, empty at first.
#[derive(Debug)]
pub struct Project {
    root: PathBuf,
    target: PathBuf,
}

impl Project {
    /// A new one, in the test's own directory. Projects share what they build of their dependencies.
    ///
    /// # Errors
    ///
    /// The directory can't be made.
    pub fn new(name: &str, scratch: &str) -> io::Result<Self> {
        let scratch = Path::new(scratch);
        let root = scratch.join("projects").join(name);
        if root.exists() {
            fs::remove_dir_all(&root)?;
        }
        fs::create_dir_all(&root)?;
        // The versions that the workspace is locked to: nothing is fetched.
        fs::copy(workspace().join("Cargo.lock"), root.join("Cargo.lock"))?;
        Ok(Self { root, target: scratch.join("projects-target") })
    }

    /// Builds into another directory from now on.
    #[must_use]
    pub fn with_target(self, target: &str) -> Self {
        let target = self.root.join(target);
        Self { target, ..self }
    }

    /// The path of a file in it.
    pub fn path(&self, file: &str) -> PathBuf {
        self.root.join(file)
    }

    /// Writes a file, with `{workspace}` in the text standing for this repository.
    ///
    /// # Errors
    ///
    /// The file can't be written.
    pub fn write(&self, file: &str, text: &str) -> io::Result<()> {
        let path = self.path(file);
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory)?;
        }
        fs::write(path, text.replace("{workspace}", &workspace().display().to_string()))
    }

    /// Runs cargo in it, without the network.
    ///
    /// # Errors
    ///
    /// Cargo can't be started.
    pub fn cargo(&self, arguments: &[&str]) -> io::Result<Run> {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.arg("--offline").args(arguments).current_dir(&self.root);
        command.env("CARGO_TARGET_DIR", &self.target).env("CARGO_TERM_COLOR", "never");
        command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS").env_remove("RUSTC_WRAPPER");
        Ok(Run::new(command.output()?, &self.root))
    }
}

/// What came of a run.
#[derive(Debug)]
pub struct Run {
    /// Whether it ended well.
    pub success: bool,
    /// Standard output.
    pub stdout: String,
    /// Standard error, with `$DIR` for the project's directory.
    pub stderr: String,
}

impl Run {
    fn new(output: Output, root: &Path) -> Self {
        let text =
            |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).replace(&root.display().to_string(), "$DIR");
        Self { success: output.status.success(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Whether cargo compiled, or checked, a package, as against finding it fresh.
    pub fn compiled(&self, package: &str) -> bool {
        let starts = [format!("Compiling {package} "), format!("Checking {package} ")];
        self.stderr
            .lines()
            .any(|line| starts.iter().any(|start| line.trim_start().starts_with(start.as_str())))
    }
}

/// The root of this repository.
pub fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}
