//! A mark of what a marker says to one consumer, by which it is known whether it says something else than before. It is made of released values
//! alone, and tells nothing of them.

use crate::{
    graphql::{ids::Codec, objects::Marker},
    records::LeadProfessionalRow,
    sharing::{
        grant::Visible,
        register::{FieldId, field},
    },
    store::dossier::FamilyRecord,
};

type Value = fn(&FamilyRecord) -> Option<String>;
type OfLead = fn(&LeadProfessionalRow) -> Option<String>;

/// Every value of a marker that makes it say something else.
const VALUES: [(FieldId, Value); 3] = [
    (field::MARKER_ON_COHORT_SINCE, |record| {
        record.row.attached_on.map(|day| day.to_string())
    }),
    (field::MARKER_ONE_PLAN, |record| Some(record.has_plan.to_string())),
    (field::MARKER_WHAT_TO_DO, |record| Some(record.what_to_do.to_string())),
];

/// Every value of the Lead Professional that does; not the team, which shielding covers: that somebody is at risk from now on is no event.
const OF_LEAD: [(FieldId, OfLead); 6] = [
    (field::LEAD_PROFESSIONAL_NAME, |lead| Some(lead.name.clone())),
    (field::LEAD_PROFESSIONAL_PHONE, |lead| lead.phone.clone()),
    (field::LEAD_PROFESSIONAL_EMAIL, |lead| lead.email.clone()),
    (field::LEAD_PROFESSIONAL_AGENCY, |lead| Some(lead.agency_id.to_string())),
    (field::LEAD_PROFESSIONAL_SINCE, |lead| Some(lead.valid_from.to_string())),
    (field::LEAD_PROFESSIONAL_UNTIL, |lead| {
        lead.valid_until.map(|day| day.to_string())
    }),
];

/// The mark of a marker.
pub(super) fn mark(codec: &Codec, marker: &Marker) -> String {
    let grant = marker.row.grant();
    let mut text = grant.family().to_string();
    let mut say = |value: Option<String>| match value {
        // Each with its length before it, so that no two lists of values run into the same text.
        Some(value) => text.extend([&value.len().to_string(), ":", &value]),
        None => text.push('-'),
    };
    for (field, value) in VALUES {
        say(released(&marker.row, field, value));
    }
    let led = |record: &FamilyRecord| record.lead.as_ref().map(|_| String::new());
    let led = released(&marker.row, field::MARKER_LEAD_PROFESSIONAL, led);
    say(led.clone());
    for (field, value) in OF_LEAD {
        let value = |record: &FamilyRecord| record.lead.as_ref().and_then(value);
        say(led.as_ref().and_then(|_| released(&marker.row, field, value)));
    }
    codec.mark(grant.ceiling().caller().authority, text.as_bytes())
}

/// A value, as the consumer sees it.
fn released(
    row: &Visible<FamilyRecord>,
    field: FieldId,
    value: impl FnOnce(&FamilyRecord) -> Option<String>,
) -> Option<String> {
    row.release(field, value).seen().cloned().flatten()
}

#[cfg(test)]
mod tests;
