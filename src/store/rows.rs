//! One row of each table, as plain values: what the store reads and loads. Nothing here decides; rows about a family leave the store only locked up.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// An upper-tier council that runs the programme.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct AuthorityRow {
    /// Its number.
    pub id: i32,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// From this age, in years, a person's own consent counts.
    pub own_consent_age: i32,
    /// How long emergency access holds, in hours.
    pub emergency_hours: i32,
    /// Counts below this are suppressed in statistics.
    pub suppression_threshold: i32,
}

/// An authority that another one compares itself with.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct StatisticalNeighbourRow {
    /// The authority.
    pub authority_id: i32,
    /// The one it compares itself with.
    pub neighbour_id: i32,
}

/// An organisation in the partnership.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct AgencyRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its key.
    pub id: Uuid,
    /// Its code in tokens and agreements.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What kind of agency it is.
    pub kind: String,
}

/// A program that a partner's systems use.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ClientProgramRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its key.
    pub id: Uuid,
    /// Whose program it is.
    pub agency_id: Uuid,
    /// Its name in tokens.
    pub client_id: String,
    /// Its name for people.
    pub name: String,
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct PersonRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// The person's key.
    pub id: Uuid,
    /// Given names.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Date of birth.
    pub date_of_birth: NaiveDate,
    /// Sex as recorded.
    pub sex: String,
    /// Ethnicity as recorded.
    pub ethnicity: Option<String>,
    /// Disability as recorded.
    pub disability: Option<String>,
    /// Employment status.
    pub employment_status: Option<String>,
    /// School, college or other setting.
    pub education_setting: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Whether where they live must not be told.
    pub shielded: bool,
    /// The agency the record came from.
    pub source_agency_id: Option<Uuid>,
}

/// A family.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct FamilyRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// The family's key.
    pub id: Uuid,
    /// A reference people can read over the telephone.
    pub reference: String,
    /// District.
    pub district: Option<String>,
    /// Ward.
    pub ward: Option<String>,
    /// Locality.
    pub locality: Option<String>,
    /// Children's centre reach area.
    pub reach_area: Option<String>,
    /// Need level set at the checkpoint.
    pub need_level: Option<String>,
    /// How it came in.
    pub route: String,
    /// The day it was attached to the cohort.
    pub attached_on: Option<NaiveDate>,
    /// The day it was closed.
    pub closed_on: Option<NaiveDate>,
}

/// That a person belongs to a family.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct MembershipRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// The membership's key.
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// What the person is in the family.
    pub relationship: String,
    /// Whether they have parental responsibility.
    pub parental_responsibility: bool,
    /// First day.
    pub valid_from: NaiveDate,
    /// The day it ended.
    pub valid_until: Option<NaiveDate>,
}

/// Where a family lives or lived.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct AddressRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// The address's key.
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// First line.
    pub line1: String,
    /// Second line.
    pub line2: Option<String>,
    /// Town.
    pub town: Option<String>,
    /// Postcode.
    pub postcode: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// The day it ended.
    pub valid_until: Option<NaiveDate>,
}

/// A person's number in another system.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct LocalIdentifierRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its key.
    pub id: Uuid,
    /// The family in whose case it was recorded.
    pub family_id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// Which system.
    pub system: String,
    /// The number.
    pub value: String,
}

/// A period with a statutory status.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct StatutoryStatusRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its key.
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// The status.
    pub status: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// The day it ended.
    pub valid_until: Option<NaiveDate>,
}

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

/// That a family, usually through a member, meets a criterion.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct CriteriaMatchRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its key.
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The member.
    pub person_id: Option<Uuid>,
    /// The criterion.
    pub criterion: String,
    /// The agency it came from.
    pub source_agency_id: Uuid,
    /// What the evidence is.
    pub evidence: String,
    /// From when.
    pub evidence_from: NaiveDate,
    /// To when.
    pub evidence_until: Option<NaiveDate>,
    /// By data or by a professional.
    pub matched_by: String,
    /// The day a data analyst verified it.
    pub verified_on: Option<NaiveDate>,
    /// The day it was withdrawn.
    pub withdrawn_on: Option<NaiveDate>,
}

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

/// An indicator a family agreed to, with its baseline and result.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct OutcomeRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its key.
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The plan.
    pub plan_id: Uuid,
    /// The goal.
    pub goal_id: Option<Uuid>,
    /// The criterion it is tied to.
    pub criterion: Option<String>,
    /// What is measured.
    pub indicator: String,
    /// Hard or soft.
    pub kind: String,
    /// How it was on entry.
    pub baseline: String,
    /// How it would be if nothing were done.
    pub forecast: Option<String>,
    /// How it turned out.
    pub result: Option<String>,
    /// When.
    pub result_on: Option<NaiveDate>,
    /// What shows it.
    pub evidence: Option<String>,
    /// Whose evidence it is.
    pub source_agency_id: Option<Uuid>,
}

/// A Family Progress Data figure.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ProgressValueRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its key.
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// Whom it is about.
    pub person_id: Option<Uuid>,
    /// The measure.
    pub measure: String,
    /// At assessment or at closure.
    pub stage: String,
    /// In the measure's own unit.
    pub value: i32,
    /// The last day of the twelve months it is about.
    pub period_to: NaiveDate,
}

/// A decision about consent.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ConsentRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its key.
    pub id: Uuid,
    /// The family in whose case it was recorded.
    pub family_id: Uuid,
    /// Whose data it is about.
    pub person_id: Uuid,
    /// What category of data.
    pub category: String,
    /// For agencies of what kind.
    pub agency_kind: String,
    /// Given or refused.
    pub decision: String,
    /// Who decided.
    pub decided_by: Uuid,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// The last day on which it holds.
    pub expires_on: Option<NaiveDate>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// The agency that recorded it.
    pub recorded_by_agency: Uuid,
    /// Who recorded it.
    pub recorded_by_subject: String,
}

/// A marker in a partner's own system.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct MarkerRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its key.
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The agency.
    pub agency_id: Uuid,
    /// The system.
    pub system: String,
    /// Its state.
    pub status: String,
    /// When it was asked for.
    pub requested_on: NaiveDate,
    /// When it was placed.
    pub placed_on: Option<NaiveDate>,
    /// When it was removed.
    pub removed_on: Option<NaiveDate>,
}

/// Emergency access to a family.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct EmergencyAccessRow {
    /// The authority it belongs to.
    pub authority_id: i32,
    /// Its key.
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The agency of who opened it.
    pub agency_id: Uuid,
    /// Who opened it.
    pub subject: String,
    /// On what ground.
    pub ground: String,
    /// Why, in their words.
    pub justification: String,
    /// When.
    pub opened_at: DateTime<Utc>,
    /// Until when.
    pub expires_at: DateTime<Utc>,
    /// When it was closed early.
    pub closed_at: Option<DateTime<Utc>>,
}
