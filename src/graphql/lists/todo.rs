//! What a Lead Professional is to do, and in which order. It has no table: it is worked out from who is in the families that the asker leads, and what they have decided.

use std::sync::Arc;

use async_graphql::InputObject;
use chrono::NaiveDate;

use super::{
    Select,
    list::{from, ordering, until},
};
use crate::{
    graphql::{
        cursor::SortKey,
        objects::{Todo, visible},
        page::Order,
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

ordering! {
    todo of Todo, "things to do" {
        /// The day by which it is due.
        DueOn by due_on => Todo::due;
    }
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
        from(self.filter.due_from.as_ref(), || row.due()) && until(self.filter.due_until.as_ref(), || row.due())
    }

    fn by(&self, row: &Todo) -> Option<SortKey> {
        self.order?.by(row)
    }

    fn order(&self) -> Order {
        TodoOrder::named(self.order)
    }

    fn filters(&self) -> Vec<FieldId> {
        let due = self.filter.due_from.or(self.filter.due_until);
        due.map(|_| field::TODO_DUE_ON).into_iter().collect()
    }

    fn orders(&self) -> Option<FieldId> {
        self.order.map(TodoOrder::looks_at)
    }

    fn rows(dossier: &Arc<Dossier>) -> Vec<Todo> {
        visible(dossier).filter(Todo::is_due).collect()
    }
}
