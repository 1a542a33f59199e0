//! What was read of one family for decisions.

use super::dossier::MemberRecord;
use crate::{
    records::{ConsentRow, EmergencyAccessRow, InvolvementRow, LeadProfessionalRow},
    sharing::facts::FamilyFacts,
};

/// What was read of one family: its facts, and the rows that were read for them.
pub(super) struct FamilyFactRows {
    pub(super) facts: FamilyFacts,
    pub(super) members: Vec<MemberRecord>,
    pub(super) involvements: Vec<InvolvementRow>,
    pub(super) leads: Vec<LeadProfessionalRow>,
    pub(super) consents: Vec<ConsentRow>,
    pub(super) emergencies: Vec<EmergencyAccessRow>,
}
