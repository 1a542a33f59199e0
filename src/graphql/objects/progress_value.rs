//! `ProgressValue`.

use chrono::NaiveDate;

use super::{Family, Member, said::entry};
use crate::{
    graphql::codes::{self, ProgressMeasure, ProgressStage},
    records::ProgressValueRow,
};

entry! {
    /// A Family Progress Data figure.
    ProgressValue of ProgressValueRow {
        /// The family.
        family: Option<Family> => family();
        /// The member it is about; null when it is about the household.
        member: Option<Member> => member(Person);
        /// The measure.
        measure: Option<ProgressMeasure> = |row| codes::parse(&row.measure);
        /// Gathered at assessment or at closure.
        stage: ProgressStage;
        /// In the measure's own unit.
        value: i32;
        /// The last day of the twelve months it is about.
        period_to: NaiveDate;
    }
}
