//! The family's own record, and who leads its case.

use thinkfamily::{records::LeadProfessionalRow, records::PlanStatus, sharing::facts::RowFacts};

use super::{
    facts::{Moment, open},
    looker::{Looker, values},
};
use crate::world::Folder;

/// What is seen of the family itself.
pub(super) fn look(looker: &mut Looker<'_>, folder: &Folder, moment: &Moment) {
    let family = RowFacts::family();
    let row = &folder.family;
    if looker.row(
        "Family",
        row.id,
        &family,
        &values!(row,
            "Family.reference" reference, "Family.district" district, "Family.ward" ward, "Family.locality" locality,
            "Family.reachArea" reach_area, "Family.needLevel" need_level, "Family.route" route,
            "Family.attachedOn" attached_on, "Family.closedOn" closed_on,
        ),
    ) {
        let today = moment.today;
        let on_cohort = looker.facts.on_cohort;
        looker.note("Family", row.id, "onCohort", on_cohort.to_string());
        let has_plan = folder.plans.iter().any(|plan| plan.status != PlanStatus::Closed);
        looker.note("Family", row.id, "hasPlan", has_plan.to_string());
        let mut leads: Vec<_> = folder.lead_professionals.iter().collect();
        leads.sort_by_key(|row| (std::cmp::Reverse(row.valid_from), row.id));
        let tell = |row: &LeadProfessionalRow| {
            format!(
                "{:?}",
                (
                    &row.name,
                    &row.phone,
                    &row.email,
                    &row.team,
                    row.agency_id,
                    row.valid_from,
                    row.valid_until
                )
            )
        };
        let lead = leads
            .iter()
            .find(|row| open(row.valid_from, row.valid_until, today))
            .map(|row| tell(row));
        looker.note("Family", row.id, "leadProfessional", format!("{lead:?}"));
        let history = match looker.look("Family.leadProfessionalHistory", &family) {
            Ok(()) => format!("{:?}", leads.into_iter().map(tell).collect::<Vec<_>>()),
            Err(told) => told.to_owned(),
        };
        looker.note("Family", row.id, "leadProfessionalHistory", history);
    }
}
