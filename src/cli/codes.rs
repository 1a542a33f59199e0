//! `thinkfamily codes`: the code lists of files and the API, with meanings. Needs no server and no database.

use std::{collections::BTreeMap, io::Write, process::ExitCode};

use clap::{Args, ValueEnum};

use super::failure::Failure;
use crate::{
    catalogue::{self, Term},
    graphql::codes::{CodeList, code_lists},
    import::FILES,
    records::{Code, Holds, MembershipEnd},
};

/// Print the words that files and the API know, with what each means.
#[derive(Args, Clone, Debug)]
pub(super) struct CodesArgs {
    /// The list, such as sex or criterion; all where none is named.
    #[arg(value_name = "LIST")]
    list: Option<String>,
    /// For people, or for programs.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A list a paragraph.
    Text,
    /// A line a word: list, code, meaning.
    Csv,
}

/// A code list, with its codes as files write them.
#[derive(Debug)]
struct List {
    name: String,
    /// The columns that take its codes, as `file.column`.
    columns: Vec<String>,
    codes: Vec<(String, String)>,
}

/// Prints the lists.
pub(super) fn run(arguments: &CodesArgs, out: &mut (dyn Write + Send)) -> Result<ExitCode, Failure> {
    let mut lists = lists();
    if let Some(name) = &arguments.list {
        let names: Vec<String> = lists.iter().map(|list| list.name.clone()).collect();
        lists.retain(|list| list.name == *name);
        if lists.is_empty() {
            let names = names.join(", ");
            return Err(Failure::usage(format!("there is no such list; the lists are {names}")));
        }
    }
    match arguments.format {
        Format::Text => text(&lists, out)?,
        Format::Csv => table(&lists, out)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn text(lists: &[List], out: &mut (dyn Write + Send)) -> std::io::Result<()> {
    for (index, list) in lists.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        match list.columns.as_slice() {
            [] => writeln!(out, "{}", list.name)?,
            columns => writeln!(out, "{} ({})", list.name, columns.join(", "))?,
        }
        let width = list.codes.iter().map(|(code, _)| code.len()).max().unwrap_or(0);
        for (code, meaning) in &list.codes {
            writeln!(out, "  {code:width$}  {meaning}")?;
        }
    }
    Ok(())
}

fn table(lists: &[List], out: &mut (dyn Write + Send)) -> Result<(), Failure> {
    let failed = |error: csv::Error| Failure::problem(format!("the result cannot be written: {error}"));
    let mut lines = csv::Writer::from_writer(out);
    lines.write_record(["list", "code", "meaning"]).map_err(failed)?;
    for list in lists {
        for (code, meaning) in &list.codes {
            lines.write_record([&list.name, code, meaning]).map_err(failed)?;
        }
    }
    Ok(lines.flush()?)
}

/// The code lists of files, then those of agreements and tokens.
fn lists() -> Vec<List> {
    let mut schema_lists = code_lists();
    schema_lists.push(of_files::<MembershipEnd>());
    let mut lists: Vec<List> = Vec::new();
    for table in FILES.iter().copied() {
        for column in table.in_file() {
            let Some((name, codes)) = code_list(column.holds, &schema_lists) else {
                continue;
            };
            let column_name = format!("{}.{}", table.name(), column.file);
            match lists.iter_mut().find(|list| list.name == name) {
                Some(list) => list.columns.push(column_name),
                None => lists.push(List {
                    name,
                    columns: vec![column_name],
                    codes,
                }),
            }
        }
    }
    let catalogue = catalogue::catalogue();
    for (name, list) in [("role", &catalogue.roles), ("lawful_basis", &catalogue.lawful_bases)] {
        lists.push(List {
            name: name.to_owned(),
            columns: Vec::new(),
            codes: terms(list),
        });
    }
    lists
}

fn terms(list: &[Term]) -> Vec<(String, String)> {
    list.iter()
        .map(|term| (term.code.clone(), term.label.clone()))
        .collect()
}

/// The code list of a column; `None` if it holds something else.
fn code_list(kind: Holds, schema_lists: &[CodeList]) -> Option<(String, Vec<(String, String)>)> {
    let catalogue = catalogue::catalogue();
    let (name, codes) = match kind {
        Holds::AgencyKind => ("agency_kind", terms(&catalogue.agency_kinds)),
        Holds::Criterion => {
            let criteria = catalogue.criteria.iter();
            (
                "criterion",
                criteria.map(|one| (one.code.clone(), one.label.clone())).collect(),
            )
        }
        Holds::Measure => {
            let measures = catalogue.progress_measures.iter();
            (
                "measure",
                measures.map(|one| (one.code.clone(), one.label.clone())).collect(),
            )
        }
        Holds::Domain => {
            let domains = catalogue.distance_domains.iter();
            (
                "domain",
                domains.map(|one| (one.code.clone(), one.label.clone())).collect(),
            )
        }
        Holds::Category => ("category", categories(schema_lists)),
        Holds::Purposes => ("purpose", terms(&catalogue.purposes)),
        Holds::OneOf(codes) => return one_of(codes, schema_lists),
        Holds::Key
        | Holds::Authority
        | Holds::Of(_)
        | Holds::Agency
        | Holds::Text(_)
        | Holds::Lines(_)
        | Holds::Code
        | Holds::Date
        | Holds::Birth
        | Holds::Instant
        | Holds::Flag
        | Holds::Number(..) => return None,
    };
    Some((name.to_owned(), codes))
}

/// The data categories about people.
fn categories(schema_lists: &[CodeList]) -> Vec<(String, String)> {
    let all = schema_lists.iter().filter(|list| list.name == "DataCategory");
    let codes = all.flat_map(|list| list.codes.clone());
    codes.filter(|(code, _)| Holds::Category.takes(code)).collect()
}

/// A list that stands in files alone.
fn of_files<C: Code>() -> CodeList {
    let codes = C::NAMES.iter().zip(C::MEANINGS);
    CodeList {
        name: C::LIST.0.to_owned(),
        codes: codes
            .map(|(name, means)| ((*name).to_owned(), means.trim().to_owned()))
            .collect(),
    }
}

/// The enum of the schema that has exactly these codes, in capitals.
fn one_of(codes: &[&str], schema_lists: &[CodeList]) -> Option<(String, Vec<(String, String)>)> {
    let list = schema_lists.iter().find(|list| {
        let same = |word: &&str| list.codes.iter().any(|(code, _)| code.eq_ignore_ascii_case(word));
        list.codes.len() == codes.len() && codes.iter().all(same)
    })?;
    let meanings: BTreeMap<String, &String> = list
        .codes
        .iter()
        .map(|(code, meaning)| (code.to_ascii_lowercase(), meaning))
        .collect();
    let meaning = |word: &&str| {
        meanings
            .get(*word)
            .map_or_else(String::new, |meaning| (*meaning).clone())
    };
    let codes = codes.iter().map(|word| ((*word).to_owned(), meaning(word)));
    Some((snake(&list.name), codes.collect()))
}

/// `PlanStatus` as `plan_status`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests;
