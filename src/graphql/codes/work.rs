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

/// How a criteria match was found.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum MatchedBy {
    /// In data.
    Data,
    /// By a professional.
    Professional,
}

/// Kinds of assessment.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum AssessmentKind {
    /// Family CAF.
    FamilyCaf,
    /// Single assessment of social care.
    SingleAssessment,
    /// Asset assessment of youth offending.
    Asset,
}

/// Grades of assessments.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum AssessmentQuality {
    /// Outstanding.
    Outstanding,
    /// Good.
    Good,
    /// Requires improvement.
    RequiresImprovement,
    /// Inadequate.
    Inadequate,
}

/// Who scored distance travelled.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum ScoredBy {
    /// The key worker.
    KeyWorker,
    /// The family.
    Family,
}

/// States of a plan.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum PlanStatus {
    /// Being drawn up.
    Draft,
    /// Agreed.
    Agreed,
    /// Being worked on.
    Active,
    /// Closed.
    Closed,
}

/// With what success a plan was closed.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum PlanClosure {
    /// Wholly achieved.
    WhollyAchieved,
    /// Partially achieved.
    PartiallyAchieved,
    /// Not achieved.
    NotAchieved,
    /// The family dropped out.
    FamilyDroppedOut,
}

/// States of a goal.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum GoalStatus {
    /// Being worked on.
    Open,
    /// Achieved.
    Achieved,
    /// Not achieved.
    NotAchieved,
}

/// Kinds of indicator.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum OutcomeKind {
    /// Measured.
    Hard,
    /// Judged.
    Soft,
}

/// When Family Progress Data was gathered.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum ProgressStage {
    /// At assessment.
    Assessment,
    /// At closure.
    Closure,
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

/// States of a marker in a partner's system.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum MarkerStatus {
    /// Asked for.
    Requested,
    /// Placed.
    Placed,
    /// Removed.
    Removed,
}

/// Kinds of contact with a family.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum ContactKind {
    /// An incident that was attended or reported.
    Incident,
    /// A visit to the family.
    Visit,
    /// A telephone call.
    Call,
    /// An appointment.
    Appointment,
    /// An arrest.
    Arrest,
    /// They came by themselves: to a station, an office, a hospital.
    Attendance,
    /// Another kind.
    Other,
}

/// How soon the Lead Professional should act on a contact.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum ContactUrgency {
    /// When they come to it.
    Routine,
    /// Within days.
    Soon,
    /// Now.
    Immediate,
}

/// What somebody tried too much of in look-ups.
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
