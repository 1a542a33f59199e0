//! Tests of `decided`.

use super::*;

fn codes(of: &str, number: usize) -> BTreeSet<Code> {
    (0..number).map(|at| Code::nearest(format!("{of}{at}"))).collect()
}

#[test]
fn decisions_made_together_are_compact_and_expand_row_by_row() {
    let first = Uuid::from_u128(7);
    let decided = Decided {
        decided_by: Some(Uuid::from_u128(3)),
        categories: codes("CATEGORY_", 20),
        agency_kinds: codes("kind_", 10),
        ..Decided::of_row(Decision::Given, Uuid::from_u128(2), first)
    };
    let rows: Vec<_> = decided.rows().collect();
    assert_eq!(rows[0].0, first);
    let keys: BTreeSet<Uuid> = rows.iter().map(|(key, _, _)| *key).collect();
    let pairs: BTreeSet<_> = rows.iter().map(|(_, category, kind)| (*category, *kind)).collect();
    assert_eq!((keys.len(), pairs.len()), (200, 200));
    let text = serde_json::to_string(&decided).unwrap();
    assert!(text.len() < 800, "{}", text.len());
    let read: Decided = serde_json::from_str(&text).unwrap();
    assert_eq!(read.rows().collect::<Vec<_>>(), rows);
    assert!(serde_json::from_str::<Decided>(&text.replace("\"person\"", "\"name\":\"x\",\"person\"")).is_err());
}
