//! Code lists about sharing.

use async_graphql::Enum;

/// How sensitive a data category is under the UK GDPR.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum Sensitivity {
    /// Nothing about a person.
    None,
    /// Personal data.
    Personal,
    /// Special category data (article 9).
    SpecialCategory,
    /// Criminal offence data (article 10).
    CriminalOffence,
}

/// Kinds of access.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum AccessKind {
    /// To see what is there.
    Read,
    /// To record or change it.
    Write,
}

/// Which rows a clause reaches.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum ScopeKind {
    /// Any family of the authority.
    Authority,
    /// Families on the cohort now.
    Cohort,
    /// Families the agency works with.
    Involved,
    /// Families whose Lead Professional the caller is.
    Lead,
    /// Rows that came from the agency.
    Own,
}

/// Which way a list is ordered; what is unknown or withheld comes last both ways.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum SortDirection {
    /// Smallest, earliest or first first.
    Ascending,
    /// Largest, latest or last first.
    Descending,
}

/// What is told of a decision about consent whose recorder may see nothing.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum ConsentReceipt {
    /// It was taken in, whether or not there is such a family or member.
    Recorded,
}

/// What a Lead Professional is to do.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum TodoKind {
    /// To ask a child for consent who reaches own-consent age, or has.
    AskAtOwnConsentAge,
    /// To ask somebody for consent who comes of age, or has.
    AskAtAdulthood,
    /// To ask an adult for consent who joined the family.
    AskWhoJoined,
}

/// Whether a member may be told who saw what of them.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum SubjectAccessState {
    /// Whether that would do serious harm must be checked first: nobody has, or the last check was more than 30 days ago.
    CheckNeeded,
    /// The newest check refused it.
    Refused,
    /// They may be told.
    Released,
}

/// What a field says about a person.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum DataCategory {
    /// Catalogues and the like: nothing about a person.
    Reference,
    /// On the cohort or not, the Lead Professional and how to reach them, that one plan exists.
    Marker,
    /// Names, date of birth, sex.
    Identity,
    /// Ethnicity, disability.
    Equality,
    /// Addresses, telephone numbers, e-mail.
    Contact,
    /// Who is in the family, relationships, areas.
    Household,
    /// Numbers in other systems.
    Identifier,
    /// Statutory status of children.
    StatutoryStatus,
    /// Crime and anti-social behaviour.
    CriterionCrime,
    /// School attendance and exclusion.
    CriterionEducation,
    /// Children who need help.
    CriterionChildrenNeedingHelp,
    /// Work and financial exclusion.
    CriterionWork,
    /// Domestic violence and abuse.
    CriterionDomesticAbuse,
    /// Health, mental health and substance misuse.
    CriterionHealth,
    /// Assessments and distance travelled.
    Assessment,
    /// The plan, its goals and actions.
    Plan,
    /// Outcomes and their evidence.
    Outcome,
    /// Family Progress Data on crime.
    ProgressCrime,
    /// Family Progress Data on health.
    ProgressHealth,
    /// Family Progress Data on housing.
    ProgressHousing,
    /// Family Progress Data on employment.
    ProgressEmployment,
    /// Family Progress Data on education.
    ProgressEducation,
    /// What members have consented to.
    Consent,
    /// Which agencies work with the family.
    Involvement,
    /// Claims, fees, budgets.
    Finance,
    /// Training and supervision of professionals.
    Workforce,
    /// Aggregates that are safe to publish.
    Statistics,
    /// The trail: who saw what, when and why.
    Audit,
}

/// What becomes of a marker, for one partner.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum MarkerChangeKind {
    /// It is there. You may know it already: what is told again changes nothing.
    Set,
    /// It says something else than before. Take it in as you would `SET`.
    Updated,
    /// It is there no longer, for whatever reason: the family left the cohort, or you may not know any more.
    Removed,
}
