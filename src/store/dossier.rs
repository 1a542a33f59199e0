//! Everything read about one family in one operation, locked up, with the grant that may release it.

use std::sync::Arc;

use chrono::NaiveDate;
use uuid::Uuid;

use super::agencies::Agencies;
use crate::{
    records::{self, FamilyRow, LeadProfessionalRow, MembershipRow, PersonRow, Table, TableSet, each_locked_table},
    sharing::{
        born::Born,
        category::CategorySet,
        facts::Period,
        grant::{Grant, Guarded},
    },
};

/// What an operation wants besides the families, their members and the facts that decisions need.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Wants {
    /// Rows of these tables, with what their rows inherit from others; of the agencies the whole register.
    pub tables: TableSet,
    /// That nothing is wanted of the people, nor anything that shielding covers: then they are only read where consent is asked for.
    pub without_people: bool,
    /// That no decision will be made but about reading these categories: then other facts are not read. A decision about any other category finds too few of
    /// them, and permits less.
    pub decides: Option<CategorySet>,
}

impl Wants {
    /// Rows of these tables, and any decision may be made.
    pub const fn of(tables: &[Table]) -> Self {
        Self {
            tables: TableSet::of(tables),
            without_people: false,
            decides: None,
        }
    }

    /// Whether rows of a table are wanted.
    pub const fn has(self, table: Table) -> bool {
        self.tables.contains(table)
    }

    /// The same where any decision may be made, about anybody.
    #[must_use]
    pub fn deciding_anything(self) -> Self {
        Self {
            without_people: false,
            decides: None,
            ..self
        }
    }

    /// The same with rows of more tables.
    #[must_use]
    pub fn with(self, tables: TableSet) -> Self {
        self.and(Self {
            tables,
            ..Self::default()
        })
    }

    /// What either wants.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            tables: self.tables.union(other.tables),
            without_people: self.without_people && other.without_people,
            decides: self.decides.zip(other.decides).map(|(one, other)| one.union(other)),
        }
    }
}

/// A family with what is derived from its other tables.
#[derive(Clone, Debug)]
pub struct FamilyRecord {
    /// The family itself.
    pub row: FamilyRow,
    /// Whether it is on the cohort today.
    pub on_cohort: bool,
    /// Whether it has a plan that is not closed.
    pub has_plan: bool,
    /// Who led the work, newest first; the first one may still lead.
    pub leads: Vec<LeadProfessionalRow>,
    /// Who leads it today.
    pub lead: Option<LeadProfessionalRow>,
    /// What the authority asks of whoever meets a family with a marker.
    pub what_to_do: Arc<str>,
}

/// A person in a family.
#[derive(Clone, Debug)]
pub struct MemberRecord {
    /// That and how they belong to it.
    pub membership: MembershipRow,
    /// The person.
    pub person: PersonRow,
    /// Whether they belong to it today.
    pub in_family: bool,
    /// When they were born, as far as it is known today.
    pub born: Born,
    /// Age in whole years today, where that is sure.
    pub age: Option<i32>,
    /// Whether they are an adult today, where that is sure.
    pub adult: Option<bool>,
}

impl MemberRecord {
    pub(super) fn on(today: NaiveDate, membership: MembershipRow, person: PersonRow) -> Self {
        let born = person.born(today);
        let mut member = Self {
            membership,
            person,
            in_family: false,
            born,
            age: born.age(today),
            adult: born.is_adult(today),
        };
        let belongs = Period {
            from: member.membership.valid_from,
            until: member.until(),
        };
        member.in_family = belongs.holds_on(today);
        member
    }

    /// The day on which they cease to belong to the family: that of their death at the latest.
    pub fn until(&self) -> Option<NaiveDate> {
        let recorded = [self.membership.valid_until, self.person.died_on];
        recorded.into_iter().flatten().min()
    }
}

/// A locked row.
pub type Locked<R> = Arc<Guarded<R>>;

/// What the texts of a row take, about.
const TEXTS: usize = 200;

/// A row that is locked up with its family.
pub trait InTables: Sized {
    /// The rows of one family.
    fn of(tables: &Tables) -> &[Locked<Self>];
}

macro_rules! tables {
    ($($rows:ident $table:ident $row:ident;)+) => {
        tables! {
            members MemberRecord;
            $($rows records::$row;)+
            contacts records::ContactRow;
            contact_notes records::ContactNoteRow;
        }
    };
    ($($rows:ident $row:ty;)+) => {
        /// The rows of one family that an operation wants, in order. A table that was not wanted is empty.
        #[derive(Debug, Default)]
        pub struct Tables {
            $(#[doc = concat!("Each a [`", stringify!($row), "`].")] pub $rows: Vec<Locked<$row>>,)+
        }

        impl Tables {
            /// How much memory all rows take, in bytes, about.
            pub(super) fn bytes(&self) -> usize {
                fn of<R>(rows: &[Locked<R>]) -> usize {
                    rows.len() * (size_of::<Guarded<R>>() + TEXTS)
                }
                0 $(+ of(&self.$rows))+
            }
        }

        $(impl InTables for $row {
            fn of(tables: &Tables) -> &[Locked<Self>] {
                &tables.$rows
            }
        })+
    };
}

each_locked_table! { tables! }

/// A family's own row is not one of many; it stands in the dossier.
impl InTables for FamilyRecord {
    fn of(_: &Tables) -> &[Locked<Self>] {
        &[]
    }
}

/// One family as one operation read it.
#[derive(Debug)]
pub struct Dossier {
    /// What may be released of it.
    pub grant: Arc<Grant>,
    /// The family.
    pub family: Locked<FamilyRecord>,
    /// Its other rows.
    pub tables: Arc<Tables>,
    /// The authority's agencies, where they are wanted.
    pub agencies: Arc<Agencies>,
}

impl Dossier {
    /// The family's key.
    pub fn key(&self) -> Uuid {
        self.grant.family()
    }
}
