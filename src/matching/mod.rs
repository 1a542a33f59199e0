//! Person matching (record linkage): is this the same person? Descriptions are compared field by field, and
//! the comparison is weighed as in the Fellegi–Sunter model.
//!
//! Pure: uses no other room, no database, no clock, no async. Who may be found is not decided here: the
//! candidates passed in are those that the caller may know of, and nothing is remembered.
//!
//! In the order of a look-up: [`Model::lacks`] says whether a question can be asked, [`keys`] which keys find
//! candidates, [`Model::score`] how well each matches, [`verdict`] what the answer is. [`train`] estimates a
//! model from data. [`series`] says what a question has in common with others by the same caller, whatever is
//! stored.

pub mod keys;
pub mod series;
pub mod train;

mod address;
mod birthdays;
mod choose;
mod compare;
mod dates;
mod description;
mod enough;
mod frequent;
mod level;
mod lists;
mod model;
mod model_error;
mod model_file;
mod names;
mod nicknames;
mod normal;
mod numbers;
pub mod pairs;
mod placeholders;
mod postcode;
mod rarity;
mod rarity_file;
mod repair;
mod telling;
#[cfg(test)]
mod tests;

pub use self::{
    choose::{Thresholds, Verdict, choose, verdict},
    compare::{Comparison, compare},
    description::{BornAbout, Description, Identifier, Sex},
    enough::Lack,
    frequent::Frequencies,
    level::{Agreement, Field},
    model::{Model, Score},
    model_error::ModelError,
    numbers::{WrongNumber, folded as folded_number, wrong as wrong_number},
};
