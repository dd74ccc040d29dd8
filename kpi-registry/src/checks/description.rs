//! How descriptions read.

use super::prelude::*;

/// Longer descriptions don't fit a tooltip.
const LONGEST: usize = 200;

check! {
    /// The description is what people see when they hover over the Rust field, open a panel or read HELP. One sentence that
    /// says what is measured helps; the name once more, or a page of text, does not.
    ///
    /// ```yaml
    /// {name: sleep_debt, description: Sleep debt}                                     # says nothing new
    /// {name: sleep_debt, description: Sleep missed in the last seven days, in hours.}  # right
    /// ```
    DescriptionStyle = "KPI0140", "description that does not help", description_style
}

fn description_style(registry: &Registry, out: &mut Diagnostics) {
    for kpi in &registry.kpis {
        let text = kpi.description.trim();
        let (message, help) = if text.len() > LONGEST && text.chars().count() > LONGEST {
            let long = text.chars().count();
            (format!("the description of `{}` has {long} characters", kpi.name), "say it in one sentence")
        } else if repeats(text, &kpi.name) {
            (
                format!("the description of `{}` only repeats its name", kpi.name),
                "say what is measured, and how",
            )
        } else {
            continue;
        };
        out.push(
            Diagnostic::note(DescriptionStyle::CODE, kpi.description.span, message)
                .label("shown as hover text, HELP and panel description")
                .help(help),
        );
    }
}

/// Whether a text has the words of a name and no others.
fn repeats(text: &str, name: &str) -> bool {
    if text.len() > name.len() + 2 {
        return false;
    }
    let letters = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
    };
    letters(text) == letters(name)
}
