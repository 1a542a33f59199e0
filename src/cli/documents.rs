//! `thinkfamily documents`: registered documents (persisted queries) of a client, and whether it may send
//! others.

mod manifest;

use std::{io::Write, path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand, builder::PossibleValuesParser};

use super::{
    context::{self, Context, read_text},
    failure::Failure,
    schema::{self, purposes},
    serve,
};
use crate::{
    auth::ROLES,
    graphql::{documents::Checker, sdl},
    records::AgencyRow,
    store::{
        Store,
        agencies::Agencies,
        documents::ClientKey,
        session::{Mode, Session},
    },
    wire::precheck,
};

/// Maximum size of a manifest, in bytes.
const MAX_MANIFEST_BYTES: usize = 16 * 1024 * 1024;

/// Register the documents of a client, or say that it may send no others.
#[derive(Args, Clone, Debug)]
pub(super) struct DocumentsArgs {
    #[command(subcommand)]
    command: Command,
    /// The authority's code.
    #[arg(long, default_value = "cambridgeshire", global = true)]
    authority: String,
}

/// A client of an agency.
#[derive(Args, Clone, Debug)]
struct ClientArgs {
    /// The code of the agency that runs the client.
    #[arg(long, value_name = "CODE")]
    agency: String,
    /// The `client_id` of the client's tokens.
    #[arg(long, value_name = "ID")]
    client: String,
}

#[derive(Subcommand, Clone, Debug)]
enum Command {
    /// Register every document of a manifest, all of them or none.
    Register {
        #[command(flatten)]
        client: ClientArgs,
        /// The manifest: a JSON object of SHA-256 and text, as GraphQL Code Generator and Relay make it, or
        /// one of Apollo.
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
        /// Hold the documents against what this role may see, instead of against the whole schema.
        #[arg(long, requires = "purpose", value_parser = PossibleValuesParser::new(ROLES))]
        role: Option<String>,
        /// For this purpose.
        #[arg(long, requires = "role", value_parser = PossibleValuesParser::new(purposes()))]
        purpose: Option<String>,
    },
    /// List the registered documents, and the clients that may send no others.
    List,
    /// Forget documents of a client.
    Retire {
        #[command(flatten)]
        client: ClientArgs,
        /// Their identifiers (64 hexadecimal digits).
        #[arg(required_unless_present = "all")]
        identifiers: Vec<String>,
        /// All of the client's.
        #[arg(long, conflicts_with = "identifiers")]
        all: bool,
    },
    /// From its next sign-in on the client may send registered documents only.
    Require {
        #[command(flatten)]
        client: ClientArgs,
    },
    /// The client may send any document again.
    Release {
        #[command(flatten)]
        client: ClientArgs,
    },
}

/// Runs the command.
pub(super) async fn run(
    context: &Context,
    arguments: DocumentsArgs,
    out: &mut (dyn Write + Send),
) -> Result<ExitCode, Failure> {
    let databases = context.existing_databases().await?;
    let store = context.store(&databases);
    let done = execute(context, &store, arguments, out).await;
    context::close(databases).await;
    done.map(|()| ExitCode::SUCCESS)
}

async fn execute(
    context: &Context,
    store: &Store,
    arguments: DocumentsArgs,
    out: &mut (dyn Write + Send),
) -> Result<(), Failure> {
    let code = &arguments.authority;
    let (authority, agencies) = authority(store, code).await?;
    let key = |client| key(authority, code, &agencies, client);
    match &arguments.command {
        Command::Register {
            client,
            from,
            role,
            purpose,
        } => {
            let key = key(client)?;
            let text = match (role, purpose) {
                (Some(role), Some(purpose)) => {
                    let is_clients_agency = |agency: &AgencyRow| agency.code == client.agency;
                    let ceiling = schema::ceiling(context, store, code, is_clients_agency, role, purpose).await?;
                    let ceiling = ceiling.ok_or_else(|| Failure::problem("the agency is not there any more"))?;
                    sdl::within(&ceiling).map_err(Failure::problem)?
                }
                _ => sdl::whole(),
            };
            let documents = check_manifest(context, from, &text, out)?;
            let new = store
                .register_documents(key, &documents)
                .await
                .map_err(Failure::problem)?;
            let before = documents.len() as u64 - new;
            writeln!(
                out,
                "{new} documents registered for {}, {before} were before",
                client.client
            )?;
        }
        Command::List => list(store, authority, &agencies, out).await?,
        Command::Retire {
            client, identifiers, ..
        } => {
            let hashes: Vec<String> = identifiers
                .iter()
                .map(|identifier| identifier.trim_start_matches("sha256:").to_owned())
                .collect();
            let which = (!hashes.is_empty()).then_some(hashes.as_slice());
            let gone = store
                .retire_documents(key(client)?, which)
                .await
                .map_err(Failure::problem)?;
            writeln!(out, "{gone} documents of {} retired", client.client)?;
            if gone < hashes.len() as u64 {
                return Err(Failure::problem("some identifiers are not registered for this client"));
            }
        }
        Command::Require { client } => {
            store.set_trusted(key(client)?, true).await.map_err(Failure::problem)?;
            writeln!(out, "{} may send registered documents only", client.client)?;
        }
        Command::Release { client } => {
            store.set_trusted(key(client)?, false).await.map_err(Failure::problem)?;
            writeln!(out, "{} may send any document", client.client)?;
        }
    }
    Ok(())
}

async fn authority(store: &Store, code: &str) -> Result<(i32, Agencies), Failure> {
    let row = store.authority_named(code).await.map_err(Failure::problem)?;
    let row = row.ok_or_else(|| Failure::problem("the database has no authority of that code"))?;
    let session = Session::begin(store, row.id, Mode::Read)
        .await
        .map_err(Failure::problem)?;
    let agencies = Agencies::clone(session.agencies().await.map_err(Failure::problem)?);
    session.end().await.map_err(Failure::problem)?;
    Ok((row.id, agencies))
}

fn key<'a>(authority: i32, code: &str, agencies: &Agencies, client: &'a ClientArgs) -> Result<ClientKey<'a>, Failure> {
    let agency = agencies.by_code(&client.agency).ok_or_else(|| {
        Failure::problem(format!(
            "the authority {code} has no agency of the code {}",
            client.agency
        ))
    })?;
    Ok(ClientKey {
        authority,
        agency: agency.id,
        client: &client.client,
    })
}

/// The documents of a manifest, each checked against the limits of the settings and the schema.
fn check_manifest(
    context: &Context,
    from: &std::path::Path,
    schema: &str,
    out: &mut (dyn Write + Send),
) -> Result<Vec<(String, String)>, Failure> {
    let file = from.display();
    let documents = manifest::read(&read_text(from, MAX_MANIFEST_BYTES)?)
        .map_err(|why| Failure::problem(format!("{file}: {why}")))?;
    let checker = Checker::of(schema).ok_or_else(|| Failure::problem("the schema cannot be read"))?;
    let (limits, _) = serve::limits(&context.config);
    let mut invalid = 0;
    for (hash, text) in &documents {
        let problems = match precheck::check(text, &limits) {
            Ok(_) => checker.check(text).err().unwrap_or_default(),
            Err(error) => vec![error.message.into_owned()],
        };
        invalid += usize::from(!problems.is_empty());
        for problem in problems {
            writeln!(out, "{file}: {hash}: {problem}")?;
        }
    }
    if invalid > 0 {
        return Err(Failure::problem(format!(
            "{invalid} of {} documents cannot be executed; nothing was registered",
            documents.len()
        )));
    }
    Ok(documents)
}

async fn list(store: &Store, authority: i32, agencies: &Agencies, out: &mut (dyn Write + Send)) -> Result<(), Failure> {
    let code = |agency| agencies.get(agency).map_or("?", |agency| agency.code.as_str());
    for client in store.trusted_clients(authority).await.map_err(Failure::problem)? {
        let since = client.since.format("%F");
        writeln!(
            out,
            "{} {}: registered documents only, since {since}",
            code(client.agency_id),
            client.client
        )?;
    }
    let checker = Checker::of(&sdl::whole());
    for document in store.documents(authority).await.map_err(Failure::problem)? {
        // A document that a later schema no longer allows is listed too, so that it can be replaced.
        let names = checker.as_ref().and_then(|checker| checker.check(&document.text).ok());
        let names = names.map_or_else(|| "(not valid any more)".to_owned(), |names| names.join(", "));
        writeln!(
            out,
            "{} {} {} {} {names}",
            code(document.agency_id),
            document.client,
            document.sha256,
            document.registered_at.format("%F")
        )?;
    }
    Ok(())
}
