//! Tests of `parsed`.

use super::{Documents, MOST};
use crate::wire::limits::Limits;

#[test]
fn what_comes_again_is_not_read_again() {
    let (documents, limits) = (Documents::default(), Limits::default());
    let first = documents.read("{ viewer { role } }", &limits).unwrap();
    let again = documents.read("{ viewer { role } }", &limits).unwrap();
    assert!(std::sync::Arc::ptr_eq(&first, &again));
    assert!(documents.read("{ viewer { role }", &limits).is_err());
    assert!(documents.read("{ viewer { role }", &limits).is_err());
}

#[test]
fn what_is_held_is_bounded() {
    let (documents, limits) = (Documents::default(), Limits::default());
    let padding = "#".repeat(20_000);
    for number in 0..200 {
        documents
            .read(&format!("{{ a{number}: viewer {{ role }} }} {padding}"), &limits)
            .unwrap();
    }
    let (held, bytes) = (documents.0.len(), documents.0.weight());
    assert!(bytes <= MOST as u64, "{bytes}");
    assert!((1..200).contains(&held), "{held}");
}
