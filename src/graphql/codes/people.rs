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
