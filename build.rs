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
            let each = entry.split(' ').flat_map(|entry| stood_for(type_name, entry, needs));
            for (type_name, entry, needs) in each {
                let coordinate = coordinate(&type_name, &entry);
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
    }
    let code = format!(
        "/// Every field of the schema by name.\npub mod field {{\n    use super::FieldId;\n{constants}}}\n\n\
         static ENTRIES: [(&str, &str); {number}] = [\n{table}];\n"
    );
    let out = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("fields.rs"), code).expect("the build directory can be written to");
}

/// What an entry stands for: itself, unless it is a list, which has the arguments and the types that all lists have.
fn stood_for(type_name: &str, entry: &str, needs: &str) -> Vec<(String, String, String)> {
    let owned = |name: &str, entry: &str, needs: String| (name.to_owned(), entry.to_owned(), needs);
    let Some(of) = needs.strip_prefix("list:") else {
        return vec![owned(type_name, entry, needs.to_owned())];
    };
    let (rows, with) = (format!("rows:{of}"), format!("as:{of}"));
    let mut all = vec![owned(type_name, entry, rows.clone())];
    for argument in ["filter", "orderBy", "first", "after", "last", "before"] {
        all.push(owned(type_name, &format!("{entry}({argument}:)"), with.clone()));
    }
    let parts = [
        ("Connection", "edges", &rows),
        ("Connection", "nodes", &rows),
        ("Connection", "pageInfo", &with),
        ("Connection", "totalCount", &rows),
        ("Edge", "node", &rows),
        ("Edge", "cursor", &with),
        ("Order", "field", &with),
        ("Order", "direction", &with),
    ];
    let types = parts.map(|(kind, entry, needs)| owned(&format!("{of}{kind}"), entry, needs.clone()));
    all.extend(types);
    all
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
