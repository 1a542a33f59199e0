//! `DistanceScore`.

use async_graphql::{Context, ID, Object};
use chrono::NaiveDate;

use super::{Member, entry, member_of};
use crate::{
    graphql::{codes::ScoredBy, context::Request, ids::Kind},
    records::DistanceScoreRow,
    sharing::{
        grant::{Link, Shared},
        register::field,
    },
};

entry! {
    /// A distance travelled score: 1 none, 2 minor, 3 moderate, 4 significant, 5 critical or complex; lower is better.
    DistanceScore of DistanceScoreRow, DISTANCE_SCORE_ID
}

/// A distance travelled score: 1 none, 2 minor, 3 moderate, 4 significant, 5 critical or complex; lower is better.
#[Object]
impl DistanceScore {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::DistanceScore, self.dossier.key(), self.row.key())
    }

    /// The member it is about; null when it is about the whole family.
    fn member(&self, ctx: &Context<'_>) -> Shared<Option<Member>> {
        self.row.release_rows(field::DISTANCE_SCORE_MEMBER, || {
            member_of(ctx, &self.dossier, self.row.link(Link::Person))
        })
    }

    /// Code of the domain, as in the catalogue.
    fn domain(&self) -> Shared<String> {
        self.row.release(field::DISTANCE_SCORE_DOMAIN, |row| row.domain.clone())
    }

    /// 0 is the baseline, 1 the first review, and so on.
    fn review(&self) -> Shared<i32> {
        self.row.release(field::DISTANCE_SCORE_REVIEW, |row| row.review)
    }

    /// From 1 to 5.
    fn score(&self) -> Shared<i32> {
        self.row.release(field::DISTANCE_SCORE_SCORE, |row| row.score)
    }

    /// Who scored.
    fn scored_by(&self) -> Shared<ScoredBy> {
        self.row.release(field::DISTANCE_SCORE_SCORED_BY, |row| row.scored_by)
    }

    /// When.
    fn scored_on(&self) -> Shared<NaiveDate> {
        self.row.release(field::DISTANCE_SCORE_SCORED_ON, |row| row.scored_on)
    }
}
