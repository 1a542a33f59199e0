//! The code lists of the schema. A code is written `family_caf` in the database and in files, and `FAMILY_CAF` in the API.

mod matching;
mod meanings;
mod people;
mod records;
mod sharing;
mod work;

use async_graphql::resolver_utils::EnumType;

pub use self::{
    matching::*,
    meanings::{CodeList, code_lists},
    people::*,
    records::*,
    sharing::*,
    work::*,
};

/// The enum value of a stored code; none for a code that the schema does not know.
pub fn parse<E: EnumType>(code: &str) -> Option<E> {
    E::items()
        .iter()
        .find(|item| item.name.eq_ignore_ascii_case(code))
        .map(|item| item.value)
}

/// The enum values of stored codes.
pub fn parse_all<E: EnumType>(codes: &[String]) -> Vec<E> {
    codes.iter().filter_map(|code| parse(code)).collect()
}

/// The stored code of an enum value.
pub fn code<E: EnumType>(value: E) -> String {
    upper(value).to_ascii_lowercase()
}

/// The code of an enum value as the catalogue and the sharing rules write it.
pub fn upper<E: EnumType>(value: E) -> String {
    E::items()
        .iter()
        .find(|item| item.value == value)
        .map_or_else(String::new, |item| item.name.to_owned())
}
