//! How much is read of a family that does not exist for the asker does not depend on what was read or written before: else the time would tell that somebody works with it.

use sea_orm::ConnectionTrait as _;
use serde_json::json;

use super::{Both, MANAGER};
use crate::support::{
    app::Partner,
    database::{TestDatabase, on_both},
};

const LOOKUP: (&str, &str, &str) = ("police", "marker_lookup", "safeguarding");

/// How many statements the server that keeps families sends for a family, asked for by its reference.
async fn statements(both: &Both, partner: &Partner, reference: &str) -> (bool, u64) {
    let query = "query($reference: String!) { family(reference: $reference) { onCohort members { id } } }";
    let before = both.keeps.store.statements_sent();
    let reply = partner.ask_with(query, json!({ "reference": reference })).await;
    let there = !reply.data()["family"].is_null();
    (there, both.keeps.store.statements_sent() - before)
}

async fn what_does_not_exist_for_the_asker_is_read_each_time(database: &TestDatabase) {
    let both = Both::over(database, 100_000_000).await;
    let refuse = "UPDATE consent SET decision = 'refused' WHERE category = 'MARKER' AND agency_kind = 'police' AND family_id IN \
        (SELECT id FROM family ORDER BY id LIMIT 15)";
    both.hand().execute_unprepared(refuse).await.unwrap();
    let all = both.partner(&both.keeps, MANAGER);
    let all = all
        .ask("{ families(first: 100) { nodes { reference onCohort } } }")
        .await;
    let all = all.data()["families"]["nodes"].as_array().unwrap().clone();
    let police = both.partner(&both.keeps, LOOKUP);
    let (mut hidden, mut seen) = (0, 0);
    for family in all.iter().filter(|family| family["onCohort"] == true) {
        let reference = family["reference"].as_str().unwrap();
        let first = statements(&both, &police, reference).await;
        let write = format!("UPDATE family SET district = 'Elsewhere' WHERE reference = '{reference}'");
        let again = statements(&both, &police, reference).await;
        let once_more = statements(&both, &police, reference).await;
        assert_eq!(again, once_more, "{reference}");
        if first.0 {
            assert!(again.1 < first.1, "{reference}: known, and not read again");
            seen += 1;
        } else {
            assert_eq!(first, again, "{reference}: hidden");
            both.hand().execute_unprepared(&write).await.unwrap();
            // Which families of an authority were written, whoever comes first asks: here somebody else.
            let somebody = both.partner(&both.keeps, MANAGER);
            somebody
                .ask("{ families(first: 1) { nodes { reference } } }")
                .await
                .data();
            assert_eq!(
                statements(&both, &police, reference).await,
                again,
                "{reference}: written"
            );
            hidden += 1;
        }
    }
    assert!(hidden > 3 && seen > 3, "{hidden} hidden, {seen} seen");
}
on_both!(what_does_not_exist_for_the_asker_is_read_each_time);
