//! The changes that a restore cannot re-apply, listed for a person: family, kind of change, time and agency.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    fs::OpenOptions,
    io::{self, Write},
    path::{Path, PathBuf},
};

use chrono::{DateTime, SecondsFormat, Utc};
use uuid::Uuid;

use super::compare::Missing;
use crate::{
    audit::Entry,
    cli::failure::Failure,
    store::{
        Store,
        session::{Mode, Session, StoreError},
    },
};

/// One change.
pub(super) struct ManualChange {
    at: DateTime<Utc>,
    kind: &'static str,
    operation: String,
    families: Vec<String>,
    agency: String,
    /// Whether it is not known to have been made.
    uncertain: bool,
}

impl fmt::Display for ManualChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            operation,
            agency,
            ..
        } = self;
        let (at, families) = (
            self.at.to_rfc3339_opts(SecondsFormat::Secs, true),
            self.families.join(" "),
        );
        let uncertain = if self.uncertain { ", perhaps never made" } else { "" };
        write!(f, "{at}  {kind} {operation}  {families}  by {agency}{uncertain}")
    }
}

/// The changes in order of time.
#[derive(Default)]
pub(super) struct ManualChanges(Vec<ManualChange>);

impl ManualChanges {
    /// Lists changes that were made, and those not known to have been made.
    pub(super) async fn of(store: &Store, made: &[Missing], uncertain: &[Missing]) -> Result<Self, Failure> {
        let mut by_authority = BTreeMap::<i32, Vec<(&Entry, bool)>>::new();
        let made = made.iter().map(|missing| (missing, false));
        for (missing, uncertain) in made.chain(uncertain.iter().map(|missing| (missing, true))) {
            by_authority
                .entry(missing.place.0)
                .or_default()
                .push((&missing.entry, uncertain));
        }
        let mut lines = Vec::new();
        for (authority, entries) in by_authority {
            let changes_of_authority = changes_of(store, authority, &entries).await;
            lines.extend(changes_of_authority.map_err(Failure::problem)?);
        }
        lines.sort_by_key(|line| line.at);
        Ok(Self(lines))
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

async fn changes_of(
    store: &Store,
    authority: i32,
    entries: &[(&Entry, bool)],
) -> Result<Vec<ManualChange>, StoreError> {
    let session = Session::begin(store, authority, Mode::Read).await?;
    let families: BTreeSet<Uuid> = entries
        .iter()
        .flat_map(|(entry, _)| entry.families.iter().copied())
        .collect();
    let (references, agencies) = (session.references(&families).await?, session.agencies().await?.clone());
    session.end().await?;
    let line = |(entry, uncertain): &(&Entry, bool)| {
        let reference_of = |key: &Uuid| {
            references
                .get(key)
                .cloned()
                .unwrap_or_else(|| format!("family {key} (not there)"))
        };
        let agency = entry
            .agency
            .and_then(|key| agencies.get(key))
            .map(|agency| agency.code.clone());
        let subject = || entry.subject.as_ref().map(ToString::to_string);
        ManualChange {
            at: entry.at,
            kind: entry.kind.code(),
            operation: entry
                .operation
                .as_ref()
                .and_then(|operation| operation.name())
                .unwrap_or("-")
                .to_owned(),
            families: entry.families.iter().map(reference_of).collect(),
            agency: agency.or_else(subject).unwrap_or_else(|| "-".to_owned()),
            uncertain: *uncertain,
        }
    };
    Ok(entries.iter().map(line).collect())
}

/// Prints the list.
pub(super) fn print(changes: &ManualChanges, out: &mut dyn Write) -> io::Result<()> {
    for line in &changes.0 {
        writeln!(out, "not done again: {line}")?;
    }
    Ok(())
}

/// Writes the list to a new file in the data directory, readable by its owner only.
pub(super) fn write(data_dir: &Path, now: DateTime<Utc>, changes: &ManualChanges) -> Result<PathBuf, Failure> {
    let path = data_dir.join(format!("restore-{}.txt", now.format("%Y%m%dT%H%M%S%6fZ")));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&path).and_then(|mut file| {
        for line in &changes.0 {
            writeln!(file, "{line}")?;
        }
        file.sync_all()
    });
    written.map_err(|error| Failure::problem(format!("{} cannot be written: {error}", path.display())))?;
    Ok(path)
}
