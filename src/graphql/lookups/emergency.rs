//! Which families are opened in an emergency, where somebody describes a person instead of naming a family.
//!
//! A description counts as a look-up does, and tries values as one. It is answered by the families or by nothing: whoever may be meant among others, whoever is at
//! risk and whoever is not there are the same answer.

use std::collections::HashSet;

use uuid::Uuid;

use super::{
    find::{Desk, admit, mixed},
    input::MarkerLookupInput,
};
use crate::{
    graphql::{api_error::ApiError, context::Request, mutations::UserError},
    matching::{Verdict, verdict},
    store::candidates::CandidateSearch,
};

impl Desk {
    /// The families of the one person who fits, first that which they joined last; of who is in none now, the one they were in last. None where nobody is
    /// clearly meant whom the asker may find, or what is wrong with the description. Those that are barred to the asker are not there.
    pub async fn in_emergency(
        &self,
        request: &Request,
        person: MarkerLookupInput,
        barred: &HashSet<Uuid>,
    ) -> Result<Result<Vec<Uuid>, Vec<UserError>>, ApiError> {
        let settings = &request.services.lookups;
        let question = match person.question(request.session.today(), settings) {
            Ok(question) => question,
            Err(wrong) => return Ok(Err(wrong)),
        };
        self.asked();
        let stopped = admit(request, std::slice::from_ref(&question)).await?;
        if let Some(stopped) = stopped.into_iter().flatten().next() {
            self.note(|looked| looked.stopped.push(stopped));
            return Ok(Err(vec![stopped.error()]));
        }
        let description = &question.description;
        let mixed = mixed(&question.keys);
        let look = CandidateSearch {
            identifiers: !description.identifiers.is_empty(),
            places: description.postcode.is_some() || description.address.is_some(),
            decoys_from: Uuid::from_u64_pair(mixed, mixed),
            decoys: 1,
            beyond_cohort: true,
        };
        let candidates = request.session.candidates(&question.keys, look, barred).await?;
        let mut people = candidates.people(&settings.model, description, &question.keys);
        // No emergency stands in for a clause that reaches people at risk.
        let reaches_shielded = request.ceiling.reaches_shielded_in_emergency();
        people.retain(|one| {
            let fits = one.score.weight >= settings.thresholds.lower && one.score.says_enough();
            fits && (reaches_shielded || !one.shielded)
        });
        let families = match verdict(people.iter().map(|one| &one.score), &settings.thresholds) {
            Verdict::Matched(place) => people.swap_remove(place).families,
            Verdict::Ambiguous | Verdict::NotFound => Vec::new(),
        };
        // In doubt nobody is told that there is somebody, in the account of look-ups neither.
        self.note(|looked| {
            if families.is_empty() {
                looked.not_found += 1;
            } else {
                looked.matched += 1;
            }
        });
        Ok(Ok(families))
    }
}
