//! The files: which there are, in which order they are loaded, and their columns.

use super::column::{Change, Column, Kind};

/// A table that can be imported. The order is that in which files are loaded: every file after those that it names rows of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// `agency.csv`.
    Agency,
    /// `person.csv`.
    Person,
    /// `family.csv`.
    Family,
    /// `membership.csv`.
    Membership,
    /// `address.csv`.
    Address,
    /// `local_identifier.csv`.
    LocalIdentifier,
    /// `statutory_status.csv`.
    StatutoryStatus,
    /// `involvement.csv`.
    Involvement,
    /// `lead_professional.csv`.
    LeadProfessional,
    /// `criteria_match.csv`.
    CriteriaMatch,
    /// `assessment.csv`.
    Assessment,
    /// `distance_score.csv`.
    DistanceScore,
    /// `plan.csv`.
    Plan,
    /// `goal.csv`.
    Goal,
    /// `action.csv`.
    Action,
    /// `outcome.csv`.
    Outcome,
    /// `progress_value.csv`.
    ProgressValue,
    /// `consent.csv`.
    Consent,
    /// `marker.csv`.
    Marker,
    /// `contact.csv`.
    Contact,
}

impl Table {
    /// Every table, in the order of loading.
    pub const ALL: [Self; 20] = [
        Self::Agency,
        Self::Person,
        Self::Family,
        Self::Membership,
        Self::Address,
        Self::LocalIdentifier,
        Self::StatutoryStatus,
        Self::Involvement,
        Self::LeadProfessional,
        Self::CriteriaMatch,
        Self::Assessment,
        Self::DistanceScore,
        Self::Plan,
        Self::Goal,
        Self::Action,
        Self::Outcome,
        Self::ProgressValue,
        Self::Consent,
        Self::Marker,
        Self::Contact,
    ];

    /// The table's name.
    pub fn name(self) -> &'static str {
        self.file_name().trim_end_matches(".csv")
    }

    /// The file's name.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Agency => "agency.csv",
            Self::Person => "person.csv",
            Self::Family => "family.csv",
            Self::Membership => "membership.csv",
            Self::Address => "address.csv",
            Self::LocalIdentifier => "local_identifier.csv",
            Self::StatutoryStatus => "statutory_status.csv",
            Self::Involvement => "involvement.csv",
            Self::LeadProfessional => "lead_professional.csv",
            Self::CriteriaMatch => "criteria_match.csv",
            Self::Assessment => "assessment.csv",
            Self::DistanceScore => "distance_score.csv",
            Self::Plan => "plan.csv",
            Self::Goal => "goal.csv",
            Self::Action => "action.csv",
            Self::Outcome => "outcome.csv",
            Self::ProgressValue => "progress_value.csv",
            Self::Consent => "consent.csv",
            Self::Marker => "marker.csv",
            Self::Contact => "contact.csv",
        }
    }

    /// The file's columns. The first is the row's own key (for agencies, the code).
    pub fn columns(self) -> &'static [Column] {
        match self {
            Self::Agency => &AGENCY,
            Self::Person => &PERSON,
            Self::Family => &FAMILY,
            Self::Membership => &MEMBERSHIP,
            Self::Address => &ADDRESS,
            Self::LocalIdentifier => &LOCAL_IDENTIFIER,
            Self::StatutoryStatus => &STATUTORY_STATUS,
            Self::Involvement => &INVOLVEMENT,
            Self::LeadProfessional => &LEAD_PROFESSIONAL,
            Self::CriteriaMatch => &CRITERIA_MATCH,
            Self::Assessment => &ASSESSMENT,
            Self::DistanceScore => &DISTANCE_SCORE,
            Self::Plan => &PLAN,
            Self::Goal => &GOAL,
            Self::Action => &ACTION,
            Self::Outcome => &OUTCOME,
            Self::ProgressValue => &PROGRESS_VALUE,
            Self::Consent => &CONSENT,
            Self::Marker => &MARKER,
            Self::Contact => &CONTACT,
        }
    }
}

/// A column that every line must fill.
const fn needed(name: &'static str, kind: Kind) -> Column {
    Column {
        name,
        kind,
        present: true,
        required: true,
        change: Change::Free,
    }
}

/// A column that may be empty, or missing from the file.
const fn optional(name: &'static str, kind: Kind) -> Column {
    Column {
        name,
        kind,
        present: false,
        required: false,
        change: Change::Free,
    }
}

/// A column that must be there, and may be empty.
const fn open(name: &'static str, kind: Kind) -> Column {
    Column {
        name,
        kind,
        present: true,
        required: false,
        change: Change::Free,
    }
}

const AGENCY: [Column; 3] = [
    needed("code", Kind::Code).never(),
    needed("name", Kind::Text(200)),
    needed("kind", Kind::AgencyKind).never(),
];
const PERSON: [Column; 15] = [
    needed("person_key", Kind::Key).never(),
    open("given_name", Kind::Text(100)),
    open("family_name", Kind::Text(100)),
    open("date_of_birth", Kind::Birth),
    needed("sex", Kind::OneOf(SEXES)),
    optional("ethnicity", Kind::Text(100)),
    optional("disability", Kind::Text(500)),
    optional("employment_status", Kind::Text(100)),
    optional("education_setting", Kind::Text(200)),
    optional("phone", Kind::Text(40)),
    optional("email", Kind::Text(254)),
    optional("shielded", Kind::Flag),
    optional("source_agency", Kind::Agency).once(),
    optional("expected_on", Kind::Date),
    optional("adult", Kind::Flag),
];
const FAMILY: [Column; 10] = [
    needed("family_key", Kind::Key).never(),
    needed("reference", Kind::Text(40)),
    optional("district", Kind::Text(100)),
    optional("ward", Kind::Text(100)),
    optional("locality", Kind::Text(100)),
    optional("reach_area", Kind::Text(100)),
    optional("need_level", Kind::OneOf(NEED_LEVELS)),
    needed("route", Kind::OneOf(ROUTES)),
    optional("attached_on", Kind::Date),
    optional("closed_on", Kind::Date),
];
const MEMBERSHIP: [Column; 7] = [
    needed("membership_key", Kind::Key).never(),
    needed("family_key", Kind::Of(Table::Family)).never(),
    needed("person_key", Kind::Of(Table::Person)).never(),
    needed("relationship", Kind::OneOf(RELATIONSHIPS)),
    needed("parental_responsibility", Kind::Flag),
    needed("valid_from", Kind::Date),
    optional("valid_until", Kind::Date),
];
const ADDRESS: [Column; 8] = [
    needed("address_key", Kind::Key).never(),
    needed("family_key", Kind::Of(Table::Family)).never(),
    needed("line1", Kind::Text(200)),
    optional("line2", Kind::Text(200)),
    optional("town", Kind::Text(100)),
    needed("postcode", Kind::Text(10)),
    needed("valid_from", Kind::Date),
    optional("valid_until", Kind::Date),
];
const LOCAL_IDENTIFIER: [Column; 5] = [
    needed("local_identifier_key", Kind::Key).never(),
    needed("family_key", Kind::Of(Table::Family)).never(),
    needed("person_key", Kind::Of(Table::Person)).never(),
    needed("system", Kind::OneOf(SYSTEMS)).never(),
    needed("value", Kind::Text(60)),
];
const STATUTORY_STATUS: [Column; 6] = [
    needed("statutory_status_key", Kind::Key).never(),
    needed("family_key", Kind::Of(Table::Family)).never(),
    needed("person_key", Kind::Of(Table::Person)).never(),
    needed("status", Kind::OneOf(STATUSES)),
    needed("valid_from", Kind::Date),
    optional("valid_until", Kind::Date),
];
const INVOLVEMENT: [Column; 9] = [
    needed("involvement_key", Kind::Key).never(),
    needed("family_key", Kind::Of(Table::Family)).never(),
    needed("agency", Kind::Agency).never(),
    optional("service_team", Kind::Text(200)),
    needed("contact_name", Kind::Text(200)),
    optional("contact_phone", Kind::Text(40)),
    optional("contact_email", Kind::Text(254)),
    needed("started_on", Kind::Date),
    optional("ended_on", Kind::Date),
];
const LEAD_PROFESSIONAL: [Column; 10] = [
    needed("lead_professional_key", Kind::Key).never(),
    needed("family_key", Kind::Of(Table::Family)).never(),
    needed("agency", Kind::Agency).never(),
    needed("subject", Kind::Text(200)),
    needed("name", Kind::Text(200)),
    optional("phone", Kind::Text(40)),
    optional("email", Kind::Text(254)),
    optional("team", Kind::Text(100)),
    needed("valid_from", Kind::Date),
    optional("valid_until", Kind::Date),
];
const CRITERIA_MATCH: [Column; 11] = [
    needed("criteria_match_key", Kind::Key).never(),
    needed("family_key", Kind::Of(Table::Family)).never(),
    optional("person_key", Kind::Of(Table::Person)).never(),
    needed("criterion", Kind::Criterion).never(),
    needed("source_agency", Kind::Agency).never(),
    needed("evidence", Kind::Text(2000)),
    needed("evidence_from", Kind::Date),
    optional("evidence_until", Kind::Date),
    needed("matched_by", Kind::OneOf(MATCHED_BY)),
    optional("verified_on", Kind::Date),
    optional("withdrawn_on", Kind::Date),
];
const ASSESSMENT: [Column; 8] = [
    needed("assessment_key", Kind::Key).never(),
    needed("family_key", Kind::Of(Table::Family)).never(),
    needed("agency", Kind::Agency).never(),
    needed("kind", Kind::OneOf(ASSESSMENTS)).never(),
    needed("covers_all_members", Kind::Flag),
    needed("started_on", Kind::Date),
    optional("completed_on", Kind::Date),
    optional("quality", Kind::OneOf(QUALITIES)),
];
const DISTANCE_SCORE: [Column; 9] = [
    needed("distance_score_key", Kind::Key).never(),
    needed("family_key", Kind::Of(Table::Family)).never(),
    needed("assessment_key", Kind::Of(Table::Assessment)).never(),
    optional("person_key", Kind::Of(Table::Person)).never(),
    needed("domain", Kind::Domain).never(),
    needed("review", Kind::Number(0, 1000)).never(),
    needed("score", Kind::Number(1, 5)),
    needed("scored_by", Kind::OneOf(SCORED_BY)),
    needed("scored_on", Kind::Date),
];
const PLAN: [Column; 8] = [
    needed("plan_key", Kind::Key).never(),
    needed("family_key", Kind::Of(Table::Family)).never(),
    needed("status", Kind::OneOf(PLAN_STATUSES)),
    needed("drawn_up_on", Kind::Date),
    optional("agreed_on", Kind::Date),
    optional("signed_by_family_on", Kind::Date),
    optional("closed_on", Kind::Date),
    optional("closure", Kind::OneOf(CLOSURES)),
];
const GOAL: [Column; 7] = [
    needed("goal_key", Kind::Key).never(),
    needed("family_key", Kind::Of(Table::Family)).never(),
    needed("plan_key", Kind::Of(Table::Plan)).never(),
    needed("position", Kind::Number(0, 10_000)),
    needed("description", Kind::Text(2000)),
    optional("criterion", Kind::Criterion),
    needed("status", Kind::OneOf(GOAL_STATUSES)),
];
const ACTION: [Column; 8] = [
    needed("action_key", Kind::Key).never(),
    needed("family_key", Kind::Of(Table::Family)).never(),
    needed("goal_key", Kind::Of(Table::Goal)).never(),
    needed("position", Kind::Number(0, 10_000)),
    needed("description", Kind::Text(2000)),
    needed("owner_agency", Kind::Agency),
    optional("due_on", Kind::Date),
    optional("done_on", Kind::Date),
];
const OUTCOME: [Column; 13] = [
    needed("outcome_key", Kind::Key).never(),
    needed("family_key", Kind::Of(Table::Family)).never(),
    needed("plan_key", Kind::Of(Table::Plan)).never(),
    optional("goal_key", Kind::Of(Table::Goal)),
    optional("criterion", Kind::Criterion),
    needed("indicator", Kind::Text(1000)),
    needed("kind", Kind::OneOf(OUTCOME_KINDS)),
    needed("baseline", Kind::Text(1000)),
    optional("forecast", Kind::Text(1000)),
    optional("result", Kind::Text(1000)),
    optional("result_on", Kind::Date),
    optional("evidence", Kind::Text(2000)),
    optional("source_agency", Kind::Agency).once(),
];
const PROGRESS_VALUE: [Column; 7] = [
    needed("progress_value_key", Kind::Key).never(),
    needed("family_key", Kind::Of(Table::Family)).never(),
    optional("person_key", Kind::Of(Table::Person)).never(),
    needed("measure", Kind::Measure).never(),
    needed("stage", Kind::OneOf(STAGES)).never(),
    needed("value", Kind::Number(0, 100_000_000)),
    needed("period_to", Kind::Date),
];
const CONSENT: [Column; 12] = [
    needed("consent_key", Kind::Key).never(),
    needed("family_key", Kind::Of(Table::Family)).never(),
    needed("person_key", Kind::Of(Table::Person)).never(),
    needed("category", Kind::Category).never(),
    needed("agency_kind", Kind::AgencyKind).never(),
    needed("decision", Kind::OneOf(DECISIONS)).never(),
    needed("decided_by_key", Kind::Of(Table::Person)).never(),
    needed("recorded_at", Kind::Instant).never(),
    optional("expires_on", Kind::Date).never(),
    optional("withdrawn_at", Kind::Instant).once(),
    needed("recorded_by_agency", Kind::Agency).never(),
    needed("recorded_by_subject", Kind::Text(255)).never(),
];
const MARKER: [Column; 8] = [
    needed("marker_key", Kind::Key).never(),
    needed("family_key", Kind::Of(Table::Family)).never(),
    needed("agency", Kind::Agency).never(),
    needed("system", Kind::Text(100)).never(),
    needed("status", Kind::OneOf(MARKER_STATUSES)),
    needed("requested_on", Kind::Date),
    optional("placed_on", Kind::Date),
    optional("removed_on", Kind::Date),
];

const CONTACT: [Column; 10] = [
    needed("contact_key", Kind::Key).never(),
    needed("family_key", Kind::Of(Table::Family)).never(),
    needed("agency", Kind::Agency).never(),
    needed("reported_by_subject", Kind::Text(255)).never(),
    needed("kind", Kind::OneOf(CONTACT_KINDS)),
    needed("urgency", Kind::OneOf(URGENCIES)),
    needed("occurred_at", Kind::Instant),
    optional("note", Kind::Lines(500)),
    optional("note_category", Kind::Category),
    needed("recorded_at", Kind::Instant).never(),
];

const SEXES: &[&str] = &["female", "male", "other", "unknown"];
const NEED_LEVELS: &[&str] = &["high_or_complex", "expert_help", "monitoring"];
const ROUTES: &[&str] = &["nomination", "data"];
const RELATIONSHIPS: &[&str] = &[
    "mother",
    "father",
    "step_parent",
    "partner",
    "child",
    "step_child",
    "grandparent",
    "sibling",
    "other_relative",
    "other",
];
const SYSTEMS: &[&str] = &["police_reference", "nino", "upn", "nhs_number", "tenancy"];
const STATUSES: &[&str] = &["child_in_need", "child_protection_plan", "looked_after", "sen", "ehcp"];
const MATCHED_BY: &[&str] = &["data", "professional"];
const ASSESSMENTS: &[&str] = &["family_caf", "single_assessment", "asset"];
const QUALITIES: &[&str] = &["outstanding", "good", "requires_improvement", "inadequate"];
const SCORED_BY: &[&str] = &["key_worker", "family"];
const PLAN_STATUSES: &[&str] = &["draft", "agreed", "active", "closed"];
const CLOSURES: &[&str] = &[
    "wholly_achieved",
    "partially_achieved",
    "not_achieved",
    "family_dropped_out",
];
const GOAL_STATUSES: &[&str] = &["open", "achieved", "not_achieved"];
const OUTCOME_KINDS: &[&str] = &["hard", "soft"];
const STAGES: &[&str] = &["assessment", "closure"];
const DECISIONS: &[&str] = &["given", "refused"];
const MARKER_STATUSES: &[&str] = &["requested", "placed", "removed"];
const CONTACT_KINDS: &[&str] = &[
    "incident",
    "visit",
    "call",
    "appointment",
    "arrest",
    "attendance",
    "other",
];
const URGENCIES: &[&str] = &["routine", "soon", "immediate"];
