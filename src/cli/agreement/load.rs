//! Loads an agreement into the database: whole, once, and only with an entry in the trail.

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

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Loaded {
    /// It was loaded now.
    Now {
        /// The agreement's code.
        code: String,
        /// Its version.
        version: i32,
        /// What in it can never hold.
        warnings: Vec<Problem>,
    },
    /// This version was there already, with the same text.
    Before {
        /// The agreement's code.
        code: String,
        /// Its version.
        version: i32,
    },
}

/// Why an agreement was not loaded. Nothing of it holds.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum LoadError {
    /// The file, or its place among the other versions, is not in order.
    #[error("the agreement has {} problems; the first, in line {}: {}", .0.problems.len() + .0.more, first(.0).0, first(.0).1)]
    Refused(Refused),
    /// Its authority is not in the database.
    #[error("the agreement's authority `{0}` is not in the database")]
    UnknownAuthority(String),
    /// The database failed.
    #[error("the agreement was not loaded: {0}")]
    Store(#[from] StoreError),
    /// The entry could not be written, so the agreement was not loaded either.
    #[error("the agreement was not loaded: {0}")]
    Trail(#[from] TrailError),
}

fn first(refused: &Refused) -> (usize, &str) {
    refused
        .problems
        .first()
        .map_or((0, ""), |problem| (problem.line, problem.sentence.as_str()))
}

/// Checks the text against the database and loads it. `by` names who loads it: a subject of the trail.
pub(in crate::cli) async fn load(store: &Store, trail: &Trail, text: &str, by: &str) -> Result<Loaded, LoadError> {
    let code = agreement_file::authority_of(text).map_err(LoadError::Refused)?;
    let authority = store
        .authority_named(&code)
        .await?
        .ok_or(LoadError::UnknownAuthority(code))?;
    // Nobody who starts a command wants to hear that another change came first.
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
            by.to_owned(),
        )
        .await?;
    // The entry first: a version in force that the trail does not know of must not be.
    let noted = trail
        .append(entry(&session, Kind::Agreement, agreement, by))
        .await?
        .place();
    let mut failed = entry(&session, Kind::WriteFailed, agreement, by);
    failed.about = Some(noted);
    let kept = match session.confirm(&[(authority.id, noted.chain, noted.seq)]).await {
        Ok(()) => session.commit().await,
        Err(error) => Err(error),
    };
    if let Err(error) = kept {
        take_back(trail, failed, noted).await;
        return Err(error.into());
    }
    trail.made(authority.id, [noted]);
    Ok(Loaded::Now {
        code,
        version,
        warnings,
    })
}

fn entry(session: &Session, kind: Kind, agreement: &Agreement, by: &str) -> Entry {
    let mut entry = Entry::new(kind, session.now());
    entry.awaits = kind.announces();
    entry.authority = Some(session.authority());
    entry.subject = Subject::new(by).ok();
    entry.agreements.insert(AgreementRef {
        code: Code::nearest(&agreement.code),
        version: agreement.version,
    });
    entry
}

/// Notes that what an entry announced was not made.
async fn take_back(trail: &Trail, entry: Entry, announced: EntryRef) {
    if let Err(error) = trail.append(entry).await {
        tracing::error!(%error, chain = %announced.chain, seq = announced.seq, "an entry announces what was not made");
    }
}
