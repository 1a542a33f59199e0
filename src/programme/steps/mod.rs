//! Which step is possible from where. Each record that moves has one table, and there is one type of table.
//!
//! A record moves by named steps and never by "update". A table says what the record's states are, and of each step from which states to
//! which it goes; nothing else decides that. Who may take a step is the agreement's business, and what must be true besides (a goal, a
//! signature) is in the file of its own question.

mod plan;
#[cfg(test)]
mod print;
mod table;

pub use self::{
    plan::*,
    table::{Move, Moves, NotPossible, apply, begin, next_steps},
};
#[cfg(test)]
use table::{first_steps, is_final};

/// Calls `$with!` once for each record that moves, with its states' type.
#[cfg(test)]
macro_rules! each_moving {
    ($with:ident! $($given:tt)*) => {
        $with!(PlanStatus $($given)*);
    };
}

#[cfg(test)]
use each_moving;

#[cfg(test)]
mod tests;
