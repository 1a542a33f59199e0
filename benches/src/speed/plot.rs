//! The processor time as a drawing: a panel for each operation, a bar for each server, its own time and the database's.

use std::fmt::Write as _;

use crate::report::Medians;

const WIDTH: f64 = 860.0;
/// Where bars begin, and how long the longest is.
const LEFT: f64 = 130.0;
const LONGEST: f64 = 560.0;
const BAR: f64 = 18.0;
const PANEL_HEAD: f64 = 34.0;
const SERVER: &str = "#2a6f97";
const DATABASE: &str = "#a9c9dd";

/// An SVG of it. Each panel has a scale of its own, since the operations differ a hundredfold.
pub fn svg(title: &str, medians: &[Medians]) -> String {
    let mut body = String::new();
    let mut y = 62.0;
    let mut operations: Vec<&str> = Vec::new();
    for row in medians {
        if !operations.contains(&row.operation.as_str()) {
            operations.push(&row.operation);
        }
    }
    for operation in operations {
        let rows: Vec<&Medians> = medians.iter().filter(|row| row.operation == operation).collect();
        let most = rows.iter().map(|row| row.cpu()).fold(f64::MIN_POSITIVE, f64::max);
        text(&mut body, 20.0, y + 20.0, "bold", operation);
        y += PANEL_HEAD;
        for row in rows {
            let server = row.server / most * LONGEST;
            let database = row.database / most * LONGEST;
            text(&mut body, 20.0, y + 13.0, "normal", &row.who);
            bar(&mut body, LEFT, y, server, SERVER);
            bar(&mut body, LEFT + server, y, database, DATABASE);
            let label = format!("{:.3} s · {:.0}/s · p99 {:.1} ms", row.cpu(), row.per_second, row.most);
            text(&mut body, LEFT + server + database + 6.0, y + 13.0, "normal", &label);
            y += BAR + 4.0;
        }
    }
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
        height = y + 16.0
    );
    text(
        &mut svg,
        20.0,
        24.0,
        "bold",
        &format!("Processor seconds for 1,000 requests: {title}"),
    );
    bar(&mut svg, 20.0, 36.0, 14.0, SERVER);
    text(&mut svg, 40.0, 49.0, "normal", "server");
    bar(&mut svg, 100.0, 36.0, 14.0, DATABASE);
    text(&mut svg, 120.0, 49.0, "normal", "database");
    svg + &body + "</svg>\n"
}

fn bar(svg: &mut String, x: f64, y: f64, width: f64, colour: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(
        svg,
        "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{BAR}\" fill=\"{colour}\"/>"
    );
}

fn text(svg: &mut String, x: f64, y: f64, weight: &str, text: &str) {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" font-weight=\"{weight}\">{text}</text>"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_bar_is_that_of_the_greatest() {
        let row = |who: &str, server| Medians {
            operation: "a <list>".to_owned(),
            who: who.to_owned(),
            server,
            ..Medians::default()
        };
        let svg = svg("of a test", &[row("ours", 1.0), row("other", 4.0)]);
        assert!(
            svg.contains("width=\"140.0\"") && svg.contains("width=\"560.0\""),
            "{svg}"
        );
        assert!(svg.contains("a &lt;list&gt;") && svg.ends_with("</svg>\n"), "{svg}");
    }
}
