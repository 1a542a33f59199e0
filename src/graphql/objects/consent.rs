//! `Consent`.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Agency, Family, Member, said::entry};
use crate::{
    graphql::codes::{self, AgencyKind, ConsentAnswer, DataCategory},
    records::ConsentRow,
};

entry! {
    /// A decision about consent.
    Consent of ConsentRow {
        /// The family.
        family: Option<Family> => family();
        /// Whose data it is about.
        member: Option<Member> => member(Person);
        /// What category of data.
        category: Option<DataCategory> = |row| codes::parse(&row.category);
        /// For agencies of what kind.
        agency_kind: Option<AgencyKind> = |row| codes::parse(&row.agency_kind);
        /// For which purposes, as tokens and agreements name them; null for every one, as a refusal always is.
        purposes: Option<Vec<String>> = |row| row.purposes.as_deref().map(words);
        /// Given or refused.
        decision: ConsentAnswer;
        /// The agency of the professional who decided in the member's best interests, or as whom an authority with parental responsibility names.
        decided_by_agency: Option<Agency> => agency(decided_by_agency);
        /// Who decided; null where a professional did.
        decided_by: Option<Member> => member(Decider);
        /// When it was recorded; the newest decision counts.
        recorded_at: DateTime<Utc>;
        /// The last day on which it holds.
        expires_on: Option<NaiveDate>;
        /// When it was withdrawn.
        withdrawn_at: Option<DateTime<Utc>>;
        /// The agency that recorded it.
        recorded_by_agency: Option<Agency> => agency(recorded_by_agency);
    }
}

/// The words of a text that are set apart by blanks.
fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}
