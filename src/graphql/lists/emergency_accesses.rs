//! Which emergency accesses, and in which order.

use std::sync::Arc;

use async_graphql::{Enum, InputObject};
use chrono::{DateTime, Utc};

use super::{Select, entries, is_some, is_text, named};
use crate::{
    graphql::{
        codes::{EmergencyGround, SortDirection},
        cursor::SortKey,
        objects::EmergencyAccess,
        page::{Order, sort_key},
    },
    records::Table,
    sharing::register::{FieldId, field},
    store::dossier::{Dossier, Wants},
};

/// Which emergency accesses: those for which all that is said holds. It sees what you see: what is withheld from you is like nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct EmergencyAccessFilter {
    /// On this ground.
    pub ground: Option<EmergencyGround>,
    /// Opened by this person, as their agency names them.
    #[graphql(validator(max_length = 200))]
    pub subject: Option<String>,
}

/// What emergency accesses can be ordered by.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub enum EmergencyAccessOrderField {
    /// When it was opened.
    OpenedAt,
    /// Until when it holds.
    ExpiresAt,
}

/// In which order the emergency accesses come. What is unknown or withheld from you comes last.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct EmergencyAccessOrder {
    /// What to order by.
    pub field: EmergencyAccessOrderField,
    /// Which way.
    #[graphql(default_with = "SortDirection::Ascending")]
    pub direction: SortDirection,
}

/// A filter and an order of emergency accesses.
pub(in crate::graphql) struct EmergencyAccessSelect {
    pub(in crate::graphql) filter: EmergencyAccessFilter,
    pub(in crate::graphql) order: Option<EmergencyAccessOrder>,
}

impl Select for EmergencyAccessSelect {
    type Row = EmergencyAccess;
    const TOTAL: FieldId = field::EMERGENCY_ACCESS_CONNECTION_TOTAL_COUNT;

    fn wants(&self) -> Wants {
        Wants::of(&[Table::EmergencyAccess])
    }

    fn passes(&self, row: &EmergencyAccess) -> bool {
        let wanted = &self.filter;
        is_some(wanted.ground.as_ref(), || {
            row.row
                .release(field::EMERGENCY_ACCESS_GROUND, |record| Some(record.ground))
        }) && is_text(wanted.subject.as_ref(), || {
            row.row
                .release(field::EMERGENCY_ACCESS_SUBJECT, |record| Some(record.subject.clone()))
        })
    }

    fn by(&self, row: &EmergencyAccess) -> Option<SortKey> {
        match self.order?.field {
            EmergencyAccessOrderField::OpenedAt => sort_key(
                &row.row
                    .release(field::EMERGENCY_ACCESS_OPENED_AT, |record| record.opened_at),
                |v: &DateTime<Utc>| Some((*v).into()),
            ),
            EmergencyAccessOrderField::ExpiresAt => sort_key(
                &row.row
                    .release(field::EMERGENCY_ACCESS_EXPIRES_AT, |record| record.expires_at),
                |v: &DateTime<Utc>| Some((*v).into()),
            ),
        }
    }

    fn order(&self) -> Order {
        let field = self.order.map(|order| format!("{:?}", order.field));
        named(
            "emergencyAccesses",
            field.as_deref(),
            self.order.map(|order| order.direction),
        )
    }

    fn filters(&self) -> Vec<FieldId> {
        let wanted = &self.filter;
        let filtered = [
            (wanted.ground.is_some(), field::EMERGENCY_ACCESS_GROUND),
            (wanted.subject.is_some(), field::EMERGENCY_ACCESS_SUBJECT),
        ];
        let filtered = filtered.into_iter();
        filtered.filter_map(|(used, field)| used.then_some(field)).collect()
    }

    fn orders(&self) -> Option<FieldId> {
        self.order.map(|order| match order.field {
            EmergencyAccessOrderField::OpenedAt => field::EMERGENCY_ACCESS_OPENED_AT,
            EmergencyAccessOrderField::ExpiresAt => field::EMERGENCY_ACCESS_EXPIRES_AT,
        })
    }

    fn rows(dossier: &Arc<Dossier>) -> Vec<EmergencyAccess> {
        entries(dossier)
    }
}
