//! What stands in a column, and how it gets there and out again: the one place where a kind of value meets a column.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{Code, Holds};

/// What stands in a column of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the type that it holds")]
pub enum Cell {
    Text(Option<String>),
    Key(Option<Uuid>),
    Number(Option<i32>),
    Flag(Option<bool>),
    Day(Option<NaiveDate>),
    Moment(Option<DateTime<Utc>>),
}

/// What columns are taken from: a row of a database, a line of a file.
pub trait Take {
    /// Why a column could not be taken.
    type Error;

    /// A text.
    fn text(&mut self, column: &'static str) -> Result<Option<String>, Self::Error>;
    /// What a word means; an error for a word that means nothing.
    fn word<W>(&mut self, column: &'static str, of: fn(&str) -> Option<W>) -> Result<Option<W>, Self::Error>;
    /// A key.
    fn key(&mut self, column: &'static str) -> Result<Option<Uuid>, Self::Error>;
    /// A whole number.
    fn number(&mut self, column: &'static str) -> Result<Option<i32>, Self::Error>;
    /// Yes or no.
    fn flag(&mut self, column: &'static str) -> Result<Option<bool>, Self::Error>;
    /// A day.
    fn day(&mut self, column: &'static str) -> Result<Option<NaiveDate>, Self::Error>;
    /// A moment.
    fn moment(&mut self, column: &'static str) -> Result<Option<DateTime<Utc>>, Self::Error>;
    /// That a column holds nothing, or nothing that it may hold. The error never tells what it holds.
    fn wrong(column: &'static str) -> Self::Error;
}

/// What a column may hold, as a type.
pub trait InColumn: Sized {
    /// What that is, where nothing closer is said of the column.
    const HOLDS: Holds;
    /// Whether it may hold nothing.
    const OPTIONAL: bool = false;

    /// Takes it; none where nothing is there.
    ///
    /// # Errors
    /// When something else is there.
    fn take<T: Take>(from: &mut T, column: &'static str) -> Result<Option<Self>, T::Error>;

    /// What is put into the column.
    fn cell(this: Option<&Self>) -> Cell;
}

macro_rules! plain {
    ($($of:ty: $take:ident $cell:ident $holds:expr;)*) => {
        $(impl InColumn for $of {
            const HOLDS: Holds = $holds;

            fn take<T: Take>(from: &mut T, column: &'static str) -> Result<Option<Self>, T::Error> {
                from.$take(column)
            }

            fn cell(this: Option<&Self>) -> Cell {
                Cell::$cell(this.cloned())
            }
        })*
    };
}

plain! {
    String: text Text Holds::Text(0);
    Uuid: key Key Holds::Key;
    i32: number Number Holds::Number(0, i32::MAX);
    bool: flag Flag Holds::Flag;
    NaiveDate: day Day Holds::Date;
    DateTime<Utc>: moment Moment Holds::Instant;
}

impl<C: Code> InColumn for C {
    const HOLDS: Holds = Holds::OneOf(C::WORDS);

    fn take<T: Take>(from: &mut T, column: &'static str) -> Result<Option<Self>, T::Error> {
        from.word(column, C::of_word)
    }

    fn cell(this: Option<&Self>) -> Cell {
        Cell::Text(this.map(|code| code.word().to_owned()))
    }
}

impl<V: InColumn> InColumn for Option<V> {
    const HOLDS: Holds = V::HOLDS;
    const OPTIONAL: bool = true;

    fn take<T: Take>(from: &mut T, column: &'static str) -> Result<Option<Self>, T::Error> {
        V::take(from, column).map(Some)
    }

    fn cell(this: Option<&Self>) -> Cell {
        V::cell(this.and_then(Option::as_ref))
    }
}
