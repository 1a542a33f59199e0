//! The rows of all wanted tables for all families of a statement.

use std::{cmp::Reverse, collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::{
    bundle::{Bundle, Fetched, Slot},
    dossier::{Locked, Tables, Wants},
    fact_rows::FamilyFactRows,
    pipeline::Bind,
    record::record,
    rows::{
        ActionRow, AddressRow, AssessmentRow, ContactNoteRow, ContactRow, CriteriaMatchRow, DistanceScoreRow, GoalRow,
        LocalIdentifierRow, MarkerRow, OutcomeRow, PlanRow, ProgressValueRow, StatutoryStatusRow,
    },
    select::{Families, Select},
    session::{Session, StoreError},
};
use crate::{
    catalogue,
    sharing::{
        category::{Category, CategorySet},
        facts::RowFacts,
        grant::Guarded,
    },
};

/// Rows of one table by family.
pub(super) struct ByFamily<R>(HashMap<Uuid, Vec<R>>);

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

    fn none() -> Self {
        Self(HashMap::new())
    }

    /// The rows of one family.
    pub(super) fn of(&self, family: Uuid) -> &[R] {
        self.0.get(&family).map_or(&[], Vec::as_slice)
    }
}

/// A contact as it is stored, with its note.
#[derive(FromQueryResult)]
struct StoredContact {
    id: Uuid,
    family_id: Uuid,
    agency_id: Uuid,
    subject: String,
    kind: String,
    urgency: String,
    occurred_at: DateTime<Utc>,
    note: Option<String>,
    note_category: Option<String>,
    recorded_at: DateTime<Utc>,
}

record!(StoredContact: id family_id agency_id subject kind urgency occurred_at note note_category recorded_at);

impl StoredContact {
    /// The contact, and its note: which is a row of its own, since it may say more than that there was a contact.
    fn split(self) -> (ContactRow, Option<ContactNoteRow>) {
        let note = self
            .note
            .zip(self.note_category)
            .map(|(text, category)| ContactNoteRow {
                contact_id: self.id,
                family_id: self.family_id,
                agency_id: self.agency_id,
                text,
                category,
            });
        let contact = ContactRow {
            id: self.id,
            family_id: self.family_id,
            agency_id: self.agency_id,
            subject: self.subject,
            kind: self.kind,
            urgency: self.urgency,
            occurred_at: self.occurred_at,
            recorded_at: self.recorded_at,
        };
        (contact, note)
    }
}

macro_rules! tables {
    ($($rows:ident $table:ident $row:ident [$($wanted:ident)*];)*) => {
        /// Where the rows of the wanted tables are in a bundle of selects.
        pub(super) struct TableSlots {
            $($rows: Option<Slot<$row>>,)*
        }

        impl TableSlots {
            pub(super) fn ask(bundle: &mut Bundle, session: &Session, families: &Families, wants: Wants) -> Self {
                Self {
                    $($rows: ($(wants.$wanted)||*).then(|| {
                        let (on, authority) = (session.backend(), session.authority());
                        bundle.add(
                            Select::from::<$row>(on, stringify!($table), "authority_id", authority)
                                .among("family_id", Bind::Keys(Arc::clone(families))),
                        )
                    }),)*
                }
            }
        }

        /// The rows of the tables that are wanted; a table that is not has none.
        pub(super) struct TableRows {
            $($rows: ByFamily<$row>,)*
        }

        impl TableRows {
            pub(super) fn of(slots: &TableSlots, fetched: &Fetched) -> Result<Self, StoreError> {
                Ok(Self {
                    $($rows: match &slots.$rows {
                        Some(slot) => ByFamily::new(fetched.take(slot)?, |row| row.family_id),
                        None => ByFamily::none(),
                    },)*
                })
            }
        }
    };
}

// Each table, and who wants it. What an action or an outcome is about may be said by its goal, whence a score came by its assessment.
tables! {
    addresses address AddressRow [addresses];
    statuses statutory_status StatutoryStatusRow [statuses];
    identifiers local_identifier LocalIdentifierRow [identifiers];
    criteria criteria_match CriteriaMatchRow [criteria];
    assessments assessment AssessmentRow [assessments scores];
    scores distance_score DistanceScoreRow [scores];
    plans plan PlanRow [plans];
    goals goal GoalRow [goals actions outcomes];
    actions action ActionRow [actions];
    outcomes outcome OutcomeRow [outcomes];
    progress progress_value ProgressValueRow [progress];
    markers marker MarkerRow [markers];
    contacts contact StoredContact [contacts];
}

impl TableRows {
    /// Whether a family has a plan that is not closed, where plans were wanted.
    pub(super) fn has_plan(&self, family: Uuid) -> bool {
        self.plans.of(family).iter().any(|plan| plan.status != "closed")
    }

    /// The rows of one family, in order, each locked up with whom it is about, whence it came and what it is about.
    #[expect(
        clippy::too_many_lines,
        reason = "one entry a table, each with its order and its facts"
    )]
    pub(super) fn lock(&mut self, key: Uuid, read: FamilyFactRows) -> Tables {
        let goals = self.goals.take(key);
        let of_goal: HashMap<Uuid, CategorySet> = goals
            .iter()
            .map(|goal| (goal.id, criterion_if_any(goal.criterion.as_deref())))
            .collect();
        let assessments = self.assessments.take(key);
        let assessed_by: HashMap<Uuid, Uuid> = assessments.iter().map(|of| (of.id, of.agency_id)).collect();
        let (contacts, notes): (Vec<_>, Vec<_>) = self.contacts.take(key).into_iter().map(StoredContact::split).unzip();
        let members = read.members.into_iter().map(|member| {
            let facts = RowFacts::person(member.person.id);
            Arc::new(Guarded::new(key, member, facts))
        });
        Tables {
            members: members.collect(),
            addresses: lock(
                key,
                self.addresses.take(key),
                |row| (Reverse(row.valid_from), row.id),
                |_| RowFacts::family(),
            ),
            statuses: lock(
                key,
                self.statuses.take(key),
                |row| (Reverse(row.valid_from), row.id),
                |row| RowFacts::person(row.person_id),
            ),
            identifiers: lock(
                key,
                self.identifiers.take(key),
                |row| (row.system.clone(), row.id),
                |row| RowFacts::person(row.person_id),
            ),
            involvements: lock(
                key,
                read.involvements,
                |row| (Reverse(row.started_on), row.id),
                |row| RowFacts::family().from_agency(row.agency_id),
            ),
            criteria: lock(
                key,
                self.criteria.take(key),
                |row| (Reverse(row.evidence_from), row.id),
                criteria_facts,
            ),
            assessments: lock(
                key,
                assessments,
                |row| (Reverse(row.started_on), row.id),
                |row| RowFacts::family().from_agency(row.agency_id),
            ),
            scores: lock(
                key,
                self.scores.take(key),
                |row| (row.review, row.domain.clone(), row.id),
                |row| score_facts(row, &assessed_by),
            ),
            plans: lock(
                key,
                self.plans.take(key),
                |row| (Reverse(row.drawn_up_on), row.id),
                |_| RowFacts::family(),
            ),
            goals: lock(
                key,
                goals,
                |row| (row.position, row.id),
                |row| RowFacts::family().with_categories(criterion_if_any(row.criterion.as_deref())),
            ),
            actions: lock(
                key,
                self.actions.take(key),
                |row| (row.position, row.id),
                // An action says what its goal is about; one whose goal is unknown could say anything.
                |row| {
                    RowFacts::family().with_categories(of_goal.get(&row.goal_id).copied().unwrap_or(Category::CRITERIA))
                },
            ),
            outcomes: lock(
                key,
                self.outcomes.take(key),
                |row| (row.indicator.clone(), row.id),
                |row| outcome_facts(row, &of_goal),
            ),
            progress: lock(
                key,
                self.progress.take(key),
                |row| (row.measure.clone(), Reverse(row.period_to), row.id),
                |row| RowFacts::about(row.person_id).with_categories(catalogue::categories_of_measure(&row.measure)),
            ),
            consents: lock(
                key,
                read.consents,
                |row| (Reverse(row.recorded_at), row.id),
                |row| RowFacts::person(row.person_id).from_agency(row.recorded_by_agency),
            ),
            markers: lock(
                key,
                self.markers.take(key),
                |row| (Reverse(row.requested_on), row.id),
                |row| RowFacts::family().from_agency(row.agency_id),
            ),
            emergencies: lock(
                key,
                read.emergencies,
                |row| (Reverse(row.opened_at), row.id),
                |row| RowFacts::family().from_agency(row.agency_id),
            ),
            contacts: lock(
                key,
                contacts,
                |row| (Reverse(row.recorded_at), row.id),
                |row| RowFacts::family().from_agency(row.agency_id),
            ),
            contact_notes: lock(
                key,
                notes.into_iter().flatten().collect(),
                |row| row.contact_id,
                note_facts,
            ),
        }
    }
}

/// Puts rows in order and locks each up.
fn lock<R, K: Ord>(
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

fn criteria_facts(row: &CriteriaMatchRow) -> RowFacts {
    RowFacts::about(row.person_id)
        .from_agency(row.source_agency_id)
        .with_categories(catalogue::categories_of_criterion(&row.criterion))
}

/// A score is about its domain, and came from whoever made its assessment.
fn score_facts(row: &DistanceScoreRow, assessed_by: &HashMap<Uuid, Uuid>) -> RowFacts {
    let facts = RowFacts::about(row.person_id).with_categories(catalogue::categories_of_domain(&row.domain));
    assessed_by
        .get(&row.assessment_id)
        .map_or(facts, |source| facts.from_agency(*source))
}

/// A note is about what its reporter said it is about; one about a category that does not exist could be about anything.
fn note_facts(row: &ContactNoteRow) -> RowFacts {
    let categories =
        Category::from_code(&row.category).map_or(Category::NOTED, |category| CategorySet::of(&[category]));
    RowFacts::family()
        .from_agency(row.agency_id)
        .with_categories(categories)
}

/// An outcome is about its own criterion and its goal's.
fn outcome_facts(row: &OutcomeRow, of_goal: &HashMap<Uuid, CategorySet>) -> RowFacts {
    let goal = row.goal_id.map_or(CategorySet::EMPTY, |goal| {
        of_goal.get(&goal).copied().unwrap_or(Category::CRITERIA)
    });
    let facts = RowFacts::family().with_categories(criterion_if_any(row.criterion.as_deref()).union(goal));
    row.source_agency_id.map_or(facts, |source| facts.from_agency(source))
}

/// The categories of the criterion that a row may be tied to.
fn criterion_if_any(code: Option<&str>) -> CategorySet {
    code.map_or(CategorySet::EMPTY, catalogue::categories_of_criterion)
}
