//! Tests of `group`.

use super::*;

#[test]
fn every_family_is_in_one_row_of_its_bucket() {
    let families: Vec<Uuid> = (0..100)
        .map(|number: u128| Uuid::from_u128(number * 0x1_0000_0003))
        .collect();
    let rows = GroupRow::of(1, &families, DateTime::UNIX_EPOCH, Uuid::nil(), 2);
    assert_eq!(rows.len(), usize::from(BUCKETS));
    let mut found: Vec<Uuid> = rows.iter().flat_map(|row| row.families().unwrap()).collect();
    found.sort_unstable();
    assert_eq!(found, families);
    assert!(GroupRow::of(1, [], DateTime::UNIX_EPOCH, Uuid::nil(), 2).is_empty());
}

#[test]
fn malformed_rows_have_no_families() {
    let [row] = <[_; 1]>::try_from(GroupRow::of(
        1,
        &[Uuid::from_u128(8), Uuid::from_u128(16)],
        DateTime::UNIX_EPOCH,
        Uuid::nil(),
        2,
    ))
    .unwrap();
    assert!(row.families().is_some());
    let with = |members: Vec<u8>| GroupRow { members, ..row.clone() }.families();
    let mut swapped = row.members.clone();
    swapped.rotate_left(ID_LENGTH);
    assert_eq!(with(swapped), None);
    assert_eq!(with(row.members[1..].to_vec()), None);
    assert_eq!(with(Vec::new()), None);
    assert_eq!(with(Uuid::from_u128(9).as_bytes().to_vec()), None, "of another part");
}
