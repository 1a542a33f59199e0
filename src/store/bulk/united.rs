//! Files that name people of whom several records are one.

use std::collections::HashMap;

use entity::person_merge;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement, Value};
use uuid::Uuid;

use super::{BulkError, Load, Look};
use crate::{records::Table, store::write::place};

impl Look {
    /// The records of an authority's people that were merged into others, each with that other.
    pub async fn united_people(&self, authority: i32) -> Result<HashMap<Uuid, Uuid>, BulkError> {
        let merges = person_merge::Entity::find()
            .filter(person_merge::Column::AuthorityId.eq(authority))
            .filter(person_merge::Column::SplitAt.is_null())
            .all(&self.transaction)
            .await?;
        Ok(merges
            .into_iter()
            .map(|merge| (merge.merged_id, merge.kept_id))
            .collect())
    }
}

impl Load {
    /// Notes whose new rows of a table are that name such people, by the column, the row, and the record that the file means: each has its own when they are
    /// parted.
    pub async fn note_united(
        &mut self,
        table: Table,
        authority: i32,
        named: &[(&'static str, Uuid, Uuid)],
    ) -> Result<(), BulkError> {
        let backend = self.there.transaction.get_database_backend();
        for (column, row, person) in named {
            let text = "INSERT INTO person_merge_row (authority_id, merge_id, place, row_id, of_merged) \
                        SELECT authority_id, id, $2, $3, merged_id = $4 FROM person_merge \
                        WHERE authority_id = $1 AND split_at IS NULL AND (merged_id = $4 OR kept_id = $4)";
            let values = [
                Value::from(authority),
                place(table.name(), column).into(),
                (*row).into(),
                (*person).into(),
            ];
            let statement = Statement::from_sql_and_values(backend, text, values);
            self.there.transaction.execute_raw(statement).await?;
        }
        Ok(())
    }
}
