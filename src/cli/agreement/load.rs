//! Loads an agreement into the database: as a whole, once, and only with an entry in the trail.

use crate::{
    audit::{AgreementRef, Code, Entry, EntryRef, Kind, Subject, Trail, TrailError},
    catalogue,
    sharing::{
        agreement::Agreement,
        agreement_file::{self, Problem, Refused},
    },
    store::{
        Store,
        session::{Mode, Session, StoreError},
    },
};

/// The result of loading a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Loaded {
    /// It was loaded.
    Now {
        /// The agreement's code.
        code: String,
        /// Its version.
        version: i32,
        /// Warnings about clauses that can never apply.
        warnings: Vec<Problem>,
    },
    /// This version had been loaded before, with the same text.
    Before {
        /// The agreement's code.
        code: String,
        /// Its version.
        version: i32,
    },
}

/// Why an agreement was not loaded. Nothing of it is in force.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum LoadError {
    /// The file is invalid, or does not fit the other versions.
    #[error("the agreement has {} problems; the first, in line {}: {}", .0.problems.len() + .0.more, first(.0).0, first(.0).1)]
    Refused(Refused),
    /// Its authority is not in the database.
    #[error("the agreement's authority `{0}` is not in the database")]
    UnknownAuthority(String),
    /// The database failed.
    #[error("the agreement was not loaded: {0}")]
    Store(#[from] StoreError),
    /// The trail entry could not be written, so the agreement was not loaded either.
    #[error("the agreement was not loaded: {0}")]
    Trail(#[from] TrailError),
}

fn first(refused: &Refused) -> (usize, &str) {
    refused
        .problems
        .first()
        .map_or((0, ""), |problem| (problem.line, problem.sentence.as_str()))
}

/// Validates the text against the database and loads it. `loaded_by` is the subject in the trail.
pub(in crate::cli) async fn load(
    store: &Store,
    trail: &Trail,
    text: &str,
    loaded_by: &str,
) -> Result<Loaded, LoadError> {
    let code = agreement_file::authority_of(text).map_err(LoadError::Refused)?;
    let authority = store
        .authority_named(&code)
        .await?
        .ok_or(LoadError::UnknownAuthority(code))?;
    // An exclusive session, so that the command cannot fail because another change came first.
    let session = Session::begin(store, authority.id, Mode::Exclusive).await?;
    let agencies = session.agencies().await?;
    let known = catalogue::known(agencies.all().into_iter().map(|agency| agency.code.clone()).collect());
    let file = agreement_file::read(text, &known).map_err(LoadError::Refused)?;
    let kinds = agencies.all().into_iter();
    let kinds = kinds.map(|agency| (agency.code.clone(), agency.kind.clone())).collect();
    let warnings = file.warnings(&kinds);
    let agreement = &file.agreement;
    let (code, version) = (agreement.code.clone(), agreement.version);
    if session.agreement_document(&code, version).await?.as_deref() == Some(text) {
        session.end().await?;
        return Ok(Loaded::Before { code, version });
    }
    let existing = session.policies(store).await?;
    file.check_versions(&existing.policy.agreements)
        .map_err(LoadError::Refused)?;
    session
        .write_as_operator()
        .add_agreement(
            store.ids().uuid(),
            agreement,
            text.to_owned(),
            session.now(),
            loaded_by.to_owned(),
        )
        .await?;
    // The entry comes first: no version may be in force that the trail does not know of.
    let announced = trail
        .append(entry(&session, Kind::Agreement, agreement, loaded_by))
        .await?
        .place();
    let mut failed = entry(&session, Kind::WriteFailed, agreement, loaded_by);
    failed.about = Some(announced);
    let committed = match session.confirm(&[(authority.id, announced.chain, announced.seq)]).await {
        Ok(()) => session.commit().await,
        Err(error) => Err(error),
    };
    if let Err(error) = committed {
        record_not_made(trail, failed, announced).await;
        return Err(error.into());
    }
    trail.made(authority.id, [announced]);
    Ok(Loaded::Now {
        code,
        version,
        warnings,
    })
}

fn entry(session: &Session, kind: Kind, agreement: &Agreement, loaded_by: &str) -> Entry {
    let mut entry = Entry::new(kind, session.now());
    entry.awaits = kind.announces();
    entry.authority = Some(session.authority());
    entry.subject = Subject::new(loaded_by).ok();
    entry.agreements.insert(AgreementRef {
        code: Code::nearest(&agreement.code),
        version: agreement.version,
    });
    entry
}

/// Records that what an entry announced was not made.
async fn record_not_made(trail: &Trail, entry: Entry, announced: EntryRef) {
    if let Err(error) = trail.append(entry).await {
        tracing::error!(%error, chain = %announced.chain, seq = announced.seq, "an entry announces what was not made");
    }
}
