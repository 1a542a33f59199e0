//! What the database's own constraints would refuse, checked on rows alone.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use uuid::Uuid;

use crate::{
    catalogue,
    records::{Cell, Holds, MarkerStatus, PlanStatus, Table},
    sharing::{
        born::{ADULT_AGE, Born},
        category::Category,
    },
    store::dataset::Dataset,
};

/// Every key is used once, every row points to rows that are there, every code is a code, and what must be unique is.
pub(super) fn check(data: &Dataset, today: NaiveDate) {
    columns(data);
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

/// What each column holds is what is said of it: keys once, rows that are there, codes of the lists, texts that are not too long.
fn columns(data: &Dataset) {
    let mut authorities = HashSet::new();
    let mut keys: HashMap<Table, HashSet<(i32, Uuid)>> = HashMap::new();
    for table in Table::ALL {
        for row in data.cells(*table) {
            let Cell::Number(Some(authority)) = row[0] else {
                panic!("{table:?} begins with its authority");
            };
            for (column, cell) in table.columns().iter().zip(&row) {
                let at = || format!("{table:?}.{}: {cell:?}", column.name);
                match (column.holds, cell) {
                    (Holds::Authority, Cell::Number(Some(number))) if *table == Table::Authority => {
                        assert!(authorities.insert(*number), "{}", at());
                    }
                    (Holds::Authority, Cell::Number(Some(number))) => assert!(authorities.contains(number), "{}", at()),
                    (Holds::Key, Cell::Key(Some(key))) => {
                        assert!(keys.entry(*table).or_default().insert((authority, *key)), "{}", at());
                    }
                    (Holds::Of(of), Cell::Key(Some(key))) => {
                        assert!(keys[&of].contains(&(authority, *key)), "{}", at());
                    }
                    (Holds::Agency, Cell::Key(Some(key))) => {
                        assert!(keys[&Table::Agency].contains(&(authority, *key)), "{}", at());
                    }
                    (Holds::Number(least, most), Cell::Number(Some(number))) => {
                        assert!((least..=most).contains(number), "{}", at());
                    }
                    (holds, Cell::Text(Some(text))) => assert!(may_hold(holds, text), "{}", at()),
                    (_, Cell::Text(None) | Cell::Key(None) | Cell::Number(None) | Cell::Flag(None)) => {
                        assert!(column.optional, "{}", at());
                    }
                    (_, Cell::Day(day)) => assert!(column.optional || day.is_some(), "{}", at()),
                    (_, Cell::Moment(moment)) => assert!(column.optional || moment.is_some(), "{}", at()),
                    (Holds::Flag, Cell::Flag(Some(_))) => {}
                    _ => panic!("{}", at()),
                }
            }
        }
    }
}

/// Whether a text is one that a column may hold.
fn may_hold(holds: Holds, text: &str) -> bool {
    match holds {
        Holds::Text(most) | Holds::Lines(most) => text.chars().count() <= most,
        Holds::OneOf(words) => words.contains(&text),
        Holds::AgencyKind => catalogue::is_agency_kind(text),
        Holds::Criterion => catalogue::criterion(text).is_some(),
        Holds::Measure => catalogue::progress_measure(text).is_some(),
        Holds::Domain => catalogue::distance_domain(text).is_some(),
        Holds::Category => Category::from_code(text).is_some_and(Category::is_personal),
        Holds::Purposes => text.split(' ').all(catalogue::is_purpose),
        Holds::Code => text
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "._-".contains(letter)),
        _ => false,
    }
}

fn unique<T: std::hash::Hash + Eq>(what: &str, values: impl Iterator<Item = T>) {
    let mut seen = HashSet::new();
    for value in values {
        assert!(seen.insert(value), "{what} are not unique");
    }
}

/// What no column says by itself.
fn codes(data: &Dataset) {
    for row in &data.statistical_neighbours {
        assert_ne!(row.authority_id, row.neighbour_id);
    }
    for row in &data.progress_values {
        let measure = catalogue::progress_measure(&row.measure).expect("a measure");
        assert!(measure.greatest().is_none_or(|greatest| row.value <= greatest));
        assert_eq!(measure.of_household(), row.person_id.is_none(), "{}", row.measure);
    }
    for row in &data.contacts {
        assert_eq!(row.note.is_some(), row.note_category.is_some());
        let about = row.note_category.as_deref().map(Category::from_code);
        assert!(about.is_none_or(|of| of.is_some_and(|of| Category::NOTED.contains(of))));
        assert!(row.occurred_at <= row.recorded_at);
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
