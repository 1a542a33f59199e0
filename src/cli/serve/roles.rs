//! The demonstration callers for whom GraphiQL and the banner offer a token, with example queries. Data only,
//! apart from minting the tokens.

mod caller;
mod callers;

use self::callers::CALLERS;
use crate::{
    auth::DevIssuer,
    wire::graphiql::{Example, Role},
};

/// Every demonstration caller with a fresh token. A caller whose token cannot be minted is left out and
/// logged.
pub(super) fn for_page(issuer: &DevIssuer) -> Vec<Role> {
    CALLERS
        .iter()
        .filter_map(|caller| match issuer.mint(&caller.token()) {
            Ok(token) => Some(Role {
                label: caller.label.to_owned(),
                token,
                purpose: caller.purposes.first().copied().unwrap_or_default().to_owned(),
                purposes: caller.purposes.iter().map(|&purpose| purpose.to_owned()).collect(),
                examples: caller
                    .examples
                    .iter()
                    .map(|(label, query)| Example {
                        label: (*label).to_owned(),
                        query: (*query).to_owned(),
                        variables: String::new(),
                    })
                    .collect(),
            }),
            Err(error) => {
                tracing::error!(%error, role = caller.label, "a demonstration token cannot be minted");
                None
            }
        })
        .collect()
}

#[cfg(test)]
mod tests;
