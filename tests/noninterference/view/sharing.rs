//! Who works with a family and knows of it: involvements, consents, markers, emergency access and contacts.

use thinkfamily::sharing::{
    category::{Category, CategorySet},
    facts::RowFacts,
};

use super::{
    looker::{Looker, values, with_kind},
    people::Named,
};
use crate::world::Folder;

/// What is seen of them.
pub(super) fn look(looker: &mut Looker<'_>, folder: &Folder, named: Named<'_>) {
    let family = RowFacts::family();
    for row in &folder.involvements {
        looker.row("Involvement", row.id, &family.from_agency(row.agency_id), &with_kind(values!(row,
            "Involvement.agency" agency_id, "Involvement.serviceTeam" service_team, "Involvement.contactName" contact_name,
            "Involvement.contactPhone" contact_phone, "Involvement.contactEmail" contact_email,
            "Involvement.startedOn" started_on, "Involvement.endedOn" ended_on,
        ), "Involvement.agencyKind", looker.kind(Some(row.agency_id))));
    }
    for row in &folder.consents {
        let facts = RowFacts::person(row.person_id).from_agency(row.recorded_by_agency);
        if looker.row(
            "Consent",
            row.id,
            &facts,
            &values!(row,
                "Consent.category" category, "Consent.agencyKind" agency_kind, "Consent.decision" decision,
                "Consent.recordedAt" recorded_at, "Consent.expiresOn" expires_on, "Consent.withdrawnAt" withdrawn_at,
                "Consent.recordedByAgency" recorded_by_agency, "Consent.purposes" purposes,
                "Consent.decidedByAgency" decided_by_agency,
            ),
        ) {
            looker.note("Consent", row.id, "person", named.tell(Some(row.person_id)));
            looker.note("Consent", row.id, "decidedBy", named.tell(row.decided_by));
        }
    }
    for row in &folder.markers {
        looker.row("MarkerPlacement", row.id, &family.from_agency(row.agency_id), &values!(row,
            "MarkerPlacement.agency" agency_id, "MarkerPlacement.system" system, "MarkerPlacement.status" status, "MarkerPlacement.requestedOn" requested_on,
            "MarkerPlacement.placedOn" placed_on, "MarkerPlacement.removedOn" removed_on,
        ));
    }
    for row in &folder.emergency_accesses {
        looker.row(
            "EmergencyAccess",
            row.id,
            &family.from_agency(row.agency_id),
            &values!(row,
                "EmergencyAccess.agency" agency_id, "EmergencyAccess.subject" subject, "EmergencyAccess.ground" ground,
                "EmergencyAccess.justification" justification, "EmergencyAccess.openedAt" opened_at,
                "EmergencyAccess.expiresAt" expires_at,
            ),
        );
    }
    for row in &folder.access_checks {
        let kind = looker.kind(Some(row.agency_id));
        let values = values!(row,
            "AccessCheck.outcome" outcome, "AccessCheck.reason" reason, "AccessCheck.advisedBy" advised_by,
            "AccessCheck.checkedOn" checked_on, "AccessCheck.recordedAt" recorded_at, "AccessCheck.agency" agency_id,
            "AccessCheck.subject" subject,
        );
        let values = with_kind(values, "AccessCheck.agencyKind", kind);
        if looker.row("AccessCheck", row.id, &RowFacts::person(row.person_id), &values) {
            looker.note("AccessCheck", row.id, "person", row.person_id.to_string());
        }
    }
    meetings(looker, folder);
    contacts(looker, folder);
}

/// What is seen of meetings of the team around the family, and of who came.
fn meetings(looker: &mut Looker<'_>, folder: &Folder) {
    let family = RowFacts::family();
    for row in &folder.taf_meetings {
        looker.row(
            "TafMeeting",
            row.id,
            &family,
            &values!(row,
                "TafMeeting.chairedBy" chaired_by, "TafMeeting.heldOn" held_on, "TafMeeting.nextOn" next_on,
            ),
        );
    }
    for row in &folder.taf_attendances {
        if looker.row("TafAttendance", row.id, &family, &values!(row,
            "TafAttendance.agency" agency_id, "TafAttendance.attendee" attendee, "TafAttendance.attendance" attendance,
        )) {
            looker.note("TafAttendance", row.id, "meeting", row.meeting_id.to_string());
        }
    }
}

/// What is seen of contacts. When one was recorded settles its place among the others, so it counts wherever the contact is known of; what its note
/// says is decided apart.
fn contacts(looker: &mut Looker<'_>, folder: &Folder) {
    for row in &folder.contacts {
        let facts = RowFacts::family().from_agency(row.agency_id);
        if looker.row(
            "Contact",
            row.id,
            &facts,
            &values!(row,
                "Contact.agency" agency_id, "Contact.reportedBy" subject, "Contact.kind" kind, "Contact.urgency" urgency,
                "Contact.occurredAt" occurred_at, "Contact.recordedAt" recorded_at,
            ),
        ) {
            looker.note("Contact", row.id, "place", row.recorded_at.to_string());
        }
        let (Some(_), Some(category)) = (&row.note, &row.note_category) else {
            continue;
        };
        let about = Category::from_code(category).map_or(CategorySet::EMPTY, |of| CategorySet::of(&[of]));
        looker.row(
            "ContactNote",
            row.id,
            &facts.with_categories(about),
            &values!(row, "ContactNote.text" note, "ContactNote.category" note_category),
        );
    }
}
