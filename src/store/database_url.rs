//! Where the databases are. Pure: reads an address and derives the trail's from it; opens nothing.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

use sea_orm::sqlx::postgres::PgConnectOptions;

/// The address of a database: `sqlite://PATH` or `postgres://USER:PASSWORD@HOST:PORT/DATABASE`.
///
/// It is shown without its password, by `Display` and `Debug` alike.
///
/// A SQLite path is taken as it is written, with no escapes; the one parameter allowed is `?mode=rwc`, which is how it is
/// opened anyway. A PostgreSQL address takes the parameters in [`PARAMETERS`]; what it leaves open comes from the usual
/// `PG…` environment variables, except for the database, which it has to name.
#[derive(Clone)]
pub struct DatabaseUrl(Address);

/// How to reach a database, password included: not to be shown.
#[derive(Clone)]
pub(super) enum Address {
    /// A file.
    Sqlite(PathBuf),
    /// A server, and the password that its address has: the driver does not give it back.
    Postgres(Box<PgConnectOptions>, Option<Password>),
}

/// A password. It is never shown.
#[derive(Clone)]
pub(super) struct Password(pub(super) Vec<u8>);

/// The parameters a PostgreSQL address may have.
pub const PARAMETERS: [&str; 13] = [
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

/// Why an address was refused. It never repeats the address, which may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseUrlError {
    /// Neither of the two databases.
    #[error("the database address must begin with sqlite:// or postgres://")]
    UnknownDatabase,
    /// Something that cannot be seen is in it.
    #[error("the database address holds a character that cannot be seen")]
    Unseen,
    /// No file is named.
    #[error("the SQLite address names no file: write sqlite://PATH, for example sqlite://data/thinkfamily.db")]
    NoFile,
    /// The data are to stay.
    #[error("a SQLite database in memory is not offered: name a file")]
    InMemory,
    /// A parameter that is not known; its name is not shown since it may be a part of a password.
    #[error(
        "the database address has a parameter that is not known; a ? or & in a password must be written %3F or %26"
    )]
    UnknownParameter,
    /// Not an address that PostgreSQL's form allows.
    #[error(
        "the PostgreSQL address cannot be read: write postgres://USER:PASSWORD@HOST:PORT/DATABASE, \
         with special characters of the password in percent form"
    )]
    Malformed,
    /// PostgreSQL would take the user's name; we ask.
    #[error("the PostgreSQL address names no database: write postgres://USER:PASSWORD@HOST:PORT/DATABASE")]
    NoDatabase,
}

impl DatabaseUrl {
    /// The address of a SQLite file.
    pub fn sqlite(file: impl Into<PathBuf>) -> Self {
        Self(Address::Sqlite(file.into()))
    }

    /// The address of the trail that belongs to this database: with SQLite a second file in the same folder
    /// (`thinkfamily.db` and `thinkfamily.trail.db`), with PostgreSQL the same database.
    #[must_use]
    pub fn trail(&self) -> Self {
        match &self.0 {
            Address::Postgres(..) => self.clone(),
            Address::Sqlite(file) => {
                let mut name = file.file_stem().unwrap_or_default().to_os_string();
                name.push(".trail");
                if let Some(extension) = file.extension() {
                    name.push(".");
                    name.push(extension);
                }
                Self::sqlite(file.with_file_name(name))
            }
        }
    }

    /// Whether it is a PostgreSQL database.
    pub fn is_postgres(&self) -> bool {
        matches!(self.0, Address::Postgres(..))
    }

    /// The file of a SQLite database.
    pub fn file(&self) -> Option<&Path> {
        match &self.0 {
            Address::Sqlite(file) => Some(file),
            Address::Postgres(..) => None,
        }
    }

    /// How to reach it, password included.
    pub(super) fn address(&self) -> &Address {
        &self.0
    }
}

impl FromStr for DatabaseUrl {
    type Err = DatabaseUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.chars().any(char::is_control) {
            Err(DatabaseUrlError::Unseen)
        } else if let Some(rest) = text.strip_prefix("sqlite:") {
            sqlite(rest.strip_prefix("//").unwrap_or(rest))
        } else if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            postgres(text)
        } else {
            Err(DatabaseUrlError::UnknownDatabase)
        }
    }
}

fn sqlite(rest: &str) -> Result<DatabaseUrl, DatabaseUrlError> {
    let (path, parameters) = rest.split_once('?').unwrap_or((rest, "mode=rwc"));
    match parameters {
        "mode=rwc" => {}
        "mode=memory" => return Err(DatabaseUrlError::InMemory),
        _ => return Err(DatabaseUrlError::UnknownParameter),
    }
    if path.starts_with(":memory:") {
        return Err(DatabaseUrlError::InMemory);
    }
    let file = PathBuf::from(path);
    if path.ends_with('/') || file.file_name().is_none() {
        return Err(DatabaseUrlError::NoFile);
    }
    Ok(DatabaseUrl::sqlite(file))
}

fn postgres(text: &str) -> Result<DatabaseUrl, DatabaseUrlError> {
    // The driver writes parameters it does not know, with their values, into the log: look at them before it does.
    let query = text.split('#').next().and_then(|text| text.split_once('?'));
    for parameter in query
        .map_or("", |(_, query)| query)
        .split('&')
        .filter(|p| !p.is_empty())
    {
        let name = parameter.split_once('=').map_or(parameter, |(name, _)| name);
        if !PARAMETERS.contains(&name) {
            return Err(DatabaseUrlError::UnknownParameter);
        }
    }
    let options: PgConnectOptions = text.parse().map_err(|_| DatabaseUrlError::Malformed)?;
    if options.get_database().is_none_or(str::is_empty) {
        return Err(DatabaseUrlError::NoDatabase);
    }
    Ok(DatabaseUrl(Address::Postgres(Box::new(options), password(text))))
}

/// The password of an address that is known to be well formed: in its parameters, or before its host.
fn password(text: &str) -> Option<Password> {
    let text = text.split('#').next()?;
    let (server, query) = text.split_once('?').unwrap_or((text, ""));
    let named = query
        .split('&')
        .filter_map(|part| part.strip_prefix("password="))
        .next_back();
    let given = || {
        let authority = server.split_once("://")?.1.split('/').next()?;
        Some(authority.rsplit_once('@')?.0.split_once(':')?.1)
    };
    let plain = named.or_else(given).filter(|text| !text.is_empty())?;
    // In parameters a plus stands for a space.
    let plain = if named.is_some() {
        plain.replace('+', " ")
    } else {
        plain.to_owned()
    };
    Some(Password(percent_encoding::percent_decode_str(&plain).collect()))
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Address::Sqlite(file) => write!(f, "sqlite://{}", file.display()),
            Address::Postgres(options, _) => {
                write!(f, "postgres://{}@", options.get_username())?;
                match options.get_socket() {
                    Some(socket) => write!(f, "{}", socket.display())?,
                    None => write!(f, "{}:{}", options.get_host(), options.get_port())?,
                }
                write!(f, "/{}", options.get_database().unwrap_or_default())
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, DatabaseUrlError> {
        text.parse::<DatabaseUrl>().map(|url| url.to_string())
    }

    #[test]
    fn a_sqlite_path_is_taken_as_written() {
        assert_eq!(
            read("sqlite://data/thinkfamily.db"),
            Ok("sqlite://data/thinkfamily.db".into())
        );
        assert_eq!(
            read("sqlite:///srv/100%/a b.db?mode=rwc"),
            Ok("sqlite:///srv/100%/a b.db".into())
        );
        assert_eq!(read("sqlite:x.db"), Ok("sqlite://x.db".into()));
    }

    #[test]
    fn the_trail_is_a_second_file_beside_the_first() {
        let trail = |text: &str| text.parse::<DatabaseUrl>().unwrap().trail().to_string();
        assert_eq!(
            trail("sqlite://data/thinkfamily.db"),
            "sqlite://data/thinkfamily.trail.db"
        );
        assert_eq!(trail("sqlite:///srv/tf"), "sqlite:///srv/tf.trail");
        assert_eq!(trail("sqlite://a.b.sqlite3"), "sqlite://a.b.trail.sqlite3");
        assert_eq!(trail("postgres://tf@db:5433/tf"), "postgres://tf@db:5433/tf");
    }

    #[test]
    fn addresses_that_would_not_keep_the_data_are_refused() {
        assert_eq!(read("sqlite::memory:"), Err(DatabaseUrlError::InMemory));
        assert_eq!(read("sqlite://x.db?mode=memory"), Err(DatabaseUrlError::InMemory));
        assert_eq!(read("sqlite://"), Err(DatabaseUrlError::NoFile));
        assert_eq!(read("sqlite://data/"), Err(DatabaseUrlError::NoFile));
        assert_eq!(read("sqlite://x.db?mode=ro"), Err(DatabaseUrlError::UnknownParameter));
        assert_eq!(read("mysql://localhost/tf"), Err(DatabaseUrlError::UnknownDatabase));
        assert_eq!(read(""), Err(DatabaseUrlError::UnknownDatabase));
        assert_eq!(read("sqlite://x\n.db"), Err(DatabaseUrlError::Unseen));
    }

    #[test]
    fn a_postgres_address_is_shown_without_its_password() {
        let url: DatabaseUrl = "postgresql://tf:s3cr3t%21@db.example:5433/family?sslmode=require"
            .parse()
            .unwrap();
        assert_eq!(url.to_string(), "postgres://tf@db.example:5433/family");
        assert_eq!(format!("{url:?}"), "DatabaseUrl(postgres://tf@db.example:5433/family)");
        assert!(url.is_postgres() && url.file().is_none());
    }

    #[test]
    fn the_password_is_that_which_the_driver_takes() {
        for (text, password) in [
            ("postgres://tf:s3cr3t@host/tf", Some("s3cr3t")),
            ("postgresql://tf:p%40ss%3Aw%2Frd@host:5432/tf", Some("p@ss:w/rd")),
            ("postgres://tf:a:b@host/tf", Some("a:b")),
            ("postgres://tf@host:5432/tf", None),
            ("postgres://tf:@host/tf", None),
            ("postgres://host/tf?password=s3+cr%2B3t", Some("s3 cr+3t")),
            ("postgres://tf:one@host/tf?password=other", Some("other")),
        ] {
            let url: DatabaseUrl = text.parse().unwrap();
            let Address::Postgres(_, found) = url.address() else {
                panic!("{text}");
            };
            let found = found
                .as_ref()
                .map(|Password(bytes)| String::from_utf8(bytes.clone()).unwrap());
            assert_eq!(found.as_deref(), password, "{text}");
        }
    }

    #[test]
    fn a_refusal_never_repeats_the_password() {
        for text in [
            "postgres://tf:s3cr3t@host:notaport/tf",
            "postgres://tf:s3cr3t@host/",
            "postgres://tf:s3cr3t@host",
            "postgres://tf:pass?s3cr3t=1@host/tf",
            "postgres://tf@host/tf?s3cr3t",
            "postgres://tf@host/tf?password=s3cr3t&sslmode=s3cr3t",
            "mysql://tf:s3cr3t@host/tf",
        ] {
            let error = text.parse::<DatabaseUrl>().unwrap_err();
            assert!(!format!("{error} {error:?}").contains("s3cr3t"), "{error}");
        }
    }
}
