//! The values of an operation's variables: what was given, else the default, else nothing.

use apollo_compiler::{Name, ast::Type};
use async_graphql::Value as Constant;
use async_graphql_parser::types::{self, BaseType, OperationDefinition, VariableDefinition};
use async_graphql_value::Value;
use serde_json::{Map, Value as Json};

use super::{
    fit::{Nothing, Values, fit},
    place::{Holder, Place},
    words::{Words, quoted},
};
use crate::error::RequestError;

/// A variable's type in the words of the schema.
pub(super) fn type_of(ty: &types::Type) -> Type {
    let nullable = match &ty.base {
        BaseType::Named(name) => Type::Named(Name::new_unchecked(name)),
        BaseType::List(inner) => Type::List(Box::new(type_of(inner))),
    };
    if ty.nullable { nullable } else { nullable.non_null() }
}

/// The values of an operation's variables, of a document that fits the schema. What is given besides is passed over.
pub(super) fn values(
    words: &Words<'_>,
    operation: &OperationDefinition,
    given: &Map<String, Json>,
) -> Result<Values, RequestError> {
    let mut values = Values::with_capacity(operation.variable_definitions.len());
    for definition in &operation.variable_definitions {
        let name = definition.node.name.node.as_str();
        let ty = type_of(&definition.node.var_type.node);
        let value = match given.get(name) {
            Some(value) => {
                // JSON always has a form as a value.
                let value = Constant::from_json(value.clone()).unwrap_or_default().into_value();
                let mut at = Place::new(Holder::Variable(name), definition.pos);
                fit(words, &Nothing, &ty, &value, false, &mut at)?
            }
            None if definition.node.default_value.is_some() => default(words, &definition.node)?,
            None if ty.is_non_null() => {
                let said = format!(
                    "Variable {} must be given: its type is `{ty}`.",
                    quoted(&format!("${name}"))
                );
                return Err(super::said::unfit(said).at(definition.pos.line, definition.pos.column));
            }
            None => None,
        };
        if let Some(value) = value.and_then(Value::into_const) {
            values.insert(definition.node.name.node.clone(), value);
        }
    }
    Ok(values)
}

/// A variable's value where it is left out.
pub(super) fn default(words: &Words<'_>, definition: &VariableDefinition) -> Result<Option<Value>, RequestError> {
    let Some(default) = &definition.default_value else {
        return Ok(None);
    };
    let (ty, value) = (type_of(&definition.var_type.node), default.node.clone().into_value());
    let mut at = Place::new(Holder::Default(&definition.name.node), default.pos);
    fit(words, &Nothing, &ty, &value, false, &mut at)
}
