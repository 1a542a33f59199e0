//! `DistanceScore`.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::NaiveDate;

use super::{Entry, Member, member_of};
use crate::{
    graphql::{
        codes::{self, ScoredBy},
        context::Request,
        ids::Kind,
    },
    sharing::{
        grant::{Link, Shared, Visible},
        register::{FieldId, field},
    },
    store::{
        dossier::{Dossier, Locked, Tables},
        rows::DistanceScoreRow,
    },
};

/// A distance travelled score: 1 none, 2 minor, 3 moderate, 4 significant, 5 critical or complex; lower is better.
#[derive(Clone)]
pub struct DistanceScore {
    pub(in crate::graphql) dossier: Arc<Dossier>,
    pub(in crate::graphql) row: Visible<DistanceScoreRow>,
}

impl Entry for DistanceScore {
    type Row = DistanceScoreRow;
    const EXISTENCE: FieldId = field::DISTANCE_SCORE_ID;

    fn table(tables: &Tables) -> &[Locked<DistanceScoreRow>] {
        &tables.scores
    }

    fn new(dossier: Arc<Dossier>, row: Visible<DistanceScoreRow>) -> Self {
        Self { dossier, row }
    }

    fn row(&self) -> &Visible<DistanceScoreRow> {
        &self.row
    }

    fn key(&self) -> uuid::Uuid {
        self.row.key()
    }
}

/// A distance travelled score: 1 none, 2 minor, 3 moderate, 4 significant, 5 critical or complex; lower is better.
#[Object]
impl DistanceScore {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::DistanceScore, self.dossier.key(), self.key())
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
    fn scored_by(&self) -> Shared<Option<ScoredBy>> {
        self.row
            .release(field::DISTANCE_SCORE_SCORED_BY, |row| codes::parse(&row.scored_by))
    }

    /// When.
    fn scored_on(&self) -> Shared<NaiveDate> {
        self.row.release(field::DISTANCE_SCORE_SCORED_ON, |row| row.scored_on)
    }
}
