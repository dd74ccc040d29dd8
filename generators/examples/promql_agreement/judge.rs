//! What our parser and promtool say of expressions.

use std::process::Command;

use kpi_registry::promql::{Dialect, Expr, MatchOp, MatchValue, Pattern};
use kpi_registry::value::PrometheusVersion;
use serde_json::json;

use super::Result;

/// What was found out about an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Both take it, its tree is read back from its text, and promtool takes that text too.
    Taken,
    /// Both refuse it.
    Refused,
    /// A range or a text alone: promtool takes it as a rule, and the rule then fails.
    NoValue,
    /// Anything else, and what.
    Disputed(String),
}

/// How many rules promtool gets at once.
const AT_ONCE: usize = 5000;

/// Our parser and the installed promtool.
pub(crate) struct Judge {
    dialect: Dialect,
}

impl Judge {
    /// Reads the dialect of the promtool that is installed.
    pub(crate) fn installed() -> Result<Self> {
        let output = promtool(&["--version"])?;
        let version = output.split_whitespace().skip_while(|word| *word != "version").nth(1);
        let mut numbers = version.unwrap_or_default().split(['.', '+', '-']).map(str::parse);
        let (Some(Ok(major)), Some(Ok(minor))) = (numbers.next(), numbers.next()) else {
            return Err(format!("no version of promtool: {output}").into());
        };
        Ok(Self { dialect: Dialect::rules(PrometheusVersion { major, minor }) })
    }

    /// The version of promtool.
    pub(crate) fn version(&self) -> PrometheusVersion {
        self.dialect.version
    }

    /// What is found out about each of these expressions.
    pub(crate) fn verdicts(&self, texts: &[String]) -> Result<Vec<Verdict>> {
        let read: Vec<_> = texts.iter().map(|text| self.read(text)).collect();
        let written = read.iter().map(|read| read.as_ref().map_or(String::new(), ToString::to_string));
        let written: Vec<String> = written.collect();
        let (complaints, again) = (complaints(texts)?, complaints(&written)?);
        let all = texts.iter().zip(read).zip(written).zip(complaints.into_iter().zip(again));
        Ok(all
            .map(|(((text, read), written), (complaint, again))| match (read, complaint) {
                (Ok(_), Some(said)) => Verdict::Disputed(format!("promtool alone refuses it: {said}")),
                (Ok(expr), None) => match (Expr::parse(&written, self.dialect), again) {
                    (Ok(same), None) if same == expr => Verdict::Taken,
                    (Ok(_), None) => Verdict::Disputed(format!("it is read back otherwise from {written}")),
                    (Err(errors), _) => Verdict::Disputed(format!("{}: {written}", listed(&errors))),
                    (_, Some(said)) => Verdict::Disputed(format!("promtool refuses {written}: {said}")),
                },
                (Err(_), Some(_)) => Verdict::Refused,
                (Err(_), None) if self.has_no_value(text) => Verdict::NoValue,
                (Err(said), None) => Verdict::Disputed(format!("we alone refuse it: {said}")),
            })
            .collect())
    }

    /// The tree of an expression whose regular expressions are some.
    fn read(&self, text: &str) -> Result<Expr, String> {
        let expr = Expr::parse(text, self.dialect).map_err(|errors| listed(&errors))?;
        for matcher in expr.selectors().flat_map(|selector| &selector.matchers) {
            if let (MatchOp::Regex | MatchOp::NotRegex, MatchValue::Text(pattern)) =
                (matcher.op, &matcher.value)
            {
                Pattern::parse(pattern)?;
            }
        }
        Ok(expr)
    }

    /// Whether it is fit for an argument that is a range or a text.
    fn has_no_value(&self, text: &str) -> bool {
        [format!("last_over_time({text}\n)"), format!("count_values({text}\n, a)")]
            .iter()
            .any(|call| Expr::parse(call, self.dialect).is_ok())
    }
}

fn listed(errors: &[impl ToString]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// What promtool says of each expression as that of a rule, if it refuses it.
fn complaints(texts: &[String]) -> Result<Vec<Option<String>>> {
    let mut complaints = Vec::with_capacity(texts.len());
    for texts in texts.chunks(AT_ONCE) {
        let rules = texts.iter().map(|expr| json!({"record": "r", "expr": expr}));
        let file = tempfile::NamedTempFile::with_suffix(".yml")?;
        let groups = json!({"groups": [{"name": "g", "rules": rules.collect::<Vec<_>>()}]});
        serde_json::to_writer(&file, &groups)?;
        let path = file.path().to_string_lossy();
        let said = promtool(&["check", "rules", "--lint=none", &path])?;
        let start = complaints.len();
        complaints.resize(start + texts.len(), None);
        // Such as `rules.yml: 1:82: group "g", rule 2, "r": could not parse expression: …`.
        let prefix = format!("{path}: ");
        let parts = said.split(&prefix).filter_map(|part| part.split_once("group \"g\", rule "));
        let mut refused = 0;
        for (_, part) in parts {
            let (number, said) =
                part.split_once(", \"r\": ").ok_or_else(|| format!("not understood: {part}"))?;
            let complaint = complaints.get_mut(start + number.parse::<usize>()? - 1).ok_or("no such rule")?;
            *complaint = Some(said.trim().to_owned());
            refused += 1;
        }
        if said.contains("SUCCESS") != (refused == 0) {
            return Err(format!("not understood: {said}").into());
        }
    }
    Ok(complaints)
}

/// What promtool prints, on either stream.
fn promtool(arguments: &[&str]) -> Result<String> {
    let output = Command::new("promtool").args(arguments).output();
    let output =
        output.map_err(|error| format!("promtool: {error}; install it with bash tests/install.sh"))?;
    Ok(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}
