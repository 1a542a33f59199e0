//! Deletes changes that nobody needs any more. A feed not updated today is rebuilt as a whole, so nobody
//! needs what was committed days ago. Changes that are contacts are kept: they give the order in which
//! contacts are listed.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};

use crate::store::Store;

impl Store {
    /// Deletes an authority's changes before the last one recorded before that time. Numbers rise in commit
    /// order, so all of these are older; the last one stays, and with it the newest number. Old write notes
    /// are deleted too.
    pub async fn delete_old_changes(&self, authority: i32, recorded_before: DateTime<Utc>) -> Result<(), DbErr> {
        self.count_statement();
        let on = self.main();
        let statement = Statement::from_sql_and_values(
            on.get_database_backend(),
            "DELETE FROM family_change WHERE authority_id = $1 AND contact_id IS NULL AND seq < \
             (SELECT max(seq) FROM family_change WHERE authority_id = $1 AND recorded_at < $2)",
            [Value::from(authority), recorded_before.into()],
        );
        on.execute_raw(statement).await?;
        self.delete_old_notes(authority).await
    }
}
