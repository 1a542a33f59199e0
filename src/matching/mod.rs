//! Is this the same person? Descriptions are compared field by field, and the comparison is weighed as Fellegi and Sunter do.
//!
//! Pure: names no other room, no database, no clock, no async. Who may be found is not decided here: the candidates that come in are those that the
//! asker may know of, and nothing here remembers anything.
//!
//! In the order of a look-up: [`Model::lacks`] says whether a question can be asked, [`keys`] by which keys candidates are found,
//! [`Model::score`] what speaks for each, [`verdict`] what the answer is. [`train`] estimates a model from data. [`series`] says what a question has in common with others
//! of its asker, whatever is stored.

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
