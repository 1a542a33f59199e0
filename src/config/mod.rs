//! Everything that can be set, as one plain struct of typed values, checked before anything else starts.
//!
//! Reads flags, environment and one file, once, at start. Uses no other room; any room may use it.

mod connections;
mod counters;
mod error;
mod flags;
mod issuer;
mod limits;
mod live;
mod lookups;
mod matching;
mod source;
#[cfg(test)]
mod tests;
mod trail;
mod transport;
mod writes;

use std::{fmt, net::SocketAddr, path::PathBuf, time::Duration};

pub use self::{
    connections::Connections,
    counters::Counters,
    error::{ConfigError, Origin},
    flags::{ConfigArgs, SETTINGS, Setting},
    issuer::{AgencyName, IssuerSettings, KeyLocation, TokenAlgorithm, TokenBinding, is_key_address},
    limits::Limits,
    live::Live,
    lookups::Lookups,
    matching::Matching,
    trail::{Trail, Witness},
    transport::{Tls, Transport},
    writes::Writes,
};
use self::{issuer::is_name, source::Given};

/// The `iss` of the development issuer's tokens; no configured issuer may have it.
pub const DEVELOPMENT_ISSUER: &str = "urn:thinkfamily:development-issuer";

/// What the server is run for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Trying and demonstrating, on this machine.
    #[default]
    Development,
    /// Real families: nothing that eases trying is on unless asked for.
    Production,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// Lines for people.
    Text,
}

/// The log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Log {
    /// How it is written.
    pub format: LogFormat,
    /// The least severity that is written.
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

/// The database and how hard it may be worked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database {
    /// Its address.
    pub url: Concealed,
    /// The address of the trail, if that is not kept beside the database.
    pub trail_url: Option<Concealed>,
    /// Most connections.
    pub connections: u32,
    /// Most requests that wait for a connection.
    pub queue: u32,
    /// Longest wait for a connection.
    pub wait: Duration,
    /// Longest time of one statement.
    pub statement_timeout: Duration,
    /// How often those who wait for changes look by themselves.
    pub feed_poll: Duration,
    /// Memory for what was read of families, in MB, about.
    pub family_cache_mb: u32,
    /// What stays free on the disk of an `SQLite` database, in MB.
    pub disk_reserve_mb: u32,
}

/// How webhooks are delivered.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhooks {
    /// Whether they may go to private addresses and by http.
    pub private_addresses: bool,
    /// Longest time of one attempt.
    pub timeout: Duration,
    /// The proxy that they go through. It may hold a password, so it does not show itself.
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

/// Everything that can be set.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "switches that people set one by one")]
pub struct Config {
    /// What the server is run for.
    pub mode: Mode,
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where it tells its counters, if it does.
    pub counters: Option<Counters>,
    /// How clients reach it.
    pub transport: Transport,
    /// Where the embedded database and the server's own keys are kept.
    pub data_dir: PathBuf,
    /// The database.
    pub database: Database,
    /// Longest time of one request.
    pub request_timeout: Duration,
    /// How long it goes on serving after it was told to stop.
    pub leave: Duration,
    /// The audience that tokens must name, unless their issuer's settings say otherwise.
    pub audience: String,
    /// The trusted issuers.
    pub issuers: Vec<IssuerSettings>,
    /// Whether the development issuer is trusted and mints tokens.
    pub dev_issuer: bool,
    /// Whether GraphiQL is served.
    pub graphiql: bool,
    /// Whether an empty database is filled with demonstration data.
    pub demo_data: bool,
    /// Whether the database is migrated at start.
    pub migrate: bool,
    /// The log.
    pub log: Log,
    /// Look-ups.
    pub lookups: Lookups,
    /// Changes.
    pub writes: Writes,
    /// Webhooks.
    pub webhooks: Webhooks,
    /// The trail.
    pub trail: Trail,
    /// Limits on requests.
    pub limits: Limits,
    /// Limits on connections.
    pub connections: Connections,
    /// Limits on connections that stay.
    pub live: Live,
    /// How sure a look-up must be of whom it finds.
    pub matching: Matching,
}

impl Config {
    /// Reads flags over environment over file. The first bad value is refused with its name and what would be right.
    pub fn load(arguments: &ConfigArgs) -> Result<Self, ConfigError> {
        Self::load_with(arguments, &|name| {
            std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
        })
    }

    /// The same, with `environment` in the place of the process's environment.
    pub fn load_with(
        arguments: &ConfigArgs,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        Self::read(Given::gather(arguments, environment)?)
    }

    fn read(mut given: Given) -> Result<Self, ConfigError> {
        let mode = given
            .get("mode", "development or production", |text| match text {
                "development" => Some(Mode::Development),
                "production" => Some(Mode::Production),
                _ => None,
            })?
            .unwrap_or_default();
        let easing = mode == Mode::Development;
        let listen = given
            .get("listen", "an address and port such as 127.0.0.1:8080", |text| {
                text.parse().ok()
            })?
            .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
        let data_dir = given
            .get("data_dir", "a directory", |text| {
                (!text.contains('\0')).then(|| PathBuf::from(text))
            })?
            .unwrap_or_else(|| PathBuf::from("data"));
        let audience = given
            .get("audience", "1 to 200 characters without spaces", |text| {
                is_name(text).then(|| text.to_owned())
            })?
            .unwrap_or_else(|| "https://thinkfamily.example/graphql".to_owned());
        let dev_issuer = given.switch("dev_issuer", easing)?;
        if dev_issuer && !listen.ip().is_loopback() {
            return Err(ConfigError::new(
                "listen",
                "want a loopback address while dev_issuer is on, since anyone on this machine can then mint tokens; \
                 or dev_issuer off",
            ));
        }
        let issuers = read_issuers(std::mem::take(&mut given.issuers), &audience)?;
        Ok(Self {
            mode,
            listen,
            counters: Counters::read(&given)?,
            transport: Transport::read(&given)?,
            database: read_database(&given, &data_dir)?,
            trail: Trail::read(&given, &data_dir, easing)?,
            data_dir,
            request_timeout: given.milliseconds("request_timeout_ms", 15_000)?,
            leave: Duration::from_millis(
                given
                    .number("leave_ms", if easing { 0 } else { 5_000 }, 0..=600_000)?
                    .into(),
            ),
            audience,
            issuers,
            dev_issuer,
            graphiql: given.switch("graphiql", easing)?,
            demo_data: given.switch("demo_data", easing)?,
            migrate: given.switch("migrate", true)?,
            log: read_log(&given, mode)?,
            lookups: Lookups::read(&given)?,
            writes: Writes::read(&given)?,
            webhooks: read_webhooks(&given)?,
            limits: Limits::read(&given)?,
            connections: Connections::read(&given)?,
            live: Live::read(&given)?,
            matching: Matching::read(&given)?,
        })
    }
}

fn read_database(given: &Given, data_dir: &std::path::Path) -> Result<Database, ConfigError> {
    let address = |name| given.get(name, "an address", |text| Some(Concealed(text.to_owned())));
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
        connections: given.number("database_connections", 16, 1..=1_000)?,
        queue: given.number("database_queue", 256, 0..=100_000)?,
        wait: given.milliseconds("database_wait_ms", 2_000)?,
        statement_timeout: given.milliseconds("statement_timeout_ms", 5_000)?,
        feed_poll: given.milliseconds("feed_poll_ms", 5_000)?,
        family_cache_mb: given.number("family_cache_mb", 128, 0..=65_535)?,
        disk_reserve_mb: given.number("disk_reserve_mb", 64, 0..=1_048_576)?,
    })
}

fn read_webhooks(given: &Given) -> Result<Webhooks, ConfigError> {
    let is_address = |text: &str| {
        let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
        rest.is_some_and(|rest| !rest.is_empty()) && text.parse::<reqwest::Url>().is_ok()
    };
    Ok(Webhooks {
        private_addresses: given.switch("webhook_private_addresses", false)?,
        timeout: given.milliseconds("webhook_timeout_ms", 20_000)?,
        proxy: given.get("webhook_proxy", "http://HOST:PORT or https://HOST:PORT", |text| {
            is_address(text).then(|| text.to_owned())
        })?,
    })
}

fn read_log(given: &Given, mode: Mode) -> Result<Log, ConfigError> {
    let format = given
        .get("log_format", "json or text", |text| match text {
            "json" => Some(LogFormat::Json),
            "text" => Some(LogFormat::Text),
            _ => None,
        })?
        .unwrap_or(match mode {
            Mode::Development => LogFormat::Text,
            Mode::Production => LogFormat::Json,
        });
    let level = given
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
        let at = index + 1;
        let settings = table.read(at, audience)?;
        if settings.issuer == DEVELOPMENT_ISSUER || issuers.iter().any(|other| other.issuer == settings.issuer) {
            return Err(ConfigError::new(
                format!("issuer[{at}].issuer"),
                "want an issuer that is named once, and not the development issuer's name",
            ));
        }
        issuers.push(settings);
    }
    Ok(issuers)
}
