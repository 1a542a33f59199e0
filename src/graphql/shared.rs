//! How a released or withheld value becomes part of an answer.

use std::borrow::Cow;

use async_graphql::{
    Context, ContextSelectionSet, OutputType, Positioned, ServerResult, Value, parser::types::Field, registry::Registry,
};

use super::{
    api_error::ApiError,
    context::{Request, add_error, path, request},
    operation::WithheldMode,
};
use crate::{
    error::ErrorCode,
    sharing::{
        grant::Shared,
        reason::Told,
        register::{self, FieldId},
    },
};

impl<T: OutputType> OutputType for Shared<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    /// Nullable, whatever the value's own type: every value that can be withheld can be null.
    fn qualified_type_name() -> String {
        let name = T::qualified_type_name();
        name.strip_suffix('!').map_or_else(|| name.clone(), str::to_owned)
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry);
        Self::qualified_type_name()
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        match self.told() {
            Ok((value, disclosed)) => {
                request(ctx).disclose(disclosed);
                value.resolve(ctx, field).await
            }
            Err((id, withheld)) => {
                let request = request(ctx);
                request.withhold(id, withheld, path(ctx));
                if request.mode == WithheldMode::Error {
                    let message = match withheld.told {
                        Told::NotInAgreement => "The agreement does not permit this to you for this purpose.",
                        Told::Withheld | Told::Exactly(_) | Told::Ring => "This value is withheld.",
                    };
                    let coordinate = register::get(id).coordinate;
                    add_error(ctx, field.pos, withheld.told.code(), message, Some(coordinate));
                }
                Ok(Value::Null)
            }
        }
    }
}

/// The outcome of a field that reads: a shared value, or an error that leaves its neighbours alone.
pub struct Outcome<T>(Result<Shared<T>, ApiError>);

impl<T> From<Result<Shared<T>, ApiError>> for Outcome<T> {
    fn from(result: Result<Shared<T>, ApiError>) -> Self {
        Self(result)
    }
}

/// A value that is about nobody, worked out only where the ceiling permits it.
pub(super) async fn about_nobody<T>(
    ctx: &Context<'_>,
    asked: FieldId,
    value: impl Future<Output = Result<T, ApiError>>,
) -> Result<Shared<T>, ApiError> {
    let ceiling = &Request::of(ctx).ceiling;
    if let Some(withheld) = Shared::refused(ceiling, asked) {
        return Ok(withheld);
    }
    let value = value.await?;
    Ok(Shared::about_nobody(ceiling, asked, || value))
}

impl<T: OutputType> OutputType for Outcome<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn qualified_type_name() -> String {
        Shared::<T>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Shared::<T>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        match &self.0 {
            Ok(value) => value.resolve(ctx, field).await,
            Err(error) => {
                add_error(ctx, field.pos, error.code().as_str(), error.message(), None);
                if error.code() != ErrorCode::BadUserInput {
                    request(ctx).fail(error.clone());
                }
                Ok(Value::Null)
            }
        }
    }
}
