//! The answers: rows become the JSON that ours gives.

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    Failure, Reply,
    cells::Cells,
    parts::{Consent, Lead, Match, Member, Plan, under},
};

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
    phone: Option<&'r str>,
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
                phone: row.text(4),
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
