//! How a list of rows of families is said: what it can be narrowed by, and ordered by.

use chrono::{DateTime, NaiveDate, Utc};

use crate::{graphql::cursor::SortKey, sharing::grant::Shared};

/// Says a list: its name, its rows, what they are called, and the tables that it looks at.
///
/// Each line of the filter says what is sent, how it is compared and with which field of the rows: `held_from: NaiveDate, from held_on;`.
/// It is compared as `is`, `is_text` (without regard to case), `from` or `until` (a day); `has: bool` asks whether there is a value.
/// Each line of the order says by which field: `HeldOn by held_on;`. Where a field is not the row's column of that name, behind it stands
/// what it is: `|row| …`, or `=> Todo::due` of the object. What else differs from other lists is said at the end.
macro_rules! list {
    ($name:ident of $node:ident, $rows:literal, [$($table:ident),*]
        filter { $($(#[$($about:tt)+])+ $wanted:ident: $type:ty, $how:ident $column:ident $(|$of:ident| $value:expr)? $(=> $seen:path)?;)+ }
        order { $($order:tt)+ }
        $($more:item)*
    ) => {
        $crate::graphql::lists::list::ordering! { $name of $node, $rows { $($order)+ } }

        pastey::paste! {
            #[doc = concat!(
                "Which ", $rows, ": those for which all that is said holds. ",
                "It sees what you see: what is withheld from you is like nothing."
            )]
            #[derive(Clone, Debug, Default, async_graphql::InputObject)]
            pub struct [<$node Filter>] { $($(#[$($about)+])+ pub $wanted: Option<$type>,)+ }

            #[doc = concat!("A filter and an order of ", $rows, ".")]
            pub(in crate::graphql) struct [<$node Select>] {
                pub(in crate::graphql) filter: [<$node Filter>],
                pub(in crate::graphql) order: Option<[<$node Order>]>,
            }

            impl $crate::graphql::lists::Select for [<$node Select>] {
                type Row = $node;
                const TOTAL: $crate::sharing::register::FieldId =
                    $crate::sharing::register::field::[<$node:snake:upper _CONNECTION_TOTAL_COUNT>];

                fn wants(&self) -> $crate::store::dossier::Wants {
                    $crate::store::dossier::Wants::of(&[$($crate::records::Table::$table),*])
                }

                fn passes(&self, row: &$node) -> bool {
                    $($crate::graphql::lists::list::$how(
                        self.filter.$wanted.as_ref(),
                        || $crate::graphql::lists::list::seen!(
                            row, [<$node:snake:upper _ $column:upper>], $column $(|$of| $value)? $(=> $seen)?
                        ),
                    ))&&+
                }

                fn by(&self, row: &$node) -> Option<$crate::graphql::cursor::SortKey> {
                    self.order?.by(row)
                }

                fn order(&self) -> $crate::graphql::page::Order {
                    [<$node Order>]::named(self.order)
                }

                fn filters(&self) -> Vec<$crate::sharing::register::FieldId> {
                    let filtered = [$((
                        self.filter.$wanted.is_some(),
                        $crate::sharing::register::field::[<$node:snake:upper _ $column:upper>],
                    )),+];
                    let filtered = filtered.into_iter();
                    filtered.filter_map(|(used, field)| used.then_some(field)).collect()
                }

                fn orders(&self) -> Option<$crate::sharing::register::FieldId> {
                    self.order.map([<$node Order>]::looks_at)
                }

                fn rows(dossier: &std::sync::Arc<$crate::store::dossier::Dossier>) -> Vec<$node> {
                    $crate::graphql::objects::visible(dossier).collect()
                }

                $($more)*
            }
        }
    };
}

/// Says what a list can be ordered by.
macro_rules! ordering {
    ($name:ident of $node:ident, $rows:literal { $($(#[$($says:tt)+])+ $place:ident by $key:ident $(|$of:ident| $value:expr)? $(=> $seen:path)?;)+ }) => {
        pastey::paste! {
            #[doc = concat!("What ", $rows, " can be ordered by.")]
            #[derive(Clone, Copy, Debug, async_graphql::Enum, PartialEq, Eq)]
            pub enum [<$node OrderField>] { $($(#[$($says)+])+ $place,)+ }

            #[doc = concat!("In which order the ", $rows, " come. What is unknown or withheld from you comes last.")]
            #[derive(Clone, Copy, Debug, async_graphql::InputObject)]
            pub struct [<$node Order>] {
                /// What to order by.
                pub field: [<$node OrderField>],
                /// Which way.
                #[graphql(default_with = "crate::graphql::codes::SortDirection::Ascending")]
                pub direction: $crate::graphql::codes::SortDirection,
            }

            impl [<$node Order>] {
                /// What a row is ordered by, as the asker sees it.
                fn by(self, row: &$node) -> Option<$crate::graphql::cursor::SortKey> {
                    match self.field {
                        $([<$node OrderField>]::$place => $crate::graphql::lists::list::key(
                            &$crate::graphql::lists::list::seen!(
                                row, [<$node:snake:upper _ $key:upper>], $key $(|$of| $value)? $(=> $seen)?
                            ),
                        ),)+
                    }
                }

                /// The field that it looks at.
                fn looks_at(self) -> $crate::sharing::register::FieldId {
                    match self.field {
                        $([<$node OrderField>]::$place => $crate::sharing::register::field::[<$node:snake:upper _ $key:upper>],)+
                    }
                }

                /// The list and order that cursors belong to.
                fn named(order: Option<Self>) -> $crate::graphql::page::Order {
                    let field = order.map_or_else(|| "-".to_owned(), |order| format!("{:?}", order.field));
                    $crate::graphql::page::Order {
                        name: format!("{} {field}", stringify!([<$name:lower_camel>])),
                        direction: order.map_or($crate::graphql::codes::SortDirection::Ascending, |order| order.direction),
                    }
                }
            }
        }
    };
}

/// A value of a row as the asker sees it.
macro_rules! seen {
    ($row:ident, $field:ident, $column:ident => $seen:path) => {
        $seen($row)
    };
    ($row:ident, $field:ident, $column:ident) => {
        $crate::graphql::lists::list::seen!($row, $field, $column | of | of.$column.clone())
    };
    ($row:ident, $field:ident, $column:ident |$of:ident| $value:expr) => {
        $row.row.release($crate::sharing::register::field::$field, |$of| $value)
    };
}

pub(super) use {list, ordering, seen};

/// A value, or perhaps one.
pub(super) trait Known<T> {
    /// It, where there is one.
    fn known(&self) -> Option<&T>;
}

impl<T> Known<T> for T {
    fn known(&self) -> Option<&T> {
        Some(self)
    }
}

impl<T> Known<T> for Option<T> {
    fn known(&self) -> Option<&T> {
        self.as_ref()
    }
}

/// Whether the value is as wanted; what is absent or withheld is like nothing that could be wanted.
pub(super) fn is<T: PartialEq, V: Known<T>>(wanted: Option<&T>, value: impl FnOnce() -> Shared<V>) -> bool {
    passes(wanted, value, |value, wanted| value == wanted)
}

/// The same for a text, without regard to case and surrounding space.
pub(super) fn is_text<V: Known<String>>(wanted: Option<&String>, value: impl FnOnce() -> Shared<V>) -> bool {
    let plain = |text: &str| text.trim().to_lowercase();
    passes(wanted, value, |value, wanted| plain(value) == plain(wanted))
}

/// Whether there is a value, or none, as is wanted; one that is withheld is neither.
pub(super) fn has<T>(wanted: Option<&bool>, value: impl FnOnce() -> Shared<Option<T>>) -> bool {
    wanted.is_none_or(|wanted| value().seen().is_some_and(|value| value.is_some() == *wanted))
}

/// Whether the value is that day or later.
pub(super) fn from<V: Known<NaiveDate>>(wanted: Option<&NaiveDate>, value: impl FnOnce() -> Shared<V>) -> bool {
    passes(wanted, value, |value, wanted| value >= wanted)
}

/// Whether the value is that day or earlier.
pub(super) fn until<V: Known<NaiveDate>>(wanted: Option<&NaiveDate>, value: impl FnOnce() -> Shared<V>) -> bool {
    passes(wanted, value, |value, wanted| value <= wanted)
}

fn passes<T, V: Known<T>>(
    wanted: Option<&T>,
    value: impl FnOnce() -> Shared<V>,
    fits: impl FnOnce(&T, &T) -> bool,
) -> bool {
    let Some(wanted) = wanted else { return true };
    let value = value();
    value.seen().and_then(V::known).is_some_and(|value| fits(value, wanted))
}

/// What a row is ordered by: nothing, where that is absent or withheld.
pub(super) fn key<T: Sorted>(value: &Shared<T>) -> Option<SortKey> {
    value.seen().and_then(Sorted::key)
}

/// What rows can be ordered by.
pub(super) trait Sorted {
    /// Its place, if it is there.
    fn key(&self) -> Option<SortKey>;
}

impl Sorted for NaiveDate {
    fn key(&self) -> Option<SortKey> {
        Some(SortKey::Date(*self))
    }
}

impl Sorted for DateTime<Utc> {
    fn key(&self) -> Option<SortKey> {
        Some(SortKey::Instant(*self))
    }
}

impl Sorted for String {
    fn key(&self) -> Option<SortKey> {
        Some(SortKey::text(self))
    }
}

impl Sorted for SortKey {
    fn key(&self) -> Option<SortKey> {
        Some(self.clone())
    }
}

impl<T: Sorted> Sorted for Option<T> {
    fn key(&self) -> Option<SortKey> {
        self.as_ref().and_then(Sorted::key)
    }
}
