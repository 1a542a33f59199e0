//! How a table is said, and the list of all of them.

use std::sync::LazyLock;

use super::{Column, OfFamily, Row};

/// Says a table: its row's type, its columns, and where its rows are locked up with a family, their order, their facts and their links.
///
/// Behind a column's type stand words of [`Column`]: what it may hold where its type does not say it, and what files make of it.
macro_rules! table {
    ($(#[doc = $about:literal])+ $row:ident = $table:ident $name:literal of family { $($columns:tt)+ } $($locked:tt)*) => {
        $crate::records::table::table! {
            @row true $(#[doc = $about])+ $row = $table $name authority_id {
                /// The authority it belongs to.
                authority_id: i32, holds($crate::records::Holds::Authority), apart;
                /// Its key.
                id: uuid::Uuid, named(concat!($name, "_key")), never;
                /// The family.
                family_id: uuid::Uuid, of($crate::records::Table::Family, "family_key"), never;
                $($columns)+
            }
        }
        $crate::records::table::table! { @locked $row $($locked)* }
    };
    ($(#[doc = $about:literal])+ $row:ident = $table:ident $name:literal of authority { $($columns:tt)+ }) => {
        $crate::records::table::table! {
            @row true $(#[doc = $about])+ $row = $table $name authority_id {
                /// The authority it belongs to.
                authority_id: i32, holds($crate::records::Holds::Authority), apart;
                $($columns)+
            }
        }
    };
    ($(#[doc = $about:literal])+ $row:ident = $table:ident $name:literal by $authority:ident { $($columns:tt)+ }) => {
        $crate::records::table::table! { @row false $(#[doc = $about])+ $row = $table $name $authority { $($columns)+ } }
    };
    (@row $noted:literal $(#[doc = $about:literal])+ $row:ident = $table:ident $name:literal $authority:ident {
        $(#[doc = $says_first:literal])+ $first:ident: $ty_first:ty $(, $word_first:ident $(($($with_first:expr),+))?)*;
        $($(#[doc = $says:literal])+ $column:ident: $ty:ty $(, $word:ident $(($($with:expr),+))?)*;)+
    }) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $row {
            $(#[doc = $says_first])+
            pub $first: $ty_first,
            $($(#[doc = $says])+ pub $column: $ty,)+
        }

        impl $crate::records::Row for $row {
            const TABLE: $crate::records::Table = $crate::records::Table::$table;
            const NAME: &'static str = $name;
            const FILE: &'static str = concat!($name, ".csv");
            const COLUMNS: &'static [$crate::records::Column] = &[
                $crate::records::table::column!($ty_first, $first, [$($says_first)+] $(.$word_first($($($with_first),+)?))*),
                $($crate::records::table::column!($ty, $column, [$($says)+] $(.$word($($($with),+)?))*)),+
            ];
            const NAMES: &'static [&'static str] = &[stringify!($first), $(stringify!($column)),+];
            const LIST: &'static str = concat!(stringify!($first), $(", ", stringify!($column)),+);
            const NOTED: bool = $noted;

            fn read<T: $crate::records::Take>(from: &mut T) -> Result<Self, T::Error> {
                Ok(Self {
                    $first: $crate::records::take(from, stringify!($first))?,
                    $($column: $crate::records::take(from, stringify!($column))?,)+
                })
            }

            fn cells(&self) -> Vec<$crate::records::Cell> {
                use $crate::records::InColumn;
                vec![InColumn::cell(Some(&self.$first)), $(InColumn::cell(Some(&self.$column))),+]
            }

            fn authority(&self) -> i32 {
                self.$authority
            }
        }
    };
    (@locked $row:ident) => {};
    (@locked $row:ident
        order $one:ident => $order:expr;
        facts $two:ident, $beside:pat => $facts:expr;
        $(links $($link:ident = $to:ident),+;)?
        $(needs $($needs:ident),+;)?
    ) => {
        impl $crate::records::OfFamily for $row {
            const NEEDS: &'static [$crate::records::Table] = &[$($($crate::records::Table::$needs),+)?];

            fn family(&self) -> uuid::Uuid {
                self.family_id
            }

            fn order(&self) -> impl Ord + use<> {
                let $one = self;
                $order
            }

            fn facts(&self, $beside: &$crate::records::Beside) -> $crate::sharing::facts::RowFacts {
                let $two = self;
                $facts
            }
        }

        impl $crate::sharing::grant::Linked for $row {
            fn link(&self, link: $crate::sharing::grant::Link) -> Option<uuid::Uuid> {
                match link {
                    $crate::sharing::grant::Link::Own => Some(self.id),
                    $($($crate::sharing::grant::Link::$link => Option::from(self.$to),)+)?
                    _ => None,
                }
            }
        }
    };
}

/// What is said of one column.
macro_rules! column {
    ($ty:ty, $column:ident, [$($says:literal)+] $($more:tt)*) => {
        $crate::records::Column::new(
            stringify!($column),
            concat!($($says),+),
            <$ty as $crate::records::InColumn>::HOLDS,
            <$ty as $crate::records::InColumn>::OPTIONAL,
        )$($more)*
    };
}

pub(super) use {column, table};

/// Calls `$with!` with what is given, and then all tables in an order in which every row comes after those it points to: what their rows are called together, the table, its
/// row, and the object type of the schema that a row is where it has an id.
macro_rules! each_table {
    ($with:ident! $($given:tt)*) => {
        $with! { $($given)*
            authorities Authority AuthorityRow [];
            statistical_neighbours StatisticalNeighbour StatisticalNeighbourRow [];
            agencies Agency AgencyRow [Agency];
            client_programs ClientProgram ClientProgramRow [];
            people Person PersonRow [];
            families Family FamilyRow [Family];
            memberships Membership MembershipRow [Member];
            addresses Address AddressRow [Address];
            local_identifiers LocalIdentifier LocalIdentifierRow [LocalIdentifier];
            statutory_statuses StatutoryStatus StatutoryStatusRow [StatutoryStatus];
            involvements Involvement InvolvementRow [Involvement];
            lead_professionals LeadProfessional LeadProfessionalRow [];
            criteria_matches CriteriaMatch CriteriaMatchRow [CriteriaMatch];
            assessments Assessment AssessmentRow [Assessment];
            distance_scores DistanceScore DistanceScoreRow [DistanceScore];
            plans Plan PlanRow [Plan];
            goals Goal GoalRow [Goal];
            actions Action ActionRow [Action];
            outcomes Outcome OutcomeRow [Outcome];
            progress_values ProgressValue ProgressValueRow [ProgressValue];
            consents Consent ConsentRow [Consent];
            parental_responsibilities ParentalResponsibility ParentalResponsibilityRow [];
            lacks_capacity LacksCapacity LacksCapacityRow [];
            markers Marker MarkerRow [MarkerPlacement];
            emergency_accesses EmergencyAccess EmergencyAccessRow [EmergencyAccess];
            contacts Contact WholeContactRow [Contact];
            taf_meetings TafMeeting TafMeetingRow [TafMeeting];
            taf_attendances TafAttendance TafAttendanceRow [TafAttendance];
            without_goals WithoutGoal WithoutGoalRow [WithoutGoal];
            plan_histories PlanHistory PlanHistoryRow [PlanHistory];
            access_checks AccessCheck AccessCheckRow [AccessCheck];
            barred_subjects BarredSubject BarredSubjectRow [];
        }
    };
}

/// The same with the tables whose rows are locked up with a family as they are ([`OfFamily`]). Members are locked up with what is known of the person, and contacts without their notes, which
/// are locked up apart.
macro_rules! each_locked_table {
    ($with:ident! $($given:tt)*) => {
        $with! { $($given)*
            addresses Address AddressRow;
            local_identifiers LocalIdentifier LocalIdentifierRow;
            statutory_statuses StatutoryStatus StatutoryStatusRow;
            involvements Involvement InvolvementRow;
            criteria_matches CriteriaMatch CriteriaMatchRow;
            assessments Assessment AssessmentRow;
            distance_scores DistanceScore DistanceScoreRow;
            plans Plan PlanRow;
            goals Goal GoalRow;
            actions Action ActionRow;
            outcomes Outcome OutcomeRow;
            progress_values ProgressValue ProgressValueRow;
            consents Consent ConsentRow;
            markers Marker MarkerRow;
            emergency_accesses EmergencyAccess EmergencyAccessRow;
            taf_meetings TafMeeting TafMeetingRow;
            taf_attendances TafAttendance TafAttendanceRow;
            without_goals WithoutGoal WithoutGoalRow;
            plan_histories PlanHistory PlanHistoryRow;
            access_checks AccessCheck AccessCheckRow;
        }
    };
}

pub(crate) use {each_locked_table, each_table};

macro_rules! tables {
    ($($rows:ident $table:ident $row:ident [$($object:ident)?];)+) => {
        /// A table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Table {
            $(#[doc = concat!("That of [`", stringify!($row), "`](super::", stringify!($row), ").")] $table,)+
        }

        impl Table {
            /// All of them, in an order in which every row comes after those it points to.
            pub const ALL: &'static [Self] = &[$(Self::$table),+];

            /// Its name in the database.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$table => super::$row::NAME,)+
                }
            }

            /// Its columns.
            pub fn columns(self) -> &'static [Column] {
                match self {
                    $(Self::$table => super::$row::COLUMNS,)+
                }
            }

            /// Its file's name.
            pub fn file_name(self) -> &'static str {
                match self {
                    $(Self::$table => super::$row::FILE,)+
                }
            }

            /// Those of its columns that stand in its file. The first is the row's own key (for agencies, the code).
            pub fn in_file(self) -> &'static [Column] {
                match self {
                    $(Self::$table => {
                        static IN_FILE: LazyLock<Vec<Column>> = LazyLock::new(|| in_file(super::$row::COLUMNS));
                        &IN_FILE
                    })+
                }
            }

            /// Whether its rows are read with families, so that the database notes when they are written.
            pub fn noted(self) -> bool {
                match self {
                    $(Self::$table => super::$row::NOTED,)+
                }
            }

            /// The type of the schema of which its rows are objects, where they have ids.
            pub fn object(self) -> Option<&'static str> {
                match self {
                    $(Self::$table => [$(stringify!($object))?].first().copied(),)+
                }
            }

            /// The table of the rows that are objects of a type of the schema.
            pub fn of_object(object: &str) -> Option<Self> {
                match object {
                    $($(stringify!($object) => Some(Self::$table),)?)+
                    _ => None,
                }
            }
        }
    };
}

each_table! { tables! }

fn in_file(columns: &[Column]) -> Vec<Column> {
    let named = columns.iter().filter(|column| !column.file.is_empty());
    named.copied().collect()
}

macro_rules! needs {
    ($($rows:ident $table:ident $row:ident;)+) => {
        /// The tables without which nobody can say what rows of a table are about.
        fn needs(table: Table) -> &'static [Table] {
            match table {
                $(Table::$table => <super::$row as OfFamily>::NEEDS,)+
                _ => &[],
            }
        }
    };
}

each_locked_table! { needs! }

/// Some tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TableSet(u64);

impl TableSet {
    /// None.
    pub const EMPTY: Self = Self(0);

    /// These tables.
    pub const fn of(tables: &[Table]) -> Self {
        let (mut set, mut at) = (Self::EMPTY, 0);
        while at < tables.len() {
            set = set.with(tables[at]);
            at += 1;
        }
        set
    }

    /// The same with one more.
    #[must_use]
    pub const fn with(self, table: Table) -> Self {
        Self(self.0 | 1 << table as u32)
    }

    /// The same without one.
    #[must_use]
    pub const fn without(self, table: Table) -> Self {
        Self(self.0 & !(1 << table as u32))
    }

    /// All that are in either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether a table is among them.
    pub const fn contains(self, table: Table) -> bool {
        self.0 & 1 << table as u32 != 0
    }

    /// The same with the tables without which nobody can say what their rows are about.
    #[must_use]
    pub fn with_needed(self) -> Self {
        let named = Table::ALL.iter().filter(|table| self.contains(**table));
        named.fold(self, |all, table| all.union(Self::of(needs(*table))))
    }
}

impl From<Table> for TableSet {
    fn from(table: Table) -> Self {
        Self::EMPTY.with(table)
    }
}
