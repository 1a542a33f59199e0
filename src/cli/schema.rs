//! `thinkfamily schema`: the schema in the schema definition language, whole or as one partner sees it.

use std::{io::Write, process::ExitCode, sync::Arc};

use clap::{Args, builder::PossibleValuesParser};

use super::{
    context::{self, Context},
    failure::Failure,
};
use crate::{
    auth::ROLES,
    catalogue,
    graphql::sdl,
    records::AgencyRow,
    sharing::{
        agreement::Access,
        caller::{Caller, Party},
        ceiling::Ceiling,
    },
    store::{
        Store,
        session::{Mode, Session},
    },
};

/// Print the schema, whole or as one partner sees it.
#[derive(Args, Clone, Debug)]
pub(super) struct SchemaArgs {
    /// The kind of the agency that asks; the agreements in the database decide.
    #[arg(long, value_name = "KIND", requires_all = ["role", "purpose"], value_parser = PossibleValuesParser::new(kinds()))]
    agency_kind: Option<String>,
    /// The role that asks.
    #[arg(long, requires_all = ["agency_kind", "purpose"], value_parser = PossibleValuesParser::new(ROLES))]
    role: Option<String>,
    /// What it is wanted for.
    #[arg(long, requires_all = ["agency_kind", "role"], value_parser = PossibleValuesParser::new(purposes()))]
    purpose: Option<String>,
    /// The authority's code.
    #[arg(long, default_value = "cambridgeshire")]
    authority: String,
}

fn kinds() -> impl Iterator<Item = &'static str> {
    catalogue::catalogue()
        .agency_kinds
        .iter()
        .map(|term| term.code.as_str())
}

pub(super) fn purposes() -> impl Iterator<Item = &'static str> {
    catalogue::catalogue().purposes.iter().map(|term| term.code.as_str())
}

/// Runs the command.
pub(super) async fn run(
    context: &Context,
    arguments: &SchemaArgs,
    out: &mut (dyn Write + Send),
) -> Result<ExitCode, Failure> {
    let text = match (&arguments.agency_kind, &arguments.role, &arguments.purpose) {
        (Some(kind), Some(role), Some(purpose)) => {
            let databases = context.existing_databases().await?;
            let store = context.store(&databases);
            let is_of_kind = |agency: &AgencyRow| agency.kind == *kind;
            let result = ceiling(context, &store, &arguments.authority, is_of_kind, role, purpose).await;
            context::close(databases).await;
            let ceiling = result?.ok_or_else(|| {
                let authority = &arguments.authority;
                Failure::problem(format!("the authority {authority} has no agency of the kind {kind}"))
            })?;
            sdl::within(&ceiling).map_err(Failure::problem)?
        }
        _ => sdl::whole(),
    };
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// The ceiling of a caller with that role and purpose in the matching agency that may see most; `None` if no
/// agency matches.
pub(super) async fn ceiling(
    context: &Context,
    store: &Store,
    authority_code: &str,
    is_meant: impl Fn(&AgencyRow) -> bool,
    role: &str,
    purpose: &str,
) -> Result<Option<Ceiling>, Failure> {
    let authority = store
        .authority_named(authority_code)
        .await
        .map_err(Failure::problem)?
        .ok_or_else(|| Failure::problem("the database has no authority of that code"))?;
    let session = Session::begin(store, authority.id, Mode::Read)
        .await
        .map_err(Failure::problem)?;
    let policies = session.policies(store).await.map_err(Failure::problem)?;
    let agencies = session.agencies().await.map_err(Failure::problem)?.clone();
    session.end().await.map_err(Failure::problem)?;
    let ceilings = agencies
        .all()
        .into_iter()
        .filter(|agency| is_meant(agency))
        .map(|agency| {
            let caller = Caller {
                authority: authority.id,
                authority_code: authority.code.clone(),
                principal: Party {
                    agency: agency.id,
                    agency_code: agency.code.clone(),
                    agency_kind: agency.kind.clone(),
                    role: role.to_owned(),
                    subject: "command-line".to_owned(),
                },
                portal: None,
                client: "command-line".to_owned(),
                purpose: purpose.to_owned(),
                purposes: vec![purpose.to_owned()],
            };
            Ceiling::of(&policies.policy, Arc::new(caller), context.clock.today())
        });
    Ok(ceilings.max_by_key(|ceiling| ceiling.categories(Access::Read).iter().count()))
}
