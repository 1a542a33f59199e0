//! Placeholders: what people write for unknown values, from `placeholders.txt`.

use std::{collections::HashSet, sync::LazyLock};

use super::lists;

/// The list.
pub(super) const LIST: &str = include_str!("placeholders.txt");

/// A shorter number with a single repeated digit may be real.
const MIN_LENGTH: usize = 5;

static NAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| lists::lines(LIST, "names").collect());
static GIVEN: LazyLock<HashSet<&str>> = LazyLock::new(|| lists::lines(LIST, "given").collect());
static NUMBERS: LazyLock<HashSet<String>> =
    LazyLock::new(|| lists::lines(LIST, "numbers").map(str::to_ascii_uppercase).collect());
static ADDRESSES: LazyLock<Vec<&str>> = LazyLock::new(|| lists::lines(LIST, "addresses").collect());
static POSTCODES: LazyLock<Vec<String>> =
    LazyLock::new(|| lists::lines(LIST, "postcodes").map(str::to_ascii_uppercase).collect());

/// Whether a folded name is a placeholder.
pub(super) fn is_name(folded: &str) -> bool {
    NAMES.contains(folded)
}

/// Whether a folded given name is a placeholder.
pub(super) fn is_given_name(folded: &str) -> bool {
    is_name(folded) || GIVEN.contains(folded)
}

/// Whether a folded address is a placeholder.
pub(super) fn is_address(folded: &str) -> bool {
    let ends = |rest: &str| rest.is_empty() || rest.starts_with(' ');
    ADDRESSES.iter().any(|none| folded.strip_prefix(none).is_some_and(ends))
}

/// Whether a postcode, in capitals and without spaces, is a placeholder.
pub(super) fn is_postcode(code: &str) -> bool {
    POSTCODES.iter().any(|none| code.starts_with(none.as_str()))
}

/// Whether a number, in capitals and without spaces, is a placeholder: listed, or a single repeated digit.
pub(super) fn is_number(code: &str) -> bool {
    let first = code.bytes().next().filter(u8::is_ascii_digit);
    let one_digit = first.is_some_and(|first| code.bytes().all(|next| next == first));
    one_digit && (code.len() >= MIN_LENGTH || code.starts_with('0')) || NUMBERS.contains(code)
}
