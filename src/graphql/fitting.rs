//! Whether variables surely fit what an operation declares of them. Then a document that was found to fit the schema once need not be compared with it again:
//! of all that the comparison looks at, only the values of variables differ from one request to the next.

use std::collections::{HashMap, HashSet};

use apollo_compiler::ast;
use async_graphql_parser::types::{BaseType, OperationDefinition, Type};
use serde_json::{Map, Value as Json};

/// What a value must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    of: Of,
    required: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Of {
    Named(String),
    List(Box<Expected>),
}

impl Expected {
    /// As the schema writes it. What has a default need not be given.
    pub fn of_schema(ty: &ast::Type, has_default: bool) -> Self {
        let required = ty.is_non_null() && !has_default;
        let of = match ty {
            ast::Type::Named(name) | ast::Type::NonNullNamed(name) => Of::Named(name.to_string()),
            ast::Type::List(item) | ast::Type::NonNullList(item) => Of::List(Box::new(Self::of_schema(item, false))),
        };
        Self { of, required }
    }

    fn of_variable(ty: &Type, has_default: bool) -> Self {
        let of = match &ty.base {
            BaseType::Named(name) => Of::Named(name.to_string()),
            BaseType::List(item) => Of::List(Box::new(Self::of_variable(item, false))),
        };
        Self {
            of,
            required: !ty.nullable && !has_default,
        }
    }
}

/// The types of what can be put in.
#[derive(Debug, Default)]
pub struct Inputs {
    enums: HashMap<String, HashSet<String>>,
    objects: HashMap<String, HashMap<String, Expected>>,
}

impl Inputs {
    /// Reads the schema. Of what cannot be read nothing surely fits.
    pub fn of_sdl(library: &str) -> Self {
        let mut inputs = Self::default();
        let Ok(document) = ast::Document::parse(library, "schema.graphql") else {
            return inputs;
        };
        for definition in &document.definitions {
            match definition {
                ast::Definition::EnumTypeDefinition(list) => {
                    let values = list.values.iter().map(|value| value.value.to_string());
                    inputs.enums.insert(list.name.to_string(), values.collect());
                }
                ast::Definition::InputObjectTypeDefinition(object) => {
                    let field = |field: &ast::InputValueDefinition| {
                        let expected = Expected::of_schema(&field.ty, field.default_value.is_some());
                        (field.name.to_string(), expected)
                    };
                    let fields = object.fields.iter().map(|of| field(of));
                    inputs.objects.insert(object.name.to_string(), fields.collect());
                }
                _ => {}
            }
        }
        inputs
    }

    /// Whether every variable of the operation surely fits. No is no verdict: the library has the last word then.
    pub fn surely_fit(&self, operation: &OperationDefinition, variables: &Map<String, Json>) -> bool {
        operation.variable_definitions.iter().all(|defined| {
            let defined = &defined.node;
            let expected = Expected::of_variable(&defined.var_type.node, defined.default_value.is_some());
            self.fits(&expected, variables.get(defined.name.node.as_str()))
        })
    }

    /// A null that is written out may be refused where a value that is not given may not, so it is for the library.
    fn fits(&self, expected: &Expected, value: Option<&Json>) -> bool {
        let Some(value) = value else {
            return !expected.required;
        };
        match (&expected.of, value) {
            (Of::List(item), Json::Array(items)) => items.iter().all(|value| self.fits(item, Some(value))),
            (Of::Named(name), value) => self.is_a(name, value),
            (Of::List(_), _) => false,
        }
    }

    fn is_a(&self, name: &str, value: &Json) -> bool {
        match value {
            Json::String(text) => match self.enums.get(name) {
                Some(values) => values.contains(text.as_str()),
                None => matches!(name, "String" | "ID" | "NaiveDate" | "DateTime"),
            },
            Json::Bool(_) => name == "Boolean",
            Json::Number(number) => {
                name == "Int" && number.as_i64().is_some_and(|number| i32::try_from(number).is_ok())
            }
            Json::Object(given) => self.objects.get(name).is_some_and(|fields| {
                given.keys().all(|name| fields.contains_key(name))
                    && fields
                        .iter()
                        .all(|(name, expected)| self.fits(expected, given.get(name)))
            }),
            Json::Null | Json::Array(_) => false,
        }
    }
}

#[cfg(test)]
#[path = "fitting_tests.rs"]
mod tests;
