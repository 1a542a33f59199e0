//! The introspection fields of an operation as the library that answers them has them.
//!
//! The operation belongs to a document that fits the whole schema, and has no variables any more. What is asked of the schema itself is the same in every schema,
//! so that nothing is looked at again.

use apollo_compiler::{
    ExecutableDocument, Name, Node, Schema,
    ast::{FloatValue, IntValue, OperationType, Value},
    executable::{DirectiveList, Operation, OperationMap, SelectionSet},
    validation::Valid,
};
use async_graphql_parser::types::{self, Selection};
use async_graphql_value::Value as Given;

use crate::graphql::language::Resolved;

/// A query of nothing but the operation's introspection fields.
pub(super) fn only_introspection(schema: &Schema, resolved: &Resolved) -> Option<Valid<ExecutableDocument>> {
    let root = schema.root_operation(OperationType::Query)?.clone();
    let tree = Tree { schema, resolved };
    let mut selection_set = SelectionSet::new(root);
    tree.root(&mut selection_set, &resolved.operation().selection_set.node)?;
    let operation = Operation {
        operation_type: OperationType::Query,
        name: None,
        variables: Vec::new(),
        directives: DirectiveList::new(),
        selection_set,
    };
    let mut document = ExecutableDocument::new();
    document.operations = OperationMap::from_one(operation);
    Some(Valid::assume_valid(document))
}

struct Tree<'a> {
    schema: &'a Schema,
    resolved: &'a Resolved,
}

impl Tree<'_> {
    /// The introspection fields of the root, wherever they stand.
    fn root(&self, into: &mut SelectionSet, set: &types::SelectionSet) -> Option<()> {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) if matches!(field.node.name.node.as_str(), "__schema" | "__type") => {
                    self.field(into, &field.node)?;
                }
                Selection::Field(_) => {}
                Selection::InlineFragment(inline) => self.root(into, &inline.node.selection_set.node)?,
                Selection::FragmentSpread(spread) => {
                    let fragment = self.resolved.fragments().get(&spread.node.fragment_name.node)?;
                    self.root(into, &fragment.node.selection_set.node)?;
                }
            }
        }
        Some(())
    }

    /// A selection inside of them. Fragments are written out: the pre-check has counted what that comes to.
    fn set(&self, into: &mut SelectionSet, set: &types::SelectionSet) -> Option<()> {
        for selection in &set.items {
            let (on, set) = match &selection.node {
                Selection::Field(field) => {
                    self.field(into, &field.node)?;
                    continue;
                }
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref();
                    (on.map(|on| &on.node.on.node), &inline.node.selection_set.node)
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = &self.resolved.fragments().get(&spread.node.fragment_name.node)?.node;
                    (
                        Some(&fragment.type_condition.node.on.node),
                        &fragment.selection_set.node,
                    )
                }
            };
            let mut inline = into.new_inline_fragment(on.map(|on| Name::new_unchecked(on)));
            self.set(&mut inline.selection_set, set)?;
            into.push(inline);
        }
        Some(())
    }

    fn field(&self, into: &mut SelectionSet, field: &types::Field) -> Option<()> {
        let mut asked = into
            .new_field(self.schema, Name::new_unchecked(&field.name.node))
            .ok()?;
        asked.alias = field.alias.as_ref().map(|alias| Name::new_unchecked(&alias.node));
        for (name, value) in &field.arguments {
            asked = asked.with_argument(Name::new_unchecked(&name.node), constant(&value.node)?);
        }
        self.set(&mut asked.selection_set, &field.selection_set.node)?;
        into.push(asked);
        Some(())
    }
}

/// A value without variables.
fn constant(value: &Given) -> Option<Node<Value>> {
    Some(Node::new(match value {
        Given::Null => Value::Null,
        Given::Number(number) if number.is_i64() || number.is_u64() => {
            Value::Int(IntValue::new_parsed(&number.to_string()))
        }
        Given::Number(number) => Value::Float(FloatValue::new_parsed(&number.to_string())),
        Given::String(text) => Value::String(text.clone()),
        Given::Boolean(is) => Value::Boolean(*is),
        Given::Enum(name) => Value::Enum(Name::new_unchecked(name)),
        Given::List(list) => Value::List(list.iter().map(constant).collect::<Option<_>>()?),
        Given::Object(object) => {
            let fields = object.iter();
            let fields = fields.map(|(name, value)| Some((Name::new_unchecked(name), constant(value)?)));
            Value::Object(fields.collect::<Option<_>>()?)
        }
        Given::Binary(_) | Given::Variable(_) => return None,
    }))
}
