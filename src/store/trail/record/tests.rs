//! Tests of `record`.

use super::*;

#[test]
fn every_family_is_in_one_row_of_its_bucket() {
    let families: Vec<Uuid> = (0..100)
        .map(|number: u128| Uuid::from_u128(number * 0x1_0000_0003))
        .collect();
    let at = DateTime::UNIX_EPOCH;
    let rows = FamiliesRow::of(1, families.iter().copied(), at, 5, 2);
    assert_eq!(rows.len(), usize::from(BUCKETS));
    for family in families {
        let of_it = rows.iter().filter(|row| row.families().contains(&family));
        let buckets: Vec<i16> = of_it.map(|row| row.bucket).collect();
        assert_eq!(buckets, [bucket(family)]);
    }
    assert!(FamiliesRow::of(1, [], at, 5, 2).is_empty());
}

#[test]
fn chains_are_numbered_by_the_month() {
    let number = first_of_month("2026-11-30T23:59:59Z".parse().unwrap());
    assert_eq!(month_name(number + 3), "2026_11");
    assert_eq!(first_of_month("2026-12-01T00:00:00Z".parse().unwrap()), number + CHAINS);
    assert_eq!(
        month_name(first_of_month("2000-01-01T00:00:00Z".parse().unwrap())),
        "2000_01"
    );
    assert_eq!(first_of_month("1999-01-01T00:00:00Z".parse().unwrap()), 0);
}
