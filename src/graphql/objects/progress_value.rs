//! `ProgressValue`.

use async_graphql::{Context, ID, Object};
use chrono::NaiveDate;

use super::{Family, Member, entry, family, member_of};
use crate::{
    graphql::{
        codes::{self, ProgressMeasure, ProgressStage},
        context::Request,
        ids::Kind,
    },
    records::ProgressValueRow,
    sharing::{
        grant::{Link, Shared},
        register::field,
    },
};

entry! {
    /// A Family Progress Data figure.
    ProgressValue of ProgressValueRow, PROGRESS_VALUE_ID
}

/// A Family Progress Data figure.
#[Object]
impl ProgressValue {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::ProgressValue, self.dossier.key(), self.row.key())
    }

    /// The family.
    fn family(&self, ctx: &Context<'_>) -> Shared<Option<Family>> {
        self.row
            .release_rows(field::PROGRESS_VALUE_FAMILY, || family(ctx, &self.dossier))
    }

    /// The member it is about; null when it is about the household.
    fn member(&self, ctx: &Context<'_>) -> Shared<Option<Member>> {
        self.row.release_rows(field::PROGRESS_VALUE_MEMBER, || {
            member_of(ctx, &self.dossier, self.row.link(Link::Person))
        })
    }

    /// The measure.
    fn measure(&self) -> Shared<Option<ProgressMeasure>> {
        self.row
            .release(field::PROGRESS_VALUE_MEASURE, |row| codes::parse(&row.measure))
    }

    /// Gathered at assessment or at closure.
    fn stage(&self) -> Shared<ProgressStage> {
        self.row.release(field::PROGRESS_VALUE_STAGE, |row| row.stage)
    }

    /// In the measure's own unit.
    fn value(&self) -> Shared<i32> {
        self.row.release(field::PROGRESS_VALUE_VALUE, |row| row.value)
    }

    /// The last day of the twelve months it is about.
    fn period_to(&self) -> Shared<NaiveDate> {
        self.row.release(field::PROGRESS_VALUE_PERIOD_TO, |row| row.period_to)
    }
}
