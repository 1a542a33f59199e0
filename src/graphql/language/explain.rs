//! What is wrong with a document that does not fit the schema: the first thing in the order in which it is written.
//!
//! Another library has said that it does not fit (`mod.rs`). This only looks for what to say of it: where, in the asker's own words, and what they probably
//! meant, from their own schema. Where it finds nothing, what is said is said by kind.

mod variables;

use std::{cell::RefCell, collections::HashSet};

use apollo_compiler::{
    ast::{FieldDefinition, InputValueDefinition},
    schema::ExtendedType,
};
use async_graphql::{Name, Pos, Positioned};
use async_graphql_parser::types::{
    Directive, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet, TypeCondition,
    VariableDefinition,
};
use async_graphql_value::Value;

use super::{
    fit::{fit, must_be_given},
    place::{Holder, Place},
    resolve::root,
    said::unfit,
    words::{Words, near, quoted},
};
use crate::error::RequestError;

/// Whether nothing wrong was found, or what was.
type Looked = Result<(), RequestError>;

/// The first thing that is wrong with a document that has passed the pre-check, if it is found.
pub(super) fn explain(words: &Words<'_>, document: &ExecutableDocument) -> Option<RequestError> {
    let mut operations: Vec<_> = document.operations.iter().map(|(_, operation)| operation).collect();
    operations.sort_by_key(|operation| operation.pos);
    let mut spread = HashSet::new();
    for operation in operations {
        let mut look = Look {
            words,
            document,
            declared: &operation.node.variable_definitions,
            used: RefCell::default(),
            spread: HashSet::new(),
        };
        if let Err(found) = look.operation(&operation.node) {
            return Some(found);
        }
        spread.extend(look.spread);
    }
    let mut unused: Vec<_> = document
        .fragments
        .iter()
        .filter(|(name, _)| !spread.contains(*name))
        .collect();
    unused.sort_by_key(|(_, fragment)| fragment.pos);
    let (name, fragment) = unused.first()?;
    Some(error(
        format!("Fragment {} is not used by any operation.", quoted(name)),
        fragment.pos,
    ))
}

/// What is said where nothing better is found to say, by the name that the other library has for it.
pub(super) fn otherwise(kind: Option<&str>) -> RequestError {
    unfit(match kind.unwrap_or_default() {
        "ConflictingFieldType" | "ConflictingFieldArgument" | "ConflictingFieldName" => {
            "Two fields of one selection have the same name in the answer and are not the same. Give one of them another, as in `other: field`."
        }
        "SubscriptionUsesMultipleFields" | "SubscriptionUsesIntrospection" | "SubscriptionUsesConditionalSelection" => {
            "A subscription asks for exactly one field of the root, always."
        }
        "UniqueInputValue" => "A field stands twice in one input.",
        _ => "The operation does not fit the schema. The schema is at /schema.graphql.",
    })
}

fn error(said: String, pos: Pos) -> RequestError {
    unfit(said).at(pos.line, pos.column)
}

/// A look at one operation and the fragments that it spreads.
struct Look<'a> {
    words: &'a Words<'a>,
    document: &'a ExecutableDocument,
    declared: &'a [Positioned<VariableDefinition>],
    used: RefCell<HashSet<Name>>,
    spread: HashSet<&'a Name>,
}

impl<'a> Look<'a> {
    fn operation(&mut self, operation: &'a OperationDefinition) -> Looked {
        if let Some(directive) = operation.directives.first() {
            return Err(misplaced(directive));
        }
        self.declarations()?;
        let label = format!("The {}", operation.ty);
        self.set(root(operation.ty), &label, &operation.selection_set.node)?;
        self.all_are_used()
    }

    fn set(&mut self, of: &str, label: &str, set: &'a SelectionSet) -> Looked {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => self.field(of, label, &field.node)?,
                Selection::InlineFragment(inline) => {
                    self.directives(&inline.node.directives)?;
                    let set = &inline.node.selection_set.node;
                    match &inline.node.type_condition {
                        Some(condition) => {
                            self.condition(of, &condition.node, inline.pos)?;
                            let on = condition.node.on.node.as_str();
                            self.set(on, &quoted(on), set)?;
                        }
                        None => self.set(of, label, set)?,
                    }
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.node.directives)?;
                    let name = &spread.node.fragment_name.node;
                    let Some((name, fragment)) = self.document.fragments.get_key_value(name) else {
                        return Err(error(format!("There is no fragment {}.", quoted(name)), spread.pos));
                    };
                    let condition = &fragment.node.type_condition.node;
                    let known = !self.spread.insert(name);
                    let pos = if known { spread.pos } else { condition.on.pos };
                    self.condition(of, condition, pos)?;
                    if known {
                        continue;
                    }
                    if let Some(directive) = fragment.node.directives.first() {
                        return Err(misplaced(directive));
                    }
                    let label = format!("Fragment {}", quoted(name));
                    self.set(&condition.on.node, &label, &fragment.node.selection_set.node)?;
                }
            }
        }
        Ok(())
    }

    fn field(&mut self, of: &str, label: &str, field: &'a Field) -> Looked {
        let name = &field.name;
        let Ok(known) = self.words.whole.type_field(of, &name.node) else {
            let meant = self.words.near_member(of, &name.node);
            return Err(error(
                format!("{label} has no field {}.{meant}", quoted(&name.node)),
                name.pos,
            ));
        };
        self.directives(&field.directives)?;
        self.arguments(of, known, field)?;
        let inner = known.ty.inner_named_type();
        let set = &field.selection_set.node;
        let holds_fields = self.words.whole.types.get(inner).is_some_and(has_fields);
        if holds_fields == set.items.is_empty() {
            let said = if holds_fields {
                "is an object: say which of its fields you want, in braces behind it."
            } else {
                "is a value and has no fields: ask for it without braces."
            };
            return Err(error(format!("{} {said}", quoted(&name.node)), name.pos));
        }
        self.set(inner, &quoted(&name.node), set)
    }

    fn arguments(&self, of: &str, known: &FieldDefinition, field: &'a Field) -> Looked {
        let name = &field.name.node;
        let meant = |argument: &str| self.words.near_argument(of, name, argument);
        self.given(name, &known.arguments, &field.arguments, meant)?;
        match missing(&known.arguments, &field.arguments) {
            Some(missing) if self.words.has_argument(of, name, &missing.name) => Err(error(
                format!("{} needs the argument {}.", quoted(name), quoted(&missing.name)),
                field.name.pos,
            )),
            Some(_) => Err(error(
                format!("{} needs another argument.", quoted(name)),
                field.name.pos,
            )),
            None => Ok(()),
        }
    }

    /// Whether the arguments that are given are there, each once, with values that fit.
    fn given<D: std::ops::Deref<Target = InputValueDefinition>>(
        &self,
        of: &str,
        known: &[D],
        given: &'a [(Positioned<Name>, Positioned<Value>)],
        meant: impl Fn(&str) -> String,
    ) -> Looked {
        for (index, (name, value)) in given.iter().enumerate() {
            let text = name.node.as_str();
            let Some(known) = known.iter().find(|known| known.name == text) else {
                let said = format!("{} takes no argument {}.{}", quoted(of), quoted(text), meant(text));
                return Err(error(said, name.pos));
            };
            if given[..index].iter().any(|(before, _)| before.node == name.node) {
                return Err(error(format!("{} has {} twice.", quoted(of), quoted(text)), name.pos));
            }
            let mut at = Place::new(Holder::Argument { name: text, of }, value.pos);
            let default = known.default_value.is_some();
            fit(self.words, self, &known.ty, &value.node, default, &mut at)?;
        }
        Ok(())
    }

    fn directives(&self, directives: &'a [Positioned<Directive>]) -> Looked {
        for (index, directive) in directives.iter().enumerate() {
            let name = directive.node.name.node.as_str();
            let known = ["include", "skip"]
                .contains(&name)
                .then(|| self.words.whole.directive_definitions.get(name));
            let Some(known) = known.flatten() else {
                let told = quoted(&format!("@{name}"));
                return Err(error(
                    format!("There is no directive {told} for what is asked, only `@skip` and `@include`."),
                    directive.pos,
                ));
            };
            if directives[..index].iter().any(|before| before.node.name.node == name) {
                return Err(error(
                    format!("{} stands twice.", quoted(&format!("@{name}"))),
                    directive.pos,
                ));
            }
            self.given(name, &known.arguments, &directive.node.arguments, |_| String::new())?;
            if missing(&known.arguments, &directive.node.arguments).is_some() {
                return Err(error(
                    format!("{} needs the argument `if`.", quoted(&format!("@{name}"))),
                    directive.pos,
                ));
            }
        }
        Ok(())
    }

    /// Whether a fragment may stand where a type is.
    fn condition(&self, of: &str, condition: &TypeCondition, pos: Pos) -> Looked {
        let on = condition.on.node.as_str();
        let Some(known) = self.words.whole.types.get(on) else {
            let meant = self.words.near_type(on, has_fields);
            return Err(error(
                format!("There is no type {}.{meant}", quoted(on)),
                condition.on.pos,
            ));
        };
        if !has_fields(known) {
            return Err(error(
                format!("{} has no fields to ask for.", quoted(on)),
                condition.on.pos,
            ));
        }
        if self.possible(of).is_disjoint(&self.possible(on)) {
            return Err(error(format!("There is never a {} in this place.", quoted(on)), pos));
        }
        Ok(())
    }

    /// The objects that a type can be.
    fn possible(&self, of: &str) -> HashSet<&'a str> {
        let all = self.words.whole.types.iter();
        let is = |(name, ty): &(&'a apollo_compiler::Name, &'a ExtendedType)| match ty {
            ExtendedType::Object(object) => {
                name.as_str() == of
                    || object
                        .implements_interfaces
                        .iter()
                        .any(|interface| interface.name == of)
            }
            _ => false,
        };
        all.filter(is).map(|(name, _)| name.as_str()).collect()
    }
}

fn has_fields(ty: &ExtendedType) -> bool {
    ty.is_object() || ty.is_interface() || ty.is_union()
}

fn misplaced(directive: &Positioned<Directive>) -> RequestError {
    let name = quoted(&format!("@{}", directive.node.name.node));
    error(
        format!("{name} cannot stand here: it belongs to a field or the use of a fragment."),
        directive.pos,
    )
}

/// The first argument that must be given and is not.
fn missing<'d, D: std::ops::Deref<Target = InputValueDefinition>>(
    known: &'d [D],
    given: &[(Positioned<Name>, Positioned<Value>)],
) -> Option<&'d InputValueDefinition> {
    let is_given = |name: &str| given.iter().any(|(given, _)| given.node == name);
    let mut known = known.iter().map(|known| &**known);
    known.find(|known| must_be_given(known) && !is_given(&known.name))
}
