//! Any number of made-up families in made-up authorities, a batch at a time, so that the number does not matter for memory.

use chrono::NaiveDate;
use rand::{SeedableRng, rngs::ChaCha12Rng};

use super::{
    desk::Desk,
    names,
    synthetic_authority::{AGENCIES, Authority},
    synthetic_family::Maker,
};
use crate::{clock::Ids, records::StatisticalNeighbourRow, store::dataset::Dataset};

/// The number of the first made-up authority; below it are the worked ones.
pub const FIRST_AUTHORITY: i32 = 101;
/// As many authorities as the programme has nationally.
pub const MOST_AUTHORITIES: u16 = 150;
/// More families than the programme is to reach nationally (400,000).
pub const MOST_FAMILIES: u64 = 1_000_000;
/// Families of one batch.
const BATCH: u64 = 250;

/// How many families, in how many authorities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// At most [`MOST_FAMILIES`].
    pub families: u64,
    /// From 1 to [`MOST_AUTHORITIES`].
    pub authorities: u16,
}

impl Size {
    /// So many families in a fitting number of authorities: about as many in each as the national programme has, and one at least.
    pub fn of(families: u64) -> Self {
        let authorities = families.div_ceil(2_700).clamp(1, u64::from(MOST_AUTHORITIES));
        Self {
            families,
            authorities: u16::try_from(authorities).unwrap_or(MOST_AUTHORITIES),
        }
    }
}

/// Made-up families, in batches. The first batch holds the authorities and their agencies.
pub struct Families {
    size: Size,
    today: NaiveDate,
    ids: Ids,
    rng: ChaCha12Rng,
    authorities: Vec<Authority>,
    next: u64,
}

/// Made-up families as of a day; the same size, seed and day give the same rows. Sizes beyond the limits are cut to them.
pub fn families(size: Size, seed: u64, today: NaiveDate) -> Families {
    Families {
        size: Size {
            families: size.families.min(MOST_FAMILIES),
            authorities: size.authorities.clamp(1, MOST_AUTHORITIES),
        },
        today,
        ids: Ids::seeded(seed),
        // A stream of its own, so that values do not echo identifiers.
        rng: ChaCha12Rng::seed_from_u64(seed.rotate_left(32) ^ 0x5468_696e_6b46_616d),
        authorities: Vec::new(),
        next: 0,
    }
}

impl Families {
    /// The codes of the authorities that the families belong to, for which agreements are needed (see [`super::agreement_for`]).
    pub fn authority_codes(&self) -> impl Iterator<Item = String> + use<> {
        (0..self.size.authorities).map(|number| code(&names::place(number.into())))
    }

    fn authorities(&mut self) -> Dataset {
        let mut desk = Desk::new(&self.ids, self.today);
        for number in 0..self.size.authorities {
            let place = names::place(number.into());
            let (id, code) = (FIRST_AUTHORITY + i32::from(number), code(&place));
            desk.authority(id, &code, &format!("{place} (made up)"));
            let agencies = AGENCIES
                .iter()
                .map(|(suffix, kind)| {
                    desk.agency(
                        &format!("{code}-{suffix}"),
                        &format!("{place} {suffix} (made up)"),
                        kind,
                    )
                })
                .collect();
            self.authorities.push(Authority {
                id,
                place,
                code,
                agencies,
            });
        }
        // Each compares itself with the next three.
        let count = usize::from(self.size.authorities);
        for at in 0..count {
            for step in 1..count.min(4) {
                desk.data.statistical_neighbours.push(StatisticalNeighbourRow {
                    authority_id: self.authorities[at].id,
                    neighbour_id: self.authorities[(at + step) % count].id,
                });
            }
        }
        desk.data
    }
}

fn code(place: &str) -> String {
    place.to_lowercase()
}

impl Iterator for Families {
    type Item = Dataset;

    fn next(&mut self) -> Option<Dataset> {
        if self.authorities.is_empty() {
            return Some(self.authorities());
        }
        if self.next >= self.size.families {
            return None;
        }
        let mut batch = Dataset::default();
        let end = (self.next + BATCH).min(self.size.families);
        for number in self.next..end {
            // One authority after the other, so that a batch stays within few of them.
            let at = number * u64::from(self.size.authorities) / self.size.families;
            let authority = &self.authorities[usize::try_from(at).unwrap_or_default()];
            Maker::new(&mut batch, &mut self.rng, &self.ids, self.today, authority, number).write();
        }
        self.next = end;
        Some(batch)
    }
}
