//! The table of who sees what: every agency kind, role and purpose of the agreements in force against every field of the schema.
//!
//! So that people can read it, and see a change in it, whoever sees the same is named together, and of a type the fields that are seen
//! on the same condition stand in one line.

mod callers;
pub mod summary;

use std::{collections::BTreeMap, fmt::Write as _};

use chrono::NaiveDate;

pub(super) use self::callers::ceilings;
use self::callers::ways;
use crate::sharing::{
    agreement::{Access, Policy},
    ceiling::Ceiling,
    register::{self, Field},
};

/// The role that may read the page.
pub const READER: &str = "agreement_manager";

/// The fields of one type of which the same holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    /// What holds: their data categories, or on what condition they are seen.
    what: String,
    /// Their names.
    fields: Vec<String>,
}

/// A type, or several of which the same holds, with its lines in the order of the register.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Section {
    types: Vec<&'static str>,
    lines: Vec<Line>,
}

/// A type's name and a field's, with its argument: `Query` and `family(id:)`; none for the existence of a row.
fn parts(field: &'static Field) -> Option<(&'static str, &'static str)> {
    field.coordinate.split_once('.')
}

/// What a value needs, in the words of the register.
fn needs(field: &Field) -> String {
    let area = if field.area || field.whereabouts {
        " (tells where they live)"
    } else {
        ""
    };
    let write = if field.access == Access::Write { " (write)" } else { "" };
    format!("{}{area}{write}", field.label())
}

/// The fields of which something holds, type by type, those of which the same holds together.
fn sections(what: impl Fn(&'static Field) -> Option<String>) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for field in register::fields() {
        let (Some((of, name)), Some(what)) = (parts(field), what(field)) else {
            continue;
        };
        let at = sections
            .iter()
            .position(|section| section.types == [of])
            .unwrap_or_else(|| {
                sections.push(Section {
                    types: vec![of],
                    lines: Vec::new(),
                });
                sections.len() - 1
            });
        let lines = &mut sections[at].lines;
        match lines.iter_mut().find(|line| line.what == what) {
            Some(line) => with_name(&mut line.fields, name),
            None => lines.push(Line {
                what,
                fields: vec![name.to_owned()],
            }),
        }
    }
    sections
}

/// Adds a field, or an argument to the field that stands last: `families(filter: orderBy:)`.
fn with_name(fields: &mut Vec<String>, name: &str) {
    if let Some((field, argument)) = name.split_once('(')
        && let Some(last) = fields.last_mut()
        && last.split('(').next() == Some(field)
    {
        let argument = argument.trim_end_matches(')');
        if last.ends_with(')') {
            last.pop();
            let _ = write!(last, " {argument})");
        } else {
            let _ = write!(last, "({argument})");
        }
    } else {
        fields.push(name.to_owned());
    }
}

/// Puts the types together of which every field is seen, all on one condition: their fields are in the first part of the table. And those of
/// which the same fields are seen on the same conditions: the errors of changes that have nothing else for this caller.
fn together(sections: Vec<Section>) -> Vec<Section> {
    let mut size: BTreeMap<&str, usize> = BTreeMap::new();
    for (of, _) in register::fields().filter_map(parts) {
        *size.entry(of).or_default() += 1;
    }
    let count = |line: &Line| {
        line.fields
            .iter()
            .map(|field| 1 + field.matches(':').count())
            .sum::<usize>()
    };
    let mut put: Vec<Section> = Vec::new();
    for section in sections {
        let whole = match section.lines.as_slice() {
            [line] if !line.fields.iter().any(|field| field.contains('(')) => {
                size.get(section.types[0]) == Some(&count(line))
            }
            _ => false,
        };
        if !whole {
            match put.iter_mut().find(|other| other.lines == section.lines) {
                Some(other) => other.types.extend(section.types),
                None => put.push(section),
            }
            continue;
        }
        let line = Line {
            fields: Vec::new(),
            ..section.lines[0].clone()
        };
        match put.iter_mut().find(|other| other.lines == [line.clone()]) {
            Some(other) => other.types.extend(section.types),
            None => put.push(Section {
                types: section.types,
                lines: vec![line],
            }),
        }
    }
    put
}

/// On what conditions a caller sees a field; none where the ceiling does not cover it. Where its categories differ in that, each is
/// named; of those of which a row has one, each that the ceiling has.
fn condition(ceiling: &Ceiling, field: &'static Field) -> Option<String> {
    // Of a type of which no row could exist for the caller, nothing is seen.
    let exists = parts(field)
        .and_then(|(of, _)| register::find(of))
        .is_none_or(|of| ceiling.covers(of.id));
    // What says nothing by itself is seen with whatever holds it.
    if !exists || !ceiling.covers(field.id) || field.held {
        return None;
    }
    if field.emergency {
        return Some("by a clause with emergency".to_owned());
    }
    let of = |category| ways(ceiling, field.access, category);
    let within = ceiling.categories(field.access);
    let mut by_condition: Vec<(String, Vec<&str>)> = Vec::new();
    for category in field
        .categories
        .union(field.one_of)
        .iter()
        .filter(|category| within.contains(*category))
    {
        let condition = of(category);
        match by_condition.iter_mut().find(|(other, _)| *other == condition) {
            Some((_, categories)) => categories.push(category.code()),
            None => by_condition.push((condition, vec![category.code()])),
        }
    }
    Some(match by_condition.as_slice() {
        // Unless rows have a category besides that is not permitted, which the first part of the table does not tell.
        [(condition, _)] if within.covers(field.one_of) => condition.clone(),
        several => several
            .iter()
            .map(|(condition, categories)| format!("{} [{}]", categories.join(" "), condition))
            .collect::<Vec<_>>()
            .join("; "),
    })
}

/// What each ceiling gives, with everyone to whom it gives just that.
fn groups(policy: &Policy, today: NaiveDate) -> Vec<(Vec<String>, Vec<Section>)> {
    let mut groups: Vec<(Vec<String>, Vec<Section>)> = Vec::new();
    for ((kind, role, purpose), ceiling) in ceilings(policy, today) {
        let who = format!("{kind} / {role} / {purpose}");
        let sections = together(sections(|field| condition(&ceiling, field)));
        match groups.iter_mut().find(|(_, others)| *others == sections) {
            Some((whos, _)) => whos.push(who),
            None => groups.push((vec![who], sections)),
        }
    }
    groups
}

const ABOUT: [&str; 3] = [
    "For each agency kind, role and purpose that a clause in force names: every field of the schema that some clause could permit, for which \
     families, and on what condition. What is not listed is never seen, but for where a page ends and why a change was not made: who is given a page \
     or makes a change is told that.",
    "Families: authority = any of the authority; cohort = on the cohort now; involved = the agency works with it now; lead = the caller is its \
     Lead Professional now; own = only rows that came from the agency.",
    "Conditions: +consent = consent must have been given; +shielded = also contact details of people at risk; +emergency = emergency access \
     may stand in for involvement and consent. A row tied to a criterion needs that criterion's category too.",
];

/// How long a line of names may get.
const WIDTH: usize = 140;

/// A line of the table: `  Family: involved+consent: reference, district`, over several lines where it is long.
fn write_line<T: AsRef<str>>(out: &mut String, first: &str, names: &[T]) {
    let mut line = format!("  {first}: ");
    for (at, name) in names.iter().enumerate() {
        let (name, comma) = (name.as_ref(), if at + 1 < names.len() { ", " } else { "" });
        if line.len() + name.len() + comma.len() > WIDTH {
            let _ = writeln!(out, "{}", line.trim_end());
            line = String::from("      ");
        }
        let _ = write!(line, "{name}{comma}");
    }
    let _ = writeln!(out, "{line}");
}

/// The table as text, for a snapshot that people can read the changes of: what each field is, then who sees it.
pub fn text(policy: &Policy, today: NaiveDate) -> String {
    let mut out = String::from("Who sees what\n\n");
    for about in ABOUT {
        let _ = writeln!(out, "{about}");
    }
    out.push_str("\n== What each field says about a person ==\n\n");
    for section in sections(|field| Some(needs(field))) {
        for line in &section.lines {
            write_line(&mut out, &format!("{}: {}", section.types[0], line.what), &line.fields);
        }
    }
    out.push_str("\n== Who sees it ==\n");
    for (whos, sections) in groups(policy, today) {
        let _ = writeln!(out, "\n{}", whos.join("\n"));
        for section in sections {
            for line in &section.lines {
                if line.fields.is_empty() {
                    write_line(&mut out, &format!("all of each: {}", line.what), &section.types);
                } else if section.types.len() > 1 {
                    let what = format!("{} of each: {}", line.fields.join(", "), line.what);
                    write_line(&mut out, &what, &section.types);
                } else {
                    write_line(&mut out, &format!("{}: {}", section.types[0], line.what), &line.fields);
                }
            }
        }
    }
    out
}

const STYLE: &str = "body{font:16px/1.5 sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;width:100%}\
    th,td{border:1px solid #767676;padding:.3rem .5rem;text-align:left;vertical-align:top}th{background:#f0f0f0}summary{padding:.4rem 0;\
    cursor:pointer}code{overflow-wrap:anywhere}";

/// The same as a plain page.
pub fn page(policy: &Policy, today: NaiveDate) -> String {
    let mut out = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Who sees what</title><style>{STYLE}</style><h1>Who sees what</h1>"
    );
    let _ = write!(out, "<pre>{}</pre>", escape(&summary::text(policy, today)));
    out.push_str("<h2>Who sees which field</h2>");
    for (whos, sections) in groups(policy, today) {
        let _ = write!(
            out,
            "<details><summary>{}</summary>",
            escape(&whos.join("\n")).replace('\n', "<br>")
        );
        table(&mut out, &sections, "For which families, on what condition");
        out.push_str("</details>");
    }
    out.push_str("<h2>What each field says about a person</h2><details><summary>Every field</summary>");
    table(&mut out, &sections(|field| Some(needs(field))), "Data categories");
    out.push_str("</details></html>");
    out
}

fn table(out: &mut String, sections: &[Section], what: &str) {
    let _ = write!(
        out,
        "<table><tr><th scope=\"col\">Type</th><th scope=\"col\">{}</th><th scope=\"col\">Fields</th></tr>",
        escape(what)
    );
    for section in sections {
        for line in &section.lines {
            let fields = if line.fields.is_empty() {
                "all".to_owned()
            } else {
                line.fields.join(", ")
            };
            let _ = write!(
                out,
                "<tr><td>{}</td><td>{}</td><td><code>{}</code></td></tr>",
                escape(&section.types.join(", ")),
                escape(&line.what),
                escape(&fields)
            );
        }
    }
    out.push_str("</table>");
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
