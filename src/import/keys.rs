//! From a partner's own text key to a row's identifier.

use aws_lc_rs::digest::{SHA256, digest};
use uuid::{Builder, Uuid};

/// The identifier of the row that a partner calls `key`: the same for the same authority, table and key, and no other's.
///
/// A UUID of version 8 from the SHA-256 of the three, parted by zero bytes, which none of them can hold.
pub fn row_id(authority_code: &str, table: &str, key: &str) -> Uuid {
    Builder::from_custom_bytes(half(&[authority_code, table, key])).into_uuid()
}

/// With this before it a row's own identifier stands in the place of a key, as an export writes it: rows need not have come by a file.
const BY_ID: &str = "id:";

/// The identifier of the row that a key of a file names.
///
/// # Errors
/// What is wrong with it.
pub(super) fn named(authority_code: &str, table: &str, key: &str) -> Result<Uuid, String> {
    match key.strip_prefix(BY_ID) {
        None => Ok(row_id(authority_code, table, key)),
        Some(id) => id
            .parse()
            .ok()
            .filter(|parsed: &Uuid| parsed.to_string() == id && !parsed.is_nil())
            .ok_or_else(|| format!("begins with {BY_ID} and is not the identifier of a row as an export writes it")),
    }
}

/// The key by which an export names a row.
pub(super) fn by_id(id: Uuid) -> String {
    format!("{BY_ID}{id}")
}

/// The first 16 bytes of the SHA-256 of these texts, parted by zero bytes.
pub(super) fn half(parts: &[&str]) -> [u8; 16] {
    let hash = digest(&SHA256, parts.join("\0").as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_ref()[..16]);
    bytes
}
