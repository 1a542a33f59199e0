//! Which families a statement may touch: requested ids, or everything that a ceiling could ever reach.

use std::ops::Bound;

use chrono::NaiveDate;
use entity::{barred_subject, emergency_access, family, involvement, lead_professional};
use sea_orm::{
    ColumnTrait, Condition, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, Value,
};
use uuid::Uuid;

use super::reference;
use crate::sharing::{
    agreement::{Access, Scope},
    alike::{Extent, permitted_alike},
    caller::{Caller, Party},
    category::CategorySet,
    ceiling::Ceiling,
    register::{self, FieldId},
};

/// The families of a statement, always within one authority.
#[derive(Clone, Debug)]
pub enum FamilySet {
    /// These families.
    Keys(Vec<Uuid>),
    /// All families that match a condition.
    Reach(Reach),
    /// A page of them in the order of their ids.
    Window(Window),
}

/// A page of a reach, in the order of the families' ids.
#[derive(Clone, Debug)]
pub struct Window {
    /// Of these families.
    pub reach: Reach,
    /// Those with this id or a greater one, or with a greater one only.
    pub from: Option<Bound<Uuid>>,
    /// The page size.
    pub limit: u64,
    /// The family at which it begins, if one was named: it is read in addition if it exists, and if not, no
    /// other is read in its place.
    pub beside: Option<Uuid>,
}

impl Window {
    fn rows(&self) -> u64 {
        self.limit + u64::from(self.beside.is_some())
    }
}

/// All families of an authority whose rows of one kind the ceiling could ever reach. It narrows what is read,
/// and decides nothing: every family that the decision would permit is in it.
/// family that the decision would permit is within it.
#[derive(Clone, Debug)]
pub struct Reach {
    pub(super) authority: i32,
    pub(super) today: NaiveDate,
    pub(super) condition: Condition,
    /// The reference of the only family that is meant.
    pub(super) reference: Option<String>,
    /// Whether every family of it is on the cohort.
    pub(super) on_cohort: bool,
    /// Whether the rows exist for the caller in every family of it, whatever else is known of the family.
    pub(super) exists_alike: bool,
}

impl Reach {
    /// The families in which a row of this existence could be visible.
    pub fn of(ceiling: &Ceiling, existence: FieldId, today: NaiveDate) -> Self {
        let entry = register::get(existence);
        let authority = ceiling.caller().authority;
        let mut on_cohort = true;
        let condition = match ceiling.parties().first() {
            // One category that is always needed is a sufficient limit; if a row brings its own, any of those
            // it may bring.
            Some(principal) => {
                let bound = entry
                    .categories
                    .iter()
                    .next()
                    .map_or(entry.one_of, |first| CategorySet::of(&[first]));
                let clauses = principal
                    .clauses
                    .iter()
                    .filter(|clause| bound.iter().any(|category| clause.permits(Access::Read, category)));
                clauses.fold(Condition::any().add(no_family()), |any, clause| {
                    on_cohort &= clause.scope == Scope::Cohort && !clause.emergency;
                    let any = any.add(in_scope(clause.scope, &principal.party, authority, today));
                    if clause.emergency {
                        any.add(opened(&principal.party, authority))
                    } else {
                        any
                    }
                })
            }
            None => Condition::all().add(no_family()),
        };
        let condition = Condition::all().add(condition).add(not_barred(ceiling.caller(), today));
        let exists_alike = match permitted_alike(ceiling, existence, CategorySet::EMPTY) {
            Some(Extent::All) => true,
            Some(Extent::OnCohort) => on_cohort,
            None => false,
        };
        Self {
            authority,
            today,
            condition,
            reference: None,
            on_cohort,
            exists_alike,
        }
    }

    /// All families of an authority.
    pub(super) fn whole(authority: i32, today: NaiveDate) -> Self {
        Self {
            authority,
            today,
            condition: Condition::all(),
            reference: None,
            on_cohort: false,
            exists_alike: false,
        }
    }

    /// The family with that reference, among the same families.
    #[must_use]
    pub fn with_reference(self, reference: &str) -> Self {
        let reference = Some(reference.to_owned());
        Self { reference, ..self }
    }

    /// Those of the same families that somebody leads.
    #[must_use]
    pub fn led_by(self, party: &Party) -> Self {
        let leads = in_scope(Scope::Lead, party, self.authority, self.today);
        Self {
            condition: Condition::all().add(self.condition).add(leads),
            ..self
        }
    }

    /// All of these families, whatever their reference.
    pub(super) fn select_all(&self) -> Select<family::Entity> {
        family::Entity::find()
            .filter(family::Column::AuthorityId.eq(self.authority))
            .filter(self.condition.clone())
    }

    fn select(&self) -> Select<family::Entity> {
        match &self.reference {
            Some(reference) => self.select_all().filter(reference::is(reference)),
            None => self.select_all(),
        }
    }
}

impl FamilySet {
    /// The reference of the family, if one was named.
    pub fn reference(&self) -> Option<&str> {
        match self {
            Self::Reach(reach) => reach.reference.as_deref(),
            Self::Keys(_) | Self::Window(_) => None,
        }
    }

    /// The named family, if others are requested in addition.
    pub(super) fn beside(&self) -> Option<Uuid> {
        match self {
            Self::Window(window) => window.beside,
            Self::Keys(_) | Self::Reach(_) => None,
        }
    }

    /// The query for the families themselves.
    pub(super) fn select_families(&self, authority: i32) -> Select<family::Entity> {
        match self {
            Self::Keys(keys) => family::Entity::find()
                .filter(family::Column::AuthorityId.eq(authority))
                .filter(family::Column::Id.is_in(keys.iter().copied())),
            Self::Reach(reach) => reach.select(),
            Self::Window(window) => {
                let select = window
                    .reach
                    .select()
                    .order_by_asc(family::Column::Id)
                    .limit(window.rows());
                match window.from {
                    Some(Bound::Included(key)) => select.filter(family::Column::Id.gte(key)),
                    Some(Bound::Excluded(key)) => select.filter(family::Column::Id.gt(key)),
                    Some(Bound::Unbounded) | None => select,
                }
            }
        }
    }

    /// The same as SQL text and parameters.
    pub(super) fn statement(&self, backend: DbBackend, authority: i32) -> (String, Vec<Value>) {
        let statement = backend.build(&self.select_families(authority).into_query());
        (
            statement.sql,
            statement.values.map(|values| values.0).unwrap_or_default(),
        )
    }
}

/// An id that no family has, for dummy reads. Each number gives another.
pub(super) fn nobody(number: usize) -> Uuid {
    Uuid::from_u128(u128::MAX - number as u128)
}

/// A condition that no row satisfies.
fn no_family() -> sea_orm::sea_query::SimpleExpr {
    sea_orm::sea_query::Expr::cust("1 = 0")
}

/// Open on the day: begun, and not ended.
pub(super) fn open_on<C: ColumnTrait>(from: C, until: C, today: NaiveDate) -> Condition {
    Condition::all()
        .add(from.lte(today))
        .add(Condition::any().add(until.is_null()).add(until.gt(today)))
}

/// Whether a family is on the cohort on the day.
pub(super) fn on_cohort(today: NaiveDate) -> Condition {
    open_on(family::Column::AttachedOn, family::Column::ClosedOn, today)
}

fn in_scope(scope: Scope, party: &Party, authority: i32, today: NaiveDate) -> Condition {
    match scope {
        Scope::Authority | Scope::Own => Condition::all(),
        Scope::Cohort => on_cohort(today),
        Scope::Involved => Condition::all().add(
            family::Column::Id.in_subquery(
                involvement::Entity::find()
                    .select_only()
                    .column(involvement::Column::FamilyId)
                    .filter(involvement::Column::AuthorityId.eq(authority))
                    .filter(involvement::Column::AgencyId.eq(party.agency))
                    .filter(open_on(
                        involvement::Column::StartedOn,
                        involvement::Column::EndedOn,
                        today,
                    ))
                    .into_query(),
            ),
        ),
        Scope::Lead => Condition::all().add(
            family::Column::Id.in_subquery(
                lead_professional::Entity::find()
                    .select_only()
                    .column(lead_professional::Column::FamilyId)
                    .filter(lead_professional::Column::AuthorityId.eq(authority))
                    .filter(lead_professional::Column::AgencyId.eq(party.agency))
                    .filter(lead_professional::Column::Subject.eq(party.subject.as_str()))
                    .filter(open_on(
                        lead_professional::Column::ValidFrom,
                        lead_professional::Column::ValidUntil,
                        today,
                    ))
                    .into_query(),
            ),
        ),
    }
}

/// Families that are not barred to any party of the caller: to whom one is, it is not there.
fn not_barred(caller: &Caller, today: NaiveDate) -> Condition {
    let barred = barred(caller, today)
        .select_only()
        .column(barred_subject::Column::FamilyId);
    Condition::all().add(family::Column::Id.not_in_subquery(barred.into_query()))
}

/// The rows that bar families to a party of the caller today.
pub(super) fn barred(caller: &Caller, today: NaiveDate) -> Select<barred_subject::Entity> {
    use barred_subject::Column;
    let parties = caller.parties().fold(Condition::any(), |any, party| {
        let of_agency = Condition::any()
            .add(Column::AgencyId.is_null())
            .add(Column::AgencyId.eq(party.agency));
        any.add(
            Condition::all()
                .add(Column::Subject.eq(party.subject.as_str()))
                .add(of_agency),
        )
    });
    barred_subject::Entity::find()
        .filter(Column::AuthorityId.eq(caller.authority))
        .filter(open_on(Column::ValidFrom, Column::ValidUntil, today))
        .filter(parties)
}

/// Families to which the party ever opened emergency access; whether it still applies is up to the decision.
fn opened(party: &Party, authority: i32) -> Condition {
    Condition::all().add(
        family::Column::Id.in_subquery(
            emergency_access::Entity::find()
                .select_only()
                .column(emergency_access::Column::FamilyId)
                .filter(emergency_access::Column::AuthorityId.eq(authority))
                .filter(emergency_access::Column::AgencyId.eq(party.agency))
                .filter(emergency_access::Column::Subject.eq(party.subject.as_str()))
                .into_query(),
        ),
    )
}
