//! A bar in an entry: enough to set it again in a database that lost it.
//!
//! Pure. It names a member of staff, as entries name who asks, and nobody of the family.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::code::Subject;

/// To whom the entry's family is barred, as it stands after the change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Barred {
    /// The id of its row.
    pub row: Uuid,
    /// The agency for which they ask; none for whichever it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<Uuid>,
    /// Who.
    pub subject: Subject,
    /// The first day.
    pub from: NaiveDate,
    /// The day on which it holds no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
}
