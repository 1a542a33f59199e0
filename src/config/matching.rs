//! The thresholds of matching: how certain a look-up must be of the person it finds.

use std::path::PathBuf;

use super::{error::ConfigError, source::RawSettings};

/// Largest absolute value of a threshold.
const MAX_THRESHOLD: f64 = 60.0;

/// The thresholds, in weights: logarithms to base 2 of odds.
#[derive(Clone, Debug, PartialEq)]
pub struct Matching {
    /// The model file, if not the built-in model.
    pub model: Option<PathBuf>,
    /// From this weight on a person is found. Above 0: even odds find nobody.
    pub upper: f64,
    /// Below this weight a candidate is ignored.
    pub lower: f64,
    /// How far the best candidate must be above the next.
    pub margin: f64,
}

impl Matching {
    pub(super) fn read(settings: &RawSettings) -> Result<Self, ConfigError> {
        let number = |name, least: f64, wanted: &str, default: f64| {
            let read = |text: &str| {
                text.parse::<f64>()
                    .ok()
                    .filter(|number| (least..=MAX_THRESHOLD).contains(number))
            };
            Ok::<f64, ConfigError>(settings.get(name, wanted, read)?.unwrap_or(default))
        };
        let matching = Self {
            model: settings.get("matching_model", "a file", |text| {
                (!text.is_empty() && !text.contains('\0')).then(|| PathBuf::from(text))
            })?,
            upper: number("match_upper", 0.1, "a number from 0.1 to 60", 4.0)?,
            lower: number("match_lower", -MAX_THRESHOLD, "a number from -60 to 60", 0.0)?,
            margin: number("match_clear", 0.0, "a number from 0 to 60", 4.0)?,
        };
        if matching.lower > matching.upper {
            return Err(ConfigError::new("match_lower", "want no more than match_upper"));
        }
        Ok(matching)
    }
}
