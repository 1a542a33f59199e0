//! Changes that nobody needs any more. A feed that was not looked after today is looked after as a whole, whatever changed; so what was committed days ago is
//! needed by none. The changes that are contacts stay: they are the order in which contacts are listed.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};

use crate::store::Store;

impl Store {
    /// Throws away an authority's changes before the last one that was recorded before that moment. Numbers rise with commits, so all of these are older;
    /// that one stays, and with it the newest number. So do old notes of what was written.
    pub async fn forget_changes(&self, authority: i32, recorded_before: DateTime<Utc>) -> Result<(), DbErr> {
        self.count_statement();
        let on = self.main();
        let statement = Statement::from_sql_and_values(
            on.get_database_backend(),
            "DELETE FROM family_change WHERE authority_id = $1 AND contact_id IS NULL AND seq < \
             (SELECT max(seq) FROM family_change WHERE authority_id = $1 AND recorded_at < $2)",
            [Value::from(authority), recorded_before.into()],
        );
        on.execute_raw(statement).await?;
        self.forget_written(authority).await
    }
}
