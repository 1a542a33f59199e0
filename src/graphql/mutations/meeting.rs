//! `recordMeeting` and `recordAttendance`.

use std::collections::HashSet;

use async_graphql::{ID, InputObject};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    changed::{categories_of, dossier, payload},
    checks::Checks,
    frame::{Change, changes, sent},
    idempotency::{Done, Stopped},
    user_error::{UserError, UserErrorCode},
    writable::{self, Named},
};
use crate::{
    graphql::{
        codes::Attendance,
        context::Request,
        ids::Kind,
        objects::{Entry, TafAttendance, TafMeeting, visible},
    },
    records::{Table, TableSet, TafAttendanceRow, TafMeetingRow},
    sharing::{
        facts::RowFacts,
        grant::Link,
        register::{FieldId, field},
    },
    store::{
        agencies::Agencies,
        dossier::{Dossier, Wants},
    },
};

/// The most agencies that can be at one meeting.
const MOST: usize = 50;

changes! {
    /// Changes of meetings of the team around a family.
    OfMeetings {
        /// Records that the team around a family met, and which agencies were there.
        record_meeting(RecordMeetingInput, "Which family, when, who was there.") -> RecordMeetingPayload;
        /// Records whether one more agency was at a meeting.
        record_attendance(RecordAttendanceInput, "Which meeting, which agency.") -> RecordAttendancePayload;
    }
}

/// A meeting of the team around a family that was held.
#[derive(InputObject)]
pub struct RecordMeetingInput {
    /// The family.
    family_id: ID,
    /// The code of the agency that chaired it.
    chaired_by: String,
    /// The day; today or before.
    held_on: NaiveDate,
    /// The day on which the next one is to be; not before this one.
    next_on: Option<NaiveDate>,
    /// Of each agency that was asked, whether it was there: from 1 to 50 agencies, each once.
    attendance: Vec<AttendanceInput>,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

/// Whether an agency was at a meeting.
#[derive(InputObject)]
pub struct AttendanceInput {
    /// The code of the agency.
    agency: String,
    /// Who came for it, or was to come; at most 200 characters.
    attendee: Option<String>,
    /// Whether it was there.
    attendance: Attendance,
}

payload! {
    /// What came of recording a meeting.
    RecordMeetingPayload {
        /// The meeting that was recorded, if you may see it.
        meeting: TafMeeting
    }
    errors "Why it was not recorded; empty when it was."
}

/// Whether one more agency was at a meeting.
#[derive(InputObject)]
pub struct RecordAttendanceInput {
    /// The meeting.
    meeting_id: ID,
    /// Which agency, and whether it was there.
    attendance: AttendanceInput,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

payload! {
    /// What came of recording that.
    RecordAttendancePayload {
        /// What was recorded, if you may see it.
        attendance: TafAttendance
    }
    errors "Why it was not recorded; empty when it was."
}

/// The row of an agency at a meeting.
fn row(
    request: &Request,
    agencies: &Agencies,
    (family_id, meeting_id): (Uuid, Uuid),
    input: &AttendanceInput,
) -> Result<TafAttendanceRow, Vec<UserError>> {
    let mut checks = Checks::default();
    let attendee = checks.optional_line("attendance.attendee", input.attendee.as_deref(), 200);
    checks.finish(Some(()))?;
    Ok(TafAttendanceRow {
        authority_id: request.authority(),
        id: request.services.store.ids().uuid(),
        family_id,
        meeting_id,
        agency_id: writable::agency(agencies, "attendance.agency", &input.agency)?,
        attendee,
        attendance: input.attendance,
    })
}

/// The rows of a meeting, where the input is good by itself.
fn rows(
    request: &Request,
    agencies: &Agencies,
    family_id: Uuid,
    input: &RecordMeetingInput,
) -> Result<(TafMeetingRow, Vec<TafAttendanceRow>), Vec<UserError>> {
    let mut checks = Checks::default();
    checks.past_day("heldOn", input.held_on, request.session.today());
    if let Some(next) = input.next_on.and_then(|next| checks.day("nextOn", next))
        && next < input.held_on
    {
        checks.refuse("nextOn", "It cannot be before this meeting.");
    }
    let mut named = HashSet::new();
    if input.attendance.is_empty() || input.attendance.len() > MOST {
        checks.refuse("attendance", format!("Name from 1 to {MOST} agencies."));
    } else if !input.attendance.iter().all(|of| named.insert(&of.agency)) {
        checks.refuse("attendance.agency", "An agency is named twice.");
    }
    checks.finish(Some(()))?;
    let meeting = TafMeetingRow {
        authority_id: request.authority(),
        id: request.services.store.ids().uuid(),
        family_id,
        chaired_by: writable::agency(agencies, "chairedBy", &input.chaired_by)?,
        held_on: input.held_on,
        next_on: input.next_on,
    };
    let of = (family_id, meeting.id);
    let attendance = input.attendance.iter().map(|input| row(request, agencies, of, input));
    Ok((meeting, attendance.collect::<Result<_, _>>()?))
}

impl Change for RecordMeetingInput {
    sent!(Self, by family_id, gives RecordMeetingPayload);
    const MUTATION: FieldId = field::MUTATION_RECORD_MEETING;

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let key = request.key(&self.family_id)?;
        let agencies = request.session.agencies().await?;
        let (meeting, attendance) = rows(request, agencies, key.row, self)?;
        let categories = categories_of(Self::MUTATION);
        let permit = |dossier: &Dossier| dossier.grant.may_write(categories, &RowFacts::family()).ok();
        let named = Named { key, field: "familyId" };
        let (_, permit) = writable::family(request, named, Wants::default(), permit).await?;
        let meeting_key = meeting.id;
        let writing = request.session.write(permit);
        writing.add_to_family(&[meeting]).await?;
        writing.add_to_family(&attendance).await?;
        Ok(Done::changed(key.row, vec![meeting_key]))
    }
}

impl Change for RecordAttendanceInput {
    sent!(Self, by meeting_id, gives RecordAttendancePayload);
    const MUTATION: FieldId = field::MUTATION_RECORD_ATTENDANCE;

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        let key = request.key(&self.meeting_id)?;
        let agencies = request.session.agencies().await?;
        let row = row(request, agencies, (key.family, key.row), &self.attendance)?;
        // A conflict tells which agency was there: so whoever may not see that may not record it either.
        let permit = |dossier: &Dossier, meeting: &TafMeeting| {
            let agency = field::TAF_ATTENDANCE_AGENCY;
            let shown = dossier.grant.would_show(agency, &RowFacts::family());
            let permit = meeting.row().may_write(categories_of(Self::MUTATION)).ok();
            permit.filter(|_| shown)
        };
        let named = Named {
            key,
            field: "meetingId",
        };
        let (_, _, permit) = writable::row_with(request, named, Kind::TafMeeting, TableSet::EMPTY, permit).await?;
        let known = dossier(request, key.family, Wants::of(&[Table::TafAttendance])).await?;
        let known = known.as_ref().and_then(|dossier| {
            visible::<TafAttendance>(dossier).find(|of| {
                let agency = of.row.release(field::TAF_ATTENDANCE_AGENCY, |of| of.agency_id);
                of.row.link(Link::Meeting) == Some(key.row) && agency.seen() == Some(&row.agency_id)
            })
        });
        if let Some(known) = known {
            request.disclose(&known.row().existence());
            return Ok(Done::refused(UserError::new(
                "attendance.agency",
                UserErrorCode::Conflict,
                "It is recorded already whether this agency was there.",
            )));
        }
        let row_key = row.id;
        request.session.write(permit).add_to_family(&[row]).await?;
        Ok(Done::changed(key.family, vec![row_key]))
    }
}
