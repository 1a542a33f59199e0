//! `PlanHistory`.

use chrono::{DateTime, Utc};

use super::{Agency, said::entry};
use crate::{
    graphql::codes::{AgencyKind, PlanStatus, PlanStep},
    records::PlanHistoryRow,
};

entry! {
    /// A step that was taken with a plan.
    PlanHistory of PlanHistoryRow {
        /// The step.
        step: PlanStep;
        /// Where it stood before; null where the step made it.
        before: Option<PlanStatus>;
        /// Where it stood after.
        after: PlanStatus;
        /// When.
        taken_at: DateTime<Utc>;
        /// The agency of who took it.
        agency: Option<Agency> => agency(agency_id);
        /// Of which kind the agency is, also where it is not told which it is.
        agency_kind: Option<AgencyKind> => agency_kind(agency_id);
        /// Who took it, as their agency names them.
        subject: String;
    }
}
