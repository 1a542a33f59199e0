//! What is committed for people to read is what the program would write today; and the register and the schema speak of the same fields.

use std::{collections::BTreeSet, env, fs, path::Path};

use apollo_compiler::Node;
use apollo_compiler::ast::{Definition, Document, FieldDefinition, InputValueDefinition};
use chrono::NaiveDate;
use thinkfamily::{
    catalogue, demo,
    graphql::{library::library_sdl, matrix, sdl},
    sharing::{
        agreement::Policy,
        agreement_file,
        register::{self, FieldSet},
    },
};

/// Says that a committed file is to be written anew.
const REWRITE: &str = "THINKFAMILY_REWRITE";

/// The demonstration agreement is in force on this day.
fn a_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, 15).unwrap()
}

/// The policy that the demonstration agreement of Cambridgeshire makes.
fn demonstration() -> Policy {
    let text = demo::CAMBRIDGESHIRE_AGREEMENT;
    let agencies = demo::worked(a_day())
        .agencies
        .into_iter()
        .map(|agency| agency.code)
        .collect();
    let (_, agreement) = agreement_file::parse(text, &catalogue::known(agencies)).unwrap();
    Policy {
        agreements: vec![agreement],
    }
}

/// Holds a committed file against what it should be. Whoever means the change writes the file anew and looks at the difference; an
/// automatic check cannot.
fn hold(file: &str, should_be: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let command = format!("{REWRITE}=1 cargo test --test it snapshots");
    if env::var_os(REWRITE).is_some() {
        assert!(
            env::var_os("CI").is_none(),
            "{file}: in an automatic check nothing is written anew; run `{command}` and commit the file"
        );
        fs::write(&path, should_be).unwrap();
        return;
    }
    let is = fs::read_to_string(&path).unwrap_or_default();
    if is == should_be {
        return;
    }
    let place = is
        .lines()
        .zip(should_be.lines())
        .take_while(|(is, should)| is == should)
        .count();
    panic!(
        "{file} is not what it should be, from line {} on.\n  is:        {}\n  should be: {}\nIf the change is meant: `{command}`, then read the difference and commit it.",
        place + 1,
        is.lines().nth(place).unwrap_or("(the end)"),
        should_be.lines().nth(place).unwrap_or("(the end)"),
    );
}

#[test]
fn the_committed_schema_is_the_one_that_is_served() {
    hold("schema.graphql", &sdl::whole());
}

#[test]
fn the_committed_table_of_who_sees_what_is_true() {
    let page = matrix::summary::text(&demonstration(), a_day());
    let lines = page.lines().count();
    assert!(lines <= 300, "{lines} lines are more than anyone reads");
    hold("docs/who-sees-what.txt", &page);
    hold(
        "tests/it/who-sees-what-in-full.txt",
        &matrix::text(&demonstration(), a_day()),
    );
}

/// The table names every field of the register at least once, and whom it is for every agency kind, role and purpose of the agreement.
#[test]
fn the_table_leaves_nobody_and_nothing_out() {
    let policy = demonstration();
    let (table, page) = (matrix::text(&policy, a_day()), matrix::page(&policy, a_day()));
    for clause in &policy.agreements[0].clauses {
        for kind in &clause.agency_kinds {
            for role in &clause.roles {
                for purpose in &clause.purposes {
                    let who = format!("{kind} / {role} / {purpose}");
                    assert!(table.lines().any(|line| line == who), "{who}");
                    assert!(page.contains(&who), "{who}");
                }
            }
        }
    }
    let words: BTreeSet<&str> = table.split([' ', ',', '\n', '(', ')']).collect();
    for field in register::fields() {
        let (of, name) = field.coordinate.split_once('.').unwrap_or((field.coordinate, ""));
        assert!(
            words.contains(of.trim_end_matches(':')) || words.contains(format!("{of}:").as_str()),
            "{}",
            field.coordinate
        );
        for word in name.split(['(', ')']).filter(|word| !word.is_empty()) {
            assert!(words.contains(word), "{}", field.coordinate);
        }
    }
}

/// Every schema coordinate that the register must have: fields, arguments, inputs, and the values by which lists are ordered.
fn coordinates(library: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let document = Document::parse(library, "schema.graphql").unwrap();
    let mut of_fields = |of: &str, fields: &[Node<FieldDefinition>]| {
        for field in fields {
            found.insert(format!("{of}.{}", field.name));
            found.extend(
                field
                    .arguments
                    .iter()
                    .map(|argument| format!("{of}.{}({}:)", field.name, argument.name)),
            );
        }
    };
    for definition in &document.definitions {
        match definition {
            Definition::ObjectTypeDefinition(object) => of_fields(&object.name, &object.fields),
            Definition::InterfaceTypeDefinition(interface) => of_fields(&interface.name, &interface.fields),
            _ => {}
        }
    }
    for definition in &document.definitions {
        match definition {
            Definition::InputObjectTypeDefinition(input) => {
                found.extend(
                    input
                        .fields
                        .iter()
                        .map(|field| format!("{}.{}", input.name, field.name)),
                );
            }
            Definition::EnumTypeDefinition(list) if list.name.ends_with("OrderField") => {
                found.extend(list.values.iter().map(|value| format!("{}.{}", list.name, value.value)));
            }
            _ => {}
        }
    }
    found
}

#[test]
fn every_field_of_the_schema_is_in_the_register_and_the_other_way_round() {
    let schema = coordinates(&library_sdl());
    // An entry without a dot is about the existence of a type's rows.
    let register: BTreeSet<String> = register::fields()
        .map(|field| field.coordinate.to_owned())
        .filter(|coordinate| coordinate.contains('.'))
        .collect();
    let missing: Vec<_> = schema.difference(&register).collect();
    let left_over: Vec<_> = register.difference(&schema).collect();
    assert!(missing.is_empty(), "not classified: {missing:?}");
    assert!(
        left_over.is_empty(),
        "in the register, but not in the schema: {left_over:?}"
    );
    let types: BTreeSet<&str> = schema
        .iter()
        .filter_map(|coordinate| coordinate.split('.').next())
        .collect();
    for field in register::fields().filter(|field| !field.coordinate.contains('.')) {
        assert!(
            types.contains(field.coordinate),
            "{} is no type of the schema",
            field.coordinate
        );
    }
}

#[test]
fn everything_in_the_schema_is_described() {
    let mut silent = Vec::new();
    let mut hear = |coordinate: String, description: Option<&Node<str>>| {
        // What the publishing adds to every description is not one.
        let said = description.map_or("", |text| {
            text.split("Data category:").next().unwrap_or_default().trim()
        });
        if said.is_empty() {
            silent.push(coordinate);
        }
    };
    let document = Document::parse(sdl::whole(), "schema.graphql").unwrap();
    for definition in &document.definitions {
        match definition {
            Definition::ObjectTypeDefinition(of) => {
                hear(of.name.to_string(), of.description.as_ref());
                fields(&of.name, &of.fields, &mut hear);
            }
            Definition::InterfaceTypeDefinition(of) => {
                hear(of.name.to_string(), of.description.as_ref());
                fields(&of.name, &of.fields, &mut hear);
            }
            Definition::InputObjectTypeDefinition(of) => {
                hear(of.name.to_string(), of.description.as_ref());
                inputs(&of.name, &of.fields, &mut hear);
            }
            Definition::EnumTypeDefinition(of) => {
                hear(of.name.to_string(), of.description.as_ref());
                for value in &of.values {
                    hear(format!("{}.{}", of.name, value.value), value.description.as_ref());
                }
            }
            Definition::ScalarTypeDefinition(of) => hear(of.name.to_string(), of.description.as_ref()),
            Definition::UnionTypeDefinition(of) => hear(of.name.to_string(), of.description.as_ref()),
            Definition::DirectiveDefinition(of) => {
                hear(format!("@{}", of.name), of.description.as_ref());
                inputs(&format!("@{}", of.name), &of.arguments, &mut hear);
            }
            _ => {}
        }
    }
    assert!(silent.is_empty(), "{} without a description: {silent:#?}", silent.len());
}

fn fields(of: &str, fields: &[Node<FieldDefinition>], hear: &mut impl FnMut(String, Option<&Node<str>>)) {
    for field in fields {
        hear(format!("{of}.{}", field.name), field.description.as_ref());
        inputs(&format!("{of}.{}", field.name), &field.arguments, hear);
    }
}

fn inputs(of: &str, inputs: &[Node<InputValueDefinition>], hear: &mut impl FnMut(String, Option<&Node<str>>)) {
    for input in inputs {
        hear(format!("{of}({}:)", input.name), input.description.as_ref());
    }
}

/// A schema of which nothing is left does not come out as an empty one.
#[test]
fn a_ceiling_of_nothing_has_no_schema() {
    assert!(sdl::published(&library_sdl(), Some(&FieldSet::new())).is_err());
}
