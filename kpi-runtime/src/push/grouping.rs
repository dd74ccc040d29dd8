//! The labels that a gateway keeps pushes apart by, and how they stand in its paths.

use std::fmt::Write;

use super::PushError;
use crate::base64;

/// A grouping label or the job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GroupingLabel {
    pub(super) name: String,
    pub(super) value: String,
}

/// Refuses what a gateway would refuse, or misunderstand. The job stands first.
pub(super) fn check(labels: &[GroupingLabel]) -> Result<(), PushError> {
    let is_first = |c: char| c.is_ascii_alphabetic() || c == '_';
    for (at, GroupingLabel { name, value }) in labels.iter().enumerate() {
        let why = if !name.starts_with(is_first) || !name.chars().all(|c| is_first(c) || c.is_ascii_digit()) {
            "a label's name has letters of ASCII, digits and `_`, and does not begin with a digit"
        } else if name.starts_with("__") {
            "names with two underscores first are Prometheus' own"
        } else if labels.iter().take(at).any(|other| other.name == *name) {
            "it is given twice"
        } else if at == 0 && value.is_empty() {
            "a push needs the name of its job"
        } else {
            continue;
        };
        return Err(PushError::Grouping { label: name.clone(), why });
    }
    Ok(())
}

impl GroupingLabel {
    /// Appends `/name/value`. In base64 stands what would not survive in a path: slashes, and segments that are empty or
    /// mean a directory.
    fn append_to(&self, path: &mut String) {
        let Self { name, value } = self;
        match value.as_str() {
            "" => path.extend(["/", name, "@base64/="]),
            value if value.contains('/') || value == "." || value == ".." => {
                path.extend(["/", name, "@base64/", &base64::url_safe(value.as_bytes())]);
            }
            value => {
                path.extend(["/", name, "/"]);
                escape(path, value);
            }
        }
    }
}

/// The path of a group, the job first.
pub(super) fn path(labels: &[GroupingLabel]) -> String {
    let mut path = "/metrics".to_owned();
    for label in labels {
        label.append_to(&mut path);
    }
    path
}

/// Escapes what is not unreserved in RFC 3986.
fn escape(out: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Result<String, String> {
        let label =
            |(name, value): &(&str, &str)| GroupingLabel { name: (*name).into(), value: (*value).into() };
        let labels: Vec<GroupingLabel> = pairs.iter().map(label).collect();
        check(&labels).map_err(|error| error.to_string())?;
        Ok(path(&labels))
    }

    #[test]
    fn values_survive_in_a_path() {
        let cases = [
            ("a", "/metrics/job/a"),
            ("a b", "/metrics/job/a%20b"),
            ("100%?#&=+\"ü\n", "/metrics/job/100%25%3F%23%26%3D%2B%22%C3%BC%0A"),
            ("/var/tmp", "/metrics/job@base64/L3Zhci90bXA"),
            ("..", "/metrics/job@base64/Li4"),
        ];
        for (value, expected) in cases {
            assert_eq!(of(&[("job", value)]).as_deref(), Ok(expected), "{value:?}");
        }
        let several = of(&[("job", "etl"), ("instance", ""), ("path", "/"), ("z", "~")]);
        assert_eq!(several.as_deref(), Ok("/metrics/job/etl/instance@base64/=/path@base64/Lw/z/~"));
    }

    #[test]
    fn names_that_a_gateway_refuses_are_refused() {
        for name in ["", "9a", "a-b", "a:b", "größe", "a b", "__name__"] {
            assert!(of(&[("job", "etl"), (name, "x")]).is_err(), "{name}");
        }
        assert!(
            of(&[("job", "etl"), ("a", "x"), ("a", "y")]).is_err_and(|error| error.contains("given twice"))
        );
        assert!(of(&[("job", "etl"), ("job", "y")]).is_err_and(|error| error.contains("given twice")));
        assert!(of(&[("job", "")]).is_err_and(|error| error.contains("needs the name of its job")));
    }
}
