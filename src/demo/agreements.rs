//! The demonstration agreements: those of the worked authorities, and the same clauses for each made-up one.

use std::fmt::Write as _;

use super::synthetic_authority;

/// The agreement of Cambridgeshire in the demonstration.
pub const CAMBRIDGESHIRE_AGREEMENT: &str = include_str!("../../agreements/demonstration.toml");
/// The agreement of Kingston and Richmond in the demonstration.
pub const KINGSTON_RICHMOND_AGREEMENT: &str = include_str!("../../agreements/richmond.toml");

const CLAUSES: &str = "\n# Clauses.\n";

/// The agreement files of the worked authorities.
pub fn worked_agreements() -> [&'static str; 2] {
    [CAMBRIDGESHIRE_AGREEMENT, KINGSTON_RICHMOND_AGREEMENT]
}

/// An agreement file for a made-up authority: the clauses of the first demonstration agreement, signed by all of its agencies.
pub fn agreement_for(authority_code: &str) -> String {
    let clauses = CAMBRIDGESHIRE_AGREEMENT
        .split_once(CLAUSES)
        .map_or("", |(_, clauses)| clauses);
    let mut file = format!(
        "[agreement]\nid = \"{authority_code}\"\nversion = 1\ntitle = \"Information sharing agreement of a made-up authority\"\n\
         authority = \"{authority_code}\"\neffective_from = 2026-01-01\nreview_by = 2027-01-01\n"
    );
    for (suffix, _) in synthetic_authority::AGENCIES {
        write!(
            file,
            "\n[[signatory]]\nagency = \"{authority_code}-{suffix}\"\nsigned_on = 2025-11-03\n"
        )
        .expect("a string can be written to");
    }
    file + CLAUSES + clauses
}
