//! What a line must be as a whole: dates in order, states that fit their dates, and what may be there only once in a file.

use chrono::{Days, Months, NaiveDate};

use super::{column::Value, keys};
use crate::{
    catalogue,
    clock::day_of,
    matching::{self, WrongNumber},
    records::{Code, IdentifierSystem, MarkerStatus, PlanStatus, Table},
    sharing::category::Category,
    store::{reference, rows::MOST_DAYS_AHEAD},
};

/// A line's values by the names of their columns.
pub(super) struct Named<'v> {
    pub(super) table: Table,
    pub(super) values: &'v [Value],
}

/// A column and what is wrong with it.
type Wrong = (&'static str, String);

impl Named<'_> {
    fn get(&self, name: &str) -> &Value {
        let at = self.table.in_file().iter().position(|column| column.file == name);
        at.and_then(|at| self.values.get(at)).unwrap_or(&Value::None)
    }

    fn date(&self, name: &str) -> Option<NaiveDate> {
        match self.get(name) {
            Value::Date(date) => Some(*date),
            Value::Instant(at) => Some(day_of(*at)),
            _ => None,
        }
    }

    fn text(&self, name: &str) -> &str {
        match self.get(name) {
            Value::Text(text) => text,
            _ => "",
        }
    }

    fn has(&self, name: &str, code: impl Code) -> bool {
        self.text(name) == code.word()
    }

    fn is(&self, name: &str) -> bool {
        *self.get(name) != Value::None
    }

    /// What is wrong with the line, its values being good one by one.
    pub(super) fn problems(&self, today: NaiveDate) -> Vec<Wrong> {
        let mut wrong: Vec<Wrong> = Vec::new();
        for (from, until) in self.spans() {
            if let (Some(first), Some(last)) = (self.date(from), self.date(until))
                && last < first
            {
                wrong.push((until, format!("is before {from}")));
            }
        }
        let mut unless = |good: bool, column: &'static str, why: &str| {
            if !good {
                wrong.push((column, why.to_owned()));
            }
        };
        match self.table {
            Table::Person => self.person(today, &mut unless),
            Table::Family => {
                let joined = self.is("attached_on") || !self.is("closed_on");
                unless(joined, "closed_on", "is there without attached_on");
            }
            Table::Membership => {
                let ended = self.is("valid_until") || !self.is("end_reason");
                unless(ended, "end_reason", "is there without valid_until");
            }
            Table::Plan => {
                let closed = self.has("status", PlanStatus::Closed);
                unless(
                    closed == self.is("closed_on"),
                    "closed_on",
                    "is there if and only if the status is closed",
                );
                unless(
                    closed || !self.is("closure"),
                    "closure",
                    "is there though the status is not closed",
                );
            }
            Table::Outcome => {
                let dated = self.is("result") == self.is("result_on");
                unless(dated, "result_on", "is there if and only if there is a result");
            }
            Table::Consent => self.professional(
                ("decided_by_key", "decided_by_agency", "decided_by_subject"),
                &mut unless,
            ),
            Table::ParentalResponsibility => self.professional(("person_key", "agency", "subject"), &mut unless),
            Table::LocalIdentifier => {
                let wrong = matching::wrong_number(self.text("system"), self.text("value"));
                unless(wrong.is_none(), "value", wrong.map_or("", about_number));
            }
            Table::ProgressValue => self.progress(&mut unless),
            Table::Marker => {
                let state = |state| self.has("status", state);
                unless(
                    !state(MarkerStatus::Placed) || self.is("placed_on"),
                    "placed_on",
                    "is empty though the marker is placed",
                );
                unless(
                    !state(MarkerStatus::Requested) || !self.is("placed_on"),
                    "placed_on",
                    "is there though the marker is only requested",
                );
                let removed = state(MarkerStatus::Removed);
                unless(
                    removed == self.is("removed_on"),
                    "removed_on",
                    "is there if and only if the marker is removed",
                );
            }
            Table::Contact => {
                unless(
                    self.is("note") == self.is("note_category"),
                    "note_category",
                    "is there if and only if there is a note",
                );
                let noted = Category::from_code(self.text("note_category"));
                unless(
                    noted.is_none_or(|of| Category::NOTED.contains(of)),
                    "note_category",
                    "is not one that a note can be about",
                );
            }
            _ => {}
        }
        wrong
    }

    /// Who is born has a name; who is not yet is expected within a time in which children are, and is no adult.
    fn person(&self, today: NaiveDate, unless: &mut impl FnMut(bool, &'static str, &str)) {
        let ahead = today.checked_add_days(Days::new(MOST_DAYS_AHEAD)).unwrap_or(today);
        let (born, expected) = (self.get("date_of_birth"), self.date("expected_on"));
        let too_far = format!("is more than {MOST_DAYS_AHEAD} days ahead, and no child is expected so long before");
        let first = match born {
            Value::Date(day) => Some(*day),
            Value::Within(year, month) => {
                let month = month.and_then(|month| u32::try_from(month).ok());
                let first = NaiveDate::from_ymd_opt(*year, month.unwrap_or(1), 1);
                unless(
                    first.is_none_or(|first| first <= today),
                    "date_of_birth",
                    "is in the future: of a child who is expected the whole day is needed",
                );
                first
            }
            Value::Expected(day) => {
                unless(*day <= ahead, "date_of_birth", &too_far);
                None
            }
            _ => None,
        };
        unless(expected.is_none_or(|day| day <= ahead), "expected_on", &too_far);
        unless(
            expected.is_none() || *born == Value::None,
            "expected_on",
            "is there though date_of_birth is not empty",
        );
        let unborn = expected.is_some() || matches!(born, Value::Expected(_));
        unless(
            unborn || self.is("given_name") || self.is("family_name"),
            "family_name",
            "is empty, and so is given_name: only a child who is expected may have neither",
        );
        if *self.get("adult") == Value::Flag(true) {
            let turned = first.and_then(|first| first.checked_add_months(Months::new(12 * 18)));
            unless(
                !unborn && turned.is_none_or(|turned| turned <= today),
                "adult",
                "is true though the date of birth says otherwise",
            );
        }
    }

    /// Either somebody of the family, or an agency and who of it.
    fn professional(
        &self,
        (person, agency, subject): (&'static str, &'static str, &'static str),
        unless: &mut impl FnMut(bool, &'static str, &str),
    ) {
        unless(
            self.is(person) != self.is(agency),
            person,
            &format!("is there if and only if {agency} is empty"),
        );
        unless(
            self.is(agency) == self.is(subject),
            subject,
            &format!("is there if and only if {agency} is"),
        );
    }

    fn progress(&self, unless: &mut impl FnMut(bool, &'static str, &str)) {
        let Some(measure) = catalogue::progress_measure(self.text("measure")) else {
            return;
        };
        let about_person = self.is("person_key");
        unless(
            !(measure.of_household() && about_person),
            "person_key",
            "is there though the measure is of the household",
        );
        unless(
            measure.of_household() || about_person,
            "person_key",
            "is empty though the measure is of a person",
        );
        if let (Value::Number(value), Some(greatest)) = (self.get("value"), measure.greatest()) {
            unless(
                *value <= greatest,
                "value",
                &format!("is more than {greatest}, the most that the measure's unit allows"),
            );
        }
    }

    /// Columns of which the second is never before the first.
    fn spans(&self) -> &'static [(&'static str, &'static str)] {
        match self.table {
            Table::Family => &[("attached_on", "closed_on")],
            Table::Membership
            | Table::Address
            | Table::StatutoryStatus
            | Table::LeadProfessional
            | Table::ParentalResponsibility
            | Table::LacksCapacity
            | Table::BarredSubject => {
                &[("valid_from", "valid_until")]
            }
            Table::Involvement => &[("started_on", "ended_on")],
            Table::CriteriaMatch => &[("evidence_from", "evidence_until")],
            Table::Assessment => &[("started_on", "completed_on")],
            Table::Plan => &[("drawn_up_on", "agreed_on"), ("drawn_up_on", "closed_on")],
            Table::Consent => &[("recorded_at", "withdrawn_at"), ("recorded_at", "expires_on")],
            Table::Marker => &[
                ("requested_on", "placed_on"),
                ("requested_on", "removed_on"),
                ("placed_on", "removed_on"),
            ],
            Table::Contact => &[("occurred_at", "recorded_at")],
            Table::TafMeeting => &[("held_on", "next_on")],
            Table::Agency
            | Table::Person
            | Table::LocalIdentifier
            | Table::DistanceScore
            | Table::Goal
            | Table::Action
            | Table::Outcome
            | Table::ProgressValue
            | Table::TafAttendance
            | Table::WithoutGoal
            // These are brought by no file.
            | Table::Authority
            | Table::StatisticalNeighbour
            | Table::ClientProgram
            | Table::EmergencyAccess
            | Table::PlanHistory
            | Table::AccessCheck => &[],
        }
    }

    /// What only one line of the file may be, besides its key: the column by which a second one is told, and a hash of what is the same.
    pub(super) fn once(&self) -> Option<(&'static str, [u8; 16])> {
        let (open, columns): (bool, &[&'static str]) = match self.table {
            Table::Family => (true, &["reference"]),
            // All who live somewhere may have the number of a tenancy, in each family that recorded it.
            Table::LocalIdentifier if self.has("system", IdentifierSystem::Tenancy) => {
                (true, &["value", "system", "person_key", "family_key"])
            }
            Table::LocalIdentifier => (true, &["value", "system"]),
            Table::Membership => (!self.is("valid_until"), &["person_key", "family_key"]),
            Table::Involvement => (!self.is("ended_on"), &["agency", "family_key"]),
            Table::TafAttendance => (true, &["agency", "taf_meeting_key"]),
            Table::WithoutGoal => (true, &["criterion", "plan_key"]),
            Table::LeadProfessional => (!self.is("valid_until"), &["family_key"]),
            Table::Plan => (!self.has("status", PlanStatus::Closed), &["family_key"]),
            Table::Marker => (
                !self.has("status", MarkerStatus::Removed),
                &["agency", "system", "family_key"],
            ),
            _ => return None,
        };
        let parts: Vec<String> = columns
            .iter()
            .map(|name| match self.get(name) {
                // In one form, however they are written: as a look-up compares them, and as they are asked for.
                Value::Text(text) if (self.table, *name) == (Table::LocalIdentifier, "value") => {
                    matching::folded_number(self.text("system"), text).unwrap_or_else(|| text.clone())
                }
                Value::Text(text) if *name == "reference" => reference::folded(text),
                Value::Text(text) => text.clone(),
                Value::Id(id) => id.to_string(),
                _ => String::new(),
            })
            .collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        open.then(|| (columns[0], keys::half(&parts)))
    }
}

/// What is wrong with a number, without the number.
const fn about_number(wrong: WrongNumber) -> &'static str {
    match wrong {
        WrongNumber::Placeholder => "is what people write where there is no number: leave the line out",
        WrongNumber::Scientific => {
            "has lost its digits, as spreadsheets write long numbers (9.43E+09): have the column written as text"
        }
        WrongNumber::NhsNumber => "is no NHS number: it has ten digits, and the last one must fit the others",
        WrongNumber::Upn => {
            "is no unique pupil number: a letter that must fit what follows, eleven digits, and a digit or letter"
        }
    }
}
