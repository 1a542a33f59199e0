//! How an object type is said whose rows belong to a family: its row, and one line for each field.

/// Says an object type: a row that is locked up with a family, and its fields. The categories of its `id`, or
/// of the field that is named, say whether it exists for the asker.
///
/// Each field is named as the register names it, and is
/// - a column: `held_on: NaiveDate;`,
/// - made of the row: `category: Option<DataCategory> = |row| codes::parse(&row.category);`,
/// - or found in its family: `=> family();`, `=> agency(column);`, `=> agency_kind(column);`, `=> member(Person);`,
///   `=> parent(Plan);`, `=> children(Plan);` by a link of the rows, `=> alike(Person);` of rows with the same link, `=> history(Plan);` as children
///   that are no part of its version,
/// - or worked out: `=> version();`, `=> subject_access();` of a member, and `=> next_steps();` by the object's own `possible_steps`.
///
/// An object with fields of other kinds leaves its fields out, and says `#[Object]` itself.
macro_rules! entry {
    ($(#[doc = $about:tt])+ $object:ident of $row:ty) => {
        pastey::paste! {
            $crate::graphql::objects::said::entry! { $(#[doc = $about])+ $object of $row, [<$object:snake:upper _ID>] }
        }
    };
    ($(#[doc = $about:tt])+ $object:ident of $row:ty, $existence:ident) => {
            $(#[doc = $about])+
            #[derive(Clone)]
            pub struct $object {
                pub(in crate::graphql) dossier: std::sync::Arc<crate::store::dossier::Dossier>,
                pub(in crate::graphql) row: crate::sharing::grant::Visible<$row>,
            }

            impl crate::graphql::objects::entry::Entry for $object {
                type Row = $row;
                const EXISTENCE: crate::sharing::register::FieldId =
                    crate::sharing::register::field::$existence;

                fn new(
                    dossier: std::sync::Arc<crate::store::dossier::Dossier>,
                    row: crate::sharing::grant::Visible<$row>,
                ) -> Self {
                    Self { dossier, row }
                }

                fn row(&self) -> &crate::sharing::grant::Visible<$row> {
                    &self.row
                }
            }
    };
    ($(#[doc = $about:tt])+ $object:ident of $row:ty { $(
        $(#[doc = $says:tt])+
        $field:ident: $type:ty $(= |$of:ident| $value:expr)? $(=> $found:ident($($by:ident)?))?;
    )+ }) => {
        $crate::graphql::objects::said::entry! { $(#[doc = $about])+ $object of $row }

        pastey::paste! {
            impl crate::graphql::objects::version::Versioned for $object {
                fn add_to(&self, version: &mut crate::graphql::objects::version::Version) {
                    version.value(Some(&self.row.key()));
                    $(
                        $crate::graphql::objects::version::versioned! {
                            self, version, crate::sharing::register::field::[<$object:snake:upper _ $field:upper>], $type,
                            $field $(= |$of| $value)? $(=> $found($($by)?))?
                        }
                    )+
                }
            }

            $(#[doc = $about])+
            #[async_graphql::Object]
            impl $object {
                /// Opaque identifier.
                pub(in crate::graphql) async fn id(&self, ctx: &async_graphql::Context<'_>) -> async_graphql::ID {
                    let request = crate::graphql::context::Request::of(ctx);
                    request.id(crate::graphql::ids::Kind::$object, self.dossier.key(), self.row.key())
                }

                $(
                    $(#[doc = $says])+
                    fn $field(&self, ctx: &async_graphql::Context<'_>) -> crate::sharing::grant::Shared<$type> {
                        $crate::graphql::objects::said::value! {
                            self, ctx, crate::sharing::register::field::[<$object:snake:upper _ $field:upper>],
                            $field $(= |$of| $value)? $(=> $found($($by)?))?
                        }
                    }
                )+
            }
        }
    };
}

/// The value of one field.
macro_rules! value {
    ($self:ident, $ctx:ident, $id:expr, $column:ident) => {{
        let _ = $ctx;
        $self.row.release($id, |row| Clone::clone(&row.$column))
    }};
    ($self:ident, $ctx:ident, $id:expr, $column:ident = |$of:ident| $value:expr) => {{
        let _ = $ctx;
        $self.row.release($id, |$of| $value)
    }};
    ($self:ident, $ctx:ident, $id:expr, $field:ident => agency($column:ident)) => {{
        let _ = $ctx;
        $self.row.release($id, |row| {
            $crate::graphql::objects::agency::agency(&$self.dossier, row.$column.into())
        })
    }};
    ($self:ident, $ctx:ident, $id:expr, $field:ident => agency_kind($column:ident)) => {{
        let _ = $ctx;
        $self.row.release($id, |row| {
            $crate::graphql::objects::agency::agency_kind(&$self.dossier, row.$column.into())
        })
    }};
    ($self:ident, $ctx:ident, $id:expr, $field:ident => family()) => {
        $self
            .row
            .release_rows($id, || $crate::graphql::objects::family::family($ctx, &$self.dossier))
    };
    ($self:ident, $ctx:ident, $id:expr, $field:ident => member($link:ident)) => {{
        let person = $self.row.link($crate::sharing::grant::Link::$link);
        $self.row.release_rows($id, || {
            $crate::graphql::objects::member::member_of($ctx, &$self.dossier, person)
        })
    }};
    ($self:ident, $ctx:ident, $id:expr, $field:ident => parent($link:ident)) => {{
        let key = $self.row.link($crate::sharing::grant::Link::$link);
        $self.row.release_rows($id, || {
            $crate::graphql::objects::entry::rows($ctx, &$self.dossier, |parent| {
                Some($crate::graphql::objects::entry::Entry::key(parent)) == key
            })
            .pop()
        })
    }};
    ($self:ident, $ctx:ident, $id:expr, $field:ident => version()) => {{
        let _ = $ctx;
        $self
            .row
            .release($id, |_| $crate::graphql::objects::version::version($self))
    }};
    ($self:ident, $ctx:ident, $id:expr, $field:ident => next_steps()) => {{
        let _ = $ctx;
        $self.row.release($id, |row| $self.possible_steps(row))
    }};
    ($self:ident, $ctx:ident, $id:expr, $field:ident => subject_access()) => {
        $self
            .row
            .release($id, |_| $crate::graphql::objects::SubjectAccess::of($ctx, $self))
    };
    ($self:ident, $ctx:ident, $id:expr, $field:ident => history($link:ident)) => {
        $crate::graphql::objects::said::value! { @linked $self, $ctx, $id, $link, Some($self.row.key()) }
    };
    ($self:ident, $ctx:ident, $id:expr, $field:ident => children($link:ident)) => {
        $crate::graphql::objects::said::value! { @linked $self, $ctx, $id, $link, Some($self.row.key()) }
    };
    ($self:ident, $ctx:ident, $id:expr, $field:ident => alike($link:ident)) => {
        $crate::graphql::objects::said::value! {
            @linked $self, $ctx, $id, $link, $self.row.link($crate::sharing::grant::Link::$link)
        }
    };
    (@linked $self:ident, $ctx:ident, $id:expr, $link:ident, $key:expr) => {{
        let key = $key;
        $self.row.release_rows($id, || {
            $crate::graphql::objects::entry::rows($ctx, &$self.dossier, |child| {
                key.is_some()
                    && $crate::graphql::objects::entry::Entry::row(child).link($crate::sharing::grant::Link::$link)
                        == key
            })
        })
    }};
}

pub(super) use {entry, value};
