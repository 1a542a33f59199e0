//! An error is exact only to whom the category is permitted of what it tells, and `NOT_POSSIBLE` to others: every error of a change that hangs on what is stored.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use thinkfamily::sharing::register;
use uuid::Uuid;

use super::{assert_refused, change, hardmans, member};
use crate::{
    feed::reader,
    lookups::world::{ask, person, police},
    support::{
        app::App,
        database::{TestDatabase, on_both},
    },
};

/// The purposes for which the police may write it all, and for each what they may read.
const PURPOSES: [&str; 6] = [
    "safeguarding",
    "prevention_of_crime",
    "family_support",
    "employment_support",
    "education_support",
    "health_care",
];

fn agreement(read: &[BTreeSet<&str>]) -> String {
    let clause = |id: String, categories: &[&str], purpose: &str, access: &str| {
        format!(
            "[[clause]]\nid = \"{id}\"\nagency_kinds = [\"police\"]\nroles = [\"programme_lead\"]\ncategories = {categories:?}\n\
             purposes = [\"{purpose}\"]\naccess = [\"{access}\"]\nscope = \"authority\"\nconsent = \"not_required\"\n\
             lawful_basis = \"public_task\"\ncondition = \"safeguarding_of_children_and_individuals_at_risk\"\n"
        )
    };
    let written = ["MARKER", "CONSENT", "INVOLVEMENT", "IDENTITY", "HOUSEHOLD"];
    let clauses = read.iter().zip(PURPOSES).map(|(read, purpose)| {
        let read: Vec<&str> = read.iter().copied().collect();
        let writes = clause(format!("writes-{purpose}"), &written, purpose, "write");
        writes + &clause(format!("reads-{purpose}"), &read, purpose, "read")
    });
    format!(
        "[agreement]\nid = \"TOLD\"\nversion = 1\ntitle = \"What errors tell\"\nauthority = \"cambridgeshire\"\n\
         effective_from = 2026-01-01\nreview_by = 2027-01-01\n[[signatory]]\nagency = \"cambs-police\"\nsigned_on = 2025-12-01\n{}",
        clauses.collect::<String>()
    )
}

/// One error that hangs on what is stored.
struct Case {
    /// The fields of the register of which it is, as `tells:` has them.
    of: &'static [&'static str],
    /// What must be read to come so far.
    needs: &'static [&'static str],
    /// What it tells besides, of which each is needed for the exact code.
    tells: &'static [&'static str],
    mutation: &'static str,
    input: fn(&Told) -> Value,
    field: &'static str,
    exact: &'static str,
}

impl Case {
    /// What may be read, and the code then: all that it tells, and all but one of it.
    fn tried(&self) -> impl Iterator<Item = (&Self, BTreeSet<&str>, &str)> {
        let all: BTreeSet<&str> = self.needs.iter().chain(self.tells).copied().collect();
        let without = self.tells.iter().map({
            let all = all.clone();
            move |one| {
                let mut rest = all.clone();
                rest.remove(one);
                (self, rest, "NOT_POSSIBLE")
            }
        });
        std::iter::once((self, all, self.exact)).chain(without)
    }
}

/// What there is to tell of.
struct Told {
    family: Value,
    marker: Value,
}

fn consent(told: &Told, of: &str, more: &Value) -> Value {
    let mut input = json!({ "memberId": member(&told.family, of), "categories": ["PLAN"], "agencyKinds": ["POLICE"], "decision": "GIVEN" });
    let object = input.as_object_mut().expect("an object");
    object.extend(more.as_object().expect("an object").clone());
    input
}

const CASES: [Case; 6] = [
    Case {
        of: &["RecordConsentInput.decidedById"],
        needs: &["HOUSEHOLD"],
        tells: &["IDENTITY"],
        mutation: "recordConsent",
        input: |told| consent(told, "Tyler", &json!({ "decidedById": member(&told.family, "Megan") })),
        field: "decidedById",
        exact: "INVALID",
    },
    // Of age, so that only a lack of capacity stands against her word.
    Case {
        of: &["RecordConsentInput.decidedById", "RecordConsentInput.asProfessional"],
        needs: &["HOUSEHOLD"],
        tells: &["IDENTITY", "CRITERION_HEALTH"],
        mutation: "recordConsent",
        input: |told| consent(told, "Dawn", &json!({})),
        field: "decidedById",
        exact: "INVALID",
    },
    Case {
        of: &["RecordConsentInput.asProfessional"],
        needs: &["HOUSEHOLD"],
        tells: &["CRITERION_HEALTH"],
        mutation: "recordConsent",
        input: |told| consent(told, "Megan", &json!({ "asProfessional": true })),
        field: "asProfessional",
        exact: "INVALID",
    },
    Case {
        of: &["RecordMarkerRemovedInput.removedOn"],
        needs: &["INVOLVEMENT"],
        tells: &["MARKER"],
        mutation: "recordMarkerRemoved",
        input: |told| json!({ "markerId": told.marker, "system": "Crime and intelligence system", "removedOn": "2001-06-01" }),
        field: "removedOn",
        exact: "INVALID",
    },
    // They live in one family.
    Case {
        of: &["MergePeopleInput.otherMemberId"],
        needs: &["HOUSEHOLD"],
        tells: &["IDENTITY"],
        mutation: "mergePeople",
        input: |told| json!({ "memberId": member(&told.family, "Dawn"), "otherMemberId": member(&told.family, "Lee"), "reason": "OTHER" }),
        field: "otherMemberId",
        exact: "CONFLICT",
    },
    // What a professional decides without one is refused alike, whoever would be asked.
    Case {
        of: &["RecordConsentInput.asProfessional"],
        needs: &["HOUSEHOLD"],
        tells: &["CRITERION_HEALTH"],
        mutation: "recordConsent",
        input: |told| consent(told, "Tyler", &json!({ "asProfessional": true })),
        field: "asProfessional",
        exact: "INVALID",
    },
];

/// Inputs whose errors tell what is read on the way to them: whoever could not read that is told that the row is not there.
const READ_ON_THE_WAY: [(&str, &str); 15] = [
    ("WithdrawConsentInput.consentId", "Consent"),
    ("RecordInvolvementInput.agency", "Involvement"),
    ("EndInvolvementInput.involvementId", "Involvement"),
    ("EndInvolvementInput.endedOn", "Involvement"),
    ("AttendanceInput.agency", "TafMeeting"),
    ("RecordMarkerPlacedInput.system", "Marker"),
    ("RecordMarkerResponseInput.seenOn", "Marker"),
    ("DraftPlanInput.familyId", "Plan"),
    ("AddGoalInput.planId", "Plan"),
    ("AmendGoalInput.goalId", "Goal"),
    ("AddActionInput.goalId", "Goal"),
    ("CompleteActionInput.actionId", "Action"),
    ("AgreePlanInput.planId", "Plan"),
    ("ActivatePlanInput.planId", "Plan"),
    ("ClosePlanInput.planId", "Plan"),
];

/// The marker of the Hardmans, as whoever looks them up is told.
async fn marker(app: &App) -> Value {
    let reply = ask(&police(app), person("Dawn", "Hardman")).await;
    reply.data()["markerLookup"]["marker"]["id"].clone()
}

/// Dawn is recorded as lacking capacity.
async fn dawn_lacks_capacity(app: &App) {
    let sql = "INSERT INTO lacks_capacity (authority_id, id, family_id, person_id, valid_from) SELECT m.authority_id, $1, m.family_id, m.person_id, m.valid_from \
               FROM membership m JOIN person p ON p.authority_id = m.authority_id AND p.id = m.person_id WHERE p.authority_id = 1 AND p.given_name = 'Dawn'";
    reader::change(&app.store, sql, vec![Uuid::from_u128(77).into()]).await;
}

async fn an_error_is_exact_to_whom_it_tells_nothing_withheld(database: &TestDatabase) {
    let app = App::start(database).await;
    let told = Told {
        family: hardmans(&app).await,
        marker: marker(&app).await,
    };
    assert!(told.marker.is_string());
    dawn_lacks_capacity(&app).await;
    let tried: Vec<(&Case, BTreeSet<&str>, &str)> = CASES.iter().flat_map(Case::tried).collect();
    let sets: BTreeSet<BTreeSet<&str>> = tried.iter().map(|(_, read, _)| read.clone()).collect();
    let sets: Vec<BTreeSet<&str>> = sets.into_iter().collect();
    assert!(sets.len() <= PURPOSES.len());
    app.load_agreement(&agreement(&sets)).await;
    for (case, read, code) in tried {
        let at = sets.iter().position(|set| *set == read).expect("it is one of them");
        let partner = app.partner("cambs-police", "programme_lead", PURPOSES[at]);
        let payload = change(&partner, case.mutation, "__typename", (case.input)(&told)).await;
        assert_refused(&payload, case.field, code);
    }
}
on_both!(an_error_is_exact_to_whom_it_tells_nothing_withheld);

/// Whoever says that an error tells something says here who is told it.
#[test]
fn every_error_that_tells_something_is_tried_or_is_read_on_the_way() {
    let mut known: BTreeSet<&str> = CASES.iter().flat_map(|case| case.of).copied().collect();
    for (input, row) in READ_ON_THE_WAY {
        let (input, row) = (register::find(input).expect(input), register::find(row).expect(row));
        assert!(row.categories.covers(input.tells), "{}", input.coordinate);
        assert!(known.insert(input.coordinate), "{} is said twice", input.coordinate);
    }
    let telling = register::fields().filter(|field| !field.tells.is_empty());
    assert_eq!(telling.map(|field| field.coordinate).collect::<BTreeSet<_>>(), known);
}
