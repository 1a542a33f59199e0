//! The one question that every partner asks, and what there is to see in the answer.

use serde_json::Value;

use crate::support::app::{Partner, Reply};

/// What everyone asks.
const QUESTION: &str = "query Hardman { family(reference: \"TF-10001\") {
    reference onCohort leadProfessional { name } district
    members { givenName phone ethnicity } addresses { postcode }
    criteriaMatches { criterion } plan { goals { criterion } } outcomes { criterion }
} }";

/// The marker alone.
const MARKED: &str = "{ family(reference: \"TF-10001\") { reference onCohort leadProfessional { name } } }";

/// The marker of the Hardmans.
pub(super) const MARKER: &str = "TF-10001 on the cohort, led by Ruth Ellis";

/// Everything that is asked for is within what the agreement could ever give.
pub(super) const EVERYTHING: bool = true;
/// Something that is asked for is beyond it.
pub(super) const BEYOND: bool = false;

/// What a partner sees, in order: `-` is null, an empty text an empty list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen<'a> {
    pub(super) marker: &'a str,
    pub(super) district: &'a str,
    pub(super) names: &'a str,
    pub(super) phones: &'a str,
    pub(super) ethnicities: &'a str,
    pub(super) postcodes: &'a str,
    pub(super) criteria: &'a str,
    pub(super) goals: &'a str,
    pub(super) outcomes: &'a str,
}

/// Null everywhere.
pub(super) const NOTHING: Seen<'static> = Seen {
    marker: "-",
    district: "-",
    names: "-",
    phones: "-",
    ethnicities: "-",
    postcodes: "-",
    criteria: "-",
    goals: "-",
    outcomes: "-",
};

/// What a partner saw and was told.
pub(super) struct Answered {
    pub(super) seen: Seen<'static>,
    /// Fields and reasons.
    pub(super) told: Vec<(String, String)>,
    reply: Reply,
}

impl Answered {
    /// The reasons given for a field.
    pub(super) fn withheld(&self, field: &str) -> Vec<&str> {
        self.reply.withheld(field)
    }
}

/// Asks in each of the three ways of being told; they must agree with one another.
pub(super) async fn see(partner: &Partner, ceiling: bool) -> Answered {
    let reply = partner.ask(QUESTION).await;
    let family = &reply.data()["family"];
    let entries = reply.body["extensions"]["disclosure"]["withheld"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let told: Vec<_> = entries
        .iter()
        .map(|entry| (text(&entry["field"]), text(&entry["reason"])))
        .collect();

    let errors = partner.told_by("error").ask(QUESTION).await;
    assert_eq!(
        errors.body["data"]["family"], *family,
        "told by errors, the data is the same"
    );
    // An argument is no value: that it is beyond the ceiling is accounted for and is no error.
    let values = entries.iter().filter(|entry| !text(&entry["field"]).contains('('));
    let withheld: u64 = values.filter_map(|entry| entry["count"].as_u64()).sum();
    let listed = errors.body["errors"].as_array().cloned().unwrap_or_default();
    assert_eq!(listed.len() as u64, withheld, "{:#}", errors.body);
    for error in listed {
        let (field, code) = (text(&error["extensions"]["field"]), text(&error["extensions"]["code"]));
        assert!(told.contains(&(field, code)), "{error:#}");
    }
    assert_eq!(
        errors.body["extensions"]["disclosure"],
        reply.body["extensions"]["disclosure"]
    );

    let failed = partner.told_by("fail").ask(QUESTION).await;
    if ceiling {
        assert_eq!(
            failed.data()["family"],
            *family,
            "all that is asked for is within the ceiling"
        );
    } else {
        assert_eq!(
            (failed.status, failed.code()),
            (400, "NOT_IN_AGREEMENT"),
            "{:#}",
            failed.body
        );
        assert!(failed.body.get("data").is_none(), "{:#}", failed.body);
    }
    Answered {
        seen: read(family),
        told,
        reply,
    }
}

/// Whether the partner sees that the Hardmans are on the cohort, asking for no more than that.
pub(super) async fn marker(partner: &Partner) -> bool {
    partner.ask(MARKED).await.data()["family"]["onCohort"] == true
}

fn read(family: &Value) -> Seen<'static> {
    if family.is_null() {
        return NOTHING;
    }
    let leads = family["leadProfessional"]["name"].as_str().unwrap_or("nobody");
    let reference = family["reference"].as_str().unwrap_or("-");
    let cohort = if family["onCohort"] == true {
        "on the cohort"
    } else {
        "not on the cohort"
    };
    Seen {
        marker: keep(format!("{reference} {cohort}, led by {leads}")),
        district: keep(family["district"].as_str().unwrap_or("-").to_owned()),
        names: list(&family["members"], "givenName", "-"),
        phones: list(&family["members"], "phone", "-"),
        ethnicities: list(&family["members"], "ethnicity", "-"),
        postcodes: list(&family["addresses"], "postcode", "-"),
        criteria: list(&family["criteriaMatches"], "criterion", "none"),
        goals: list(&family["plan"]["goals"], "criterion", "none"),
        outcomes: list(&family["outcomes"], "criterion", "none"),
    }
}

/// The values of one field of every row, in alphabetical order; `null` stands for those that are null.
fn list(rows: &Value, field: &str, null: &str) -> &'static str {
    let Some(rows) = rows.as_array() else { return "-" };
    let mut values: Vec<&str> = rows.iter().map(|row| row[field].as_str().unwrap_or(null)).collect();
    values.sort_unstable();
    keep(values.join(", "))
}

/// A text for the rest of the test.
fn keep(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}
