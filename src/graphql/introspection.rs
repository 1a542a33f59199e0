//! Introspection within a ceiling: answered from the schema that the ceiling covers, and never from the whole.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use apollo_compiler::{
    ExecutableDocument, Name, Schema, ast, collections::HashMap as CompilerMap, introspection,
    request::coerce_variable_values, response::JsonMap, schema::Implementers, validation::Valid,
};

use async_graphql::Value;

use super::sdl::{NothingLeft, published};
use crate::{
    error::{ErrorCode, RequestError},
    sharing::register::FieldSet,
};

/// A schema as some ceiling covers it.
pub struct Published {
    /// In words.
    pub sdl: String,
    schema: Valid<Schema>,
    implementers: CompilerMap<Name, Implementers>,
}

/// How many ceilings' schemas are remembered.
const REMEMBERED: usize = 64;

/// The schemas of the ceilings that asked lately.
#[derive(Default)]
pub struct Schemas {
    by_fields: Mutex<HashMap<FieldSet, Arc<Published>>>,
}

impl std::fmt::Debug for Schemas {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Schemas")
    }
}

/// The refusal of a caller whose ceiling covers nothing.
fn nothing_left() -> RequestError {
    RequestError::new(
        ErrorCode::NotInAgreement,
        "The agreement gives your agency and role nothing for this purpose. Check the purpose, or ask your agreement manager.",
    )
}

impl Schemas {
    /// The schema that these fields leave of the library's.
    pub fn within(&self, library: &str, fields: &FieldSet) -> Result<Arc<Published>, RequestError> {
        let known = |schemas: &HashMap<FieldSet, Arc<Published>>| schemas.get(fields).cloned();
        if let Some(known) = known(&self.by_fields.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(known);
        }
        let sdl = published(library, Some(fields)).map_err(|NothingLeft| nothing_left())?;
        let schema = Schema::parse_and_validate(sdl.as_str(), "schema.graphql").map_err(|error| {
            tracing::error!(%error, "graphql.published_schema_invalid");
            RequestError::new(ErrorCode::Internal, "The schema within your ceiling could not be made.")
        })?;
        let implementers = schema.implementers_map();
        let published = Arc::new(Published {
            sdl,
            schema,
            implementers,
        });
        let mut schemas = self.by_fields.lock().unwrap_or_else(PoisonError::into_inner);
        if schemas.len() >= REMEMBERED {
            schemas.clear();
        }
        schemas.insert(fields.clone(), Arc::clone(&published));
        Ok(published)
    }
}

impl Published {
    /// Answers the introspection fields of an operation, and no others.
    pub fn introspect(
        &self,
        query: &str,
        operation: Option<&str>,
        variables: &serde_json::Map<String, serde_json::Value>,
    ) -> Result<Value, RequestError> {
        let refuse = |()| RequestError::new(ErrorCode::BadUserInput, "The introspection is not valid.");
        let text = only_introspection(query, operation)
            .ok_or_else(|| RequestError::new(ErrorCode::BadUserInput, "The introspection could not be read."))?;
        let document =
            ExecutableDocument::parse_and_validate(&self.schema, text, "query.graphql").map_err(|_| refuse(()))?;
        let operation = document.operations.iter().next().ok_or_else(|| refuse(()))?;
        introspection::check_max_depth(&document, operation)
            .map_err(|_| RequestError::new(ErrorCode::TooComplex, "The introspection is nested too deeply."))?;
        let variables: JsonMap =
            serde_json::from_value(serde_json::Value::Object(variables.clone())).unwrap_or_default();
        let variables = coerce_variable_values(&self.schema, operation, &variables).map_err(|_| refuse(()))?;
        let answer = introspection::partial_execute(&self.schema, &self.implementers, &document, operation, &variables)
            .map_err(|_| refuse(()))?;
        async_graphql::to_value(answer.data).map_err(|_| refuse(()))
    }
}

/// The operation with nothing but its introspection fields, the fragments that they use and the variables that they name.
fn only_introspection(query: &str, operation: Option<&str>) -> Option<String> {
    let mut document = ast::Document::parse(query, "query.graphql").ok()?;
    let fragments: HashMap<String, Vec<ast::Selection>> = document
        .definitions
        .iter()
        .filter_map(|definition| match definition {
            ast::Definition::FragmentDefinition(fragment) => {
                Some((fragment.name.to_string(), fragment.selection_set.clone()))
            }
            _ => None,
        })
        .collect();
    document.definitions.retain(|definition| match definition {
        ast::Definition::OperationDefinition(found) => {
            operation.is_none_or(|wanted| found.name.as_ref().is_some_and(|name| name == wanted))
        }
        ast::Definition::FragmentDefinition(_) => true,
        _ => false,
    });
    for definition in &mut document.definitions {
        if let ast::Definition::OperationDefinition(operation) = definition {
            let operation = operation.make_mut();
            operation.selection_set = introspection_of(&operation.selection_set, &fragments);
            let text = operation
                .selection_set
                .iter()
                .map(ToString::to_string)
                .collect::<String>();
            operation
                .variables
                .retain(|variable| text.contains(&format!("${}", variable.name)));
        }
    }
    // Fragments that nothing spreads any more would make the document invalid; what they themselves spread goes with them.
    loop {
        let text = document.to_string();
        let before = document.definitions.len();
        document.definitions.retain(|definition| match definition {
            ast::Definition::FragmentDefinition(fragment) => text
                .lines()
                .any(|line| line.trim_start() == format!("...{}", fragment.name)),
            _ => true,
        });
        if document.definitions.len() == before {
            return Some(text);
        }
    }
}

fn introspection_of(set: &[ast::Selection], fragments: &HashMap<String, Vec<ast::Selection>>) -> Vec<ast::Selection> {
    let mut kept = Vec::new();
    for selection in set {
        match selection {
            ast::Selection::Field(field) if field.name == "__schema" || field.name == "__type" => {
                kept.push(selection.clone());
            }
            ast::Selection::Field(_) => {}
            ast::Selection::InlineFragment(fragment) => {
                kept.extend(introspection_of(&fragment.selection_set, fragments));
            }
            ast::Selection::FragmentSpread(spread) => {
                if let Some(set) = fragments.get(spread.fragment_name.as_str()) {
                    kept.extend(introspection_of(set, fragments));
                }
            }
        }
    }
    kept
}
