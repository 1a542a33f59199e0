//! The query root: where every reading begins. Its fields are in a file for each area.

mod about;
mod families;
mod partners;

use async_graphql::MergedObject;

use self::{about::About, families::Families, partners::Partners};

/// Where every reading begins.
#[derive(MergedObject, Default)]
pub struct Query(About, Families, Partners);
