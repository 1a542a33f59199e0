//! The operation that is left once its variables have values: with these in their places, and without what `@skip` and `@include` leave out.
//!
//! One pass over the operation and over each fragment that it spreads: variables mean the same wherever they stand in one operation.

use std::collections::HashMap;

use apollo_compiler::ast::{InputValueDefinition, Type};
use async_graphql::{Name, Positioned, Value as Constant};
use async_graphql_parser::types::{
    Directive, DocumentOperations, ExecutableDocument, Field, FragmentDefinition, InlineFragment, OperationDefinition,
    OperationType, Selection, SelectionSet,
};
use async_graphql_value::Value;

use super::{
    fit::{Values, Variables, fit},
    place::{Holder, Place},
    said::Said,
    variables,
    words::Words,
};
use crate::error::RequestError;

/// An operation without variables, `@skip` and `@include`: nothing of it depends on anything any more.
#[derive(Clone, Debug)]
pub struct Resolved {
    operation: Positioned<OperationDefinition>,
    fragments: HashMap<Name, Positioned<FragmentDefinition>>,
}

impl Resolved {
    /// The operation.
    pub fn operation(&self) -> &OperationDefinition {
        &self.operation.node
    }

    /// The fragments that it spreads, directly or through others.
    pub fn fragments(&self) -> &HashMap<Name, Positioned<FragmentDefinition>> {
        &self.fragments
    }

    /// A document of it and nothing else, for the library.
    pub fn to_document(&self) -> ExecutableDocument {
        ExecutableDocument {
            operations: DocumentOperations::Single(self.operation.clone()),
            fragments: self.fragments.clone(),
        }
    }

    /// The same with another selection of the root.
    #[must_use]
    pub fn with_root(&self, set: SelectionSet) -> Self {
        let mut other = self.clone();
        other.operation.node.selection_set.node = set;
        other
    }

    /// An operation as it is parsed, for tests of what comes after.
    #[cfg(test)]
    pub fn as_written(text: &str) -> Self {
        let document = async_graphql_parser::parse_query(text).expect("a document");
        let operation = document.operations.iter().next().expect("an operation").1.clone();
        Self {
            operation,
            fragments: document.fragments,
        }
    }
}

/// Resolves an operation of a document that fits the schema and has passed the pre-check.
pub(super) fn resolve(words: &Words<'_>, said: Said<'_>) -> Result<Resolved, RequestError> {
    let operation = said.operation;
    let mut work = Resolver {
        words,
        written: &said.document.fragments,
        values: variables::values(words, operation, said.given)?,
        fragments: HashMap::new(),
    };
    let set = &operation.selection_set;
    let selection_set = Positioned::new(work.set(root(operation.ty), &set.node)?, set.pos);
    let resolved = OperationDefinition {
        ty: operation.ty,
        variable_definitions: Vec::new(),
        directives: Vec::new(),
        selection_set,
    };
    let fragments = work.fragments.into_iter();
    Ok(Resolved {
        operation: Positioned::new(resolved, set.pos),
        fragments: fragments
            .filter_map(|(name, fragment)| Some((name, fragment?)))
            .collect(),
    })
}

/// The type that an operation begins at.
pub(super) fn root(ty: OperationType) -> &'static str {
    match ty {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    }
}

struct Resolver<'a> {
    words: &'a Words<'a>,
    written: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    values: Values,
    /// Those that were met; nothing stands for one that is being resolved.
    fragments: HashMap<Name, Option<Positioned<FragmentDefinition>>>,
}

impl Resolver<'_> {
    fn set(&mut self, of: &str, set: &SelectionSet) -> Result<SelectionSet, RequestError> {
        let mut items = Vec::with_capacity(set.items.len());
        for selection in &set.items {
            if self.is_left_out(selection.node.directives())? {
                continue;
            }
            let resolved = match &selection.node {
                Selection::Field(field) => Selection::Field(Positioned::new(self.field(of, &field.node)?, field.pos)),
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    self.fragment(name)?;
                    let mut spread = spread.clone();
                    spread.node.directives.clear();
                    Selection::FragmentSpread(spread)
                }
                Selection::InlineFragment(inline) => {
                    let InlineFragment {
                        type_condition,
                        selection_set: set,
                        ..
                    } = &inline.node;
                    let of = type_condition.as_ref().map_or(of, |of| of.node.on.node.as_str());
                    let selection_set = Positioned::new(self.set(of, &set.node)?, set.pos);
                    let resolved = InlineFragment {
                        type_condition: type_condition.clone(),
                        directives: Vec::new(),
                        selection_set,
                    };
                    Selection::InlineFragment(Positioned::new(resolved, inline.pos))
                }
            };
            items.push(Positioned::new(resolved, selection.pos));
        }
        Ok(SelectionSet { items })
    }

    fn field(&mut self, of: &str, field: &Field) -> Result<Field, RequestError> {
        let words = self.words;
        let definition = words.whole.type_field(of, &field.name.node).ok();
        let mut arguments = Vec::with_capacity(field.arguments.len());
        for (name, value) in &field.arguments {
            let known = definition.and_then(|of| of.arguments.iter().find(|of| of.name == name.node.as_str()));
            // A document that fits has no others.
            let Some(known) = known else { continue };
            let fitted = self.argument(known, &field.name.node, value)?;
            arguments.extend(fitted.map(|fitted| (name.clone(), Positioned::new(fitted, value.pos))));
        }
        let set = &field.selection_set;
        let of = definition.map_or("", |definition| definition.ty.inner_named_type().as_str());
        Ok(Field {
            alias: field.alias.clone(),
            name: field.name.clone(),
            arguments,
            directives: Vec::new(),
            selection_set: Positioned::new(self.set(of, &set.node)?, set.pos),
        })
    }

    fn argument(
        &self,
        known: &InputValueDefinition,
        of: &str,
        value: &Positioned<Value>,
    ) -> Result<Option<Value>, RequestError> {
        let holder = Holder::Argument { name: &known.name, of };
        let mut at = Place::new(holder, value.pos);
        let default = known.default_value.is_some();
        fit(self.words, &self.values, &known.ty, &value.node, default, &mut at)
    }

    fn fragment(&mut self, name: &Name) -> Result<(), RequestError> {
        let Some(fragment) = self.written.get(name).filter(|_| !self.fragments.contains_key(name)) else {
            return Ok(());
        };
        self.fragments.insert(name.clone(), None);
        let set = &fragment.node.selection_set;
        let of = fragment.node.type_condition.node.on.node.as_str();
        let resolved = FragmentDefinition {
            type_condition: fragment.node.type_condition.clone(),
            directives: Vec::new(),
            selection_set: Positioned::new(self.set(of, &set.node)?, set.pos),
        };
        let resolved = Positioned::new(resolved, fragment.pos);
        self.fragments.insert(name.clone(), Some(resolved));
        Ok(())
    }

    /// Whether a selection is left out: where `@skip` says so, or `@include` does not.
    fn is_left_out(&self, directives: &[Positioned<Directive>]) -> Result<bool, RequestError> {
        for directive in directives {
            let leaves_out = match directive.node.name.node.as_str() {
                "skip" => true,
                "include" => false,
                _ => continue,
            };
            if self.condition(&directive.node)? == leaves_out {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn condition(&self, directive: &Directive) -> Result<bool, RequestError> {
        // A document that fits says it.
        let Some(value) = directive.get_argument("if") else {
            return Ok(false);
        };
        match &value.node {
            Value::Boolean(condition) => Ok(*condition),
            Value::Variable(name) => {
                let of = directive.name.node.as_str();
                let at = Place::new(Holder::Argument { name: "if", of }, value.pos);
                let boolean = Type::NonNullNamed(apollo_compiler::name!("Boolean"));
                let value = self.values.value(name, &boolean, false, &at)?;
                Ok(value.and_then(Value::into_const) == Some(Constant::Boolean(true)))
            }
            _ => Ok(false),
        }
    }
}
