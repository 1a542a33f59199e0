//! Which meetings of teams around families, and in which order.

use std::sync::Arc;

use async_graphql::{Enum, InputObject};
use chrono::NaiveDate;

use super::{Select, entries, named, within};
use crate::{
    graphql::{
        codes::SortDirection,
        cursor::SortKey,
        objects::TafMeeting,
        page::{Order, sort_key},
    },
    records::Table,
    sharing::{
        grant::Shared,
        register::{FieldId, field},
    },
    store::dossier::{Dossier, Wants},
};

/// Which meetings: those for which all that is said holds. It sees what you see: what is withheld from you is like nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct TafMeetingFilter {
    /// Held on this day or later.
    pub held_from: Option<NaiveDate>,
    /// Held on this day or earlier.
    pub held_until: Option<NaiveDate>,
    /// With the next one on this day or later.
    pub next_from: Option<NaiveDate>,
    /// With the next one on this day or earlier.
    pub next_until: Option<NaiveDate>,
}

/// What meetings can be ordered by.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum TafMeetingOrderField {
    /// The day.
    HeldOn,
    /// The day on which the next one is to be.
    NextOn,
}

/// In which order the meetings come. What is unknown or withheld from you comes last.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct TafMeetingOrder {
    /// What to order by.
    pub field: TafMeetingOrderField,
    /// Which way.
    #[graphql(default_with = "SortDirection::Ascending")]
    pub direction: SortDirection,
}

/// A filter and an order of meetings.
pub(in crate::graphql) struct TafMeetingSelect {
    pub(in crate::graphql) filter: TafMeetingFilter,
    pub(in crate::graphql) order: Option<TafMeetingOrder>,
}

fn held_on(of: &TafMeeting) -> Shared<Option<NaiveDate>> {
    of.row.release(field::TAF_MEETING_HELD_ON, |row| Some(row.held_on))
}

fn next_on(of: &TafMeeting) -> Shared<Option<NaiveDate>> {
    of.row.release(field::TAF_MEETING_NEXT_ON, |row| row.next_on)
}

impl Select for TafMeetingSelect {
    type Row = TafMeeting;
    const TOTAL: FieldId = field::TAF_MEETING_CONNECTION_TOTAL_COUNT;

    fn wants(&self) -> Wants {
        Wants::of(&[Table::TafMeeting])
    }

    fn passes(&self, row: &TafMeeting) -> bool {
        let wanted = &self.filter;
        within(wanted.held_from, wanted.held_until, || held_on(row))
            && within(wanted.next_from, wanted.next_until, || next_on(row))
    }

    fn by(&self, row: &TafMeeting) -> Option<SortKey> {
        let day = match self.order?.field {
            TafMeetingOrderField::HeldOn => held_on(row),
            TafMeetingOrderField::NextOn => next_on(row),
        };
        sort_key(&day, |day| day.map(Into::into))
    }

    fn order(&self) -> Order {
        let field = self.order.map(|order| format!("{:?}", order.field));
        named("meetings", field.as_deref(), self.order.map(|order| order.direction))
    }

    fn filters(&self) -> Vec<FieldId> {
        let wanted = &self.filter;
        let held = wanted
            .held_from
            .or(wanted.held_until)
            .map(|_| field::TAF_MEETING_HELD_ON);
        let next = wanted
            .next_from
            .or(wanted.next_until)
            .map(|_| field::TAF_MEETING_NEXT_ON);
        held.into_iter().chain(next).collect()
    }

    fn orders(&self) -> Option<FieldId> {
        self.order.map(|order| match order.field {
            TafMeetingOrderField::HeldOn => field::TAF_MEETING_HELD_ON,
            TafMeetingOrderField::NextOn => field::TAF_MEETING_NEXT_ON,
        })
    }

    fn rows(dossier: &Arc<Dossier>) -> Vec<TafMeeting> {
        entries(dossier)
    }
}
