//! The configuration: all settings as one plain struct of typed values, validated before anything else
//! starts.
//!
//! Reads flags, environment and one file, once, at start. Depends on no other room; any room may use it.

mod connections;
mod error;
mod flags;
mod issuer;
mod limits;
mod live;
mod lookups;
mod matching;
mod metrics;
mod source;
#[cfg(test)]
mod tests;
mod trail;
mod transport;
mod writes;

use std::{fmt, net::SocketAddr, path::PathBuf, time::Duration};

pub use self::{
    connections::Connections,
    error::{ConfigError, Origin},
    flags::{ConfigArgs, SETTINGS, Setting},
    issuer::{AgencyName, IssuerSettings, KeyLocation, TokenAlgorithm, TokenBinding, is_key_address},
    limits::Limits,
    live::Live,
    lookups::Lookups,
    matching::Matching,
    metrics::MetricsListener,
    trail::{Trail, Witness},
    transport::{Tls, Transport},
    writes::Writes,
};
use self::{issuer::is_name, source::RawSettings};

/// The `iss` of the development issuer's tokens; no configured issuer may have it.
pub const DEVELOPMENT_ISSUER: &str = "urn:thinkfamily:development-issuer";

/// The mode of operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Development and demonstration, on this machine.
    #[default]
    Development,
    /// Real families: conveniences of development are off unless switched on.
    Production,
}

/// The log format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object per line.
    Json,
    /// Plain text.
    Text,
}

/// The log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Log {
    /// Its format.
    pub format: LogFormat,
    /// The lowest severity that is logged.
    pub level: tracing::Level,
}

/// The text of a setting that may hold a password: it does not show itself. Whether it is right, whoever uses it says.
#[derive(Clone, PartialEq, Eq)]
pub struct Concealed(String);

impl Concealed {
    /// The text, for use only.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Concealed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("…")
    }
}

/// The database and the limits on its use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database {
    /// Its address.
    pub url: Concealed,
    /// The address of the trail, if not beside the main database.
    pub trail_url: Option<Concealed>,
    /// Most connections.
    pub connections: u32,
    /// Most requests that wait for a connection.
    pub queue: u32,
    /// Longest wait for a connection.
    pub wait: Duration,
    /// Statement timeout.
    pub statement_timeout: Duration,
    /// Poll interval of readers that wait for changes, if nothing wakes them.
    pub feed_poll: Duration,
    /// Approximate memory of the family cache, in MB.
    pub family_cache_mb: u32,
    /// Free space reserved on the disk of an `SQLite` database, in MB.
    pub disk_reserve_mb: u32,
}

/// How webhooks are delivered.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhooks {
    /// Whether private addresses and plain http are allowed.
    pub private_addresses: bool,
    /// Timeout of one attempt.
    pub timeout: Duration,
    /// The outbound proxy. It may hold a password, so `Debug` does not print it.
    pub proxy: Option<String>,
}

impl fmt::Debug for Webhooks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Webhooks")
            .field("private_addresses", &self.private_addresses)
            .field("timeout", &self.timeout)
            .field("proxy", &self.proxy.is_some())
            .finish()
    }
}

/// The whole configuration.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "switches that people set one by one")]
pub struct Config {
    /// The mode of operation.
    pub mode: Mode,
    /// The listen address.
    pub listen: SocketAddr,
    /// The metrics listener, if there is one.
    pub metrics_listener: Option<MetricsListener>,
    /// How clients reach it.
    pub transport: Transport,
    /// The directory of the embedded database and the server's own keys.
    pub data_dir: PathBuf,
    /// The database.
    pub database: Database,
    /// Request timeout.
    pub request_timeout: Duration,
    /// Drain time: how long it goes on serving after it was told to stop.
    pub drain_time: Duration,
    /// The audience that tokens must name, unless their issuer's settings say otherwise.
    pub audience: String,
    /// The trusted issuers.
    pub issuers: Vec<IssuerSettings>,
    /// Whether the development issuer is trusted and issues tokens.
    pub dev_issuer: bool,
    /// Whether GraphiQL is served.
    pub graphiql: bool,
    /// Whether an empty database is filled with demonstration data.
    pub demo_data: bool,
    /// Whether the database is migrated at start.
    pub migrate: bool,
    /// The log.
    pub log: Log,
    /// Rate limits of look-ups.
    pub lookups: Lookups,
    /// Rate limits on changes.
    pub writes: Writes,
    /// Webhooks.
    pub webhooks: Webhooks,
    /// The trail.
    pub trail: Trail,
    /// Limits on requests.
    pub limits: Limits,
    /// Limits on connections.
    pub connections: Connections,
    /// Limits on long-lived connections.
    pub live: Live,
    /// The thresholds of matching.
    pub matching: Matching,
}

impl Config {
    /// Loads the configuration: flags override the environment, which overrides the file. The first bad value
    /// is refused with its name and what is expected.
    pub fn load(arguments: &ConfigArgs) -> Result<Self, ConfigError> {
        Self::load_with(arguments, &|name| {
            std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
        })
    }

    /// The same, with `environment` instead of the process's environment.
    pub fn load_with(
        arguments: &ConfigArgs,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        Self::read(RawSettings::collect(arguments, environment)?)
    }

    fn read(mut settings: RawSettings) -> Result<Self, ConfigError> {
        let mode = settings
            .get("mode", "development or production", |text| match text {
                "development" => Some(Mode::Development),
                "production" => Some(Mode::Production),
                _ => None,
            })?
            .unwrap_or_default();
        let development = mode == Mode::Development;
        let listen = settings
            .get("listen", "an address and port such as 127.0.0.1:8080", |text| {
                text.parse().ok()
            })?
            .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
        let data_dir = settings
            .get("data_dir", "a directory", |text| {
                (!text.contains('\0')).then(|| PathBuf::from(text))
            })?
            .unwrap_or_else(|| PathBuf::from("data"));
        let audience = settings
            .get("audience", "1 to 200 characters without spaces", |text| {
                is_name(text).then(|| text.to_owned())
            })?
            .unwrap_or_else(|| "https://thinkfamily.example/graphql".to_owned());
        let dev_issuer = settings.switch("dev_issuer", development)?;
        if dev_issuer && !listen.ip().is_loopback() {
            return Err(ConfigError::new(
                "listen",
                "want a loopback address while dev_issuer is on, since anyone on this machine can then mint tokens; \
                 or dev_issuer off",
            ));
        }
        let issuers = read_issuers(std::mem::take(&mut settings.issuers), &audience)?;
        Ok(Self {
            mode,
            listen,
            metrics_listener: MetricsListener::read(&settings)?,
            transport: Transport::read(&settings)?,
            database: read_database(&settings, &data_dir)?,
            trail: Trail::read(&settings, &data_dir, development)?,
            data_dir,
            request_timeout: settings.milliseconds("request_timeout_ms", 15_000)?,
            drain_time: Duration::from_millis(
                settings
                    .number("leave_ms", if development { 0 } else { 5_000 }, 0..=600_000)?
                    .into(),
            ),
            audience,
            issuers,
            dev_issuer,
            graphiql: settings.switch("graphiql", development)?,
            demo_data: settings.switch("demo_data", development)?,
            migrate: settings.switch("migrate", true)?,
            log: read_log(&settings, mode)?,
            lookups: Lookups::read(&settings)?,
            writes: Writes::read(&settings)?,
            webhooks: read_webhooks(&settings)?,
            limits: Limits::read(&settings)?,
            connections: Connections::read(&settings)?,
            live: Live::read(&settings)?,
            matching: Matching::read(&settings)?,
        })
    }
}

fn read_database(settings: &RawSettings, data_dir: &std::path::Path) -> Result<Database, ConfigError> {
    let address = |name| settings.get(name, "an address", |text| Some(Concealed(text.to_owned())));
    let url = match address("database_url")? {
        Some(url) => url,
        None => data_dir
            .join("thinkfamily.db")
            .to_str()
            .filter(|path| !path.contains(['?', '#', '%']))
            .map(|path| Concealed(format!("sqlite://{path}")))
            .ok_or_else(|| {
                ConfigError::new("data_dir", "want a path in UTF-8 without ?, # and %, or a database_url")
            })?,
    };
    Ok(Database {
        url,
        trail_url: address("trail_database_url")?,
        connections: settings.number("database_connections", 16, 1..=1_000)?,
        queue: settings.number("database_queue", 256, 0..=100_000)?,
        wait: settings.milliseconds("database_wait_ms", 2_000)?,
        statement_timeout: settings.milliseconds("statement_timeout_ms", 5_000)?,
        feed_poll: settings.milliseconds("feed_poll_ms", 5_000)?,
        family_cache_mb: settings.number("family_cache_mb", 128, 0..=65_535)?,
        disk_reserve_mb: settings.number("disk_reserve_mb", 64, 0..=1_048_576)?,
    })
}

fn read_webhooks(settings: &RawSettings) -> Result<Webhooks, ConfigError> {
    let is_address = |text: &str| {
        let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
        rest.is_some_and(|rest| !rest.is_empty()) && text.parse::<reqwest::Url>().is_ok()
    };
    Ok(Webhooks {
        private_addresses: settings.switch("webhook_private_addresses", false)?,
        timeout: settings.milliseconds("webhook_timeout_ms", 20_000)?,
        proxy: settings.get("webhook_proxy", "http://HOST:PORT or https://HOST:PORT", |text| {
            is_address(text).then(|| text.to_owned())
        })?,
    })
}

fn read_log(settings: &RawSettings, mode: Mode) -> Result<Log, ConfigError> {
    let format = settings
        .get("log_format", "json or text", |text| match text {
            "json" => Some(LogFormat::Json),
            "text" => Some(LogFormat::Text),
            _ => None,
        })?
        .unwrap_or(match mode {
            Mode::Development => LogFormat::Text,
            Mode::Production => LogFormat::Json,
        });
    let level = settings
        .get("log_level", "error, warn, info, debug or trace", |text| match text {
            "error" => Some(tracing::Level::ERROR),
            "warn" => Some(tracing::Level::WARN),
            "info" => Some(tracing::Level::INFO),
            "debug" => Some(tracing::Level::DEBUG),
            "trace" => Some(tracing::Level::TRACE),
            _ => None,
        })?
        .unwrap_or(tracing::Level::INFO);
    Ok(Log { format, level })
}

fn read_issuers(tables: Vec<issuer::IssuerTable>, audience: &str) -> Result<Vec<IssuerSettings>, ConfigError> {
    let mut issuers: Vec<IssuerSettings> = Vec::with_capacity(tables.len());
    for (index, table) in tables.into_iter().enumerate() {
        let index = index + 1;
        let settings = table.read(index, audience)?;
        if settings.issuer == DEVELOPMENT_ISSUER || issuers.iter().any(|other| other.issuer == settings.issuer) {
            return Err(ConfigError::new(
                format!("issuer[{index}].issuer"),
                "want an issuer that is named once, and not the development issuer's name",
            ));
        }
        issuers.push(settings);
    }
    Ok(issuers)
}
