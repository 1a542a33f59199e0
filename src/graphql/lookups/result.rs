//! `MarkerLookupResult`: what became of one question.

use async_graphql::{Context, Object};

use super::find::Found;
use crate::{
    graphql::{
        codes::{LookupStatus, MatchField, MatchLevel},
        context::Request,
        mutations::UserError,
        objects::Marker,
    },
    matching::Comparison,
    sharing::{
        grant::{Granted, Shared},
        register::field,
    },
};

/// What became of a look-up.
pub struct MarkerLookupResult {
    found: Option<Found>,
    errors: Vec<UserError>,
}

impl MarkerLookupResult {
    pub(super) fn of(found: Found) -> Self {
        match found {
            Found::Stopped(stopped) => Self::wrong(vec![stopped.error()]),
            found => Self {
                found: Some(found),
                errors: Vec::new(),
            },
        }
    }

    pub(super) fn wrong(errors: Vec<UserError>) -> Self {
        Self { found: None, errors }
    }
}

/// What became of a look-up. Somebody who is not there, one who is not on the programme and one of whom you may not know are the same answer.
#[Object]
impl MarkerLookupResult {
    /// Whether somebody was found; null where the question could not be asked, or was not answered.
    fn status(&self, ctx: &Context<'_>) -> Shared<Option<LookupStatus>> {
        let of_nobody = |status| {
            let ceiling = &Request::of(ctx).ceiling;
            Shared::rows(ceiling, field::MARKER_LOOKUP_RESULT_STATUS, || status)
        };
        match &self.found {
            Some(Found::Matched { found, .. }) => found.tell(Some(LookupStatus::Matched)),
            Some(Found::Ambiguous(found)) => found.tell(Some(LookupStatus::Ambiguous)),
            Some(Found::Nobody) => of_nobody(Some(LookupStatus::NotFound)),
            Some(Found::Stopped(_)) | None => of_nobody(None),
        }
    }

    /// The marker of the family of whoever was found; where they belong to several, of the one that they joined last.
    fn marker(&self, ctx: &Context<'_>) -> Shared<Option<Marker>> {
        Shared::rows(
            &Request::of(ctx).ceiling,
            field::MARKER_LOOKUP_RESULT_MARKER,
            || match &self.found {
                Some(Found::Matched { markers, .. }) => markers.first().cloned(),
                _ => None,
            },
        )
    }

    /// The markers of all families to which whoever was found belongs today, of which you may know; mostly one. First that of the family that they joined last.
    fn markers(&self, ctx: &Context<'_>) -> Shared<Vec<Marker>> {
        Shared::rows(
            &Request::of(ctx).ceiling,
            field::MARKER_LOOKUP_RESULT_MARKERS,
            || match &self.found {
                Some(Found::Matched { markers, .. }) => markers.clone(),
                _ => Vec::new(),
            },
        )
    }

    /// How far what you gave agrees with what is stored of whoever was found, where the agreement lets you be told; never what is stored.
    fn explanation(&self, ctx: &Context<'_>) -> Shared<Vec<MatchComparison>> {
        let request = Request::of(ctx);
        Shared::rows(
            &request.ceiling,
            field::MARKER_LOOKUP_RESULT_EXPLANATION,
            || match &self.found {
                Some(Found::Matched { compared, .. }) => compared
                    .iter()
                    .map(|(comparison, explained)| {
                        request.disclose(explained.disclosed());
                        MatchComparison {
                            comparison: *comparison,
                            explained: explained.clone(),
                        }
                    })
                    .collect(),
                _ => Vec::new(),
            },
        )
    }

    /// What has to be put right in the question, or when it may be asked: `TOO_MANY_REQUESTS` where your agency tries values. That is decided by its questions alone, and says nothing of
    /// whether there is anybody.
    fn errors(&self, ctx: &Context<'_>) -> Shared<Vec<UserError>> {
        Shared::rows(&Request::of(ctx).ceiling, field::MARKER_LOOKUP_RESULT_ERRORS, || {
            self.errors.clone()
        })
    }
}

/// How far one thing agrees.
pub struct MatchComparison {
    comparison: Comparison,
    explained: Granted,
}

/// How far one thing that you gave agrees with what is stored.
#[Object]
impl MatchComparison {
    /// What was compared.
    fn field(&self) -> Shared<MatchField> {
        self.explained.tell(self.comparison.field.into())
    }

    /// How far it agrees.
    fn level(&self) -> Shared<MatchLevel> {
        self.explained.tell(self.comparison.level.into())
    }
}
