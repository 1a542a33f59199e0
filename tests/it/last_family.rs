//! What becomes of what was recorded of somebody who has left and is in no family now: a child who was adopted, one who moved, a mother who fled, a father who died.

use chrono::Days;
use serde_json::Value;
use thinkfamily::{
    clock::{Clock, Ids},
    demo,
    records::{IdentifierSystem, LocalIdentifierRow, MembershipEnd},
    store::{bulk, dataset::Dataset},
};
use uuid::Uuid;

use crate::{
    feed::reader,
    former::{AGREEMENT, CLAUSE},
    lookups::world::membership,
    support::{
        app::{App, Partner, today},
        database::{TestDatabase, on_both},
    },
};

const FAMILY: &str = "TF-10001";
const OTHER: &str = "TF-10005";
/// What somebody says who has the file of the family, of who left it: the name that each has now.
pub(crate) const LEFT: [(&str, Option<MembershipEnd>); 5] = [
    ("Dawn", Some(MembershipEnd::Fled)),
    ("Lee", None),
    ("Tyler", Some(MembershipEnd::Adopted)),
    ("Megan", Some(MembershipEnd::Moved)),
    ("Alfie", None),
];

/// The demonstration, in which everybody has left the Hardmans: Lee died, and of Alfie nothing says why.
pub(crate) fn data() -> Dataset {
    let mut data = demo::worked(today().date_naive());
    let yesterday = today().date_naive() - Days::new(1);
    let family = data
        .families
        .iter()
        .find(|row| row.reference == FAMILY)
        .expect("the Hardmans")
        .id;
    for (given, reason) in LEFT {
        let mut people = data.people.iter_mut();
        let person = people.find(|row| row.given_name == given).expect("one of them");
        let mut rows = data.memberships.iter_mut();
        let row = rows
            .find(|row| (row.person_id, row.family_id) == (person.id, family))
            .expect("a member");
        row.phone = Some(format!("01632 960{}", given.len()));
        (row.valid_until, row.end_reason) = (Some(yesterday), reason);
        if given == "Lee" {
            (row.valid_until, person.died_on) = (None, Some(yesterday));
        }
        data.local_identifiers.push(LocalIdentifierRow {
            authority_id: demo::CAMBRIDGESHIRE,
            id: Uuid::from_u128(7_000 + given.bytes().map(u128::from).sum::<u128>()),
            family_id: family,
            person_id: person.id,
            system: IdentifierSystem::PoliceReference,
            value: format!("PR-{given}"),
        });
    }
    data
}

/// Everything of every family for the police, and for others of whoever they work with, whom they lead, and who is on the programme.
async fn serve(database: &TestDatabase) -> App {
    let databases = database.open().await;
    bulk::load(&databases, &data(), &mut |_| {}).await.unwrap();
    let app = App::over(databases, Clock::fixed(today()), Ids::seeded(1)).await;
    let clause = |id: &str, role: &str, scope: &str| {
        CLAUSE
            .replace("id = \"KIND\"", &format!("id = \"{id}\""))
            .replace("KIND", "early_help")
            .replace("\"practitioner\", \"marker_lookup\"", &format!("\"{role}\""))
            .replace("scope = \"authority\"", &format!("scope = \"{scope}\""))
            .replace("EXPLAINED", "true")
            .replace("\"REFERENCE\", ", "")
    };
    app.load_agreement(&format!(
        "{AGREEMENT}{}{}{}{}",
        CLAUSE.replace("KIND", "police").replace("EXPLAINED", "true"),
        clause("led", "lead_professional", "lead"),
        clause("with", "practitioner", "involved"),
        clause("all", "coordinator", "cohort"),
    ))
    .await;
    app
}

/// The given names, telephones and numbers that are seen, by the names of whom they are of.
async fn seen(partner: &Partner) -> Vec<String> {
    let query = format!(
        "{{ family(reference: \"{FAMILY}\") {{ members(includeFormer: true) {{ id relationship memberUntil givenName phone \
         identifiers {{ value }} }} }} }}"
    );
    let reply = partner.ask(&query).await;
    let members = reply.data()["family"]["members"].as_array().expect("members").clone();
    assert_eq!(members.len(), LEFT.len(), "that they were there is told: {members:#?}");
    let mut seen = Vec::new();
    for member in members {
        assert!(!member["relationship"].is_null());
        let own = |field: &str| member[field].as_str().map(str::to_owned);
        let numbers = member["identifiers"].to_string();
        match own("givenName") {
            Some(given) => {
                assert_eq!(own("phone"), Some(format!("01632 960{}", given.len())));
                assert!(numbers.contains(&format!("PR-{given}")), "{numbers}");
                seen.push(given);
            }
            None => assert_eq!((own("phone"), &member["identifiers"]), (None, &Value::Null)),
        }
    }
    seen.sort_unstable();
    seen
}

on_both!(it_stays_as_it_was_of_who_moved_or_died_and_of_nobody_else);
async fn it_stays_as_it_was_of_who_moved_or_died_and_of_nobody_else(database: &TestDatabase) {
    let app = serve(database).await;
    let police = app.partner("cambs-police", "practitioner", "safeguarding");
    let lead = app.partner_named(
        "cambridgeshire",
        "cambs-early-help",
        "lead_professional",
        "safeguarding",
        demo::LEAD_SUBJECT,
    );
    assert_eq!(seen(&police).await, ["Lee", "Megan"]);
    assert_eq!(
        seen(&lead).await,
        ["Lee", "Megan"],
        "who leads the work with the family"
    );
    // For clauses of another scope it does not, whoever is reached by them.
    for role in ["practitioner", "coordinator"] {
        let other = app.partner("cambs-early-help", role, "safeguarding");
        assert_eq!(seen(&other).await, [""; 0], "{role}");
    }
    let query = format!("{{ family(reference: \"{FAMILY}\") {{ members(includeFormer: true) {{ phone }} }} }}");
    assert_eq!(police.ask(&query).await.withheld("Member.phone"), ["NOT_A_MEMBER"]);
    // By a filter and by id it is the same.
    for (given, there) in LEFT.map(|(given, _)| (given, ["Lee", "Megan"].contains(&given))) {
        let query =
            format!("{{ members(first: 5, filter: {{ givenName: \"{given}\" }}) {{ nodes {{ id givenName }} }} }}");
        let reply = police.ask(&query).await;
        let nodes = reply.data()["members"]["nodes"].as_array().expect("nodes").clone();
        assert_eq!(nodes.len(), usize::from(there), "{given}: {nodes:#?}");
        for node in nodes {
            let query = format!("{{ node(id: {}) {{ ... on Member {{ givenName }} }} }}", node["id"]);
            assert_eq!(police.ask(&query).await.data()["node"]["givenName"], given);
        }
    }
}

on_both!(as_soon_as_they_join_another_family_it_is_that_ones);
async fn as_soon_as_they_join_another_family_it_is_that_ones(database: &TestDatabase) {
    let app = serve(database).await;
    let police = app.partner("cambs-police", "practitioner", "safeguarding");
    assert_eq!(seen(&police).await, ["Lee", "Megan"]);
    let data = data();
    let other = data
        .families
        .iter()
        .find(|row| row.reference == OTHER)
        .expect("another family");
    let megan = data
        .people
        .iter()
        .find(|row| row.given_name == "Megan")
        .expect("Megan")
        .id;
    let row = membership(other, megan, 9_000);
    let joined = Dataset {
        memberships: vec![row.clone()],
        ..Dataset::default()
    };
    bulk::load(app.store.databases(), &joined, &mut |_| {}).await.unwrap();
    assert_eq!(seen(&police).await, ["Lee"]);
    // Whoever writes there, what is kept of this family is read again: it was not the last one that she left.
    let end = |day: u64| vec![(today().date_naive() - Days::new(day)).into(), row.id.into()];
    let sql = "UPDATE membership SET valid_until = $1, end_reason = 'moved' WHERE id = $2";
    reader::change(&app.store, sql, end(0)).await;
    assert_eq!(seen(&police).await, ["Lee"]);
    reader::change(&app.store, sql, end(2)).await;
    assert_eq!(seen(&police).await, ["Lee", "Megan"]);
    reader::change(&app.store, "DELETE FROM membership WHERE id = $1", vec![row.id.into()]).await;
    assert_eq!(seen(&police).await, ["Lee", "Megan"]);
    reader::change(
        &app.store,
        "UPDATE person SET died_on = NULL WHERE given_name = 'Lee'",
        vec![],
    )
    .await;
    let lives = police
        .ask(&format!(
            "{{ family(reference: \"{FAMILY}\") {{ members {{ givenName }} }} }}"
        ))
        .await;
    assert_eq!(
        lives.data()["family"]["members"][0]["givenName"],
        "Lee",
        "who lives is a member"
    );
}
