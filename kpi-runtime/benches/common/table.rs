//! Tables in Markdown.

/// Prints a table: the rows are libraries, the columns what was measured, of which less is better. Below each column stand
/// the ratios of the first row to the best of the peers, and to the row that is the limit.
pub fn print(title: &str, columns: &[String], rows: &[(&str, Vec<f64>)]) {
    plain(title, columns, rows);
    let (Some((_, own)), peers) = (rows.first(), rows.get(1..).unwrap_or_default()) else { return };
    let best = |column: usize| {
        let figures = peers.iter().filter(|(name, _)| !name.starts_with("limit")).map(|(_, row)| row[column]);
        figures.filter(|figure| figure.is_finite()).fold(f64::INFINITY, f64::min)
    };
    let limit = |column: usize| {
        let row = peers.iter().find(|(name, _)| name.starts_with("limit"));
        row.map_or(f64::NAN, |(_, row)| row[column])
    };
    let ratios = |of: &dyn Fn(usize) -> f64| -> String {
        let ratio = |(column, own): (usize, &f64)| {
            let ratio = own / of(column);
            if ratio.is_finite() && ratio > 0.0 { format!("{ratio:.2}") } else { "–".to_owned() }
        };
        own.iter().enumerate().map(ratio).collect::<Vec<_>>().join(" | ")
    };
    println!("| *kpi-runtime ÷ best peer* | {} |", ratios(&best));
    if peers.iter().any(|(name, _)| name.starts_with("limit")) {
        println!("| *kpi-runtime ÷ limit* | {} |", ratios(&limit));
    }
}

/// Prints a table without ratios.
pub fn plain(title: &str, columns: &[String], rows: &[(&str, Vec<f64>)]) {
    println!("\n### {title}\n");
    println!("| | {} |", columns.join(" | "));
    println!("|---|{}", "---|".repeat(columns.len()));
    for (name, figures) in rows {
        let cells: Vec<String> = figures.iter().map(|figure| number(*figure)).collect();
        println!("| {name} | {} |", cells.join(" | "));
    }
}

fn number(figure: f64) -> String {
    match figure {
        figure if figure.is_nan() => "–".to_owned(),
        figure if figure < 10.0 => format!("{figure:.2}"),
        figure if figure < 100.0 => format!("{figure:.1}"),
        figure => format!("{figure:.0}"),
    }
}

/// Prints how figures grow, as a table and as bars.
pub fn growth(title: &str, axis: &str, steps: &[usize], rows: &[(&str, Vec<f64>)]) {
    println!("\n### {title}\n");
    let steps: Vec<String> = steps.iter().map(ToString::to_string).collect();
    println!("| {axis} | {} |", steps.join(" | "));
    println!("|---|{}", "---|".repeat(steps.len()));
    for (name, figures) in rows {
        let most = figures.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let bar = |figure: &f64| {
            ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"][((figure / most * 8.0).ceil() as usize).clamp(1, 8) - 1]
        };
        let cells: Vec<String> =
            figures.iter().map(|figure| format!("{} {}", number(*figure), bar(figure))).collect();
        println!("| {name} | {} |", cells.join(" | "));
    }
}
