//! From a partner's own text key to a row's identifier.

use aws_lc_rs::digest::{SHA256, digest};
use uuid::{Builder, Uuid};

/// The identifier of the row that a partner calls `key`: the same for the same authority, table and key, and no other's.
///
/// A UUID of version 8 from the SHA-256 of the three, parted by zero bytes, which none of them can hold.
pub fn row_id(authority_code: &str, table: &str, key: &str) -> Uuid {
    Builder::from_custom_bytes(half(&[authority_code, table, key])).into_uuid()
}

/// The first 16 bytes of the SHA-256 of these texts, parted by zero bytes.
pub(super) fn half(parts: &[&str]) -> [u8; 16] {
    let hash = digest(&SHA256, parts.join("\0").as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_ref()[..16]);
    bytes
}
