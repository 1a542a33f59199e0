//! Parses an agreement file without a register of agencies.

use std::collections::BTreeSet;

use crate::{
    catalogue,
    sharing::agreement_file::{self, AgreementFile, Refused},
};

/// Parses a file as if every agency that it names as a signatory existed.
pub(super) fn read(text: &str) -> Result<AgreementFile, Refused> {
    agreement_file::read(text, &catalogue::known(named_agencies(text)))
}

/// The agencies that a file names; none if it cannot be parsed, which the real parser then reports.
fn named_agencies(text: &str) -> BTreeSet<String> {
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
    fn signatories_need_not_exist() {
        let agencies =
            named_agencies("[[signatory]]\nagency = \"a\"\n[[signatory]]\nagency = \"b\"\n[[signatory]]\nother = 1\n");
        assert_eq!(agencies, BTreeSet::from(["a".to_owned(), "b".to_owned()]));
    }

    #[test]
    fn invalid_toml_is_reported_by_the_parser() {
        assert!(super::named_agencies("[[signatory").is_empty());
        assert!(super::named_agencies("signatory = 3").is_empty());
        let refused = read("[agreement]\nid = ").unwrap_err();
        assert_eq!(refused.problems[0].line, 2);
    }
}
