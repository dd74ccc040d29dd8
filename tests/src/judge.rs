//! The parsers of Prometheus' Python client: what a page says to somebody who did not write it.

use crate::target_folder;
use serde::Deserialize;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A Python with the parsers, asked over its standard input. Dropping it ends it, by its id.
pub struct Judge {
    python: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// Samples of one name, as a parser read them.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Family {
    /// The name, without the suffixes of its samples.
    pub name: String,
    /// The type, in OpenMetrics' words.
    pub kind: String,
    /// The description.
    pub help: String,
    /// The unit; empty for none.
    pub unit: String,
    /// The samples.
    pub samples: Vec<Sample>,
}

/// A sample.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Sample {
    /// The name with its suffix.
    pub name: String,
    /// The labels, that of a bucket's bound among them.
    pub labels: BTreeMap<String, String>,
    /// The value.
    pub value: Number,
    /// The time, which nothing here has.
    pub timestamp: Option<Number>,
    /// The exemplar.
    pub exemplar: Option<Exemplar>,
}

/// An exemplar.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Exemplar {
    /// The labels.
    pub labels: BTreeMap<String, String>,
    /// The value.
    pub value: Number,
    /// The time, in seconds since the epoch.
    pub timestamp: Option<Number>,
}

/// A number as Python has it: whole and exact, or real and to the bit.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// Of any size that fits, without a dot or exponent.
    Whole(i128),
    /// A double.
    Real(f64),
}

impl Number {
    /// The double nearest to it.
    #[expect(clippy::cast_precision_loss, reason = "the nearest double is what is asked for")]
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Whole(number) => number as f64,
            Self::Real(number) => number,
        }
    }
}

/// Equal if they are the same number; NaN is NaN, and zero has no sign.
impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => a == b,
            _ => self
                .as_f64()
                .partial_cmp(&other.as_f64())
                .map_or(self.as_f64().is_nan() && other.as_f64().is_nan(), Ordering::is_eq),
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number = match text.strip_prefix("0x") {
            Some(bits) => u64::from_str_radix(bits, 16).map(|bits| Self::Real(f64::from_bits(bits))),
            None => text.parse().map(Self::Whole),
        };
        number.map_err(serde::de::Error::custom)
    }
}

/// What the Python says about a page.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Families(Vec<Family>),
    Error(String),
}

impl Judge {
    /// Starts the Python that `tests/install.sh` has set up.
    ///
    /// # Panics
    /// When it is not there; says how to get it.
    pub fn start() -> Self {
        let program = target_folder().join("test-python/bin/python");
        assert!(program.is_file(), "{} is missing: run `bash tests/install.sh`", program.display());
        let mut python = Command::new(&program)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("python/exposition.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let questions = python.stdin.take().expect("its input is piped");
        let answers = BufReader::new(python.stdout.take().expect("its output is piped"));
        Self { python, questions, answers }
    }

    /// Reads a page in the text format 0.0.4.
    ///
    /// # Errors
    /// It is none.
    pub fn text(&mut self, page: &str) -> Result<Vec<Family>, String> {
        self.read("text", page)
    }

    /// Reads a page in OpenMetrics 1.0, strictly.
    ///
    /// # Errors
    /// It is none.
    pub fn openmetrics(&mut self, page: &str) -> Result<Vec<Family>, String> {
        self.read("openmetrics", page)
    }

    fn read(&mut self, format: &str, page: &str) -> Result<Vec<Family>, String> {
        let mut answer = String::new();
        let asked = write!(self.questions, "{format} {}\n{page}", page.len())
            .and_then(|()| self.questions.flush())
            .and_then(|()| self.answers.read_line(&mut answer));
        asked.expect(
            "the Python answers: what it says otherwise is above, and `bash tests/install.sh` sets it up",
        );
        match serde_json::from_str(&answer) {
            Ok(Answer::Families(families)) => Ok(families),
            Ok(Answer::Error(error)) => Err(error),
            Err(error) => panic!(
                "the Python ended, or said {answer:?}: {error}; see above, or run `bash tests/install.sh`"
            ),
        }
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        let _ = self.python.kill();
        let _ = self.python.wait();
    }
}
