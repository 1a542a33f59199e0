//! Code lists about agencies, people and families.

use async_graphql::Enum;

/// Kinds of agency.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum AgencyKind {
    /// Police.
    Police,
    /// Jobcentre Plus.
    JobcentrePlus,
    /// Children's social care.
    ChildrensSocialCare,
    /// Early help.
    EarlyHelp,
    /// A school or college.
    School,
    /// Health.
    Health,
    /// Mental health.
    MentalHealth,
    /// Probation.
    Probation,
    /// Youth offending.
    YouthOffending,
    /// Housing.
    Housing,
    /// Substance misuse services.
    SubstanceMisuse,
    /// A district council.
    DistrictCouncil,
    /// The voluntary sector.
    VoluntarySector,
    /// A prison.
    Prison,
    /// The programme's co-ordination and data team.
    TffTeam,
    /// Internal audit.
    InternalAudit,
    /// Research.
    Researcher,
}

/// What a person or system does for an agency.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum Role {
    /// A system that looks up markers.
    MarkerLookup,
    /// Works with families.
    Practitioner,
    /// Leads the work with a family.
    LeadProfessional,
    /// Manages practitioners.
    Manager,
    /// Co-ordinates the programme.
    Coordinator,
    /// Matches and verifies data.
    DataAnalyst,
    /// Advice and Co-ordination Team.
    FamilyResearcher,
    /// Audits claims and consent.
    Auditor,
    /// Looks after the sharing agreement.
    AgreementManager,
    /// Leads the programme.
    ProgrammeLead,
    /// Evaluates the programme.
    Researcher,
    /// A portal that asks for its users.
    Portal,
}

/// Sex as recorded.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Another.
    Other,
    /// Not known.
    Unknown,
}

/// What a person is in the family.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum Relationship {
    /// Mother.
    Mother,
    /// Father.
    Father,
    /// Step-parent.
    StepParent,
    /// Partner of a parent.
    Partner,
    /// Child.
    Child,
    /// Step-child.
    StepChild,
    /// Grandparent.
    Grandparent,
    /// Brother or sister.
    Sibling,
    /// Another relative.
    OtherRelative,
    /// Somebody else.
    Other,
}

/// Level of need set at the checkpoint.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum NeedLevel {
    /// High or complex needs.
    HighOrComplex,
    /// Additional expert help.
    ExpertHelp,
    /// Monitoring.
    Monitoring,
}

/// How a family came in.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum Route {
    /// Nominated by an agency.
    Nomination,
    /// Found in data.
    Data,
}

/// Statutory statuses.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum StatutoryStatusCode {
    /// Child in need.
    ChildInNeed,
    /// On a child protection plan.
    ChildProtectionPlan,
    /// Looked after by the authority.
    LookedAfter,
    /// Special educational needs.
    Sen,
    /// Education, health and care plan.
    Ehcp,
}

/// Systems that number people.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum IdentifierSystem {
    /// Police reference.
    PoliceReference,
    /// National Insurance number.
    Nino,
    /// Unique pupil number.
    Upn,
    /// NHS number.
    NhsNumber,
    /// Tenancy reference.
    Tenancy,
}
