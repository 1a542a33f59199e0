//! To whom a family is barred.

use chrono::NaiveDate;
use uuid::Uuid;

use super::table::table;

table! {
    /// That nothing of a family is there for somebody, whatever an agreement says.
    BarredSubjectRow = BarredSubject "barred_subject" of family {
        /// The agency for which they ask; empty for whichever it is.
        agency_id: Option<Uuid>, agency("agency"), never;
        /// Who, as their identity provider names them.
        subject: String, text(255), never;
        /// First day.
        valid_from: NaiveDate;
        /// The day it ended.
        valid_until: Option<NaiveDate>;
    }
}
