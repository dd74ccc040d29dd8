//! Templates in texts of alerts that users wrote: Prometheus refuses the whole configuration for one it can't read.

use super::prelude::*;

check! {
    /// Prometheus fills texts and labels of alerts in as Go templates, and one that it can't read stops all rules from being
    /// loaded. An action begins with `{{` and ends with `}}`, names functions and variables that exist, and every `if`,
    /// `with` and `range` has its `end`.
    ///
    /// ```yaml
    /// summary: "{{ $labels.instance } is full"      # wrong: never closed
    /// summary: "{{ instance }} is full"             # wrong: no function of that name
    /// summary: "{{ $labels.instance }} is full"     # right
    /// ```
    AlertTemplate = "KPI0747", "text that is no template", alert_template
}

fn alert_template(registry: &Registry, out: &mut Diagnostics) {
    for alert in &registry.alerts {
        let texts = [
            ("summary", &alert.summary),
            ("description", &alert.description),
            ("action", &alert.action),
            ("runbook", &alert.runbook),
        ];
        let texts = texts.into_iter().filter_map(|(key, text)| Some((key, text.as_deref()?)));
        let labels = alert.labels.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (key, text) in texts.chain(labels) {
            let Err(why) = read(text) else { continue };
            out.push(
                Diagnostic::error(
                    AlertTemplate::CODE,
                    alert.name.span,
                    format!("`{key}` of the alert `{}` is no template of Prometheus: {why}", alert.name),
                )
                .label(format!("`{key}` of this alert"))
                .help("write `{{ $labels.name }}` and `{{ $value }}`, and `{{ \"{{\" }}` for two braces"),
            );
        }
    }
}

check! {
    /// A label of an alert holds the value of its expression. Labels make an alert the one that it is: with every new value it
    /// would be another one, whose wait begins again, so that it never fires or pages again and again.
    ///
    /// ```yaml
    /// labels: {depth: "{{ $value }}"}                    # wrong
    /// summary: "{{ $value }} messages are waiting"       # right
    /// ```
    ValueInLabel = "KPI0748", "value in a label of an alert", value_in_label
}

fn value_in_label(registry: &Registry, out: &mut Diagnostics) {
    let shows = |action: &str| {
        let by_name = words(action).iter().any(|word| matches!(word, Word::Variable("value")));
        by_name || action.contains(".Value")
    };
    for alert in &registry.alerts {
        for (name, text) in alert.labels.iter() {
            if actions(text).any(shows) {
                let message =
                    format!("the label `{name}` of `{}` holds the value of its expression", alert.name);
                out.push(
                    Diagnostic::error(ValueInLabel::CODE, alert.name.span, message)
                        .label("another alert with every value")
                        .help("show it in `summary` or `description`"),
                );
            }
        }
    }
}

/// The insides of the actions of a template, as far as it can be read.
pub(super) fn actions(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (inside, after) = action(rest.split_once("{{")?.1).ok()?;
        rest = after;
        Some(inside)
    })
}

/// What a name in an action may be, beside fields and variables: words and functions of Go templates, then the functions of
/// Prometheus 2.42 (template/template.go).
const NAMES: &[&str] = &[
    "and",
    "block",
    "break",
    "call",
    "continue",
    "define",
    "else",
    "end",
    "eq",
    "false",
    "ge",
    "gt",
    "html",
    "if",
    "index",
    "js",
    "le",
    "len",
    "lt",
    "ne",
    "nil",
    "not",
    "or",
    "print",
    "printf",
    "println",
    "range",
    "slice",
    "template",
    "true",
    "urlquery",
    "with",
    "args",
    "externalURL",
    "first",
    "graphLink",
    "humanize",
    "humanize1024",
    "humanizeDuration",
    "humanizePercentage",
    "humanizeTimestamp",
    "label",
    "match",
    "parseDuration",
    "pathPrefix",
    "query",
    "reReplaceAll",
    "safeHtml",
    "sortByLabel",
    "stripDomain",
    "stripPort",
    "strvalue",
    "tableLink",
    "title",
    "toLower",
    "toTime",
    "toUpper",
    "value",
];

/// The variables that Prometheus declares.
const VARIABLES: &[&str] = &["", "externalLabels", "externalURL", "labels", "value"];

/// Reads a template as far as mistakes are easily made; the rest is left to Prometheus.
fn read(text: &str) -> Result<(), String> {
    let mut declared: Vec<&str> = Vec::new();
    let mut open = 0_usize;
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("{{") {
        let (action, after) = action(after)?;
        rest = after;
        let inside = action.strip_prefix('-').unwrap_or(action);
        let inside = inside.strip_suffix('-').unwrap_or(inside).trim();
        if inside.starts_with("/*") {
            continue;
        }
        let words = words(inside);
        match words.first() {
            Some(Word::Name("if" | "with" | "range" | "block" | "define")) => open += 1,
            Some(Word::Name("end")) => {
                open = open.checked_sub(1).ok_or("there is an `end` too many")?;
            }
            None if inside.is_empty() => return Err("an action is empty".into()),
            Some(_) | None => {}
        }
        let assigns = inside.contains(":=");
        for word in words {
            match word {
                Word::Variable(name) if assigns && !VARIABLES.contains(&name) => declared.push(name),
                Word::Variable(name) if !VARIABLES.contains(&name) && !declared.contains(&name) => {
                    return Err(format!("there is no variable `${name}`"));
                }
                Word::Name(name) if !NAMES.contains(&name) => {
                    return Err(format!("there is no function `{name}`"));
                }
                Word::Variable(_) | Word::Name(_) => {}
            }
        }
    }
    if open > 0 { Err("an `if`, `with` or `range` has no `end`".into()) } else { Ok(()) }
}

/// An action up to its two closing braces, which count only outside of strings, and what follows.
fn action(text: &str) -> Result<(&str, &str), String> {
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(end) => {
                escaped = c == '\\' && end != '`';
                if c == end {
                    quote = None;
                }
            }
            None if matches!(c, '"' | '`' | '\'') => quote = Some(c),
            None => {
                if let Some(after) = text[at..].strip_prefix("}}") {
                    return Ok((&text[..at], after));
                }
            }
        }
    }
    Err("`{{` is never closed with `}}`".into())
}

/// What an action names.
#[derive(Clone, Copy)]
enum Word<'a> {
    /// `printf`
    Name(&'a str),
    /// `labels` of `$labels.instance`
    Variable(&'a str),
}

fn words(action: &str) -> Vec<Word<'_>> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let end = |text: &str| text.find(|c| !is_part(c)).unwrap_or(text.len());
    let mut found = Vec::new();
    let mut rest = action;
    while let Some(first) = rest.chars().next() {
        let after = &rest[first.len_utf8()..];
        rest = match first {
            '"' | '\'' | '`' => {
                let mut escaped = false;
                let closing = after.find(|c| {
                    let ends = c == first && !escaped;
                    escaped = c == '\\' && first != '`' && !escaped;
                    ends
                });
                closing.map_or("", |at| &after[at + 1..])
            }
            '$' => {
                let (name, after) = after.split_at(end(after));
                found.push(Word::Variable(name));
                after
            }
            // A field, or a number and its fraction.
            '.' | '0'..='9' => &after[end(after)..],
            first if is_part(first) => {
                let (name, after) = rest.split_at(end(rest));
                found.push(Word::Name(name));
                after
            }
            _ => after,
        };
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_templates() {
        for text in [
            "",
            "no action } here",
            "{{ $value }} of {{ $labels.instance }}",
            "{{ $value | printf \"%.2f }}\" }} {{- .Value -}} {{ `}}` }}",
            "{{ with $labels.agent }}{{ . }}{{ else }}none{{ end }}",
            "{{ range $i, $e := query \"up\" }}{{ $e.Value | humanize1024 }}{{ end }}",
            "{{ if gt $value 1.5e3 }}much{{ else if eq $labels.a \"x\\\"\" }}x{{ end }}{{/* why */}}",
            "{{ \"{{\" }}",
        ] {
            assert_eq!(read(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn wrong_templates() {
        for (text, why) in [
            ("{{ $labels.a }", "`{{` is never closed with `}}`"),
            ("{{ broken }}", "there is no function `broken`"),
            ("{{ $label.a }}", "there is no variable `$label`"),
            ("{{ if $value }}", "an `if`, `with` or `range` has no `end`"),
            ("{{ end }}", "there is an `end` too many"),
            ("{{}}", "an action is empty"),
            ("{{ \"}} }}", "`{{` is never closed with `}}`"),
        ] {
            assert_eq!(read(text), Err(why.to_owned()), "{text}");
        }
    }
}
