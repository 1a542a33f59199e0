//! Code lists about the work with families.

use async_graphql::Enum;

/// The six national problem areas and the local strategic criteria.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum CriterionCode {
    /// Crime or anti-social behaviour.
    Crime,
    /// Not attending school regularly.
    Education,
    /// Children who need help.
    ChildrenNeedingHelp,
    /// Out of work or at risk of financial exclusion.
    Work,
    /// Domestic violence and abuse.
    DomesticAbuse,
    /// Health problems.
    Health,
    /// Local: a child stepping down from a child protection plan.
    StepDownFromChildProtection,
    /// Local: a child at risk of sexual exploitation.
    RiskOfChildSexualExploitation,
    /// Local: a two-year-old eligible for funded childcare.
    FundedTwoYearOld,
    /// Local: a parent recorded as a victim of domestic violence.
    ParentVictimOfDomesticViolence,
    /// Local: a parent who reports misusing alcohol or drugs.
    ParentSubstanceMisuse,
    /// Local: a parent with mental health concerns.
    ParentMentalHealth,
    /// Local: a child diagnosed with autism or ADHD.
    ChildWithAutismOrAdhd,
}

/// The thirteen measures of Family Progress Data.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum ProgressMeasure {
    /// Anti-social behaviour incidents resulting in further action.
    AsbFurtherAction,
    /// Anti-social behaviour incidents resulting in no further action.
    AsbNoFurtherAction,
    /// Domestic violence incidents.
    DomesticViolenceIncidents,
    /// Police callouts.
    PoliceCallouts,
    /// Months with alcohol misuse.
    AlcoholMisuse,
    /// Months with drug misuse.
    DrugMisuse,
    /// Evictions.
    Evictions,
    /// Homelessness applications.
    HomelessnessApplications,
    /// Weeks homeless or in temporary accommodation.
    WeeksHomeless,
    /// Rent arrears in pounds.
    RentArrears,
    /// Months not in education, employment or training.
    Neet,
    /// Months missing from school.
    MissingFromSchool,
    /// Months with a mental health issue.
    MentalHealthIssue,
}

/// What somebody tried: too much in look-ups, or to open emergency access.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum AlertKind {
    /// Dates of birth, beside one name or one number.
    Dates,
    /// Postcodes, beside one name.
    Postcodes,
    /// Addresses, beside one name.
    Addresses,
    /// Numbers in other systems, beside one name or one other fact, or such as are near each other.
    Numbers,
    /// Names, beside one date of birth and place or one number.
    Names,
    /// Emergency access to a family, which was opened or is open.
    EmergencyOpened,
    /// Emergency access, which opened nothing.
    EmergencyInVain,
}

/// Where a delivery of a webhook stands.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum WebhookDeliveryState {
    /// To be tried, or tried again.
    Pending,
    /// The receiver took it.
    Delivered,
    /// Given up.
    Dead,
}

/// Why the last attempt of a delivery failed.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum WebhookFailure {
    /// The receiver answered with another status than one of success.
    Status,
    /// The receiver took too long.
    Timeout,
    /// No connection could be made, or it broke. Whether the address's name is known, and where it leads, is not told.
    Connection,
    /// The address itself is one that webhooks may not go to: by http, to a private number, or to localhost.
    Address,
    /// You could not be told of the contact when it was tried.
    Withheld,
    /// The receiver answered that it wants nothing any more (410), and the endpoint was disabled.
    Gone,
    /// The endpoint had been disabled.
    Disabled,
    /// The endpoint's secret could not be used: have it changed.
    Secret,
}
