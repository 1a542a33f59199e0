//! Which decisions about consent, and in which order.

use super::list::list;
use crate::graphql::{
    codes::{self, AgencyKind, ConsentAnswer, DataCategory},
    cursor::SortKey,
    objects::Consent,
};

list! {
    consents of Consent, "decisions about consent", [Consent]
    filter {
        /// About this category.
        category: DataCategory, is category |row| codes::parse(&row.category);
        /// For agencies of this kind.
        agency_kind: AgencyKind, is agency_kind |row| codes::parse(&row.agency_kind);
        /// With this answer.
        decision: ConsentAnswer, is decision;
        /// Withdrawn, or not.
        withdrawn: bool, has withdrawn_at;
    }
    order {
        /// When it was recorded.
        RecordedAt by recorded_at;
        /// The category, in the order of the list.
        Category by category |row| SortKey::place::<DataCategory>(&row.category);
    }
}
