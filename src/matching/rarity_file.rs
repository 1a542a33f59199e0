//! What rare and frequent names say, in a model's file: a table for each kind of name, with a line for all names that say as much.

use std::{cmp::Ordering, fmt::Write as _};

use toml::{Table, Value};

use super::{
    Field, ModelError,
    model_error::{number, refused, shown},
    rarity::{FURTHEST, Rarity},
};

/// The table that has the others.
pub(super) const NAMES: &str = "names";
/// What is said of all names that have no line.
const OTHERS: &str = "others";
/// The kinds of names, in their order in a model.
const KINDS: [Field; 2] = [Field::FamilyName, Field::GivenName];

/// Reads the tables. A file without them says that all names say the same.
pub(super) fn read(value: Option<Value>) -> Result<[Rarity; 2], ModelError> {
    let mut tables = match value {
        None => return Ok(Default::default()),
        Some(Value::Table(tables)) => tables,
        Some(_) => return Err(refused(NAMES, "want tables of family names and of given names")),
    };
    let mut both: [Rarity; 2] = Default::default();
    for (rarity, kind) in both.iter_mut().zip(KINDS) {
        let place = format!("{NAMES}.{}", kind.name());
        let Some(Value::Table(table)) = tables.remove(kind.name()) else {
            return Err(refused(place, "want a table"));
        };
        *rarity = read_kind(&place, table)?;
    }
    match tables.keys().next() {
        None => Ok(both),
        Some(key) => Err(refused(
            format!("{NAMES}.{}", shown(key)),
            "want family_name and given_name, and nothing else",
        )),
    }
}

fn read_kind(place: &str, mut table: Table) -> Result<Rarity, ModelError> {
    let near = |bits: &f64| bits.abs() <= FURTHEST;
    let wanted = format!("want bits from -{FURTHEST} to {FURTHEST}");
    let others = number(table.remove(OTHERS)).filter(near);
    let mut rarity = Rarity {
        others: others.ok_or_else(|| refused(format!("{place}.{OTHERS}"), wanted.as_str()))?,
        ..Rarity::default()
    };
    for (bits, names) in table {
        let place = format!("{place}.{}", shown(&bits));
        let Some(bits) = bits.parse().ok().filter(near) else {
            return Err(refused(place, wanted));
        };
        let Value::String(names) = names else {
            return Err(refused(place, "want names in one text, apart by blanks"));
        };
        for name in names.split_ascii_whitespace() {
            if rarity.told.insert(name.to_owned(), bits).is_some() {
                return Err(refused(place, "a name stands there that stands elsewhere as well"));
            }
        }
    }
    Ok(rarity)
}

/// Writes the tables.
pub(super) fn write(text: &mut String, both: &[Rarity; 2]) {
    for (kind, rarity) in KINDS.into_iter().zip(both) {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "\n[{NAMES}.{}]\n{OTHERS} = {:?}", kind.name(), rarity.others);
        let mut told: Vec<(&str, f64)> = rarity.told.iter().map(|(name, bits)| (name.as_str(), *bits)).collect();
        told.sort_by(|one, other| one.1.total_cmp(&other.1).then_with(|| one.0.cmp(other.0)));
        for alike in told.chunk_by(|one, other| one.1.total_cmp(&other.1) == Ordering::Equal) {
            let names: Vec<&str> = alike.iter().map(|(name, _)| *name).collect();
            let _ = writeln!(text, "\"{:?}\" = \"{}\"", alike[0].1, names.join(" "));
        }
    }
}
