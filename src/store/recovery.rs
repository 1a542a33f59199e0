//! Whether a PostgreSQL server is a standby: asked before anything is read from it.

use sea_orm::sqlx::{self, ConnectOptions as _, Connection as _, PgConnection, Row as _, postgres::PgConnectOptions};

/// Asks a server whether it is a standby.
pub(super) const ASK: &str = "SELECT pg_is_in_recovery()";

/// Why a connection to a standby is refused.
pub(super) const STANDBY: &str =
    "the server is a standby: withdrawals of consent come later there, and the trail cannot be written";

/// Whether the server at an address is a standby. Uses a separate connection, so that the operator is told
/// this, and not that no connection was available.
pub(super) async fn is_standby(options: &PgConnectOptions) -> Result<bool, sqlx::Error> {
    let mut connection = options.connect().await?;
    let standby = asked(&mut connection).await?;
    connection.close().await?;
    Ok(standby)
}

async fn asked(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query(ASK).fetch_one(connection).await?.try_get(0)
}

/// Refuses a new connection if it is to a standby. The address may have led to another server before.
pub(super) async fn refuse_standby(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    if asked(connection).await? {
        return Err(sqlx::Error::Protocol(STANDBY.to_owned()));
    }
    Ok(())
}
