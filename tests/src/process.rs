//! Other programs, ended when the test ends.

use crate::wait::eventually;
use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::{env, thread};

/// A running program. Dropping it ends it, by its id.
pub struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `command`; what it prints goes to `log`.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(mut command: Command, log: PathBuf) -> Self {
        let file = File::create(&log).expect("the log can be written");
        let child = command
            .stdin(Stdio::piped())
            .stdout(file.try_clone().expect("the log can be shared"))
            .stderr(file)
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        Self { child, log }
    }

    /// What `find` finds in the first line of the log that it finds anything in.
    ///
    /// # Panics
    /// When the program ends first, or never prints such a line.
    pub fn printed(&mut self, what: &str, find: impl Fn(&str) -> Option<String>) -> String {
        let log = self.log.clone();
        let printed = || fs::read_to_string(&log).unwrap_or_default();
        eventually(what, || {
            if let Some(found) = printed().lines().find_map(&find) {
                return Ok(found);
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                panic!("{what}: ended with {status}:\n{}", printed());
            }
            Err(printed())
        })
    }

    /// Writes a line to its standard input.
    ///
    /// # Panics
    /// When the program reads no more.
    pub fn say(&mut self, line: &str) {
        let input = self.child.stdin.as_mut().expect("its input is piped");
        writeln!(input, "{line}").expect("the program reads");
    }

    /// What it has printed so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            eprintln!("--- {}\n{}", self.log.display(), self.log());
        }
    }
}

/// The program `name` of the Debian package `package`.
///
/// # Panics
/// When it is not installed; says how to install it.
pub fn installed(name: &str, package: &str) -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain([PathBuf::from("/usr/bin")])
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
        .unwrap_or_else(|| {
            panic!("`{name}` is missing: run `bash tests/install.sh`, or install Debian's `{package}`")
        })
}

/// Runs a command to its end and returns what it printed.
///
/// # Panics
/// When it fails; shows everything it printed.
pub fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{out}{err}", output.status);
    out
}
