//! Who may see what: the one decision.
//!
//! Pure: facts in, decision out. Nothing here knows SQL, GraphQL, the clock or async; everything else carries its answer.

pub mod agreement;
mod agreement_check;
mod agreement_consents;
pub mod agreement_file;
mod agreement_reader;
pub mod alike;
pub mod born;
pub mod caller;
pub mod category;
pub mod ceiling;
pub mod consent;
pub mod decide;
pub mod disclosure;
pub mod facts;
pub mod grant;
mod membership;
pub mod merging;
pub mod permit;
pub mod reason;
pub mod register;
mod ways;

#[cfg(test)]
mod fixtures;
