//! Which servers to connect to: only those reached without encryption, through a socket or on the same host,
//! or if the address says so. Others are read over the library's connections, which cost more and give the
//! same.

use std::{env, time::Duration};

use sea_orm::sqlx::postgres::PgSslMode;
use tokio_postgres::Config;

use crate::store::database_url::{Address, DatabaseUrl, Password};

/// The TCP keep-alive: how long a connection may be idle before the server is probed.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// The connection settings, if the server can be reached in this way.
pub(super) fn config(url: &DatabaseUrl, statement_timeout: Duration, wait: Duration) -> Option<Config> {
    let Address::Postgres(known, password) = url.address() else {
        return None;
    };
    let local = known.get_socket().is_some() || matches!(known.get_host(), "localhost" | "127.0.0.1" | "::1");
    let plain = match known.get_ssl_mode() {
        PgSslMode::Disable => true,
        PgSslMode::Allow | PgSslMode::Prefer => local,
        PgSslMode::Require | PgSslMode::VerifyCa | PgSslMode::VerifyFull => false,
    };
    if !plain {
        return None;
    }
    let mut config = Config::new();
    match known.get_socket() {
        Some(folder) => config.host_path(folder),
        None => config.host(known.get_host()),
    };
    config
        .port(known.get_port())
        .user(known.get_username())
        .dbname(known.get_database()?)
        .application_name(known.get_application_name().unwrap_or("thinkfamily"))
        .connect_timeout(wait)
        // A server that disappears is noticed within a minute, not after the operating system's two hours.
        .keepalives_idle(KEEP_ALIVE)
        .keepalives_interval(KEEP_ALIVE / 2)
        .keepalives_retries(2)
        .tcp_user_timeout(KEEP_ALIVE * 2)
        .options(format!(
            "{} -c statement_timeout={} -c plan_cache_mode=force_generic_plan",
            known.get_options().unwrap_or_default(),
            statement_timeout.as_millis()
        ));
    match password {
        Some(Password(password)) => config.password(password),
        None => config.password(env::var("PGPASSWORD").unwrap_or_default()),
    };
    Some(config)
}
