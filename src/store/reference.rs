//! A family's reference as people say it: in any case, with blanks, dashes and other marks, or without.

use sea_orm::sea_query::{Expr, ExprTrait as _, Func, SimpleExpr};

/// A reference in the form in which two that people take for the same are the same. Other letters than those from A to Z stay as they are.
///
/// The database has an index on nearly the same: whoever changes one changes the other (`migration/src/m0018_said.rs`, `is`).
pub fn folded(reference: &str) -> String {
    let said = reference.chars().filter(|letter| !MARKS.contains(letter));
    said.map(|letter| letter.to_ascii_uppercase()).collect()
}

/// What people leave out, or put in.
const MARKS: [char; 11] = [
    ' ', '-', '/', '.', '_', '\u{a0}', '\u{2010}', '\u{2011}', '\u{2013}', '\u{2014}', '\u{2212}',
];

/// The condition that a family has this reference, however it is written on either side. An index has the same expression. Letters outside of A to Z are not the same to
/// every database, so that whoever reads by this compares with [`folded`] too.
pub(super) fn is(reference: &str) -> SimpleExpr {
    const SAID: &str = "upper(replace(replace(replace(replace(replace(family.reference, ' ', ''), '-', ''), '/', ''), '.', ''), '_', ''))";
    Expr::cust(SAID).eq(Func::upper(Expr::val(folded(reference))))
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn it_does_not_matter_how_a_reference_is_said() {
        for said in [
            "TF-10001",
            "tf 10001",
            "tf10001",
            "Tf\u{2013}100 01",
            "TF/10001",
            " tf.10001 ",
        ] {
            assert_eq!(folded(said), "TF10001", "{said}");
        }
        assert_ne!(folded("TF-10001"), folded("TF-1001"));
        assert_ne!(folded("TF-10001"), folded("TF-10001A"));
    }
}
