//! Is this the same person? Descriptions are compared field by field, and the comparison is weighed as Fellegi and Sunter do.
//!
//! Pure: names no other room, no database, no clock, no async. Who may be found is not decided here: the candidates that come in are those that the
//! asker may know of, and nothing here remembers anything.
//!
//! In the order of a look-up: [`enough`] says whether a question can be asked, [`keys`] by which keys candidates are found,
//! [`Model::score`] what speaks for each, [`choose`] what the answer is. [`train`] estimates a model from data.

pub mod keys;
pub mod train;

mod address;
mod choose;
mod compare;
mod dates;
mod description;
mod level;
mod model;
mod model_file;
mod names;
mod nicknames;
mod normal;
pub mod pairs;
mod postcode;
mod rarity;
mod rarity_file;
#[cfg(test)]
mod tests;

pub use self::{
    choose::{Thresholds, Verdict, choose},
    compare::{Comparison, compare},
    dates::BornAbout,
    description::{Description, Identifier, Sex, enough},
    level::{Agreement, Field},
    model::{Model, Score},
    model_file::ModelError,
};
