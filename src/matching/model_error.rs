//! What reading the parts of a model file shares: strictly parsed values, and the error.

use toml::Value;

/// A model that cannot be used: where, and what is expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {wanted}")]
pub struct ModelError {
    /// The location in the file: a key, or a line.
    pub place: String,
    /// What is expected.
    pub wanted: String,
}

/// The error for a location.
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
        // Meaningful integers here are small.
        Value::Integer(number) => i32::try_from(number).ok().map(f64::from),
        _ => None,
    }
}

/// A key in a form fit for display.
pub(super) fn shown(key: &str) -> String {
    key.chars().filter(|letter| !letter.is_control()).take(60).collect()
}
