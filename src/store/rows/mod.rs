//! One row of each table, as plain values: what the store reads and loads.
//!
//! Nothing here decides; rows about a family leave the store only locked up.

mod agencies;
mod contacts;
mod needs;
mod people;
mod sharing;
mod work;

pub(super) use self::people::born_about;
pub use self::{
    agencies::{AgencyRow, AuthorityRow, ClientProgramRow, MARKER_ADVICE, StatisticalNeighbourRow},
    contacts::{
        ContactNoteRow, ContactRow, MarkerResponseRow, OutboxRow, WebhookDeliveryRow, WebhookEndpointRow,
        WholeContactRow,
    },
    needs::{CriteriaMatchRow, OutcomeRow, ProgressValueRow},
    people::{
        AddressRow, FamilyRow, LocalIdentifierRow, MOST_DAYS_AHEAD, MembershipRow, PersonRow, StatutoryStatusRow,
    },
    sharing::{ConsentRow, EmergencyAccessRow, MarkerRow},
    work::{ActionRow, AssessmentRow, DistanceScoreRow, GoalRow, InvolvementRow, LeadProfessionalRow, PlanRow},
};
