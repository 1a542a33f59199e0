//! What reading the parts of a model's file has in common: a value taken strictly, and the refusal.

use toml::Value;

/// A model that cannot be used: where, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {wanted}")]
pub struct ModelError {
    /// The place in the file: a key, or a line.
    pub place: String,
    /// What would be right.
    pub wanted: String,
}

/// The refusal of a place.
pub(super) fn refused(place: impl Into<String>, wanted: impl Into<String>) -> ModelError {
    ModelError {
        place: place.into(),
        wanted: wanted.into(),
    }
}

/// A number.
pub(super) fn number(value: Option<Value>) -> Option<f64> {
    match value? {
        Value::Float(number) if number.is_finite() => Some(number),
        // Whole numbers of any use here are small.
        Value::Integer(number) => i32::try_from(number).ok().map(f64::from),
        _ => None,
    }
}

/// A key as it may be shown.
pub(super) fn shown(key: &str) -> String {
    key.chars().filter(|letter| !letter.is_control()).take(60).collect()
}
