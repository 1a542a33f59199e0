//! What operations can ask with: ids, values of filters, and what is known of people.

use thinkfamily::{
    graphql::ids::Kind,
    records::{Code as _, Table},
};
use uuid::Uuid;

use crate::{elsewhere::may_be_asked, operations::Pool, world::Folder};

/// Every id of a family, and the values that filters can ask for.
pub(crate) fn collect(pool: &mut Pool, folder: &Folder, id: &dyn Fn(Kind, Uuid) -> String) {
    macro_rules! ids {
        ($($kind:ident $rows:ident),+ $(,)?) => {$(
            pool.ids.entry(stringify!($kind).to_owned()).or_default()
                .extend(folder.$rows.iter().map(|row| id(Kind::$kind, row.id)));
        )+};
    }
    pool.ids
        .entry("Family".to_owned())
        .or_default()
        .push(id(Kind::Family, folder.family.id));
    pool.ids
        .entry("Marker".to_owned())
        .or_default()
        .push(id(Kind::Marker, folder.family.id));
    ids!(
        Member memberships, Address addresses, StatutoryStatus statutory_statuses, LocalIdentifier local_identifiers,
        Involvement involvements, CriteriaMatch criteria_matches, Assessment assessments, DistanceScore distance_scores,
        Plan plans, Goal goals, Action actions, Outcome outcomes, ProgressValue progress_values, Consent consents,
        MarkerPlacement markers, EmergencyAccess emergency_accesses, Contact contacts,
        TafMeeting taf_meetings, TafAttendance taf_attendances, WithoutGoal without_goals, PlanHistory plan_histories,
        AccessCheck access_checks,
    );
    for object in Table::ALL
        .iter()
        .filter_map(|table| table.object())
        .filter(|object| *object != "Agency")
    {
        assert!(
            pool.ids.contains_key(object),
            "name {object} and its rows in `ids!` above"
        );
    }
    people(pool, folder);
    let mut text = |of: &'static str, texts: Vec<Option<String>>| {
        pool.texts
            .entry(of)
            .or_default()
            .extend(texts.into_iter().flatten().filter(|text| text.len() < 200));
    };
    let family = &folder.family;
    text("reference", vec![Some(family.reference.clone())]);
    text("district", vec![family.district.clone()]);
    text("ward", vec![family.ward.clone()]);
    text("locality", vec![family.locality.clone()]);
    text("reachArea", vec![family.reach_area.clone()]);
    text(
        "familyName",
        folder
            .people
            .iter()
            .map(|person| Some(person.family_name.clone()))
            .collect(),
    );
    text(
        "givenName",
        folder
            .people
            .iter()
            .map(|person| Some(person.given_name.clone()))
            .collect(),
    );
    text(
        "employmentStatus",
        folder
            .memberships
            .iter()
            .map(|row| row.employment_status.clone())
            .collect(),
    );
    text(
        "educationSetting",
        folder
            .memberships
            .iter()
            .map(|row| row.education_setting.clone())
            .collect(),
    );
    text(
        "subject",
        folder
            .emergency_accesses
            .iter()
            .map(|row| Some(row.subject.clone()))
            .collect(),
    );
    let days = folder
        .people
        .iter()
        .map(|person| person.date_of_birth.or(person.expected_on))
        .chain([family.attached_on, family.closed_on])
        .chain(folder.criteria_matches.iter().map(|row| Some(row.evidence_from)))
        .chain(folder.outcomes.iter().map(|row| row.result_on))
        .chain(
            folder
                .taf_meetings
                .iter()
                .flat_map(|row| [Some(row.held_on), row.next_on]),
        )
        .chain(folder.plans.iter().map(|row| row.agreed_on));
    pool.dates.extend(days.flatten().map(|day| day.to_string()));
}

/// What is known of people, as questions. What nobody asks about is not asked about.
fn people(pool: &mut Pool, folder: &Folder) {
    for person in &folder.people {
        let address = folder
            .addresses
            .iter()
            .find(|row| may_be_asked(&row.postcode) && may_be_asked(&row.line1));
        let numbers: Vec<_> = folder
            .local_identifiers
            .iter()
            .filter(|row| row.person_id == person.id && may_be_asked(&row.value))
            .map(|row| serde_json::json!({ "system": row.system.word().to_uppercase(), "value": row.value }))
            .collect();
        let question = serde_json::json!({
            "familyName": person.family_name.chars().take(100).collect::<String>(),
            "givenName": person.given_name.chars().take(100).collect::<String>(),
            "dateOfBirth": person.date_of_birth.or(person.expected_on), "yearOfBirth": person.birth_year, "monthOfBirth": person.birth_month,
            "postcode": address.map(|row| row.postcode.chars().take(20).collect::<String>()),
            "address": address.map(|row| row.line1.chars().take(300).collect::<String>()),
            "sex": person.sex.word().to_uppercase(),
            "identifiers": numbers,
        });
        pool.people.extend(question.as_object().cloned());
    }
}
