//! Whence the facts of a statement's families are read.

use std::sync::Arc;

use sea_orm::DbBackend;

use super::{
    pipeline::Bind,
    record::Record,
    select::{Families, Select},
};
use crate::records::Row;

/// Whence facts come.
pub(super) struct Source<'a> {
    pub(super) backend: DbBackend,
    pub(super) authority: i32,
    pub(super) families: &'a Families,
}

impl Source<'_> {
    pub(super) fn all<R: Row + Record>(&self) -> Select {
        Select::from::<R>(self.backend, R::NAME, "authority_id", self.authority)
    }

    pub(super) fn of_families<R: Row + Record>(&self) -> Select {
        self.all::<R>()
            .among("family_id", Bind::Keys(Arc::clone(self.families)))
    }

    pub(super) fn people(&self) -> Select {
        Select::people(self.backend, self.authority)
    }

    pub(super) fn of_people<R: Row + Record>(&self, column: &str) -> Select {
        self.all::<R>().of_people_in(column, self.families)
    }
}
