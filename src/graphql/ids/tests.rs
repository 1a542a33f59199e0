//! Tests of `ids`.

use super::{Codec, Key, Kind};
use uuid::Uuid;

fn codec(byte: u8) -> Codec {
    Codec::new(&[byte; 32]).expect("32 bytes are a key")
}

const KEY: Key = Key {
    kind: Kind::Plan,
    family: Uuid::from_u128(5),
    row: Uuid::from_u128(7),
};

#[test]
fn an_id_names_its_row_and_nothing_else_opens_it() {
    let id = codec(1).id(3, KEY);
    assert_eq!(codec(1).key(3, &id), Some(KEY));
    assert_eq!(codec(1).key(4, &id), None, "another authority's id");
    assert_eq!(codec(2).key(3, &id), None, "another server's id");
    for at in 0..id.len() {
        let mut changed = id.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).expect("ASCII");
        assert_eq!(codec(1).key(3, &changed), None, "changed at {at}");
    }
    assert_eq!(codec(1).key(3, ""), None);
    assert_eq!(codec(1).key(3, &"A".repeat(100_000)), None);
}

#[test]
fn a_cursor_belongs_to_its_list_and_its_length_tells_nothing() {
    let codec = codec(1);
    let short = codec.cursor(3, "families", b"a\x01".to_vec());
    let long = codec.cursor(3, "families", b"a rather longer value".to_vec());
    assert_eq!(short.len(), long.len());
    assert_eq!(codec.open_cursor(3, "families", &short).as_deref(), Some(&b"a\x01"[..]));
    assert_eq!(codec.open_cursor(3, "members", &short), None);
    assert_eq!(codec.key(3, &short), None, "a cursor is no id");
}
