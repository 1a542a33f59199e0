//! What becomes of two records of one person when they are made one, and when they are parted: whose each row is, and who is shielded.

use std::collections::HashMap;

use uuid::Uuid;

use super::membership::Period;

/// A row in a column that names a person.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Named {
    /// The table and the column.
    pub place: String,
    /// The row.
    pub row: Uuid,
}

/// Which rows of a person are whose, while records of them are one.
#[derive(Debug, Default)]
pub struct Owners {
    /// By which merge a row came; none where it was the kept record's own.
    known: HashMap<Named, Option<Uuid>>,
    /// The families into which the kept record came by a merge alone.
    families: HashMap<Uuid, Uuid>,
}

impl Owners {
    /// Of the rows that were there when records were made one: each with the merge, and whether it was the merged record's. `memberships` are those of
    /// the person now, each with its family.
    pub fn of(
        known: impl IntoIterator<Item = (Named, Uuid, bool)>,
        memberships: impl IntoIterator<Item = (Named, Uuid)>,
    ) -> Self {
        let mut owners = Self::default();
        for (named, merge, of_merged) in known {
            // What came by one merge is the kept record's own in every other.
            let owner = owners.known.entry(named).or_default();
            *owner = owner.or(of_merged.then_some(merge));
        }
        let mut own = Vec::new();
        for (named, family) in memberships {
            match owners.known.get(&named) {
                Some(Some(merge)) => drop(owners.families.insert(family, *merge)),
                Some(None) => own.push(family),
                None => {}
            }
        }
        owners.families.retain(|family, _| !own.contains(family));
        owners
    }

    /// Whether it was there when the records were made one, whosever it was.
    pub fn knows(&self, named: &Named) -> bool {
        self.known.contains_key(named)
    }

    /// The merge by which a row came; none where it is the kept record's own. What was recorded while they were one goes with the family that it was recorded
    /// in.
    pub fn owner(&self, named: &Named, family: Uuid) -> Option<Uuid> {
        match self.known.get(named) {
            Some(owner) => *owner,
            None => self.families.get(&family).copied(),
        }
    }
}

/// Whether each of two records says that the person is shielded once they are parted, by what each said before they were made one and says now: what was said
/// since stays with both.
pub fn shielded_apart(before: [bool; 2], now: [bool; 2]) -> [bool; 2] {
    let since = now.iter().zip(before).any(|(now, before)| *now && !before);
    now.map(|shielded| shielded || since)
}

/// Whether two times have a day in common.
pub fn overlap(one: Period, other: Period) -> bool {
    let begins = one.from.max(other.from);
    one.until.is_none_or(|until| begins < until) && other.until.is_none_or(|until| begins < until)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    const MEMBERSHIPS: &str = "membership.person_id";
    const CONSENTS: &str = "consent.person_id";

    fn key(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn named(place: &str, row: u128) -> Named {
        Named {
            place: place.to_owned(),
            row: key(row),
        }
    }

    /// Merge 1 brought membership 11 of family 101 to the record with membership 10 of family 100; 12 of family 102 was recorded since.
    fn owners() -> Owners {
        let known = [
            (named(MEMBERSHIPS, 10), key(1), false),
            (named(MEMBERSHIPS, 11), key(1), true),
            (named(CONSENTS, 20), key(1), false),
            (named(CONSENTS, 21), key(1), true),
        ];
        let memberships = [(10, 100), (11, 101), (12, 102)];
        let memberships = memberships.map(|(row, family)| (named(MEMBERSHIPS, row), key(family)));
        Owners::of(known, memberships)
    }

    #[test]
    fn each_record_has_what_it_had_wherever_that_was_recorded() {
        let owners = owners();
        assert_eq!(owners.owner(&named(CONSENTS, 21), key(100)), Some(key(1)));
        assert_eq!(owners.owner(&named(CONSENTS, 20), key(101)), None);
        assert!(owners.knows(&named(CONSENTS, 20)) && !owners.knows(&named(CONSENTS, 22)));
    }

    #[test]
    fn what_was_recorded_since_goes_with_its_family() {
        let owners = owners();
        for (family, owner) in [(100, None), (101, Some(key(1))), (102, None)] {
            assert_eq!(owners.owner(&named(CONSENTS, 22), key(family)), owner, "{family}");
        }
    }

    #[test]
    fn a_family_of_both_is_the_kept_ones() {
        let known = [
            (named(MEMBERSHIPS, 10), key(1), false),
            (named(MEMBERSHIPS, 11), key(1), true),
        ];
        let memberships = [11, 10].map(|row| (named(MEMBERSHIPS, row), key(100)));
        let owners = Owners::of(known, memberships);
        assert_eq!(owners.owner(&named(CONSENTS, 22), key(100)), None);
    }

    #[test]
    fn what_came_by_one_merge_is_not_taken_for_the_kept_ones_in_another() {
        for known in [[(2, false), (1, true)], [(1, true), (2, false)]] {
            let known = known.map(|(merge, of_merged)| (named(CONSENTS, 21), key(merge), of_merged));
            assert_eq!(
                Owners::of(known, []).owner(&named(CONSENTS, 21), key(100)),
                Some(key(1))
            );
        }
    }

    #[test]
    fn shielding_that_was_set_since_stays_with_both() {
        let (yes, no) = (true, false);
        for (before, now, apart) in [
            ([no, no], [no, no], [no, no]),
            ([yes, no], [yes, no], [yes, no]),
            ([no, yes], [no, yes], [no, yes]),
            ([no, no], [yes, no], [yes, yes]),
            ([no, no], [no, yes], [yes, yes]),
            ([yes, no], [yes, yes], [yes, yes]),
            ([yes, no], [no, no], [no, no]),
        ] {
            assert_eq!(shielded_apart(before, now), apart, "{before:?} {now:?}");
        }
    }

    #[test]
    fn a_day_that_both_are_there_is_in_both() {
        let period = |from: u32, until: Option<u32>| Period {
            from: NaiveDate::from_ymd_opt(2026, 6, from).expect("a day"),
            until: until.map(|day| NaiveDate::from_ymd_opt(2026, 6, day).expect("a day")),
        };
        let open = period(5, None);
        assert!(overlap(open, period(1, None)) && overlap(open, period(1, Some(6))));
        assert!(!overlap(open, period(1, Some(5))) && !overlap(period(1, Some(5)), open));
        assert!(!overlap(open, period(7, Some(7))), "it never began");
    }
}
