//! What the database's own constraints would refuse, checked on rows alone.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use uuid::Uuid;

use crate::{
    catalogue,
    records::{MarkerStatus, PlanStatus},
    sharing::{
        born::{ADULT_AGE, Born},
        category::Category,
    },
    store::dataset::Dataset,
};

/// Every key is used once, every row points to rows that are there, every code is a code, and what must be unique is.
pub(super) fn check(data: &Dataset, today: NaiveDate) {
    let authorities: HashSet<i32> = data.authorities.iter().map(|row| row.id).collect();
    assert_eq!(authorities.len(), data.authorities.len());
    for row in &data.statistical_neighbours {
        assert!(authorities.contains(&row.authority_id) && authorities.contains(&row.neighbour_id));
        assert_ne!(row.authority_id, row.neighbour_id);
    }
    macro_rules! keys {
        ($table:ident) => {{
            let keys: HashSet<(i32, Uuid)> = data.$table.iter().map(|row| (row.authority_id, row.id)).collect();
            assert_eq!(keys.len(), data.$table.len(), stringify!($table));
            assert!(keys.iter().all(|(authority, _)| authorities.contains(authority)));
            keys
        }};
    }
    let (agencies, people, families) = (keys!(agencies), keys!(people), keys!(families));
    let (assessments, plans, goals) = (keys!(assessments), keys!(plans), keys!(goals));
    macro_rules! points {
        ($table:ident: $($column:ident in $keys:ident),*) => {
            keys!($table);
            for row in &data.$table {
                $(assert!(
                    $keys.contains(&(row.authority_id, row.$column)), "{}.{}", stringify!($table), stringify!($column)
                );)*
            }
        };
        ($table:ident: $($column:ident in $keys:ident),*; optional $($maybe:ident in $other:ident),*) => {
            points!($table: $($column in $keys),*);
            for row in &data.$table {
                $(if let Some(key) = row.$maybe {
                    assert!($other.contains(&(row.authority_id, key)), "{}.{}", stringify!($table), stringify!($maybe));
                })*
            }
        };
    }
    points!(client_programs: agency_id in agencies);
    points!(memberships: family_id in families, person_id in people);
    points!(addresses: family_id in families);
    points!(local_identifiers: family_id in families, person_id in people);
    points!(statutory_statuses: family_id in families, person_id in people);
    points!(involvements: family_id in families, agency_id in agencies);
    points!(lead_professionals: family_id in families, agency_id in agencies);
    points!(criteria_matches: family_id in families, source_agency_id in agencies; optional person_id in people);
    points!(assessments: family_id in families, agency_id in agencies);
    points!(distance_scores: family_id in families, assessment_id in assessments; optional person_id in people);
    points!(plans: family_id in families);
    points!(goals: family_id in families, plan_id in plans);
    points!(actions: family_id in families, goal_id in goals, owner_agency_id in agencies);
    points!(outcomes: family_id in families, plan_id in plans; optional goal_id in goals, source_agency_id in agencies);
    points!(progress_values: family_id in families; optional person_id in people);
    points!(consents: family_id in families, person_id in people, decided_by in people, recorded_by_agency in agencies);
    points!(markers: family_id in families, agency_id in agencies);
    points!(emergency_accesses: family_id in families, agency_id in agencies);
    points!(contacts: family_id in families, agency_id in agencies);

    codes(data);
    dates(data, today);
    unique(
        "references",
        data.families.iter().map(|row| (row.authority_id, &row.reference)),
    );
    unique(
        "agency codes",
        data.agencies.iter().map(|row| (row.authority_id, &row.code)),
    );
    unique(
        "client ids",
        data.client_programs
            .iter()
            .map(|row| (row.authority_id, &row.client_id)),
    );
    let numbers = data.local_identifiers.iter();
    unique(
        "identifiers",
        numbers.map(|row| (row.authority_id, &row.system, &row.value)),
    );
    let open = |until: &Option<NaiveDate>| until.is_none();
    let members = data.memberships.iter().filter(|row| open(&row.valid_until));
    unique("open memberships", members.map(|row| (row.family_id, row.person_id)));
    let involved = data.involvements.iter().filter(|row| open(&row.ended_on));
    unique("open involvements", involved.map(|row| (row.family_id, row.agency_id)));
    let leads = data.lead_professionals.iter().filter(|row| open(&row.valid_until));
    unique("open leads", leads.map(|row| row.family_id));
    let plans = data.plans.iter().filter(|row| row.status != PlanStatus::Closed);
    unique("open plans", plans.map(|row| row.family_id));
    let markers = data.markers.iter().filter(|row| row.status != MarkerStatus::Removed);
    unique(
        "markers",
        markers.map(|row| (row.family_id, row.agency_id, &row.system)),
    );
}

fn unique<T: std::hash::Hash + Eq>(what: &str, values: impl Iterator<Item = T>) {
    let mut seen = HashSet::new();
    for value in values {
        assert!(seen.insert(value), "{what} are not unique");
    }
}

fn codes(data: &Dataset) {
    assert!(data.agencies.iter().all(|row| catalogue::is_agency_kind(&row.kind)));
    let criteria = data.criteria_matches.iter().map(|row| Some(&row.criterion));
    let tied = data.goals.iter().map(|row| row.criterion.as_ref());
    let tied = tied.chain(data.outcomes.iter().map(|row| row.criterion.as_ref()));
    for code in criteria.chain(tied).flatten() {
        assert!(catalogue::criterion(code).is_some(), "{code}");
    }
    for row in &data.distance_scores {
        assert!(catalogue::distance_domain(&row.domain).is_some(), "{}", row.domain);
        assert!((1..=5).contains(&row.score) && row.review >= 0);
    }
    for row in &data.progress_values {
        let measure = catalogue::progress_measure(&row.measure).expect("a measure");
        assert!(row.value >= 0 && measure.greatest().is_none_or(|greatest| row.value <= greatest));
        assert_eq!(measure.of_household(), row.person_id.is_none(), "{}", row.measure);
    }
    for row in &data.contacts {
        assert_eq!(row.note.is_some(), row.note_category.is_some());
        let about = row.note_category.as_deref().map(Category::from_code);
        assert!(about.is_none_or(|of| of.is_some_and(|of| Category::NOTED.contains(of))));
        assert!(row.occurred_at <= row.recorded_at);
    }
    for row in &data.consents {
        assert!(
            Category::from_code(&row.category).is_some_and(Category::is_personal),
            "{}",
            row.category
        );
        assert!(catalogue::is_agency_kind(&row.agency_kind));
    }
}

fn dates(data: &Dataset, today: NaiveDate) {
    for row in &data.families {
        assert!(
            row.closed_on
                .is_none_or(|closed| row.attached_on.is_some_and(|attached| closed >= attached))
        );
    }
    let spans = data.memberships.iter().map(|row| (row.valid_from, row.valid_until));
    let spans = spans.chain(data.addresses.iter().map(|row| (row.valid_from, row.valid_until)));
    let spans = spans.chain(
        data.statutory_statuses
            .iter()
            .map(|row| (row.valid_from, row.valid_until)),
    );
    let spans = spans.chain(data.involvements.iter().map(|row| (row.started_on, row.ended_on)));
    let spans = spans.chain(
        data.lead_professionals
            .iter()
            .map(|row| (row.valid_from, row.valid_until)),
    );
    let spans = spans.chain(data.assessments.iter().map(|row| (row.started_on, row.completed_on)));
    for (from, until) in spans {
        assert!(
            from <= today && until.is_none_or(|until| until >= from),
            "{from} {until:?}"
        );
    }
    for row in &data.plans {
        assert_eq!(row.status == PlanStatus::Closed, row.closed_on.is_some());
        assert_eq!(row.status == PlanStatus::Closed, row.closure.is_some());
    }
    let born: HashMap<Uuid, Born> = data.people.iter().map(|row| (row.id, row.born(today))).collect();
    for row in &data.memberships {
        let born = born[&row.person_id];
        assert!(
            !row.parental_responsibility || born.is(ADULT_AGE, today),
            "a parent who is not of age"
        );
        assert!(row.valid_from >= born.earliest());
    }
}
