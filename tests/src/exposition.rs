//! What an agent exposes, read from its text.

use std::collections::BTreeMap;

/// One sample: the series it belongs to, without its value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Series {
    /// The sample's name, such as `x_bucket`.
    pub name: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
}

/// The series of a text in format 0.0.4.
///
/// # Panics
/// When a line is neither comment nor sample.
pub fn series(text: &str) -> Vec<Series> {
    samples(text).into_iter().map(|(series, _)| series).collect()
}

/// The series of a text in format 0.0.4 or OpenMetrics, with their values.
///
/// # Panics
/// When a line is neither comment nor sample.
pub fn samples(text: &str) -> Vec<(Series, f64)> {
    let samples = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    samples.map(|line| sample(line).unwrap_or_else(|| panic!("no sample: {line}"))).collect()
}

fn sample(line: &str) -> Option<(Series, f64)> {
    let end = line.find(['{', ' '])?;
    let (name, mut rest) = line.split_at(end);
    let mut labels = BTreeMap::new();
    if let Some(inside) = rest.strip_prefix('{') {
        rest = inside;
        while let Some(equals) = rest.find('=').filter(|_| !rest.starts_with('}')) {
            let label = rest[..equals].trim_start_matches(',').to_owned();
            let (value, after) = unquoted(&rest[equals + 1..])?;
            labels.insert(label, value);
            rest = after;
        }
        rest = rest.strip_prefix('}')?;
    }
    let value = rest.split_whitespace().next()?.parse().ok()?;
    Some((Series { name: name.to_owned(), labels }, value))
}

fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut chars = text.strip_prefix('"')?.chars();
    let mut value = String::new();
    loop {
        match chars.next()? {
            '"' => return Some((value, chars.as_str())),
            '\\' => match chars.next()? {
                'n' => value.push('\n'),
                c => value.push(c),
            },
            c => value.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read_with_their_escapes() {
        let text = "# TYPE m counter\nm{a=\"x,\\\"}=\",b=\"\\\\\\n\"} 1\nn +Inf\n";
        let found = series(text);
        assert_eq!(found[0].labels["a"], "x,\"}=");
        assert_eq!(found[0].labels["b"], "\\\n");
        assert_eq!(found[1], Series { name: "n".to_owned(), labels: BTreeMap::new() });
    }
}
