//! Gives every entry of `src/sharing/register.toml` a constant, so that code can only name fields that are classified.

use std::{collections::BTreeSet, env, fmt::Write as _, fs, path::Path};

fn main() {
    println!("cargo:rerun-if-changed=src/sharing/register.toml");
    println!("cargo:rerun-if-changed=build.rs");
    let text = fs::read_to_string("src/sharing/register.toml").expect("src/sharing/register.toml can be read");
    let types: toml::Table = text.parse().expect("src/sharing/register.toml is TOML");
    let (mut constants, mut table) = (String::new(), String::new());
    let mut names = BTreeSet::new();
    let mut number = 0;
    for (type_name, entries) in &types {
        for (entry, needs) in entries.as_table().expect("a type of the register is a table") {
            let needs = needs.as_str().expect("an entry of the register is a string");
            let coordinate = coordinate(type_name, entry);
            writeln!(table, "    ({coordinate:?}, {needs:?}),").expect("a string can be written to");
            if entry != "*" && !entry.contains('(') {
                let name = constant(&format!("{type_name}_{entry}"));
                assert!(
                    names.insert(name.clone()),
                    "two entries of the register give the constant {name}"
                );
                writeln!(
                    constants,
                    "    /// `{coordinate}`: `{needs}`\n    pub const {name}: FieldId = FieldId({number});"
                )
                .expect("a string can be written to");
            }
            number += 1;
        }
    }
    let code = format!(
        "/// Every field of the schema by name.\npub mod field {{\n    use super::FieldId;\n{constants}}}\n\n\
         static ENTRIES: [(&str, &str); {number}] = [\n{table}];\n"
    );
    let out = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("fields.rs"), code).expect("the build directory can be written to");
}

/// `Query` and `family(id:)` make `Query.family(id:)`; the existence of a row of `Family` is `Family`.
fn coordinate(type_name: &str, entry: &str) -> String {
    if entry == "*" {
        type_name.to_owned()
    } else {
        format!("{type_name}.{entry}")
    }
}

/// `Family_reachArea` makes `FAMILY_REACH_AREA`.
fn constant(name: &str) -> String {
    let mut out = String::new();
    let mut previous_lower = false;
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && previous_lower {
            out.push('_');
        }
        previous_lower = letter.is_ascii_lowercase() || letter.is_ascii_digit();
        out.push(letter.to_ascii_uppercase());
    }
    out
}
