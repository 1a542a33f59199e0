//! Demonstration data: worked families for a tour, and any number of made-up ones for tests of size.
//!
//! Makes plain rows and touches no database, entity, clock or system randomness: the day and the seed are handed in, and the same ones
//! give the same rows. Every person is made up.

mod access_check;
mod agreements;
mod asked;
mod cambridgeshire;
mod cambridgeshire_agencies;
mod contacts;
mod deciders;
mod desk;
mod former;
mod hardman;
mod hardman_plan;
mod meetings;
mod membership;
mod names;
mod plan_steps;
mod richmond;
mod synthetic;
mod synthetic_authority;
mod synthetic_family;

use chrono::NaiveDate;

pub use self::{
    agreements::{CAMBRIDGESHIRE_AGREEMENT, KINGSTON_RICHMOND_AGREEMENT, agreement_for, worked_agreements},
    cambridgeshire::AUTHORITY as CAMBRIDGESHIRE,
    hardman::{LEAD_SUBJECT, REFERENCE as HARDMAN_REFERENCE},
    richmond::{AUTHORITY as KINGSTON_RICHMOND, LEAD_SUBJECT as KINGSTON_RICHMOND_LEAD_SUBJECT},
    synthetic::{FIRST_AUTHORITY, Families, MOST_AUTHORITIES, MOST_FAMILIES, Size, families},
};
use crate::{clock::Ids, records::StatisticalNeighbourRow, store::dataset::Dataset};

/// The two demonstration authorities with their agencies and worked families, as of a day. Identifiers are always the same.
pub fn worked(today: NaiveDate) -> Dataset {
    let ids = Ids::seeded(20_150_601);
    let mut desk = desk::Desk::new(&ids, today);
    cambridgeshire::write(&mut desk);
    richmond::write(&mut desk);
    contacts::write(&mut desk);
    // Authorities that only lend their figures for comparison.
    let (first, second) = (3, 4);
    desk.authority(first, "aldermoor", "Aldermoor (demonstration)");
    desk.authority(second, "thornwick_vale", "Thornwick Vale (demonstration)");
    for (authority_id, neighbour_id) in [
        (CAMBRIDGESHIRE, first),
        (CAMBRIDGESHIRE, second),
        (KINGSTON_RICHMOND, first),
        (KINGSTON_RICHMOND, CAMBRIDGESHIRE),
    ] {
        let row = StatisticalNeighbourRow {
            authority_id,
            neighbour_id,
        };
        desk.data.statistical_neighbours.push(row);
    }
    meetings::write(&mut desk);
    deciders::write(&mut desk);
    former::write(&mut desk);
    plan_steps::write(&mut desk);
    access_check::write(&mut desk);
    desk.data
}

#[cfg(test)]
mod check;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tour;
