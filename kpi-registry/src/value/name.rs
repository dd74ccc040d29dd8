//! The shapes of names.

/// A KPI, label, agent or platform name: `[a-z][a-z0-9_]*`.
pub fn is_snake_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// A metric name as every Prometheus version takes it: `[a-zA-Z_:][a-zA-Z0-9_:]*`.
pub fn is_metric_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_' || first == b':')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b':')
}

/// A label name: `[a-zA-Z_][a-zA-Z0-9_]*`, not starting with the `__` that Prometheus keeps for itself.
pub fn is_label_name(text: &str) -> bool {
    is_metric_name(text) && !text.contains(':') && !text.starts_with("__")
}

/// `CamelCase` of any text: each run of letters and digits is a word; everything else parts words.
///
/// `hrv_rmssd` → `HrvRmssd`, `a-b` → `AB`. Empty when the text has no ASCII letter or digit.
pub fn camel_case(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut start = true;
    for c in text.chars() {
        if !c.is_ascii_alphanumeric() {
            start = true;
        } else if start {
            out.push(c.to_ascii_uppercase());
            start = false;
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert!(is_snake_name("hrv_rmssd") && is_snake_name("p95"));
        assert!(!is_snake_name("") && !is_snake_name("9a") && !is_snake_name("Hrv") && !is_snake_name("é"));
        assert!(is_metric_name("a:b_total") && !is_metric_name("a-b") && !is_metric_name(""));
        assert!(is_label_name("_x") && !is_label_name("__x") && !is_label_name("a:b"));
        assert_eq!(camel_case("client_error"), "ClientError");
        assert_eq!(camel_case("2xx"), "2xx");
        assert_eq!(camel_case("+Inf"), "Inf");
    }
}
