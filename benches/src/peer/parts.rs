//! The parts of answers: a row of the statements each.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::cells::Cells;

#[derive(Serialize)]
pub(super) struct Named<'r> {
    name: &'r str,
}

#[derive(Serialize)]
pub(super) struct Lead<'r> {
    name: &'r str,
    phone: Option<&'r str>,
    email: Option<&'r str>,
    team: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<NaiveDate>,
    agency: Option<Named<'r>>,
}

impl<'r> Lead<'r> {
    /// From six columns that begin there.
    pub(super) fn of(row: &'r impl Cells, at: usize, since: bool) -> Option<Self> {
        Some(Self {
            name: row.text(at)?,
            phone: row.text(at + 1),
            email: row.text(at + 2),
            team: row.text(at + 3),
            since: row.day(at + 4).filter(|_| since),
            agency: row.text(at + 5).map(|name| Named { name }),
        })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "as the schema calls them")]
pub(super) struct Member<'r> {
    relationship: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parental_responsibility: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    member_from: Option<NaiveDate>,
    given_name: Option<&'r str>,
    family_name: Option<&'r str>,
    date_of_birth: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sex: Option<&'r str>,
}

impl<'r> Member<'r> {
    pub(super) fn of(row: &'r impl Cells, whole: bool) -> Self {
        Self {
            relationship: row.text(1),
            parental_responsibility: whole.then(|| row.flag(2)),
            member_from: row.day(3).filter(|_| whole),
            given_name: row.text(4),
            family_name: row.text(5),
            date_of_birth: row.day(6),
            sex: row.text(7).filter(|_| whole),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfWhom<'r> {
    given_name: &'r str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::option_option,
    reason = "left out where it is not asked for, null where there is none"
)]
pub(super) struct Match<'r> {
    criterion: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<&'r str>,
    evidence_from: Option<NaiveDate>,
    matched_by: Option<&'r str>,
    verified_on: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_agency: Option<Option<Named<'r>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<Option<OfWhom<'r>>>,
}

impl<'r> Match<'r> {
    pub(super) fn of(row: &'r impl Cells, whole: bool) -> Self {
        Self {
            criterion: row.text(1),
            evidence: row.text(2).filter(|_| whole),
            evidence_from: row.day(3),
            matched_by: row.text(4),
            verified_on: row.day(5),
            source_agency: whole.then(|| row.text(6).map(|name| Named { name })),
            member: whole.then(|| row.text(7).map(|given_name| OfWhom { given_name })),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::option_option,
    reason = "left out where it is not asked for, null where there is none"
)]
pub(super) struct Outcome<'r> {
    criterion: Option<&'r str>,
    indicator: Option<&'r str>,
    kind: Option<&'r str>,
    baseline: Option<&'r str>,
    forecast: Option<&'r str>,
    result: Option<&'r str>,
    result_on: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_agency: Option<Option<Named<'r>>>,
}

impl<'r> Outcome<'r> {
    pub(super) fn of(row: &'r impl Cells, whole: bool) -> Self {
        Self {
            criterion: row.text(1),
            indicator: row.text(2),
            kind: row.text(3),
            baseline: row.text(4),
            forecast: row.text(5),
            result: row.text(6),
            result_on: row.day(7),
            source_agency: whole.then(|| row.text(8).map(|name| Named { name })),
        }
    }
}

#[derive(Serialize)]
pub(super) struct OfFamily<'r> {
    reference: Option<&'r str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::option_option,
    reason = "left out where it is not asked for, null where there is none"
)]
pub(super) struct Plan<'r> {
    status: Option<&'r str>,
    drawn_up_on: Option<NaiveDate>,
    agreed_on: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_by_family_on: Option<Option<NaiveDate>>,
    closed_on: Option<NaiveDate>,
    closure: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    family: Option<OfFamily<'r>>,
    outcomes: Vec<Outcome<'r>>,
}

impl<'r> Plan<'r> {
    /// On a family's page, or in a list of plans.
    pub(super) fn of<R: Cells>(row: &'r R, outcomes: &'r [R], page: bool) -> Self {
        Self {
            status: row.text(1),
            drawn_up_on: row.day(2),
            agreed_on: row.day(3),
            signed_by_family_on: page.then(|| row.day(4)),
            closed_on: row.day(5),
            closure: row.text(6),
            family: (!page).then(|| OfFamily { reference: row.text(7) }),
            outcomes: under(outcomes, row.key(0)).map(|row| Outcome::of(row, page)).collect(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Consent<'r> {
    category: Option<&'r str>,
    agency_kind: Option<&'r str>,
    decision: Option<&'r str>,
    recorded_at: Option<DateTime<Utc>>,
    member: Option<OfWhom<'r>>,
}

impl<'r> Consent<'r> {
    pub(super) fn of(row: &'r impl Cells) -> Self {
        Self {
            category: row.text(0),
            agency_kind: row.text(1),
            decision: row.text(2),
            recorded_at: row.moment(3),
            member: row.text(4).map(|given_name| OfWhom { given_name }),
        }
    }
}

/// The rows of a parent, of rows that are in the order of their parents.
pub(super) fn under<R: Cells>(rows: &[R], parent: Uuid) -> impl Iterator<Item = &R> {
    let from = rows.partition_point(|row| row.key(0) < parent);
    rows[from..].iter().take_while(move |row| row.key(0) == parent)
}
