//! Whom of one family a description means. Whoever asks is told nothing of the answer; but what comes of it they may see, so it counts as a look-up does, and tries
//! values as one.

use std::collections::{BTreeSet, HashSet};

use uuid::Uuid;

use super::{
    find::{Desk, admit},
    input::{MarkerLookupInput, Question},
};
use crate::{
    graphql::{api_error::ApiError, context::Request, mutations::UserError},
    matching::{Verdict, verdict},
    sharing::grant::Grant,
    store::candidates::{CandidateSearch, Candidates},
};

/// Descriptions of people who may be of one family.
pub struct Descriptions {
    questions: Vec<Question>,
    /// The field of the input that each is in.
    fields: Vec<String>,
}

/// The same, with whom they could mean.
pub struct Described {
    questions: Vec<Question>,
    candidates: Candidates,
}

impl Descriptions {
    /// From an input, each with the name of its field; or what is wrong with them, as of a look-up.
    pub fn of(request: &Request, described: &[(&str, &MarkerLookupInput)]) -> Result<Self, Vec<UserError>> {
        let (mut questions, mut wrong) = (Vec::with_capacity(described.len()), Vec::new());
        for (field, input) in described {
            match (*input)
                .clone()
                .question(request.session.today(), &request.services.lookups)
            {
                Ok(question) => questions.push(question),
                Err(errors) => wrong.extend(errors.into_iter().map(|error| error.within(field))),
            }
        }
        if wrong.is_empty() {
            let fields = described.iter().map(|(field, _)| (*field).to_owned()).collect();
            Ok(Self { questions, fields })
        } else {
            Err(wrong)
        }
    }

    /// Reads whom they could mean, of all families: one statement, whichever family it will be. Or what of them tries values.
    pub async fn look(
        self,
        request: &Request,
        desk: &Desk,
        barred: &HashSet<Uuid>,
    ) -> Result<Result<Described, Vec<UserError>>, ApiError> {
        let Self { questions, fields } = self;
        desk.asked();
        let stopped = admit(request, &questions).await?;
        let refused = fields.iter().zip(stopped).filter_map(|(field, stopped)| {
            let stopped = stopped?;
            let error = stopped.error().within(field);
            desk.note(|looked| looked.stopped.push(stopped));
            Some(error)
        });
        let refused: Vec<_> = refused.collect();
        if !refused.is_empty() {
            return Ok(Err(refused));
        }
        let has = |has: fn(&Question) -> bool| questions.iter().any(has);
        let look = CandidateSearch {
            identifiers: has(|question| !question.description.identifiers.is_empty()),
            places: has(|question| question.description.postcode.is_some() || question.description.address.is_some()),
            decoys_from: Uuid::nil(),
            decoys: 0,
            beyond_cohort: true,
        };
        let keys: BTreeSet<i64> = questions.iter().flat_map(|question| &question.keys).copied().collect();
        let keys: Vec<i64> = keys.into_iter().collect();
        let candidates = request.session.candidates(&keys, look, barred).await?;
        Ok(Ok(Described { questions, candidates }))
    }
}

impl Described {
    /// The one member of that family who fits the description of that number; none where nobody clearly does.
    pub fn one_of(&self, request: &Request, grant: &Grant, number: usize) -> Option<Uuid> {
        let settings = &request.services.lookups;
        let question = self.questions.get(number)?;
        let people = self
            .candidates
            .people_of(grant.family(), &settings.model, &question.description, &question.keys);
        // Whoever has left, or has died, is nobody who may be meant.
        let meant = people.into_iter().filter(|(person, _)| grant.is_member(*person));
        let enough: Vec<_> = meant.filter(|(_, score)| score.says_enough()).collect();
        match verdict(enough.iter().map(|(_, score)| score), &settings.thresholds) {
            Verdict::Matched(place) => Some(enough[place].0),
            Verdict::Ambiguous | Verdict::NotFound => None,
        }
    }
}
