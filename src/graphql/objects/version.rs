//! The version of a record: opaque, and made of what its reader may see of it and of what belongs to it. So it is another one when that changes, and
//! says nothing of anything else.

use std::fmt::{Debug, Write as _};

use crate::audit::hash::Hash;

/// An object that has a version.
pub(in crate::graphql) trait Versioned {
    /// Adds all that its reader may see of it.
    fn add_to(&self, version: &mut Version);
}

/// What is seen of a record, as it is gathered.
#[derive(Default)]
pub(in crate::graphql) struct Version(String);

impl Version {
    /// Adds a value; none where it is withheld.
    pub(super) fn value(&mut self, value: Option<&impl Debug>) {
        // Writing to a string cannot fail. What is withheld reads otherwise than what is empty.
        let _ = writeln!(self.0, "{value:?}");
    }
}

/// The version of a record.
pub(in crate::graphql) fn version(of: &impl Versioned) -> String {
    let mut version = Version::default();
    of.add_to(&mut version);
    let mut text = Hash::of(&[version.0.as_bytes()]).to_string();
    text.truncate(LENGTH);
    text
}

/// So many hexadecimal digits.
const LENGTH: usize = 32;

/// Adds one field of an object that `entry!` says: values, and what belongs to it. What it belongs to has a version of its own.
macro_rules! versioned {
    ($self:ident, $version:ident, $id:expr, $type:ty, $column:ident) => {
        let value: $crate::sharing::grant::Shared<$type> = $self.row.release($id, |row| Clone::clone(&row.$column));
        $version.value(value.seen());
    };
    ($self:ident, $version:ident, $id:expr, $type:ty, $column:ident = |$of:ident| $value:expr) => {
        let value: $crate::sharing::grant::Shared<$type> = $self.row.release($id, |$of| $value);
        $version.value(value.seen());
    };
    ($self:ident, $version:ident, $id:expr, $type:ty, $field:ident => agency($column:ident)) => {
        $version.value(
            $self
                .row
                .release($id, |row| Option::<uuid::Uuid>::from(row.$column))
                .seen(),
        );
    };
    ($self:ident, $version:ident, $id:expr, $type:ty, $field:ident => children($link:ident)) => {{
        let key = $self.row.key();
        let children: $type = $crate::graphql::objects::entry::visible(&$self.dossier)
            .filter(|child| {
                $crate::graphql::objects::entry::Entry::row(child).link($crate::sharing::grant::Link::$link)
                    == Some(key)
            })
            .collect();
        for child in &children {
            $crate::graphql::objects::version::Versioned::add_to(child, $version);
        }
    }};
    ($self:ident, $version:ident, $id:expr, $type:ty, $field:ident => $found:ident($($by:ident)?)) => {};
}
pub(super) use versioned;
