//! Name rarity in model files: a table for each kind of name, with one line for all names of the same weight.

use std::{cmp::Ordering, fmt::Write as _};

use toml::{Table, Value};

use super::{
    Field, ModelError,
    model_error::{number, refused, shown},
    rarity::{MAX_WEIGHT, Rarity},
};

/// The table that contains the others.
pub(super) const NAMES: &str = "names";
/// The key for all unlisted names.
const OTHERS: &str = "others";
/// The kinds of names, in the order of the model.
const KINDS: [Field; 2] = [Field::FamilyName, Field::GivenName];

/// Parses the tables. Without them all names have the same weight.
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
    let near = |bits: &f64| bits.abs() <= MAX_WEIGHT;
    let wanted = format!("want bits from -{MAX_WEIGHT} to {MAX_WEIGHT}");
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
            if rarity.listed.insert(name.to_owned(), bits).is_some() {
                return Err(refused(place, "a name stands there that stands elsewhere as well"));
            }
        }
    }
    Ok(rarity)
}

/// Writes the tables.
pub(super) fn write(text: &mut String, both: &[Rarity; 2]) {
    for (kind, rarity) in KINDS.into_iter().zip(both) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "\n[{NAMES}.{}]\n{OTHERS} = {:?}", kind.name(), rarity.others);
        let mut listed: Vec<(&str, f64)> = rarity
            .listed
            .iter()
            .map(|(name, bits)| (name.as_str(), *bits))
            .collect();
        listed.sort_by(|one, other| one.1.total_cmp(&other.1).then_with(|| one.0.cmp(other.0)));
        for alike in listed.chunk_by(|one, other| one.1.total_cmp(&other.1) == Ordering::Equal) {
            let names: Vec<&str> = alike.iter().map(|(name, _)| *name).collect();
            let _ = writeln!(text, "\"{:?}\" = \"{}\"", alike[0].1, names.join(" "));
        }
    }
}
