//! Model files: TOML, parsed strictly, so that an incomplete model is refused rather than guessed at.

use std::fmt::Write as _;

use toml::{Table, Value};

use super::{
    Field,
    model::{Model, Odds},
    model_error::{ModelError, number, refused, shown},
    numbers::System,
    rarity_file,
};

/// The format version of the file.
const FORMAT: i64 = 1;
/// How far the sum of a field's shares may be from 1.
const TOLERANCE: f64 = 0.001;
/// The table of extra weights for numbers, by system.
const NUMBERS: &str = "numbers";
/// The largest such weight, in bits.
const MAX_NUMBER_WEIGHT: f64 = 20.0;
/// The largest log odds of a match, either way.
const MAX_LOG_ODDS: f64 = 60.0;

impl Model {
    /// Parses a model file.
    pub fn parse(text: &str) -> Result<Self, ModelError> {
        let mut file: Table = text.parse().map_err(|error: toml::de::Error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = 1 + text.get(..start).unwrap_or_default().matches('\n').count();
            refused(format!("line {line}"), format!("want TOML: {}", error.message()))
        })?;
        match file.remove("format") {
            Some(Value::Integer(FORMAT)) => {}
            _ => return Err(refused("format", format!("want {FORMAT}"))),
        }
        let prior = number(file.remove("prior"))
            .filter(|prior| prior.abs() <= MAX_LOG_ODDS)
            .ok_or_else(|| refused("prior", format!("want a number from -{MAX_LOG_ODDS} to {MAX_LOG_ODDS}")))?;
        let Some(Value::Boolean(households)) = file.remove("households") else {
            return Err(refused("households", "want true or false"));
        };
        let mut fields: [Vec<Odds>; Field::ALL.len()] = Default::default();
        for (odds, field) in fields.iter_mut().zip(Field::ALL) {
            *odds = read_field(field, file.remove(field.name()))?;
        }
        let rarity = rarity_file::read(file.remove(rarity_file::NAMES))?;
        let numbers = read_numbers(file.remove(NUMBERS))?;
        match file.keys().next() {
            None => Ok(Self {
                prior,
                households,
                fields,
                rarity,
                numbers,
            }),
            Some(key) => Err(refused(shown(key), "there is no field of that name")),
        }
    }

    /// Writes a model file.
    pub fn to_toml(&self) -> String {
        let mut text = format!("format = {FORMAT}\n");
        // Writing to a string cannot fail.
        let _ = writeln!(text, "prior = {:?}", rounded(self.prior));
        let _ = writeln!(text, "households = {}", self.households);
        for (field, odds) in Field::ALL.into_iter().zip(&self.fields) {
            let _ = writeln!(text, "\n[{}]", field.name());
            for (level, odds) in field.levels().iter().zip(odds) {
                let _ = writeln!(
                    text,
                    "{} = {{ m = {:?}, u = {:?} }}",
                    level.name(),
                    rounded(odds.m),
                    rounded(odds.u)
                );
            }
        }
        if self.numbers.iter().any(|bits| *bits != 0.0) {
            let _ = writeln!(text, "\n[{NUMBERS}]");
            for (system, bits) in System::ALL
                .into_iter()
                .zip(self.numbers)
                .filter(|(_, bits)| *bits != 0.0)
            {
                let _ = writeln!(text, "{} = {bits:?}", system.name());
            }
        }
        rarity_file::write(&mut text, &self.rarity);
        text
    }
}

/// Without the table, the numbers of all systems have the same weight.
fn read_numbers(value: Option<Value>) -> Result<[f64; System::ALL.len()], ModelError> {
    let mut table = match value {
        None => Table::new(),
        Some(Value::Table(table)) => table,
        Some(_) => return Err(refused(NUMBERS, "want a table of systems")),
    };
    let mut bits = [0.0; System::ALL.len()];
    for (bits, system) in bits.iter_mut().zip(System::ALL) {
        if let Some(value) = table.remove(system.name()) {
            let near = number(Some(value)).filter(|bits| bits.abs() <= MAX_NUMBER_WEIGHT);
            let wanted = format!("want bits from -{MAX_NUMBER_WEIGHT} to {MAX_NUMBER_WEIGHT}");
            *bits = near.ok_or_else(|| refused(format!("{NUMBERS}.{}", system.name()), wanted))?;
        }
    }
    match table.keys().next() {
        None => Ok(bits),
        Some(key) => Err(refused(
            format!("{NUMBERS}.{}", shown(key)),
            format!("want {}", System::ALL.map(System::name).join(", ")),
        )),
    }
}

fn read_field(field: Field, value: Option<Value>) -> Result<Vec<Odds>, ModelError> {
    let Some(Value::Table(mut table)) = value else {
        return Err(refused(field.name(), "want a table with each of the field's levels"));
    };
    let mut all = Vec::new();
    for level in field.levels() {
        let place = format!("{}.{}", field.name(), level.name());
        let Some(Value::Table(mut level)) = table.remove(level.name()) else {
            return Err(refused(place, "want { m = …, u = … }"));
        };
        let mut share = |name: &str| {
            number(level.remove(name))
                .filter(|share| (1e-12..=1.0).contains(share))
                .ok_or_else(|| refused(format!("{place}.{name}"), "want a number above 0, at most 1"))
        };
        let odds = Odds {
            m: share("m")?,
            u: share("u")?,
        };
        if let Some(key) = level.keys().next() {
            return Err(refused(
                format!("{place}.{}", shown(key)),
                "want m and u, and nothing else",
            ));
        }
        all.push(odds);
    }
    if let Some(key) = table.keys().next() {
        return Err(refused(
            format!("{}.{}", field.name(), shown(key)),
            "the field has no level of that name",
        ));
    }
    for (name, sum) in [
        ("m", all.iter().map(|odds| odds.m).sum::<f64>()),
        ("u", all.iter().map(|odds| odds.u).sum()),
    ] {
        if (sum - 1.0).abs() > TOLERANCE {
            return Err(refused(
                format!("{}.*.{name}", field.name()),
                format!("want shares of 1 in all; they are {sum:.4}"),
            ));
        }
    }
    Ok(all)
}

/// Six significant digits.
fn rounded(number: f64) -> f64 {
    format!("{number:.5e}").parse().unwrap_or(number)
}
