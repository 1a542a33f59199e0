//! The sources of settings, in order of precedence: flag, environment, file.
//!
//! Knows names and text values only; the other files of this folder parse them.

use std::{collections::BTreeMap, path::Path, time::Duration};

use serde::Deserialize;

use super::{
    error::{ConfigError, Origin},
    flags::{ConfigArgs, SETTINGS},
    issuer::IssuerTable,
};

/// Maximum size of the configuration file, in bytes.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// The text values of all settings given, each from its highest source, and the file's issuers.
#[derive(Debug, Default)]
pub(super) struct RawSettings {
    values: BTreeMap<&'static str, (String, Origin)>,
    /// The file's `[[issuer]]` tables.
    pub(super) issuers: Vec<IssuerTable>,
}

impl RawSettings {
    /// Collects the settings; `environment` looks up a variable.
    pub(super) fn collect(
        arguments: &ConfigArgs,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let variable = |name: &str| environment(name).filter(|value| !value.is_empty());
        let file = arguments
            .config
            .clone()
            .or_else(|| variable("THINKFAMILY_CONFIG").map(Into::into));
        let mut settings = match file {
            Some(path) => Self::from_file(&path)?,
            None => Self::default(),
        };
        for setting in SETTINGS {
            let value = variable(setting.variable).or_else(|| {
                (setting.name == "database_url")
                    .then(|| variable("DATABASE_URL"))
                    .flatten()
            });
            if let Some(value) = value {
                settings.values.insert(setting.name, (value, Origin::Environment));
            }
        }
        for (name, value) in arguments.given() {
            settings.values.insert(name, (value.to_owned(), Origin::Flag));
        }
        Ok(settings)
    }

    fn from_file(path: &Path) -> Result<Self, ConfigError> {
        let file_error = |wanted: String| ConfigError::new("config", wanted);
        let size = std::fs::metadata(path)
            .map_err(|error| file_error(format!("want a file that can be read: {}", error.kind())))?
            .len();
        if size > MAX_FILE_BYTES {
            return Err(file_error(format!("want a file of at most {MAX_FILE_BYTES} bytes")));
        }
        let text = std::fs::read_to_string(path)
            .map_err(|error| file_error(format!("want a text file that can be read: {}", error.kind())))?;
        Self::from_toml(&text)
    }

    /// Parses the text of a configuration file.
    pub(super) fn from_toml(text: &str) -> Result<Self, ConfigError> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            let line = error.span().map_or(1, |span| {
                1 + text.get(..span.start).unwrap_or_default().matches('\n').count()
            });
            ConfigError::new("config", format!("want TOML; line {line}: {}", error.message()))
        })?;
        let mut settings = Self::default();
        for (key, value) in table {
            if key == "issuer" {
                settings.issuers = Vec::<IssuerTable>::deserialize(value).map_err(|error| {
                    ConfigError::from(
                        "issuer",
                        Origin::File,
                        format!("want [[issuer]] tables: {}", error.message()),
                    )
                })?;
                continue;
            }
            let Some(setting) = SETTINGS.iter().find(|setting| setting.name == key) else {
                let shown: String = key.chars().filter(|c| !c.is_control()).take(60).collect();
                return Err(ConfigError::from(
                    &shown,
                    Origin::File,
                    "there is no setting of that name",
                ));
            };
            let text = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Float(number) => number.to_string(),
                toml::Value::Boolean(on) => if on { "on" } else { "off" }.to_owned(),
                toml::Value::Array(items) => items
                    .iter()
                    .map(|item| item.as_str().map(str::to_owned))
                    .collect::<Option<Vec<_>>>()
                    .ok_or_else(|| ConfigError::from(&key, Origin::File, "want a list of texts"))?
                    .join(","),
                _ => {
                    return Err(ConfigError::from(
                        &key,
                        Origin::File,
                        "want a text, a number, true or false",
                    ));
                }
            };
            settings.values.insert(setting.name, (text, Origin::File));
        }
        Ok(settings)
    }

    /// The setting as parsed by `read`, or `None` if it is not given; `wanted` says what is expected.
    pub(super) fn get<T>(
        &self,
        name: &'static str,
        wanted: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        debug_assert!(SETTINGS.iter().any(|setting| setting.name == name), "no setting {name}");
        match self.values.get(name) {
            None => Ok(None),
            Some((text, origin)) => read(text)
                .map(Some)
                .ok_or_else(|| ConfigError::from(name, *origin, format!("want {wanted}"))),
        }
    }

    /// A whole number within `range`.
    pub(super) fn number(
        &self,
        name: &'static str,
        default: u32,
        range: std::ops::RangeInclusive<u32>,
    ) -> Result<u32, ConfigError> {
        let wanted = format!("a whole number from {} to {}", range.start(), range.end());
        let read = |text: &str| text.parse::<u32>().ok().filter(|number| range.contains(number));
        Ok(self.get(name, &wanted, read)?.unwrap_or(default))
    }

    /// A time in milliseconds, from ten to ten minutes.
    pub(super) fn milliseconds(&self, name: &'static str, default: u32) -> Result<Duration, ConfigError> {
        let number = self.number(name, default, 10..=600_000)?;
        Ok(Duration::from_millis(u64::from(number)))
    }

    /// A switch: `on` or `off`, `true` or `false`.
    pub(super) fn switch(&self, name: &'static str, default: bool) -> Result<bool, ConfigError> {
        let read = |text: &str| match text {
            "on" | "true" => Some(true),
            "off" | "false" => Some(false),
            _ => None,
        };
        Ok(self.get(name, "on or off", read)?.unwrap_or(default))
    }
}
