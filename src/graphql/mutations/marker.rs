//! `recordMarkerPlaced`, `recordMarkerRemoved` and `recordMarkerResponse`: what a partner says of a marker.

use std::sync::Arc;

use async_graphql::{ID, InputObject};
use chrono::NaiveDate;

use super::{
    changed::{categories_of, not_found, payload},
    checks::Checks,
    frame::{Change, sent},
    idempotency::{Done, Stopped},
    user_error::{UserError, UserErrorCode},
    writable::{Named, marked},
};
use crate::{
    graphql::{context::Request, ids::Kind, objects::MarkerPlacement},
    records::{Code as _, MarkerStatus},
    sharing::{
        facts::RowFacts,
        register::{FieldId, field},
    },
    store::{
        dossier::{Dossier, Wants},
        rows::MarkerResponseRow,
    },
};

const PLACED: FieldId = field::MUTATION_RECORD_MARKER_PLACED;
const REMOVED: FieldId = field::MUTATION_RECORD_MARKER_REMOVED;
const RESPONSE: FieldId = field::MUTATION_RECORD_MARKER_RESPONSE;
/// The longest name of a system, in characters.
const SYSTEM: usize = 100;

/// Your agency has placed a marker in one of its systems.
#[derive(InputObject)]
pub struct RecordMarkerPlacedInput {
    /// The family's marker.
    marker_id: ID,
    /// The system, as your agency calls it; at most 100 characters.
    system: String,
    /// When it was placed; today or before.
    placed_on: NaiveDate,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

/// Your agency has removed a marker from one of its systems.
#[derive(InputObject)]
pub struct RecordMarkerRemovedInput {
    /// The family's marker, which need not be there any more.
    marker_id: ID,
    /// The system, as it was called when the marker was placed.
    system: String,
    /// When it was removed; today or before.
    removed_on: NaiveDate,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

/// Whether a marker changed what you did.
#[derive(InputObject)]
pub struct RecordMarkerResponseInput {
    /// The family's marker.
    marker_id: ID,
    /// Whether you did something else than you would have done without it.
    changed_what_was_done: bool,
    /// When you saw it; today or before. You can say it once a day of a family.
    seen_on: NaiveDate,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

payload! {
    /// What came of recording that a marker was placed.
    RecordMarkerPlacedPayload {
        /// The marker in your system, if you may see it.
        placement: MarkerPlacement
    }
    errors "Why it was not recorded; empty when it was."
}

payload! {
    /// What came of recording that a marker was removed.
    RecordMarkerRemovedPayload {
        /// The marker that was in your system, if you may see it.
        placement: MarkerPlacement
    }
    errors "Why it was not recorded; empty when it was."
}

payload! {
    /// What came of saying whether a marker changed what was done.
    RecordMarkerResponsePayload {}
    errors "Why it was not recorded; empty when it was."
}

fn check(system: &str, field: &str, day: NaiveDate, today: NaiveDate) -> Result<(String, NaiveDate), Vec<UserError>> {
    let mut checks = Checks::default();
    let system = checks.line("system", system, 1, SYSTEM);
    let day = checks.past_day(field, day, today);
    checks.finish(system.zip(day))
}

impl Change for RecordMarkerPlacedInput {
    sent!(Self, by marker_id, gives RecordMarkerPlacedPayload);
    const MUTATION: FieldId = PLACED;

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let key = request.key(&self.marker_id)?;
        let (system, on) = check(&self.system, "placedOn", self.placed_on, request.session.today())?;
        let named = Named { key, field: "markerId" };
        let (dossier, permit) = marked(request, named, PLACED).await?;
        let (family, agency) = (dossier.key(), request.ceiling.caller().principal.agency);
        let known = request.session.own_marker(family, agency, &system).await?;
        let row = match known {
            Some(known) if known.status == MarkerStatus::Placed.word() => {
                return Ok(Done::refused(UserError::new(
                    "system",
                    UserErrorCode::AlreadyDone,
                    "Your agency has a marker for this family in this system already.",
                )));
            }
            Some(asked_for) => {
                request
                    .session
                    .write(permit)
                    .place_marker(family, asked_for.id, on)
                    .await?;
                asked_for.id
            }
            None => {
                let row = request.services.store.ids().uuid();
                let writing = request.session.write(permit);
                writing.add_placed_marker(row, family, agency, system, on).await?;
                row
            }
        };
        Ok(Done::changed(family, vec![row]))
    }
}

impl Change for RecordMarkerRemovedInput {
    sent!(Self, by marker_id, gives RecordMarkerRemovedPayload);
    const MUTATION: FieldId = REMOVED;

    // A marker is removed above all because the family is on the programme no longer, or may not be known of any more. So what is asked is not
    // whether the family can be seen, but whether the agency may write of its own marker; and nothing is told but of that.
    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let key = request.key(&self.marker_id)?;
        let (system, on) = check(&self.system, "removedOn", self.removed_on, request.session.today())?;
        if key.kind != Kind::Marker {
            return Ok(not_found(request, "markerId", key));
        }
        // Asked for whatever becomes of the family, so that it is asked for the same of one that is not there.
        let (family, agency) = (key.row, request.ceiling.caller().principal.agency);
        let known = request.session.own_marker(family, agency, &system).await?;
        let placed = known
            .as_ref()
            .filter(|known| known.status == MarkerStatus::Placed.word());
        let own = RowFacts::family().from_agency(agency);
        let permitted = |dossier: &Arc<Dossier>| {
            let placed = placed.and_then(|placed| placed.placed_on.map(|on| (placed.id, on)))?;
            let permit = dossier.grant.may_write(categories_of(REMOVED), &own).ok()?;
            Some((placed, permit))
        };
        let holds = |dossier: &Arc<Dossier>| permitted(dossier).is_some();
        let found = request.named_one(family, Wants::default(), &holds).await?;
        let Some(((row, placed_on), permit)) = found.as_ref().and_then(permitted) else {
            return Ok(not_found(request, "markerId", key));
        };
        if on < placed_on {
            let input = field::RECORD_MARKER_REMOVED_INPUT_REMOVED_ON;
            let told = found.as_ref().and_then(|dossier| dossier.grant.may_tell(input, &own));
            let Some(told) = told else {
                return Ok(Done::refused(UserError::not_possible("removedOn")));
            };
            request.disclose(told.disclosed());
            return Ok(Done::refused(UserError::invalid(
                "removedOn",
                "It cannot be removed before it was placed.",
            )));
        }
        request.session.write(permit).remove_marker(family, row, on).await?;
        Ok(Done::changed(family, vec![row]))
    }
}

impl Change for RecordMarkerResponseInput {
    sent!(Self, by marker_id, gives RecordMarkerResponsePayload);
    const MUTATION: FieldId = RESPONSE;

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let key = request.key(&self.marker_id)?;
        let mut checks = Checks::default();
        let day = checks.past_day("seenOn", self.seen_on, request.session.today());
        let on = checks.finish(day)?;
        let named = Named { key, field: "markerId" };
        let (dossier, permit) = marked(request, named, RESPONSE).await?;
        let (family, own) = (dossier.key(), &request.ceiling.caller().principal);
        let session = &request.session;
        if session.has_responded(family, own.agency, &own.subject, on).await? {
            return Ok(Done::refused(UserError::new(
                "seenOn",
                UserErrorCode::AlreadyDone,
                "You have said so of that day already.",
            )));
        }
        let row = MarkerResponseRow {
            id: request.services.store.ids().uuid(),
            family_id: family,
            agency_id: own.agency,
            subject: own.subject.clone(),
            responded_on: on,
            changed_what_was_done: self.changed_what_was_done,
        };
        let row_key = row.id;
        session.write(permit).add_marker_response(row).await?;
        Ok(Done::changed(family, vec![row_key]))
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn a_system_has_a_name_and_a_day_has_come() {
        let today = "2026-03-02".parse().expect("a date");
        let good = |system: &str, on: &str| check(system, "placedOn", on.parse().expect("a date"), today);
        assert_eq!(
            good(" NICHE ", "2026-03-02").map(|(system, _)| system),
            Ok("NICHE".to_owned())
        );
        assert!(good(&"s".repeat(100), "2026-03-01").is_ok());
        assert_eq!(
            good(&"s".repeat(101), "2026-03-03").map_err(|errors| errors.len()),
            Err(2)
        );
        assert!(good("", "2026-03-02").is_err() && good("a\nb", "2026-03-02").is_err());
    }
}
