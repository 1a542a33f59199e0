//! What partners who met a worked family reported of it.

use chrono::TimeDelta;
use uuid::Uuid;

use super::desk::{Desk, Recorder};
use crate::records::{ContactKind, ContactUrgency, WholeContactRow};

/// Adds them to what is written down already.
pub(super) fn write(desk: &mut Desk<'_>) {
    let family = desk.data.families.iter().find(|row| row.reference == "SF-20001");
    let family = family.expect("the family was written down before").id;
    let police = Recorder {
        agency: agency(desk, "kr-police"),
        subject: "demo-police-practitioner",
    };
    let row = desk.contact(family, police, ContactKind::Incident, ContactUrgency::Soon, 40);
    row.note = Some("Noise late at night, complained of by a neighbour. Nobody was hurt.".to_owned());
    row.note_category = Some("CRITERION_CRIME".to_owned());
    let school = Recorder {
        agency: agency(desk, "kr-school"),
        subject: "demo-school-practitioner",
    };
    desk.contact(family, school, ContactKind::Attendance, ContactUrgency::Routine, 12);
}

fn agency(desk: &Desk<'_>, code: &str) -> Uuid {
    let found = desk.data.agencies.iter().find(|row| row.code == code);
    found.expect("the agency was written down before").id
}

impl Desk<'_> {
    /// A contact that was reported the same hour.
    fn contact(
        &mut self,
        family: Uuid,
        by: Recorder<'_>,
        kind: ContactKind,
        urgency: ContactUrgency,
        days: u64,
    ) -> &mut WholeContactRow {
        let row = WholeContactRow {
            authority_id: self.authority,
            id: self.id(),
            family_id: family,
            agency_id: by.agency,
            subject: by.subject.to_owned(),
            kind,
            urgency,
            occurred_at: self.at(days),
            note: None,
            note_category: None,
            recorded_at: self.at(days) + TimeDelta::minutes(40),
        };
        self.data.contacts.push(row);
        self.data.contacts.last_mut().expect("a contact was just pushed")
    }
}
