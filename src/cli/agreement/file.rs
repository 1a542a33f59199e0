//! Reads an agreement file by itself, with no register of agencies at hand.

use std::collections::BTreeSet;

use crate::{
    catalogue,
    sharing::agreement_file::{self, AgreementFile, Refused},
};

/// Reads a file as if every agency that it names as a signatory existed.
pub(super) fn read(text: &str) -> Result<AgreementFile, Refused> {
    agreement_file::read(text, &catalogue::known(named(text)))
}

/// The agencies that a file names. Of what cannot be read nothing is named; the real reader tells why.
fn named(text: &str) -> BTreeSet<String> {
    if text.len() > agreement_file::LARGEST_FILE {
        return BTreeSet::new();
    }
    let file: toml::Table = toml::from_str(text).unwrap_or_default();
    file.get("signatory")
        .and_then(toml::Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|signatory| signatory.get("agency")?.as_str())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agencies_are_taken_as_they_are_named() {
        let named = named("[[signatory]]\nagency = \"a\"\n[[signatory]]\nagency = \"b\"\n[[signatory]]\nother = 1\n");
        assert_eq!(named, BTreeSet::from(["a".to_owned(), "b".to_owned()]));
    }

    #[test]
    fn what_is_no_toml_is_told_by_the_real_reader() {
        assert!(super::named("[[signatory").is_empty());
        assert!(super::named("signatory = 3").is_empty());
        let refused = read("[agreement]\nid = ").unwrap_err();
        assert_eq!(refused.problems[0].line, 2);
    }
}
