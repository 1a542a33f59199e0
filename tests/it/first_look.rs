//! first look
use crate::support::{app::App, database::TestDatabase};
#[tokio::test(flavor = "multi_thread")]
async fn look() {
    let database = TestDatabase::sqlite().await;
    let app = App::start(&database).await;
    let lead = app.lead_professional();
    let r = lead.ask("{ viewer { subject role purpose categories { category read write } } families { totalCount nodes { id reference district onCohort attachedOn hasPlan leadProfessional { name phone agency { name } } members { givenName familyName age relationship phone consents { category agencyKind decision } criteriaMatches { criterion evidence sourceAgency { code } } } plan { status goals { description criterion actions { description ownerAgency { name } } } outcomes { indicator baseline result } } } } }").await;
    println!("{} {}", r.status, serde_json::to_string_pretty(&r.body).unwrap());
    let police = app.partner("cambs-police", "practitioner", "safeguarding");
    let r = police.ask("{ families { totalCount nodes { id reference district onCohort leadProfessional { name } members { givenName familyName phone criteriaMatches { criterion evidence } } plan { goals { description criterion } } } } __schema { queryType { fields { name } } } }").await;
    println!("{} {}", r.status, serde_json::to_string_pretty(&r.body).unwrap());
    let r = lead.ask("{ families { nodes { nope } } }").await;
    println!("{} {}", r.status, r.body);
    let r = lead
        .ask("{ families(first: 0) { nodes { id } } viewer { subject } node(id: \"abc\") { id } }")
        .await;
    println!("{} {}", r.status, r.body);
    println!("statements {}", app.store.statements_sent());
}
