//! Look-ups: is this person in a family on the cohort, and whom does one turn to?
//!
//! A question says what a partner knows of somebody. `input` reads it, `find` answers all questions of an operation together, `result` is what is told, and
//! `list` is what an agency has asked lately; `emergency` whose families are opened in one; `in_family` whom of one family a description means; `pace` is when an answer leaves; `tries` stops who tries values.

mod emergency;
mod find;
mod in_family;
mod input;
mod list;
pub mod pace;
mod result;
mod settings;
pub mod tries;

use async_graphql::Context;

pub use self::{
    find::{Desk, Looked},
    in_family::{Described, Descriptions},
    input::MarkerLookupInput,
    list::{LookupConnection, lookups},
    result::MarkerLookupResult,
    settings::LookupSettings,
};
use super::{
    api_error::ApiError,
    context::{Request, beside},
};
use crate::sharing::{
    grant::Shared,
    register::{FieldId, field},
};

/// The most questions of one batch.
const MOST: usize = 500;

/// One question.
pub async fn marker_lookup(
    ctx: &Context<'_>,
    input: MarkerLookupInput,
) -> Result<Shared<MarkerLookupResult>, ApiError> {
    let mut results = match results(ctx, field::QUERY_MARKER_LOOKUP, vec![input]).await? {
        Ok(results) => results,
        Err(beyond) => return Ok(beyond.map(|()| MarkerLookupResult::wrong(Vec::new()))),
    };
    let result = results.pop().ok_or(ApiError::Internal)?;
    Ok(Shared::rows(
        &Request::of(ctx).ceiling,
        field::QUERY_MARKER_LOOKUP,
        || result,
    ))
}

/// Up to 500 questions, answered in their order.
pub async fn marker_lookups(
    ctx: &Context<'_>,
    inputs: Vec<MarkerLookupInput>,
) -> Result<Shared<Vec<MarkerLookupResult>>, ApiError> {
    if inputs.is_empty() || inputs.len() > MOST {
        return Err(ApiError::BadUserInput("Ask about 1 to 500 people at once."));
    }
    match results(ctx, field::QUERY_MARKER_LOOKUPS, inputs).await? {
        Ok(results) => Ok(Shared::rows(
            &Request::of(ctx).ceiling,
            field::QUERY_MARKER_LOOKUPS,
            || results,
        )),
        Err(beyond) => Ok(beyond.map(|()| Vec::new())),
    }
}

/// The results, or the field withheld where it is beyond the ceiling.
async fn results(
    ctx: &Context<'_>,
    asked: FieldId,
    inputs: Vec<MarkerLookupInput>,
) -> Result<Result<Vec<MarkerLookupResult>, Shared<()>>, ApiError> {
    let request = Request::of(ctx);
    if let Some(withheld) = Shared::beyond(&request.ceiling, asked) {
        return Ok(Err(withheld));
    }
    let today = request.session.today();
    let (mut questions, mut wrong) = (Vec::with_capacity(inputs.len()), Vec::with_capacity(inputs.len()));
    for input in inputs {
        match input.question(today, &request.services.lookups) {
            Ok(question) => {
                questions.push(question);
                wrong.push(None);
            }
            Err(errors) => wrong.push(Some(errors)),
        }
    }
    let mut found = beside::<Desk>(ctx).ask(request, questions).await?.into_iter();
    let mut results = Vec::with_capacity(wrong.len());
    for wrong in wrong {
        results.push(match wrong {
            Some(errors) => MarkerLookupResult::wrong(errors),
            None => MarkerLookupResult::of(found.next().ok_or(ApiError::Internal)?),
        });
    }
    Ok(Ok(results))
}
