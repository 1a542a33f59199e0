//! What an import changes holds for whoever asks a server that was running before.

use serde_json::{Value, json};
use thinkfamily::{clock::Clock, records::Table, store::connect::Databases};

use super::{Council, replaced};
use crate::support::{
    client::Client,
    database::{TestDatabase, on_both, settings},
    process::someone,
    trail,
};

on_both!(what_an_import_changes_holds_at_once);

const FAMILY: &str = "{ family(reference: \"TF-10001\") { reference members { givenName phone } plans { status } } }";
const LOOKUP: &str = "query Look($born: NaiveDate!) {
    markerLookup(input: { givenName: \"Dawn\", familyName: \"Hardman\", dateOfBirth: $born }) { status }
}";
const FEED: &str =
    "query Feed($after: String) { markerChanges(after: $after, first: 50) { nodes { kind } pageInfo { endCursor } } }";

async fn ask(client: &Client, query: &str, variables: Value) -> Value {
    let answer = client.post(query, variables).await.expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["data"].clone()
}

/// The kinds of the events after a place, which moves on.
async fn told(police: &Client, after: &mut Value) -> Vec<String> {
    let data = ask(police, FEED, json!({ "after": after })).await;
    *after = data["markerChanges"]["pageInfo"]["endCursor"].clone();
    let nodes = data["markerChanges"]["nodes"].as_array().cloned().unwrap_or_default();
    nodes
        .iter()
        .filter_map(|node| node["kind"].as_str().map(str::to_owned))
        .collect()
}

async fn what_an_import_changes_holds_at_once(database: &TestDatabase) {
    let council = Council::new(Some(database.text()));
    let serving = council.site.serve(&[]);
    let client =
        |agency, role, purpose, subject| council.site.client(&serving, &someone(agency, role, purpose, subject));
    let lead = client(
        "cambs-early-help",
        "lead_professional",
        "family_support",
        thinkfamily::demo::LEAD_SUBJECT,
    );
    let next = client("cambs-social-care", "lead_professional", "family_support", "the-next");
    let police = client("cambs-police", "marker_lookup", "safeguarding", "a-system");
    let today = Clock::system().today().to_string();
    let files = council.export();
    let dawn = line(&files[&Table::Person], &[",Dawn,Hardman,"]);
    let born = json!({ "born": dawn.split(',').nth(3) });
    let mut after = Value::Null;

    assert_eq!(
        ask(&lead, FAMILY, json!({})).await["family"]["members"][0]["phone"],
        "07700 900101"
    );
    assert_eq!(ask(&next, FAMILY, json!({})).await["family"], json!(null));
    assert_eq!(
        ask(&police, LOOKUP, born.clone()).await["markerLookup"]["status"],
        "MATCHED"
    );
    assert!(told(&police, &mut after).await.contains(&"SET".to_owned()));

    // A telephone is corrected.
    let members = replaced(&files[&Table::Membership], "07700 900101", "07700 900109");
    let printed = council.change(Table::Membership, members);
    assert!(printed.starts_with("1 files: 0 rows new, 1 changed, "), "{printed}");
    assert_eq!(
        ask(&lead, FAMILY, json!({})).await["family"]["members"][0]["phone"],
        "07700 900109"
    );

    // She is found by what she is called now, and no longer by what she was.
    let renamed =
        dawn.replacen(",Dawn,Hardman,", ",Zelda,Quimby,", 1)
            .replacen(dawn.split(',').nth(3).unwrap(), "1971-02-03", 1);
    council.change(Table::Person, replaced(&files[&Table::Person], dawn, &renamed));
    let zelda = LOOKUP.replace("Dawn", "Zelda").replace("Hardman", "Quimby");
    let found = ask(&police, &zelda, json!({ "born": "1971-02-03" })).await;
    assert_eq!(found["markerLookup"]["status"], "MATCHED");
    assert_eq!(
        ask(&police, LOOKUP, born.clone()).await["markerLookup"]["status"],
        "NOT_FOUND"
    );

    // She is at risk now: by a look-up of somebody who may not find the shielded she is not found any more.
    let shielded = replaced(dawn, ",false,", ",TRUE,");
    council.change(Table::Person, replaced(&files[&Table::Person], dawn, &shielded));
    assert_eq!(
        ask(&police, LOOKUP, born.clone()).await["markerLookup"]["status"],
        "NOT_FOUND"
    );

    // A plan is closed.
    let family = line(&files[&Table::Family], &[",TF-10001,"]).split(',').next().unwrap();
    let plan = line(&files[&Table::Plan], &[family, ",active,"]);
    let closed = replaced(plan, ",active,", ",closed,");
    let closed = format!("{}{today},wholly_achieved", closed.trim_end_matches(','));
    // The two columns at the end were empty.
    let closed = closed.replacen(&format!("{today},"), &format!(",{today},"), 1);
    council.change(Table::Plan, replaced(&files[&Table::Plan], plan, &closed));
    assert_eq!(
        ask(&lead, FAMILY, json!({})).await["family"]["plans"][0]["status"],
        "CLOSED"
    );

    // Another Lead Professional, in one file: the old one ends in it.
    told(&police, &mut after).await;
    let leads = &files[&Table::LeadProfessional];
    let old = line(leads, &[family, thinkfamily::demo::LEAD_SUBJECT]);
    let begins = format!("{old}{today}\nthe-next,{family},cambs-social-care,the-next,Nia Wood,,,,{today},");
    let printed = council.change(Table::LeadProfessional, replaced(leads, old, &begins));
    assert!(printed.starts_with("1 files: 1 rows new, 1 changed, "), "{printed}");
    assert_eq!(ask(&lead, FAMILY, json!({})).await["family"], json!(null));
    assert_eq!(ask(&next, FAMILY, json!({})).await["family"]["reference"], "TF-10001");
    assert_eq!(told(&police, &mut after).await, ["UPDATED"]);

    // Consent for the marker is withdrawn: the feed says that it is there no longer.
    let withdrawn = withdrawn(&files[&Table::Consent], family);
    council.change(Table::Consent, withdrawn);
    assert_eq!(told(&police, &mut after).await, ["REMOVED"]);

    drop(serving);
    in_the_trail(database).await;
}

/// The line that holds all of these.
#[track_caller]
fn line<'t>(text: &'t str, holds: &[&str]) -> &'t str {
    let mut lines = text.lines();
    let found = lines.find(|line| holds.iter().all(|part| line.contains(part)));
    found.unwrap_or_else(|| panic!("no line with {holds:?}"))
}

/// The file with what a family gave the police withdrawn now.
fn withdrawn(consents: &str, family: &str) -> String {
    let line = |line: &str| {
        let mut fields: Vec<&str> = line.split(',').collect();
        if fields[1] == family && fields[3..6] == ["MARKER", "police", "given"] {
            // Dated ahead, it counts at once.
            fields[12] = "2099-01-01T00:00:00Z";
        }
        fields.join(",") + "\n"
    };
    consents.lines().map(line).collect()
}

async fn in_the_trail(database: &TestDatabase) {
    let databases = Databases::open(database.url(), &settings()).await.unwrap();
    let entries = trail::placed(&databases).await;
    databases.close().await.unwrap();
    let bodies = || {
        entries
            .iter()
            .map(|(_, entry, body)| (entry, serde_json::from_str::<Value>(body).unwrap()))
    };
    let exported = bodies().filter(|(_, body)| body["operation"]["name"] == "export");
    let families = exported
        .map(|(_, body)| body["families"].as_array().map_or(0, Vec::len))
        .sum::<usize>();
    assert_eq!(families, 6, "every family is told of");
    let imported: Vec<Value> = bodies()
        .map(|(_, body)| body)
        .filter(|body| body["imported"].is_object())
        .collect();
    assert_eq!(imported.len(), 6);
    for body in &imported {
        assert_eq!((&body["kind"], &body["awaits"]), (&json!("write"), &json!(true)));
        let families = body["families"].as_array().map_or(0, Vec::len);
        assert_eq!(families, 1, "{body}");
    }
    let leads = imported
        .iter()
        .find(|body| body["imported"]["table"] == "lead_professional");
    assert_eq!(
        leads.unwrap()["imported"],
        json!({ "table": "lead_professional", "new": 1, "changed": 1 })
    );
    let consents: Vec<Value> = bodies()
        .map(|(_, body)| body)
        .filter(|body| body["kind"] == "consent" && body["operation"]["name"] == "import_consent")
        .flat_map(|body| body["consents"].as_array().cloned().unwrap_or_default())
        .collect();
    assert_eq!(consents.len(), 5);
    assert!(
        consents.iter().all(|decided| decided["decision"] == "withdrawn"),
        "{consents:?}"
    );
    for (_, body) in bodies() {
        assert!(!body.to_string().contains("07700"), "no value is in the trail");
    }
}
