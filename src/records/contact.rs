//! Contacts with marked families. What a contact's note says is locked up apart, since it may say more than that there was a contact.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Holds, table::table};
use crate::{
    code::codes,
    sharing::{
        category::{Category, CategorySet},
        facts::RowFacts,
        grant::{Link, Linked},
    },
};

codes! {
    /// Kinds of contact with a family.
    ContactKind {
        /// An incident that was attended or reported.
        Incident = "incident",
        /// A visit to the family.
        Visit = "visit",
        /// A telephone call.
        Call = "call",
        /// An appointment.
        Appointment = "appointment",
        /// An arrest.
        Arrest = "arrest",
        /// They came by themselves: to a station, an office, a hospital.
        Attendance = "attendance",
        /// Another kind.
        Other = "other",
    }

    /// How soon the Lead Professional should act on a contact.
    ContactUrgency {
        /// When they come to it.
        Routine = "routine",
        /// Within days.
        Soon = "soon",
        /// Now.
        Immediate = "immediate",
    }
}

table! {
    /// A contact with its note, as it is stored.
    WholeContactRow = Contact "contact" of family {
        /// The agency that reported it.
        agency_id: Uuid, agency("agency"), never;
        /// Who reported it.
        subject: String, text(255), named("reported_by_subject"), never;
        /// What kind of contact.
        kind: ContactKind;
        /// How urgent it is.
        urgency: ContactUrgency;
        /// When it was.
        occurred_at: DateTime<Utc>;
        /// What the note says; none where there is no note.
        note: Option<String>, lines(500);
        /// The data category of what the note says; there if and only if there is a note.
        note_category: Option<String>, holds(Holds::Category);
        /// When it was reported.
        recorded_at: DateTime<Utc>, never;
    }
}

/// A contact with a family. What its note says is a row of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactRow {
    /// Its key.
    pub id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The agency that reported it.
    pub agency_id: Uuid,
    /// Who reported it.
    pub subject: String,
    /// What kind of contact.
    pub kind: ContactKind,
    /// How urgent it is.
    pub urgency: ContactUrgency,
    /// When it was.
    pub occurred_at: DateTime<Utc>,
    /// When it was reported.
    pub recorded_at: DateTime<Utc>,
}

/// The note of a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactNoteRow {
    /// The contact.
    pub contact_id: Uuid,
    /// The family.
    pub family_id: Uuid,
    /// The agency that reported it.
    pub agency_id: Uuid,
    /// What it says.
    pub text: String,
    /// The data category of what it says.
    pub category: String,
}

impl WholeContactRow {
    /// The contact, and its note.
    pub fn split(self) -> (ContactRow, Option<ContactNoteRow>) {
        let note = self
            .note
            .zip(self.note_category)
            .map(|(text, category)| ContactNoteRow {
                contact_id: self.id,
                family_id: self.family_id,
                agency_id: self.agency_id,
                text,
                category,
            });
        let contact = ContactRow {
            id: self.id,
            family_id: self.family_id,
            agency_id: self.agency_id,
            subject: self.subject,
            kind: self.kind,
            urgency: self.urgency,
            occurred_at: self.occurred_at,
            recorded_at: self.recorded_at,
        };
        (contact, note)
    }
}

impl ContactRow {
    /// Its place among the family's.
    pub fn order(&self) -> impl Ord + use<> {
        (Reverse(self.recorded_at), self.id)
    }

    /// Whence it came.
    pub fn facts(&self) -> RowFacts {
        RowFacts::family().from_agency(self.agency_id)
    }
}

impl ContactNoteRow {
    /// It is about what its reporter said it is about; one about a category that does not exist could be about anything.
    pub fn facts(&self) -> RowFacts {
        let categories =
            Category::from_code(&self.category).map_or(Category::NOTED, |category| CategorySet::of(&[category]));
        RowFacts::family()
            .from_agency(self.agency_id)
            .with_categories(categories)
    }
}

impl Linked for ContactRow {
    fn link(&self, link: Link) -> Option<Uuid> {
        (link == Link::Own).then_some(self.id)
    }
}

/// A note has no key of its own: it is its contact's.
impl Linked for ContactNoteRow {
    fn link(&self, link: Link) -> Option<Uuid> {
        (link == Link::Own).then_some(self.contact_id)
    }
}
