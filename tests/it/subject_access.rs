//! A member is told who saw what of them, and only after a check for serious harm.

use chrono::Days;
use serde_json::{Value, json};

use crate::support::{
    app::{App, Partner, today},
    database::{TestDatabase, on_both},
};

const TOLD: &str =
    "query Told($id: ID!, $first: Int, $after: String) { member(id: $id) { id subjectAccess { state checkedOn
    disclosures(first: $first, after: $after) { nodes { kind agency { code } subject clauses operationName purpose }
    pageInfo { hasNextPage endCursor } } } } }";

const CHECK: &str = "mutation($v: CheckSubjectAccessInput!) { checkSubjectAccess(input: $v) {
    check { id outcome reason advisedBy checkedOn subject agency { code } member { id } } errors { field code } } }";

struct Office {
    app: App,
    manager: Partner,
    tyler: Value,
    dawn: Value,
    family: Value,
}

impl Office {
    /// Each of the two was seen once, by themself, and of Tyler nobody has checked anything.
    async fn open(database: &TestDatabase) -> Self {
        let app = App::start(database).await;
        let lead = app.lead_professional();
        let reply = lead
            .ask("{ family(reference: \"TF-10001\") { id members { id givenName } } }")
            .await;
        let family = reply.data()["family"]["id"].clone();
        let members = reply.data()["family"]["members"].as_array().expect("members").clone();
        let of = |name: &str| {
            let member = members.iter().find(|member| member["givenName"] == name);
            member.expect("a member")["id"].clone()
        };
        let (tyler, dawn) = (of("Tyler"), of("Dawn"));
        for (name, id) in [("SawTyler", &tyler), ("SawDawn", &dawn)] {
            let query = format!("query {name}($id: ID!) {{ member(id: $id) {{ givenName }} }}");
            let seen = lead.ask_with(&query, json!({ "id": id })).await;
            assert!(seen.data()["member"]["givenName"].is_string());
        }
        let manager = app.partner("tff-team", "agreement_manager", "subject_access");
        Self {
            app,
            manager,
            tyler,
            dawn,
            family,
        }
    }

    async fn told(&self, partner: &Partner) -> Value {
        let reply = partner.ask_with(TOLD, json!({ "id": self.tyler, "first": 50 })).await;
        reply.data()["member"]["subjectAccess"].clone()
    }

    fn input(&self, outcome: &str, days_ago: u64) -> Value {
        let day = today().date_naive() - Days::new(days_ago);
        json!({ "memberId": self.tyler, "outcome": outcome, "reason": "Nobody is at risk.", "advisedBy": "A social worker", "checkedOn": day })
    }

    async fn check(&self, partner: &Partner, input: Value) -> Value {
        partner.ask_with(CHECK, json!({ "v": input })).await.data()["checkSubjectAccess"].clone()
    }

    /// A check of so many days ago, and what is told after it.
    async fn after(&self, outcome: &str, days_ago: u64) -> Value {
        let done = self.check(&self.manager, self.input(outcome, days_ago)).await;
        assert_eq!(done["errors"], json!([]), "{done:#}");
        assert_eq!(done["check"]["outcome"], outcome);
        self.told(&self.manager).await
    }
}

fn nodes(told: &Value) -> &Vec<Value> {
    told["disclosures"]["nodes"].as_array().expect("a page")
}

fn names(told: &Value) -> Vec<&str> {
    nodes(told)
        .iter()
        .filter_map(|node| node["operationName"].as_str())
        .collect()
}

on_both!(what_is_told_hangs_on_the_newest_check);
async fn what_is_told_hangs_on_the_newest_check(database: &TestDatabase) {
    let office = Office::open(database).await;
    let day = |ago: u64| json!(today().date_naive() - Days::new(ago));
    let nothing = |told: &Value, state: &str, day: Value| {
        assert_eq!((&told["state"], &told["checkedOn"]), (&json!(state), &day), "{told:#}");
        assert_eq!(nodes(told).len(), 0, "{told:#}");
    };
    nothing(&office.told(&office.manager).await, "CHECK_NEEDED", Value::Null);
    nothing(&office.after("RELEASE", 31).await, "CHECK_NEEDED", Value::Null);

    // Only what speaks of him, and all of that: who saw him, who checked and who asked.
    let told = office.after("RELEASE", 30).await;
    assert_eq!((&told["state"], &told["checkedOn"]), (&json!("RELEASED"), &day(30)));
    assert!(
        names(&told).contains(&"SawTyler") && names(&told).contains(&"Told"),
        "{told:#}"
    );
    assert!(!names(&told).contains(&"SawDawn"), "{told:#}");
    assert!(nodes(&told).iter().any(|node| node["kind"] == "write"), "{told:#}");
    let saw = nodes(&told)
        .iter()
        .find(|node| node["operationName"] == "SawTyler")
        .expect("it");
    assert_eq!(saw["agency"]["code"], "cambs-early-help");
    assert_eq!(saw["subject"], thinkfamily::demo::LEAD_SUBJECT);

    nothing(&office.after("REFUSE", 20).await, "REFUSED", day(20));
    // One that is older than it changes nothing.
    nothing(&office.after("RELEASE", 25).await, "REFUSED", day(20));

    let told = office.after("RELEASE_WITHOUT_AGENCIES", 10).await;
    assert_eq!(told["state"], "RELEASED");
    assert!(nodes(&told).len() > 3, "{told:#}");
    for node in nodes(&told) {
        for field in ["agency", "subject", "operationName"] {
            assert_eq!(node[field], Value::Null, "{node:#}");
        }
        assert_eq!(node["clauses"], json!([]));
    }
    assert!(names(&office.after("RELEASE", 0).await).contains(&"SawTyler"));

    // The next question finds the last one first, and after that what it found.
    let all = office.told(&office.manager).await;
    let page = async |first: i32, after: &Value| {
        let v = json!({ "id": office.tyler, "first": first, "after": after });
        office.manager.ask_with(TOLD, v).await.data()["member"]["subjectAccess"].clone()
    };
    let newest = page(1, &Value::Null).await;
    assert_eq!(nodes(&newest).len(), 1);
    let at = &newest["disclosures"]["pageInfo"];
    assert_eq!(at["hasNextPage"], true);
    assert_eq!(nodes(&page(50, &at["endCursor"]).await), nodes(&all));
}

on_both!(whoever_may_not_check_or_read_it_cannot);
async fn whoever_may_not_check_or_read_it_cannot(database: &TestDatabase) {
    let office = Office::open(database).await;
    let rows = async || {
        let sql = "SELECT count(*) AS number FROM access_check WHERE authority_id = 1";
        office.app.number_of(sql).await
    };
    let before = rows().await;
    // Who may read the trail and not check.
    let coordinator = office.app.partner("tff-team", "coordinator", "subject_access");
    assert_eq!(office.told(&coordinator).await["state"], "CHECK_NEEDED");
    let lead = office.app.lead_professional();
    for partner in [&coordinator, &lead] {
        assert_eq!(office.check(partner, office.input("RELEASE", 0)).await, Value::Null);
    }
    // Who may not read it, of a member whom they may see.
    let other = office.app.partner("tff-team", "coordinator", "programme_management");
    let reply = other.ask_with(TOLD, json!({ "id": office.tyler })).await;
    assert_eq!(reply.data()["member"]["id"], office.tyler);
    assert_eq!(reply.data()["member"]["subjectAccess"], Value::Null);
    assert_eq!(reply.withheld("Member.subjectAccess"), ["NOT_IN_AGREEMENT"]);

    // What is no member is not found, and what is wrong is said.
    let refused = |field: &str, code: &str| json!([{ "field": field, "code": code }]);
    for (field, value, code) in [
        ("memberId", office.family.clone(), "NOT_FOUND"),
        ("reason", json!(" "), "INVALID"),
        ("checkedOn", json!(today().date_naive() + Days::new(1)), "INVALID"),
    ] {
        let mut input = office.input("RELEASE", 0);
        input[field] = value;
        let told = office.check(&office.manager, input).await;
        assert_eq!(told["errors"], refused(field, code), "{told:#}");
    }
    assert_eq!(rows().await, before);

    // Sent again it is one check, which says who made it.
    let mut input = office.input("RELEASE", 0);
    input["idempotencyKey"] = json!("once");
    let first = office.check(&office.manager, input.clone()).await;
    assert_eq!(office.check(&office.manager, input).await, first);
    assert_eq!(rows().await, before + 1);
    let check = &first["check"];
    assert_eq!(
        (&check["agency"]["code"], &check["member"]["id"]),
        (&json!("tff-team"), &office.tyler)
    );
    assert_eq!(
        (&check["advisedBy"], &check["subject"]),
        (&json!("A social worker"), &json!("agreement_manager-of-tff-team"))
    );
    // It is his, and not another member's.
    let checks = "query($id: ID!) { member(id: $id) { accessChecks { id } } }";
    let of = async |id: &Value| {
        office.manager.ask_with(checks, json!({ "id": id })).await.data()["member"]["accessChecks"].clone()
    };
    assert_eq!(of(&office.tyler).await, json!([{ "id": check["id"] }]));
    let dawns = of(&office.dawn).await;
    assert!(!dawns.as_array().expect("hers").contains(&json!({ "id": check["id"] })));
}
