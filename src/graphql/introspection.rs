//! Introspection within a ceiling: answered from the schema that the ceiling covers, and never from the whole.

mod tree;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use apollo_compiler::{
    Name, Schema, collections::HashMap as CompilerMap, introspection, response::JsonMap, schema::Implementers,
    validation::Valid,
};
use async_graphql::Value;

use super::{
    language::Resolved,
    sdl::{NothingLeft, published},
};
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
    /// The schema itself.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Answers the introspection fields of an operation, and no others.
    pub fn introspect(&self, resolved: &Resolved) -> Result<Value, RequestError> {
        let refuse = || RequestError::new(ErrorCode::BadUserInput, "The introspection is not valid.");
        let document = tree::only_introspection(&self.schema, resolved).ok_or_else(refuse)?;
        let operation = document.operations.get(None).map_err(|_| refuse())?;
        introspection::check_max_depth(&document, operation)
            .map_err(|_| RequestError::new(ErrorCode::TooComplex, "The introspection is nested too deeply."))?;
        let nothing = Valid::assume_valid(JsonMap::new());
        let answer = introspection::partial_execute(&self.schema, &self.implementers, &document, operation, &nothing)
            .map_err(|_| refuse())?;
        async_graphql::to_value(answer.data).map_err(|_| refuse())
    }
}
