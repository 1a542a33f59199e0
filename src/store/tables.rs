//! The rows of all wanted tables for all families of a statement.

use std::{collections::HashMap, sync::Arc};

use uuid::Uuid;

use super::{
    bundle::{Bundle, Fetched, Slot},
    deciders::belongs,
    dossier::{Locked, Tables},
    fact_rows::FamilyFactRows,
    pipeline::Bind,
    record::Record,
    select::{Families, Select},
    session::{Session, StoreError},
};
use crate::{
    records::{self, Beside, OfFamily, PlanStatus, Row, Table, TableSet, WholeContactRow, each_locked_table},
    sharing::{
        facts::RowFacts,
        grant::{Guarded, Linked},
    },
};

/// Rows of one table by family.
pub(super) struct ByFamily<R>(HashMap<Uuid, Vec<R>>);

impl<R> Default for ByFamily<R> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<R> ByFamily<R> {
    pub(super) fn new(rows: Vec<R>, family: impl Fn(&R) -> Uuid) -> Self {
        let mut by_family: HashMap<Uuid, Vec<R>> = HashMap::new();
        for row in rows {
            by_family.entry(family(&row)).or_default().push(row);
        }
        Self(by_family)
    }

    pub(super) fn take(&mut self, family: Uuid) -> Vec<R> {
        self.0.remove(&family).unwrap_or_default()
    }

    /// The rows of one family.
    pub(super) fn of(&self, family: Uuid) -> &[R] {
        self.0.get(&family).map_or(&[], Vec::as_slice)
    }
}

/// The tables whose rows are read with the facts, since decisions rest on them.
const AS_FACTS: TableSet = TableSet::of(&[Table::Involvement, Table::Consent, Table::EmergencyAccess]);

/// Asks for a table's rows.
fn ask<R: Row + Record>(bundle: &mut Bundle, session: &Session, families: &Families) -> Slot<R> {
    let (on, authority) = (session.backend(), session.authority());
    bundle.add(
        Select::from::<R>(on, R::NAME, "authority_id", authority).among("family_id", Bind::Keys(Arc::clone(families))),
    )
}

macro_rules! tables {
    ($($rows:ident $table:ident $row:ident;)+) => {
        /// Where the rows of the wanted tables are in a bundle of selects.
        pub(super) struct TableSlots {
            $($rows: Option<Slot<records::$row>>,)+
            contacts: Option<Slot<WholeContactRow>>,
        }

        impl TableSlots {
            pub(super) fn ask(bundle: &mut Bundle, session: &Session, families: &Families, wanted: TableSet) -> Self {
                let asked = wanted.with_needed();
                let asks = |table| asked.contains(table) && !AS_FACTS.contains(table);
                Self {
                    $($rows: asks(Table::$table).then(|| ask(bundle, session, families)),)+
                    contacts: asks(Table::Contact).then(|| ask(bundle, session, families)),
                }
            }
        }

        /// The rows of the tables that are wanted; a table that is not has none.
        pub(super) struct TableRows {
            $($rows: ByFamily<records::$row>,)+
            contacts: ByFamily<WholeContactRow>,
        }

        impl TableRows {
            pub(super) fn of(slots: &TableSlots, fetched: &Fetched) -> Result<Self, StoreError> {
                Ok(Self {
                    $($rows: ByFamily::new(fetched.take_if(slots.$rows.as_ref())?, OfFamily::family),)+
                    contacts: ByFamily::new(fetched.take_if(slots.contacts.as_ref())?, |row| row.family_id),
                })
            }

            /// The rows of one family, in order, each locked up with whom it is about, whence it came and what it is about.
            pub(super) fn lock(&mut self, key: Uuid, read: FamilyFactRows) -> Tables {
                self.involvements.0.insert(key, read.involvements);
                self.consents.0.insert(key, read.consents);
                self.emergency_accesses.0.insert(key, read.emergencies);
                let beside = Beside::of(self.goals.of(key), self.assessments.of(key));
                let (contacts, notes): (Vec<_>, Vec<_>) =
                    self.contacts.take(key).into_iter().map(WholeContactRow::split).unzip();
                let members = read.members.into_iter().map(|member| {
                    let facts = RowFacts::membership(member.person.id, belongs(&member.membership));
                    Arc::new(Guarded::new(key, member, facts))
                });
                Tables {
                    members: members.collect(),
                    $($rows: lock(key, self.$rows.take(key), OfFamily::order, |row| row.facts(&beside)),)+
                    contacts: lock(key, contacts, records::ContactRow::order, records::ContactRow::facts),
                    contact_notes: lock(
                        key,
                        notes.into_iter().flatten().collect(),
                        |row: &records::ContactNoteRow| row.contact_id,
                        records::ContactNoteRow::facts,
                    ),
                }
            }
        }
    };
}

each_locked_table! { tables! }

impl TableRows {
    /// Whether a family has a plan that is not closed, where plans were wanted.
    pub(super) fn has_plan(&self, family: Uuid) -> bool {
        self.plans
            .of(family)
            .iter()
            .any(|plan| plan.status != PlanStatus::Closed)
    }
}

/// Puts rows in order and locks each up.
fn lock<R: Linked, K: Ord>(
    family: Uuid,
    mut rows: Vec<R>,
    order: impl Fn(&R) -> K,
    facts: impl Fn(&R) -> RowFacts,
) -> Vec<Locked<R>> {
    rows.sort_by_cached_key(order);
    rows.into_iter()
        .map(|row| {
            let facts = facts(&row);
            Arc::new(Guarded::new(family, row, facts))
        })
        .collect()
}
