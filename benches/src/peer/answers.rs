//! The answers: rows become the JSON that ours gives.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{Failure, Reply, cells::Cells};

/// An answer's bytes.
pub(super) struct Answer(pub(super) Vec<u8>);

fn answer(data: impl Serialize) -> Reply {
    #[derive(Serialize)]
    struct Body<D> {
        data: D,
    }
    Ok(Answer(serde_json::to_vec(&Body { data })?))
}

#[derive(Serialize)]
struct Named<'r> {
    name: &'r str,
}

#[derive(Serialize)]
struct Lead<'r> {
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
    fn of(row: &'r impl Cells, at: usize, since: bool) -> Option<Self> {
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
struct Marker<'r> {
    on_cohort_since: Option<NaiveDate>,
    one_plan: bool,
    lead_professional: Option<Lead<'r>>,
}

#[derive(Serialize)]
struct LookUp<'r> {
    status: &'static str,
    marker: Option<Marker<'r>>,
}

pub(super) fn look_up(rows: &[impl Cells]) -> Reply {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Data<'r> {
        marker_lookup: LookUp<'r>,
    }
    let (status, marker) = match rows {
        [] => ("NOT_FOUND", None),
        [row] => (
            "MATCHED",
            Some(Marker {
                on_cohort_since: row.day(0),
                one_plan: row.flag(1),
                lead_professional: Lead::of(row, 2, false),
            }),
        ),
        _ => ("AMBIGUOUS", None),
    };
    answer(Data {
        marker_lookup: LookUp { status, marker },
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Member<'r> {
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
    fn of(row: &'r impl Cells, whole: bool) -> Self {
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
struct OfWhom<'r> {
    given_name: &'r str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Match<'r> {
    criterion: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<&'r str>,
    evidence_from: Option<NaiveDate>,
    matched_by: Option<&'r str>,
    verified_on: Option<NaiveDate>,
    source_agency: Option<Named<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<Option<OfWhom<'r>>>,
}

impl<'r> Match<'r> {
    fn of(row: &'r impl Cells, whole: bool) -> Self {
        Self {
            criterion: row.text(1),
            evidence: row.text(2).filter(|_| whole),
            evidence_from: row.day(3),
            matched_by: row.text(4),
            verified_on: row.day(5),
            source_agency: row.text(6).map(|name| Named { name }),
            member: whole.then(|| row.text(7).map(|given_name| OfWhom { given_name })),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'r> {
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
    fn of(row: &'r impl Cells, whole: bool) -> Self {
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
struct OfFamily<'r> {
    reference: Option<&'r str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Plan<'r> {
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
    fn of<R: Cells>(row: &'r R, outcomes: &'r [R], page: bool) -> Self {
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
struct Consent<'r> {
    category: Option<&'r str>,
    agency_kind: Option<&'r str>,
    decision: Option<&'r str>,
    recorded_at: Option<DateTime<Utc>>,
    member: Option<OfWhom<'r>>,
}

impl<'r> Consent<'r> {
    fn of(row: &'r impl Cells) -> Self {
        Self {
            category: row.text(0),
            agency_kind: row.text(1),
            decision: row.text(2),
            recorded_at: row.moment(3),
            member: row.text(4).map(|given_name| OfWhom { given_name }),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Family<'r> {
    reference: Option<&'r str>,
    on_cohort: bool,
    attached_on: Option<NaiveDate>,
    closed_on: Option<NaiveDate>,
    need_level: Option<&'r str>,
    lead_professional: Option<Lead<'r>>,
    members: Vec<Member<'r>>,
    criteria_matches: Vec<Match<'r>>,
    plans: Vec<Plan<'r>>,
    consents: Vec<Consent<'r>>,
}

pub(super) fn family<R: Cells>(
    family: &[R],
    members: &[R],
    matches: &[R],
    plans: &[R],
    outcomes: &[R],
    consents: &[R],
) -> Reply {
    #[derive(Serialize)]
    struct Data<'r> {
        family: Family<'r>,
    }
    let row = family.first().ok_or(Failure)?;
    answer(Data {
        family: Family {
            reference: row.text(0),
            on_cohort: row.flag(1),
            attached_on: row.day(2),
            closed_on: row.day(3),
            need_level: row.text(4),
            lead_professional: Lead::of(row, 5, true),
            members: members.iter().map(|row| Member::of(row, true)).collect(),
            criteria_matches: matches.iter().map(|row| Match::of(row, true)).collect(),
            plans: plans.iter().map(|row| Plan::of(row, outcomes, true)).collect(),
            consents: consents.iter().map(Consent::of).collect(),
        },
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed<'r> {
    reference: Option<&'r str>,
    on_cohort: bool,
    attached_on: Option<NaiveDate>,
    members: Vec<Member<'r>>,
    criteria_matches: Vec<Match<'r>>,
}

#[derive(Serialize)]
struct Nodes<N> {
    nodes: Vec<N>,
}

pub(super) fn families<R: Cells>(families: &[R], members: &[R], matches: &[R]) -> Reply {
    #[derive(Serialize)]
    struct Data<'r> {
        families: Nodes<Listed<'r>>,
    }
    let nodes = families.iter().map(|row| Listed {
        reference: row.text(1),
        on_cohort: row.flag(2),
        attached_on: row.day(3),
        members: under(members, row.key(0)).map(|row| Member::of(row, false)).collect(),
        criteria_matches: under(matches, row.key(0)).map(|row| Match::of(row, false)).collect(),
    });
    answer(Data {
        families: Nodes { nodes: nodes.collect() },
    })
}

pub(super) fn plans<R: Cells>(plans: &[R], outcomes: &[R]) -> Reply {
    #[derive(Serialize)]
    struct Data<'r> {
        plans: Nodes<Plan<'r>>,
    }
    answer(Data {
        plans: Nodes {
            nodes: plans.iter().map(|row| Plan::of(row, outcomes, false)).collect(),
        },
    })
}

#[derive(Serialize)]
struct LeadOf<'r> {
    name: &'r str,
    team: Option<&'r str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Found<'r> {
    reference: Option<&'r str>,
    attached_on: Option<NaiveDate>,
    need_level: Option<&'r str>,
    lead_professional: Option<LeadOf<'r>>,
}

pub(super) fn filtered<R: Cells>(rows: &[R]) -> Reply {
    #[derive(Serialize)]
    struct Edge<'r> {
        node: Found<'r>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Connection<'r> {
        total_count: i64,
        edges: Vec<Edge<'r>>,
    }
    #[derive(Serialize)]
    struct Data<'r> {
        families: Connection<'r>,
    }
    let edges = rows.iter().map(|row| Edge {
        node: Found {
            reference: row.text(0),
            attached_on: row.day(1),
            need_level: row.text(2),
            lead_professional: row.text(3).map(|name| LeadOf {
                name,
                team: row.text(4),
            }),
        },
    });
    answer(Data {
        families: Connection {
            total_count: rows.first().map_or(0, |row| row.count(5)),
            edges: edges.collect(),
        },
    })
}

/// The rows of a parent, of rows that are in the order of their parents.
fn under<R: Cells>(rows: &[R], parent: Uuid) -> impl Iterator<Item = &R> {
    let from = rows.partition_point(|row| row.key(0) < parent);
    rows[from..].iter().take_while(move |row| row.key(0) == parent)
}
