//! The work with a family: who works with it, assessments, plans.

use chrono::NaiveDate;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::store::record::record;

/// That an agency works with a family.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct InvolvementRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its key.
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The agency.
    pub agency_id: Uuid,
    /// The team.
    pub service_team: Option<String>,
    /// Whom to ask for.
    pub contact_name: String,
    /// Their work telephone.
    pub contact_phone: Option<String>,
    /// Their work e-mail.
    pub contact_email: Option<String>,
    /// First day.
    pub started_on: NaiveDate,
    /// The day it ended.
    pub ended_on: Option<NaiveDate>,
}

record!(InvolvementRow: authority_id id family_id agency_id service_team contact_name contact_phone contact_email started_on ended_on);

/// Who leads the work with a family.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct LeadProfessionalRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its key.
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The Lead Professional's agency.
    pub agency_id: Uuid,
    /// Their name in their agency's tokens.
    pub subject: String,
    /// Their name.
    pub name: String,
    /// Work telephone.
    pub phone: Option<String>,
    /// Work e-mail.
    pub email: Option<String>,
    /// Team.
    pub team: Option<String>,
    /// First day.
    pub valid_from: NaiveDate,
    /// The day it ended.
    pub valid_until: Option<NaiveDate>,
}

record!(LeadProfessionalRow: authority_id id family_id agency_id subject name phone email team valid_from valid_until);

/// A whole-family assessment.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct AssessmentRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its key.
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// Who did it.
    pub agency_id: Uuid,
    /// What kind.
    pub kind: String,
    /// Whether it covers everyone in the family.
    pub covers_all_members: bool,
    /// First day.
    pub started_on: NaiveDate,
    /// The day it was completed.
    pub completed_on: Option<NaiveDate>,
    /// Its grade.
    pub quality: Option<String>,
}

record!(AssessmentRow: authority_id id family_id agency_id kind covers_all_members started_on completed_on quality);

/// A distance travelled score.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct DistanceScoreRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its key.
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The assessment.
    pub assessment_id: Uuid,
    /// Whom it is about.
    pub person_id: Option<Uuid>,
    /// The domain.
    pub domain: String,
    /// 0 is the baseline, 1 the first review.
    pub review: i32,
    /// From 1 (none) to 5 (critical or complex).
    pub score: i32,
    /// Key worker or family.
    pub scored_by: String,
    /// When.
    pub scored_on: NaiveDate,
}

record!(DistanceScoreRow: authority_id id family_id assessment_id person_id domain review score scored_by scored_on);

/// A family's support plan.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct PlanRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its key.
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// Its state.
    pub status: String,
    /// When it was drawn up.
    pub drawn_up_on: NaiveDate,
    /// When it was agreed.
    pub agreed_on: Option<NaiveDate>,
    /// When the family signed it.
    pub signed_by_family_on: Option<NaiveDate>,
    /// When it was closed.
    pub closed_on: Option<NaiveDate>,
    /// With what success.
    pub closure: Option<String>,
}

record!(PlanRow: authority_id id family_id status drawn_up_on agreed_on signed_by_family_on closed_on closure);

/// A goal of a plan.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct GoalRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its key.
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The plan.
    pub plan_id: Uuid,
    /// Its place in the plan.
    pub position: i32,
    /// What is to be reached.
    pub description: String,
    /// The criterion it is tied to.
    pub criterion: Option<String>,
    /// Its state.
    pub status: String,
}

record!(GoalRow: authority_id id family_id plan_id position description criterion status);

/// An action towards a goal.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ActionRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its key.
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The goal.
    pub goal_id: Uuid,
    /// Its place under the goal.
    pub position: i32,
    /// What is to be done.
    pub description: String,
    /// Who does it.
    pub owner_agency_id: Uuid,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// When it was done.
    pub done_on: Option<NaiveDate>,
}

record!(ActionRow: authority_id id family_id goal_id position description owner_agency_id due_on done_on);
