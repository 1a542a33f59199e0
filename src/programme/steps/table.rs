//! The one type of table of states and steps, and what is asked of it.

use std::fmt::Debug;

use crate::code::Code;

/// One line of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move<S, T> {
    /// The state before; none where the step makes the record.
    pub from: Option<S>,
    /// The step.
    pub step: T,
    /// The state after, which may be the same.
    pub to: S,
}

/// States of a record that moves by named steps.
pub trait Moves: Code + Debug {
    /// Its steps.
    type Step: Code + Debug;
    /// From where, by which step, to where; each pair of the first two once.
    const TABLE: &'static [Move<Self, Self::Step>];
    /// The states in which a record stays.
    const ENDS: &'static [Self];

    /// The change of the schema by which a step is taken.
    fn mutation(step: Self::Step) -> &'static str;
}

/// A step that is not possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotPossible<S: Moves> {
    /// The state from which; none where there is no record yet.
    pub from: Option<S>,
    /// The step.
    pub step: S::Step,
}

/// The steps that are possible from a state, in the table's order.
pub fn next_steps<S: Moves>(state: S) -> impl Iterator<Item = S::Step> {
    steps_from(Some(state))
}

/// The steps that make a record.
#[cfg(test)]
pub fn first_steps<S: Moves>() -> impl Iterator<Item = S::Step> {
    steps_from::<S>(None)
}

/// Whether a record stays in that state.
#[cfg(test)]
pub fn is_final<S: Moves>(state: S) -> bool {
    next_steps(state).next().is_none()
}

/// The state after a step.
///
/// # Errors
/// When the step is not possible from there.
pub fn apply<S: Moves>(state: S, step: S::Step) -> Result<S, NotPossible<S>> {
    take(Some(state), step)
}

/// The state of a record that a step makes.
///
/// # Errors
/// When the step makes none.
pub fn begin<S: Moves>(step: S::Step) -> Result<S, NotPossible<S>> {
    take(None, step)
}

fn steps_from<S: Moves>(state: Option<S>) -> impl Iterator<Item = S::Step> {
    S::TABLE
        .iter()
        .filter(move |line| line.from == state)
        .map(|line| line.step)
}

fn take<S: Moves>(from: Option<S>, step: S::Step) -> Result<S, NotPossible<S>> {
    let line = S::TABLE.iter().find(|line| line.from == from && line.step == step);
    line.map(|line| line.to).ok_or(NotPossible { from, step })
}

/// Says a table. `new` stands for no record yet; states with `|` between them go to the same one.
macro_rules! moves {
    (
        $(#[doc = $about:literal])+ $state:ident { $($(#[doc = $means:literal])+ $variant:ident = $word:literal,)+ }
        $(#[doc = $of_steps:literal])+ $step:ident {
            $($(#[doc = $does:literal])+ $name:ident = $step_word:literal in $mutation:literal: $($($from:ident)|+ => $to:ident),+;)+
        }
        ends { $($end:ident),+ }
    ) => {
        $crate::code::codes! {
            $(#[doc = $about])+ $state { $($(#[doc = $means])+ $variant = $word,)+ }
            $(#[doc = $of_steps])+ $step { $($(#[doc = $does])+ $name = $step_word,)+ }
        }

        impl $crate::programme::steps::Moves for $state {
            type Step = $step;
            const TABLE: &'static [$crate::programme::steps::Move<Self, $step>] = &[
                $($($($crate::programme::steps::Move {
                    from: $crate::programme::steps::table::moves!(@from $state $from),
                    step: $step::$name,
                    to: Self::$to,
                },)+)+)+
            ];
            const ENDS: &'static [Self] = &[$(Self::$end),+];

            fn mutation(step: $step) -> &'static str {
                match step {
                    $($step::$name => $mutation,)+
                }
            }
        }
    };
    (@from $state:ident new) => { None };
    (@from $state:ident $from:ident) => { Some($state::$from) };
}

pub(super) use moves;
