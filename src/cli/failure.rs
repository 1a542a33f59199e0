//! Why a command failed: one sentence for a person, and the exit code.

use std::{fmt::Display, process::ExitCode};

use crate::config::ConfigError;

/// Why a command failed.
#[derive(Debug)]
pub(super) struct Failure {
    usage: bool,
    sentence: String,
}

impl Failure {
    /// Problems were found, or the command failed.
    pub(super) fn problem(sentence: impl Display) -> Self {
        Self {
            usage: false,
            sentence: sentence.to_string(),
        }
    }

    /// The command line or a setting is wrong.
    pub(super) fn usage(sentence: impl Display) -> Self {
        Self {
            usage: true,
            sentence: sentence.to_string(),
        }
    }

    /// The message; empty when it was printed already.
    pub(super) fn sentence(&self) -> &str {
        &self.sentence
    }

    /// The process's exit code.
    pub(super) fn exit_code(&self) -> ExitCode {
        if self.usage {
            ExitCode::from(2)
        } else {
            ExitCode::FAILURE
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::usage(error)
    }
}

impl From<std::io::Error> for Failure {
    /// For a result that cannot be written.
    fn from(error: std::io::Error) -> Self {
        Self::problem(format!("the result cannot be written: {error}"))
    }
}
