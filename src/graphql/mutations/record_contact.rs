//! `recordContact`.

use async_graphql::{ID, InputObject};
use chrono::{DateTime, TimeDelta, Utc};

use super::{
    changed::payload,
    checks::Checks,
    frame::{Change, sent},
    idempotency::{Done, Stopped},
    user_error::UserError,
    writable::{Named, marked},
};
use crate::{
    clock::day_of,
    graphql::{
        codes::{self, ContactKind, ContactUrgency, DataCategory},
        context::Request,
        objects::Contact,
    },
    records::{ContactNoteRow, ContactRow},
    sharing::{
        category::{Category, CategorySet},
        register::{self, FieldId, field},
    },
};

const MUTATION: FieldId = field::MUTATION_RECORD_CONTACT;
/// How much faster than ours the reporter's clock may be.
const SKEW: TimeDelta = TimeDelta::minutes(5);
/// The longest note, in characters.
const NOTE: usize = 500;

/// That you met a marked family.
#[derive(InputObject)]
pub struct RecordContactInput {
    /// The family's marker.
    marker_id: ID,
    /// What kind of contact it was.
    kind: ContactKind,
    /// When it was; not to come.
    occurred_at: DateTime<Utc>,
    /// How soon the Lead Professional should act on it.
    urgency: ContactUrgency,
    /// What the Lead Professional should know, as shortly as can be.
    note: Option<ContactNoteInput>,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

/// A short note on a contact, and what it is about: only those are shown it who may see that of the family.
#[derive(InputObject)]
pub struct ContactNoteInput {
    /// The note, of at most 500 characters.
    text: String,
    /// What it is about. A note that says something about health is `CRITERION_HEALTH`.
    category: DataCategory,
}

payload! {
    /// What came of recording a contact.
    RecordContactPayload {
        /// The contact that was recorded, if you may see it.
        contact: Contact
    }
    errors "Why it was not recorded; empty when it was."
}

/// An input that was found good by itself.
#[derive(Debug)]
struct Terms {
    occurred_at: DateTime<Utc>,
    note: Option<(String, Category)>,
}

fn check(input: &RecordContactInput, now: DateTime<Utc>) -> Result<Terms, Vec<UserError>> {
    let mut checks = Checks::default();
    let mut occurred_at = Some(input.occurred_at);
    if input.occurred_at > now + SKEW {
        checks.refuse("occurredAt", "It has not been yet. Record it when it has.");
        occurred_at = None;
    } else {
        let (day, today) = (day_of(input.occurred_at), day_of(now));
        occurred_at = checks.past_day("occurredAt", day.min(today), today).and(occurred_at);
    }
    let note = input.note.as_ref().map(|note| {
        let text = checks.lines("note.text", &note.text, 1, NOTE)?;
        let category = Category::from_code(&codes::upper(note.category)).filter(|of| Category::NOTED.contains(*of));
        if category.is_none() {
            checks.refuse(
                "note.category",
                "A note cannot be about that. Name the category of what it says of the family.",
            );
        }
        Some((text, category?))
    });
    let terms = occurred_at.zip(note.map_or(Some(None), |note| note.map(Some)));
    checks.finish(terms.map(|(occurred_at, note)| Terms { occurred_at, note }))
}

impl Change for RecordContactInput {
    sent!(Self, by marker_id, gives RecordContactPayload);
    const MUTATION: FieldId = MUTATION;

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let key = request.key(&self.marker_id)?;
        let terms = check(self, request.session.now())?;
        let named = Named { key, field: "markerId" };
        let (dossier, permit) = marked(request, named, MUTATION).await?;
        let (family, ids) = (dossier.key(), request.services.store.ids());
        let reporter = &request.ceiling.caller().principal;
        let row = ContactRow {
            id: ids.uuid(),
            family_id: family,
            agency_id: reporter.agency,
            subject: reporter.subject.clone(),
            kind: self.kind,
            urgency: self.urgency,
            occurred_at: terms.occurred_at,
            recorded_at: request.session.now(),
        };
        let contact = row.id;
        let written = terms
            .note
            .as_ref()
            .map_or(CategorySet::EMPTY, |(_, of)| CategorySet::of(&[*of]));
        let note = terms.note.map(|(text, category)| ContactNoteRow {
            contact_id: contact,
            family_id: family,
            agency_id: reporter.agency,
            text,
            category: category.code().to_owned(),
        });
        let writing = request
            .session
            .write(permit.of_categories(register::get(field::CONTACT_ID).categories.union(written)));
        writing.add_contact(row, note).await?;
        // Told in the same transaction: either all of it is there or nothing.
        let endpoints = request.session.endpoints_to_tell(family).await?;
        let deliveries = endpoints.into_iter().map(|endpoint| (ids.uuid(), endpoint)).collect();
        writing.add_deliveries(family, contact, deliveries).await?;
        Ok(Done::changed(family, vec![contact]))
    }
}

#[cfg(test)]
mod tests;
