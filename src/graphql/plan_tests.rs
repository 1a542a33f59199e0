use super::Reader;
use crate::graphql::{language::Resolved, library::library_sdl, shape::Shape};

fn cost(query: &str) -> u64 {
    let shape = Shape::of(&library_sdl()).expect("every field is classified");
    Reader::read(&shape, &Resolved::as_written(query)).cost
}

#[test]
fn a_page_costs_its_size() {
    let usual = cost("{ families { nodes { reference } } }");
    assert_eq!(usual, cost("{ families(first: 20) { nodes { reference } } }"));
    assert_eq!(usual, cost("{ families(first: null) { nodes { reference } } }"));
    assert!(cost("{ families(first: 2) { nodes { reference } } }") < usual);
    assert!(cost("{ families(last: 100) { nodes { reference } } }") > usual);
}

#[test]
fn nothing_costs_nothing() {
    assert_eq!(
        cost("{ ... on Query { ... { viewer { role } } } }"),
        cost("{ viewer { role } }")
    );
}
