//! The one root field of a subscription, wherever the document writes it: the library looks for it outside of fragments only.

use std::collections::HashSet;

use async_graphql::{Name, Positioned};
use async_graphql_parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, Selection, SelectionSet,
};

/// The document with nothing but one subscription, whose root field stands outside of fragments; none if it has more fields or none at all.
/// The document has passed the pre-check: its fragments form no circle.
pub fn with_one_root_field(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
) -> Option<ExecutableDocument> {
    let mut fields = Vec::new();
    expand(document, &operation.selection_set.node, &mut fields)?;
    if fields.len() != 1 {
        return None;
    }
    let mut only = operation.clone();
    only.selection_set.node.items = fields;
    let mut used = HashSet::new();
    spread(document, &only.selection_set.node, &mut used);
    let mut fragments = document.fragments.clone();
    fragments.retain(|name, _| used.contains(name));
    let position = only.selection_set.pos;
    Some(ExecutableDocument {
        operations: DocumentOperations::Single(Positioned::new(only, position)),
        fragments,
    })
}

/// The fields of a selection of the root. A fragment that could be left out (`@skip`, `@include`) is refused: whether there is a field must not
/// depend on anything.
fn expand(document: &ExecutableDocument, set: &SelectionSet, fields: &mut Vec<Positioned<Selection>>) -> Option<()> {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => {
                let name = field.node.name.node.as_str();
                if name.starts_with("__") || !field.node.directives.is_empty() {
                    return None;
                }
                fields.push(selection.clone());
            }
            Selection::InlineFragment(fragment) if fragment.node.directives.is_empty() => {
                expand(document, &fragment.node.selection_set.node, fields)?;
            }
            Selection::FragmentSpread(spread) if spread.node.directives.is_empty() => {
                let fragment = document.fragments.get(&spread.node.fragment_name.node)?;
                expand(document, &fragment.node.selection_set.node, fields)?;
            }
            Selection::InlineFragment(_) | Selection::FragmentSpread(_) => return None,
        }
    }
    Some(())
}

/// The fragments that a selection uses.
fn spread(document: &ExecutableDocument, set: &SelectionSet, used: &mut HashSet<Name>) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => spread(document, &field.node.selection_set.node, used),
            Selection::InlineFragment(fragment) => spread(document, &fragment.node.selection_set.node, used),
            Selection::FragmentSpread(found) => {
                let name = &found.node.fragment_name.node;
                if let Some(fragment) = document.fragments.get(name)
                    && used.insert(name.clone())
                {
                    spread(document, &fragment.node.selection_set.node, used);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql_parser::{parse_query, types::DocumentOperations};

    use super::with_one_root_field;

    fn fields(text: &str) -> Option<(usize, usize)> {
        let document = parse_query(text).expect("a document");
        let DocumentOperations::Single(operation) = &document.operations else {
            panic!("one operation without a name");
        };
        let one = with_one_root_field(&document, &operation.node)?;
        let DocumentOperations::Single(operation) = &one.operations else {
            panic!("one operation");
        };
        Some((operation.node.selection_set.node.items.len(), one.fragments.len()))
    }

    #[test]
    fn there_is_one_field_wherever_it_stands() {
        assert_eq!(fields("subscription { a { b } }"), Some((1, 0)));
        assert_eq!(
            fields("subscription { ... { ... on Subscription { a { b } } } }"),
            Some((1, 0))
        );
        let spread = "subscription { ...f } fragment f on Subscription { a { ...g } } fragment g on A { b }";
        assert_eq!(fields(spread), Some((1, 1)));
        for not_one in [
            "subscription { a b }",
            "subscription { __typename }",
            "subscription { a __typename }",
            "subscription { a @skip(if: true) }",
            "subscription { ... @include(if: false) { a } }",
            "subscription { ...f ...f } fragment f on Subscription { a }",
            "subscription { ...f }",
        ] {
            assert_eq!(fields(not_one), None, "{not_one}");
        }
    }
}
