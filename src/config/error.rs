//! A setting that is refused, and where its value came from.

use std::fmt::Display;

/// A setting refused at start. Values are never echoed: some are secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("setting `{setting}`{}: {wanted}", .origin.map(|origin| format!(" ({origin})")).unwrap_or_default())]
pub struct ConfigError {
    /// The setting's name.
    pub setting: String,
    /// The source of the refused value, if it has one.
    pub origin: Option<Origin>,
    /// What is expected.
    pub wanted: String,
}

impl ConfigError {
    /// An error about a setting without a single source.
    pub(super) fn new(setting: impl Into<String>, wanted: impl Into<String>) -> Self {
        Self {
            setting: setting.into(),
            origin: None,
            wanted: wanted.into(),
        }
    }

    /// An error about a value from one source.
    pub(super) fn from(setting: &str, origin: Origin, wanted: impl Into<String>) -> Self {
        Self {
            setting: setting.to_owned(),
            origin: Some(origin),
            wanted: wanted.into(),
        }
    }
}

/// The source of a setting's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A command line flag.
    Flag,
    /// An environment variable.
    Environment,
    /// The configuration file.
    File,
}

impl Display for Origin {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Flag => "from the command line",
            Self::Environment => "from the environment",
            Self::File => "from the configuration file",
        })
    }
}
