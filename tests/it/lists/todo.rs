//! `todo`: whom a Lead Professional is to ask for consent, worked out when it is asked.

use chrono::{DateTime, Months, NaiveDate, TimeDelta, Utc};
use serde_json::{Value, json};
use thinkfamily::{
    clock::{Clock, Ids},
    demo,
    store::{bulk, dataset::Dataset},
};

use crate::{
    feed::reader,
    support::{
        app::{App, Partner, today},
        database::{TestDatabase, on_both},
    },
};

const TODO: &str =
    "query($filter: TodoFilter) { todo(filter: $filter, orderBy: { field: DUE_ON }, first: 100) { totalCount
    nodes { kind dueOn family { reference } member { givenName } } } }";

/// Somebody who has the birthday in so many days.
fn turning(age: u32, days: i64) -> NaiveDate {
    let day = today().date_naive() + TimeDelta::days(days);
    day.checked_sub_months(Months::new(12 * age)).expect("a day")
}

/// Of the Hardmans: Tyler turns 13 in a month, Megan 18 in two and Alfie 13 in 91 days; Lee joined three days ago. Nobody of them has said anything.
fn data() -> Dataset {
    let mut data = demo::worked(today().date_naive());
    let mut changed = Vec::new();
    for (given, age, days) in [
        ("Tyler", 13, 30),
        ("Megan", 18, 60),
        ("Alfie", 13, 91),
        ("Lee", 40, -100),
    ] {
        let person = data
            .people
            .iter_mut()
            .find(|row| row.given_name == given && row.authority_id == demo::CAMBRIDGESHIRE);
        let person = person.expect("somebody of the demonstration");
        person.date_of_birth = Some(turning(age, days));
        changed.push(person.id);
    }
    data.consents.retain(|row| !changed.contains(&row.person_id));
    let lee = changed[3];
    let membership = data.memberships.iter_mut().find(|row| row.person_id == lee);
    membership.expect("his membership").valid_from = today().date_naive() - TimeDelta::days(3);
    data.parental_responsibilities.clear();
    data.lacks_capacity.clear();
    data
}

async fn start(database: &TestDatabase) -> App {
    let databases = database.open().await;
    bulk::load(&databases, &data(), &mut |_| {}).await.unwrap();
    let app = App::over(databases, Clock::fixed(today()), Ids::seeded(1)).await;
    for agreement in demo::worked_agreements() {
        app.load_agreement(agreement).await;
    }
    app
}

/// Kind, day and whom of the Hardmans, and how many rows there are in all.
async fn todo(partner: &Partner, filter: Value) -> (Vec<String>, Value) {
    let reply = partner.ask_with(TODO, json!({ "filter": filter })).await;
    let page = &reply.data()["todo"];
    let nodes = page["nodes"].as_array().expect("nodes").iter();
    let of_them = nodes.filter(|node| node["family"]["reference"] == "TF-10001");
    let text = |value: &Value| value.as_str().unwrap_or("null").to_owned();
    let row = |node: &Value| {
        let said = [&node["kind"], &node["dueOn"], &node["member"]["givenName"]].map(text);
        said.join(" ")
    };
    (of_them.map(row).collect(), page["totalCount"].clone())
}

const LEE: &str = "ASK_WHO_JOINED 2026-06-12 Lee";
const TYLER: &str = "ASK_AT_OWN_CONSENT_AGE 2026-07-15 Tyler";
const MEGAN: &str = "ASK_AT_ADULTHOOD 2026-08-14 Megan";
const ALFIE: &str = "ASK_AT_OWN_CONSENT_AGE 2026-09-14 Alfie";

async fn whoever_leads_is_told_whom_to_ask(database: &TestDatabase) {
    let app = start(database).await;
    let lead = app.lead_professional();
    let (all, count) = todo(&lead, Value::Null).await;
    assert_eq!(all, [LEE, TYLER, MEGAN]);
    assert!(count.as_i64() >= Some(3), "{count}");
    let (some, _) = todo(&lead, json!({ "dueFrom": "2026-06-13", "dueUntil": "2026-07-15" })).await;
    assert_eq!(some, [TYLER]);
    assert!(todo(&lead, json!({ "dueUntil": "2026-06-11" })).await.0.is_empty());
    // In the order that says nothing, and page by page, it is the same.
    let reply = lead
        .ask("{ todo(first: 1) { nodes { kind } pageInfo { hasNextPage } } }")
        .await;
    assert_eq!(reply.data()["todo"]["pageInfo"]["hasNextPage"], true);
    // Who sees the family, and does not lead it.
    for (agency, role, purpose) in [
        ("tff-team", "coordinator", "programme_management"),
        ("cambs-early-help", "lead_professional", "family_support"),
    ] {
        let (none, count) = todo(
            &app.partner_named("cambridgeshire", agency, role, purpose, "another"),
            Value::Null,
        )
        .await;
        assert_eq!((none.len(), count), (0, json!(0)), "{agency}");
    }
    // Beyond the ceiling there is no such list.
    let police = app.partner("cambs-police", "marker_lookup", "safeguarding");
    let reply = police.ask("{ todo { nodes { kind } } }").await;
    assert_eq!(reply.data()["todo"], Value::Null);
    assert_eq!(reply.withheld("Query.todo"), ["NOT_IN_AGREEMENT"]);
}
on_both!(whoever_leads_is_told_whom_to_ask);

async fn who_has_spoken_is_not_asked_again(database: &TestDatabase) {
    let app = start(database).await;
    let lead = app.lead_professional();
    let members = lead
        .ask("{ family(reference: \"TF-10001\") { members { id givenName } } }")
        .await;
    let members = members.data()["family"]["members"].as_array().expect("members").clone();
    let lee = members.iter().find(|member| member["givenName"] == "Lee").expect("Lee");
    let record = "mutation($input: RecordConsentInput!) { recordConsent(input: $input) { errors { code } } }";
    let no = json!({ "memberId": lee["id"], "categories": ["PLAN"], "agencyKinds": ["PRISON"], "decision": "REFUSED" });
    assert_eq!(
        lead.ask_with(record, json!({ "input": no })).await.data()["recordConsent"]["errors"],
        json!([])
    );
    assert_eq!(todo(&lead, Value::Null).await.0, [TYLER, MEGAN], "a no is an answer");
    // Who left the family, or died, is not to be asked; nor does anybody ask who leads no longer.
    let of = |given: &str| {
        format!(
            "(SELECT id FROM person WHERE authority_id = 1 AND given_name = '{given}' AND family_name IN ('Hardman', 'Sadler'))"
        )
    };
    let sql = format!(
        "UPDATE membership SET valid_until = '2026-06-15' WHERE authority_id = 1 AND person_id IN {}",
        of("Megan")
    );
    reader::change(&app.store, &sql, vec![]).await;
    assert_eq!(todo(&lead, Value::Null).await.0, [TYLER]);
    let sql = "UPDATE lead_professional SET valid_until = '2026-06-15' WHERE authority_id = 1 AND valid_until IS NULL";
    reader::change(&app.store, sql, vec![]).await;
    assert_eq!(todo(&lead, Value::Null).await.1, json!(0));
}
on_both!(who_has_spoken_is_not_asked_again);

async fn a_day_is_one_of_the_united_kingdom(database: &TestDatabase) {
    let app = start(database).await;
    let at = |text: &str| text.parse::<DateTime<Utc>>().expect("an instant");
    // 90 days before 14 September is 16 June, which begins at 23:00 of universal time on the 15th.
    for (now, told) in [("2026-06-15T22:59:59Z", false), ("2026-06-15T23:00:00Z", true)] {
        app.clock.set(at(now));
        let (all, _) = todo(&app.lead_professional(), Value::Null).await;
        assert_eq!(all.contains(&ALFIE.to_owned()), told, "{now}: {all:?}");
    }
}
on_both!(a_day_is_one_of_the_united_kingdom);
