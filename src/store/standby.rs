//! Whether a PostgreSQL server is a standby (replica), and what its settings give up in durability.
//!
//! A standby replays another server's commits with a delay: consent that was withdrawn may still be there,
//! and nothing can be written to the trail. So family data is never read from one. Tools that only examine
//! data, such as verification of the trail, may use one.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, Statement};

use super::{connect::Databases, database_url::Address, recovery::is_standby};

/// What a server setting gives up, in words for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeakSetting {
    /// The setting.
    pub setting: &'static str,
    /// Its value.
    pub value: String,
    /// What can be lost, and when.
    pub lost: &'static str,
}

#[derive(Debug, FromQueryResult)]
struct Set {
    fsync: String,
    full_page_writes: String,
    synchronous_commit: String,
    synchronous_standby_names: String,
}

impl Set {
    fn gives_up(self) -> Vec<WeakSetting> {
        let mut found = Vec::new();
        let mut note = |setting, value: &str, lost| {
            found.push(WeakSetting {
                setting,
                value: value.to_owned(),
                lost,
            });
        };
        if self.fsync == "off" {
            note(
                "fsync",
                &self.fsync,
                "a crash of the machine may leave a database that cannot be read, and no commit is safe from it, not the trail's either",
            );
        }
        if self.full_page_writes == "off" {
            note(
                "full_page_writes",
                &self.full_page_writes,
                "a crash of the machine may leave pages that are half written, and nothing mends them",
            );
        }
        let commits = &self.synchronous_commit;
        let has_standby = !self.synchronous_standby_names.trim().is_empty();
        match commits.as_str() {
            "off" => note(
                "synchronous_commit",
                commits,
                "a crash of the server loses the last changes that were acknowledged, withdrawals of consent among them; the trail waits for its disk all the same",
            ),
            "local" if has_standby => note(
                "synchronous_commit",
                commits,
                "a failover loses what the standby had not received, withdrawals of consent and entries of the trail among them",
            ),
            "remote_write" if has_standby => note(
                "synchronous_commit",
                commits,
                "a crash of the standby's machine and a failover to it lose the last changes and entries of the trail",
            ),
            _ => {}
        }
        if !has_standby {
            note(
                "synchronous_standby_names",
                "",
                "no commit waits for a standby: a failover to one loses what it had not received, withdrawals of consent and entries of the trail among them",
            );
        }
        found
    }
}

impl Databases {
    /// Whether the address of either database leads to a standby. Uses separate connections.
    pub async fn leads_to_standby(&self) -> bool {
        for url in [self.url(), self.trail_url()] {
            if let Address::Postgres(options, _) = url.address()
                && is_standby(options).await.unwrap_or(false)
            {
                return true;
            }
        }
        false
    }

    /// What the settings of the servers give up, the main database's first; empty for SQLite.
    pub async fn weak_settings(&self) -> Result<Vec<WeakSetting>, DbErr> {
        let mut found: Vec<WeakSetting> = Vec::new();
        for on in [self.main(), self.trail()] {
            if on.get_database_backend() != DbBackend::Postgres {
                continue;
            }
            let names = [
                "fsync",
                "full_page_writes",
                "synchronous_commit",
                "synchronous_standby_names",
            ];
            let settings = names
                .map(|name| format!("current_setting('{name}') AS {name}"))
                .join(", ");
            let statement = Statement::from_string(DbBackend::Postgres, format!("SELECT {settings}"));
            let Some(row) = on.query_one_raw(statement).await? else {
                continue;
            };
            for one in Set::from_query_result(&row, "")?.gives_up() {
                if !found.contains(&one) {
                    found.push(one);
                }
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests;
