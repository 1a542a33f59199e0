//! What the main database knows of the trail: the newest change that it has committed for each chain.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DbErr, Statement};
use uuid::Uuid;

use super::{Store, session::StoreError};

/// A separate index look-up for each chain.
const NEWEST: &str = "
    WITH RECURSIVE chain (id) AS (
        SELECT (SELECT a.chain_id FROM announced_write a WHERE a.made ORDER BY a.chain_id LIMIT 1)
        UNION ALL
        SELECT (SELECT a.chain_id FROM announced_write a WHERE a.made AND a.chain_id > chain.id ORDER BY a.chain_id LIMIT 1)
        FROM chain WHERE chain.id IS NOT NULL
    )
    SELECT id, (SELECT a.seq FROM announced_write a WHERE a.made AND a.chain_id = chain.id ORDER BY a.seq DESC LIMIT 1) AS seq
    FROM chain WHERE id IS NOT NULL";

impl Store {
    /// The newest committed change of each chain, as its entry's sequence number.
    pub async fn newest_made(&self) -> Result<HashMap<Uuid, i64>, StoreError> {
        self.count_statement();
        let main = self.main();
        let statement = Statement::from_string(main.get_database_backend(), NEWEST);
        let rows = main.query_all_raw(statement).await?;
        let rows = rows
            .iter()
            .map(|row| Ok((row.try_get("", "id")?, row.try_get("", "seq")?)));
        Ok(rows.collect::<Result<_, DbErr>>()?)
    }
}
