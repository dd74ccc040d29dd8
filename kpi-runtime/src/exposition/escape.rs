//! Escapes in the text formats.

/// A label's value: backslashes, line feeds and quotes are escaped. Every other character stands for itself.
pub(super) fn label_value(out: &mut String, text: &str) {
    escape(out, text, true);
}

/// A description: backslashes and line feeds are escaped, in OpenMetrics quotes too.
pub(super) fn help(out: &mut String, text: &str, openmetrics: bool) {
    escape(out, text, openmetrics);
}

fn escape(out: &mut String, text: &str, quotes: bool) {
    for part in text.split_inclusive(['\\', '\n', '"']) {
        let mut chars = part.chars();
        match chars.next_back() {
            Some('\\') => out.extend([chars.as_str(), "\\\\"]),
            Some('\n') => out.extend([chars.as_str(), "\\n"]),
            Some('"') if quotes => out.extend([chars.as_str(), "\\\""]),
            _ => out.push_str(part),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_differ_in_quotes_only() {
        let escaped = |write: &dyn Fn(&mut String, &str)| {
            let mut out = String::new();
            write(&mut out, "a\\b\"c\nd\r\u{0}é\\");
            out
        };
        let all = "a\\\\b\\\"c\\nd\r\u{0}é\\\\";
        assert_eq!(escaped(&label_value), all);
        assert_eq!(escaped(&|out, text| help(out, text, true)), all);
        assert_eq!(escaped(&|out, text| help(out, text, false)), "a\\\\b\"c\\nd\r\u{0}é\\\\");
    }
}
