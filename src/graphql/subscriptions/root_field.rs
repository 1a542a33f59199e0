//! The one root field of a subscription, wherever the document writes it: the library looks for it outside of fragments only.

use async_graphql::Positioned;
use async_graphql_parser::types::{Selection, SelectionSet};

use crate::graphql::language::Resolved;

/// The operation with its root field outside of fragments; none if it has more fields or none at all. It belongs to a document that fits the schema: whether there
/// is a field depends on nothing.
pub fn with_one_root_field(resolved: &Resolved) -> Option<Resolved> {
    let mut fields = Vec::new();
    expand(resolved, &resolved.operation().selection_set.node, &mut fields)?;
    (fields.len() == 1).then(|| resolved.with_root(SelectionSet { items: fields }))
}

/// The fields of a selection of the root.
fn expand(resolved: &Resolved, set: &SelectionSet, fields: &mut Vec<Positioned<Selection>>) -> Option<()> {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) if field.node.name.node.starts_with("__") => return None,
            Selection::Field(_) => fields.push(selection.clone()),
            Selection::InlineFragment(fragment) => expand(resolved, &fragment.node.selection_set.node, fields)?,
            Selection::FragmentSpread(spread) => {
                let fragment = resolved.fragments().get(&spread.node.fragment_name.node)?;
                expand(resolved, &fragment.node.selection_set.node, fields)?;
            }
        }
    }
    Some(())
}

#[cfg(test)]
mod tests;
