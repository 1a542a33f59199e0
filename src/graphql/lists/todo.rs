//! What a Lead Professional is to do, and in which order. It has no table: it is worked out from who is in the families that the asker leads, and what they have decided.

use std::sync::Arc;

use async_graphql::{Enum, InputObject};
use chrono::NaiveDate;

use super::{Select, entries, named, within};
use crate::{
    graphql::{
        codes::SortDirection,
        cursor::SortKey,
        objects::Todo,
        page::{Order, sort_key},
    },
    records::Table,
    sharing::{
        ceiling::Ceiling,
        register::{FieldId, field},
    },
    store::{
        dossier::{Dossier, Wants},
        reach::Reach,
    },
};

/// Which of it: that for which all that is said holds.
#[derive(Clone, Debug, Default, InputObject)]
pub struct TodoFilter {
    /// Due on this day or later.
    pub due_from: Option<NaiveDate>,
    /// Due on this day or earlier.
    pub due_until: Option<NaiveDate>,
}

/// What it can be ordered by.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum TodoOrderField {
    /// The day by which it is due.
    DueOn,
}

/// In which order it comes.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct TodoOrder {
    /// What to order by.
    pub field: TodoOrderField,
    /// Which way.
    #[graphql(default_with = "SortDirection::Ascending")]
    pub direction: SortDirection,
}

/// A filter and an order of what is to be done.
pub(in crate::graphql) struct TodoSelect {
    pub(in crate::graphql) filter: TodoFilter,
    pub(in crate::graphql) order: Option<TodoOrder>,
}

impl Select for TodoSelect {
    type Row = Todo;
    const TOTAL: FieldId = field::TODO_CONNECTION_TOTAL_COUNT;

    fn wants(&self) -> Wants {
        Wants::of(&[Table::Consent, Table::LeadProfessional])
    }

    fn narrow(&mut self, reach: &mut Reach, ceiling: &Ceiling) {
        *reach = reach.clone().led_by(&ceiling.caller().principal);
    }

    fn passes(&self, row: &Todo) -> bool {
        within(self.filter.due_from, self.filter.due_until, || row.due())
    }

    fn by(&self, row: &Todo) -> Option<SortKey> {
        self.order?;
        sort_key(&row.due(), |day| day.map(Into::into))
    }

    fn order(&self) -> Order {
        let field = self.order.map(|order| format!("{:?}", order.field));
        named("todo", field.as_deref(), self.order.map(|order| order.direction))
    }

    fn filters(&self) -> Vec<FieldId> {
        let due = self.filter.due_from.or(self.filter.due_until);
        due.map(|_| field::TODO_DUE_ON).into_iter().collect()
    }

    fn orders(&self) -> Option<FieldId> {
        self.order.map(|_| field::TODO_DUE_ON)
    }

    fn rows(dossier: &Arc<Dossier>) -> Vec<Todo> {
        let mut all: Vec<Todo> = entries(dossier);
        all.retain(Todo::is_due);
        all
    }
}
