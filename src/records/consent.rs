//! Decisions about consent, and who may make them.

use std::cmp::Reverse;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{Holds, Table, table::table};
use crate::{code::codes, sharing::facts::RowFacts};

codes! {
    /// What was decided about consent.
    ConsentAnswer {
        /// Given.
        Given = "given",
        /// Refused.
        Refused = "refused",
    }
}

table! {
    /// A decision about consent.
    ConsentRow = Consent "consent" of family {
        /// Whose data it is about.
        person_id: Uuid, of(Table::Person, "person_key"), never;
        /// What category of data.
        category: String, holds(Holds::Category), never;
        /// For agencies of what kind.
        agency_kind: String, holds(Holds::AgencyKind), never;
        /// Given or refused.
        decision: ConsentAnswer, never;
        /// For which purposes; where none is named, for every one.
        purposes: Option<String>, holds(Holds::Purposes), never;
        /// Who decided; empty where a professional did.
        decided_by: Option<Uuid>, of(Table::Person, "decided_by_key"), never;
        /// The agency of the professional who decided.
        decided_by_agency: Option<Uuid>, agency("decided_by_agency"), never;
        /// The professional who decided.
        decided_by_subject: Option<String>, text(255), never;
        /// When it was recorded.
        recorded_at: DateTime<Utc>, never;
        /// The last day on which it holds.
        expires_on: Option<NaiveDate>, never;
        /// When it was withdrawn.
        withdrawn_at: Option<DateTime<Utc>>, once;
        /// The agency that recorded it.
        recorded_by_agency: Uuid, agency("recorded_by_agency"), never;
        /// Who recorded it.
        recorded_by_subject: String, text(255), never;
    }
    order row => (Reverse(row.recorded_at), row.id);
    facts row, _ => RowFacts::person(row.person_id).from_agency(row.recorded_by_agency);
    links Person = person_id, Decider = decided_by;
}

table! {
    /// Parental responsibility for one child, beside what memberships say.
    ParentalResponsibilityRow = ParentalResponsibility "parental_responsibility" of family {
        /// The child.
        child_id: Uuid, of(Table::Person, "child_key"), never;
        /// Who has it; empty where an authority has.
        person_id: Option<Uuid>, of(Table::Person, "person_key"), never;
        /// The agency of whom the authority names to decide.
        agency_id: Option<Uuid>, agency("agency"), never;
        /// Whom the authority names to decide.
        subject: Option<String>, text(255), never;
        /// First day.
        valid_from: NaiveDate;
        /// The day it ended.
        valid_until: Option<NaiveDate>;
    }
}

table! {
    /// A time in which somebody is recorded as lacking capacity to decide about consent.
    LacksCapacityRow = LacksCapacity "lacks_capacity" of family {
        /// Who.
        person_id: Uuid, of(Table::Person, "person_key"), never;
        /// First day.
        valid_from: NaiveDate;
        /// The day it ended.
        valid_until: Option<NaiveDate>;
    }
}
