//! What is said of a column.

use super::Table;

/// What a column may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// The row's own key.
    Key,
    /// The number of the authority.
    Authority,
    /// The key of a row of a table.
    Of(Table),
    /// The key of an agency; in files its code.
    Agency,
    /// A text of at most so many characters.
    Text(usize),
    /// The same of any lines.
    Lines(usize),
    /// A name: letters, digits, `.`, `_` and `-`.
    Code,
    /// A date as `2015-06-01`.
    Date,
    /// A date of birth; in files a date, or as much of it as is known (`2015-06`, `2015`); one that is still to come is that on which a child is expected.
    Birth,
    /// An instant as `2015-06-01T10:00:00Z`.
    Instant,
    /// `true` or `false`.
    Flag,
    /// A whole number within bounds.
    Number(i32, i32),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A kind of agency of the catalogue.
    AgencyKind,
    /// A criterion of the catalogue, national or local.
    Criterion,
    /// A Family Progress Data measure of the catalogue.
    Measure,
    /// A distance travelled domain of the catalogue.
    Domain,
    /// A data category about people.
    Category,
    /// Purposes of the catalogue, with blanks between them.
    Purposes,
}

/// What may become of a column of a row that is there already, by a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It may be filled, changed and emptied.
    Free,
    /// It may be filled where it was empty, and stays then.
    Once,
    /// It stays as it is: it says whose row it is, or what was said at a time.
    Never,
}

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in the database.
    pub name: &'static str,
    /// What it is.
    pub says: &'static str,
    /// What it may hold.
    pub holds: Holds,
    /// Whether it may hold nothing.
    pub optional: bool,
    /// Its name in files; empty where it does not stand in them.
    pub file: &'static str,
    /// Whether every file must have it.
    pub present: bool,
    /// Whether every line must fill it.
    pub required: bool,
    /// What may become of it in a row that is there.
    pub change: Change,
}

impl Column {
    /// Whether it holds yes or no, of which no is what is not said.
    pub fn is_flag(&self) -> bool {
        matches!(self.holds, Holds::Flag)
    }

    pub(super) const fn new(name: &'static str, says: &'static str, holds: Holds, optional: bool) -> Self {
        Self {
            name,
            says,
            holds,
            optional,
            file: name,
            present: !optional,
            required: !optional,
            change: Change::Free,
        }
    }

    pub(super) const fn holds(self, holds: Holds) -> Self {
        Self { holds, ..self }
    }

    /// A text of at most so many characters.
    pub(super) const fn text(self, most: usize) -> Self {
        self.holds(Holds::Text(most))
    }

    /// The same of any lines.
    pub(super) const fn lines(self, most: usize) -> Self {
        self.holds(Holds::Lines(most))
    }

    /// A whole number within bounds.
    pub(super) const fn within(self, least: i32, most: i32) -> Self {
        self.holds(Holds::Number(least, most))
    }

    /// The key of a row of a table, which files call so.
    pub(super) const fn of(self, table: Table, file: &'static str) -> Self {
        self.holds(Holds::Of(table)).named(file)
    }

    /// The key of an agency, which files call so.
    pub(super) const fn agency(self, file: &'static str) -> Self {
        self.holds(Holds::Agency).named(file)
    }

    /// Files call it so.
    pub(super) const fn named(self, file: &'static str) -> Self {
        Self { file, ..self }
    }

    /// It does not stand in files.
    pub(super) const fn apart(self) -> Self {
        Self { file: "", ..self }
    }

    /// Every file must have it, and a line need not fill it.
    pub(super) const fn open(self) -> Self {
        Self {
            present: true,
            required: false,
            ..self
        }
    }

    /// A file need not have it: nothing, or no, is what is not said.
    pub(super) const fn unsaid(self) -> Self {
        Self {
            present: false,
            required: false,
            ..self
        }
    }

    /// It stays as it is.
    pub(super) const fn never(self) -> Self {
        Self {
            change: Change::Never,
            ..self
        }
    }

    /// It stays as it is once it was filled.
    pub(super) const fn once(self) -> Self {
        Self {
            change: Change::Once,
            ..self
        }
    }
}
