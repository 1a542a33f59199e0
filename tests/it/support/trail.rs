//! Reading the trail past the server: what its database holds.

use sea_orm::{ConnectionTrait, Statement};
use thinkfamily::{audit::Entry, store::connect::Databases};

/// Every entry of every chain, with its body as it is stored; in no particular order.
pub(crate) async fn entries(databases: &Databases) -> Vec<(Entry, String)> {
    let trail = databases.trail();
    let statement = Statement::from_string(trail.get_database_backend(), "SELECT body FROM trail_entry");
    let rows = trail.query_all_raw(statement).await.expect("the trail can be read");
    rows.iter()
        .map(|row| {
            let body: String = row.try_get("", "body").expect("a body");
            (Entry::from_body(&body).expect("an entry"), body)
        })
        .collect()
}
