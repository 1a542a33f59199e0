//! Whom of one family a description means. It is asked by whoever is told nothing of the answer, so it is no look-up: it is not counted as one, tries no values and
//! stands in no list.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::input::{MarkerLookupInput, Question};
use crate::{
    graphql::{api_error::ApiError, context::Request, mutations::UserError},
    matching::{Verdict, verdict},
    store::candidates::{CandidateSearch, Candidates},
};

/// Descriptions of people who may be of one family.
pub struct Descriptions(Vec<Question>);

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
            Ok(Self(questions))
        } else {
            Err(wrong)
        }
    }

    /// Reads whom they could mean, of all families: one statement, whichever family it will be.
    pub async fn look(self, request: &Request) -> Result<Described, ApiError> {
        let questions = self.0;
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
        let candidates = request.session.candidates(&keys, look).await?;
        Ok(Described { questions, candidates })
    }
}

impl Described {
    /// The one person recorded in that family who fits the description of that number; none where nobody clearly does.
    pub fn one_of(&self, request: &Request, family: Uuid, number: usize) -> Option<Uuid> {
        let settings = &request.services.lookups;
        let question = self.questions.get(number)?;
        let people = self
            .candidates
            .people_of(family, &settings.model, &question.description, &question.keys);
        let enough: Vec<_> = people.into_iter().filter(|(_, score)| score.says_enough()).collect();
        match verdict(enough.iter().map(|(_, score)| score), &settings.thresholds) {
            Verdict::Matched(place) => Some(enough[place].0),
            Verdict::Ambiguous | Verdict::NotFound => None,
        }
    }
}
