//! How sure a look-up must be of whom it finds.

use std::path::PathBuf;

use super::{error::ConfigError, source::Given};

/// The furthest that a threshold may be from even odds.
const FURTHEST: f64 = 60.0;

/// How sure a look-up must be, in weights: logarithms to base 2 of odds.
#[derive(Clone, Debug, PartialEq)]
pub struct Matching {
    /// The file of the model, if it is not the one that is built in.
    pub model: Option<PathBuf>,
    /// From here on somebody is found. Above 0: odds that are even find nobody.
    pub upper: f64,
    /// Below this somebody counts for nothing.
    pub lower: f64,
    /// How far whoever is found must stand above the next.
    pub clear: f64,
}

impl Matching {
    pub(super) fn read(given: &Given) -> Result<Self, ConfigError> {
        let number = |name, least: f64, wanted: &str, default: f64| {
            let read = |text: &str| {
                text.parse::<f64>()
                    .ok()
                    .filter(|number| (least..=FURTHEST).contains(number))
            };
            Ok::<f64, ConfigError>(given.get(name, wanted, read)?.unwrap_or(default))
        };
        let matching = Self {
            model: given.get("matching_model", "a file", |text| {
                (!text.is_empty() && !text.contains('\0')).then(|| PathBuf::from(text))
            })?,
            upper: number("match_upper", 0.1, "a number from 0.1 to 60", 4.0)?,
            lower: number("match_lower", -FURTHEST, "a number from -60 to 60", 0.0)?,
            clear: number("match_clear", 0.0, "a number from 0 to 60", 4.0)?,
        };
        if matching.lower > matching.upper {
            return Err(ConfigError::new("match_lower", "want no more than match_upper"));
        }
        Ok(matching)
    }
}
