//! `TafMeeting` and `TafAttendance`.

use async_graphql::{Context, ID, Object};
use chrono::NaiveDate;

use super::{Agency, Family, agency, entry, family, rows};
use crate::{
    graphql::{codes::Attendance, context::Request, ids::Kind},
    records::{TafAttendanceRow, TafMeetingRow},
    sharing::{
        grant::{Link, Shared},
        register::field,
    },
};

entry! {
    /// A meeting of the team around a family that was held.
    TafMeeting of TafMeetingRow, TAF_MEETING_ID
}

/// A meeting of the team around a family that was held.
#[Object]
impl TafMeeting {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::TafMeeting, self.dossier.key(), self.row.key())
    }

    /// The family.
    fn family(&self, ctx: &Context<'_>) -> Shared<Option<Family>> {
        self.row
            .release_rows(field::TAF_MEETING_FAMILY, || family(ctx, &self.dossier))
    }

    /// The agency that chaired it.
    fn chaired_by(&self) -> Shared<Option<Agency>> {
        self.row.release(field::TAF_MEETING_CHAIRED_BY, |row| {
            agency(&self.dossier, Some(row.chaired_by))
        })
    }

    /// The day.
    fn held_on(&self) -> Shared<NaiveDate> {
        self.row.release(field::TAF_MEETING_HELD_ON, |row| row.held_on)
    }

    /// The day on which the next one is to be.
    fn next_on(&self) -> Shared<Option<NaiveDate>> {
        self.row.release(field::TAF_MEETING_NEXT_ON, |row| row.next_on)
    }

    /// Of each agency that was asked, whether it was there.
    fn attendance(&self, ctx: &Context<'_>) -> Shared<Vec<TafAttendance>> {
        let own = self.row.key();
        self.row.release_rows(field::TAF_MEETING_ATTENDANCE, || {
            rows(ctx, &self.dossier, |child: &TafAttendance| {
                child.row.link(Link::Meeting) == Some(own)
            })
        })
    }
}

entry! {
    /// Whether an agency was at a meeting.
    TafAttendance of TafAttendanceRow, TAF_ATTENDANCE_ID
}

/// Whether an agency was at a meeting.
#[Object]
impl TafAttendance {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::TafAttendance, self.dossier.key(), self.row.key())
    }

    /// The meeting.
    fn meeting(&self, ctx: &Context<'_>) -> Shared<Option<TafMeeting>> {
        let of = self.row.link(Link::Meeting);
        self.row.release_rows(field::TAF_ATTENDANCE_MEETING, || {
            rows(ctx, &self.dossier, |parent: &TafMeeting| Some(parent.row.key()) == of).pop()
        })
    }

    /// The agency.
    fn agency(&self) -> Shared<Option<Agency>> {
        self.row.release(field::TAF_ATTENDANCE_AGENCY, |row| {
            agency(&self.dossier, Some(row.agency_id))
        })
    }

    /// Who came for it, or was to come.
    fn attendee(&self) -> Shared<Option<String>> {
        self.row
            .release(field::TAF_ATTENDANCE_ATTENDEE, |row| row.attendee.clone())
    }

    /// Whether it was there.
    fn attendance(&self) -> Shared<Attendance> {
        self.row.release(field::TAF_ATTENDANCE_ATTENDANCE, |row| row.attendance)
    }
}
