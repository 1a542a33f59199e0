//! What a restore cannot do again, for a person: which family, what kind of change, when, and by which agency.

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
pub(super) struct Line {
    at: DateTime<Utc>,
    kind: &'static str,
    operation: String,
    families: Vec<String>,
    agency: String,
    /// Whether nobody knows that it was made.
    open: bool,
}

impl fmt::Display for Line {
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
        let open = if self.open { ", perhaps never made" } else { "" };
        write!(f, "{at}  {kind} {operation}  {families}  by {agency}{open}")
    }
}

/// The changes, in order.
#[derive(Default)]
pub(super) struct Listed(Vec<Line>);

impl Listed {
    /// Changes that were made, and those of which nobody says so.
    pub(super) async fn of(store: &Store, made: &[Missing], open: &[Missing]) -> Result<Self, Failure> {
        let mut by_authority = BTreeMap::<i32, Vec<(&Entry, bool)>>::new();
        let made = made.iter().map(|missing| (missing, false));
        for (missing, open) in made.chain(open.iter().map(|missing| (missing, true))) {
            by_authority
                .entry(missing.place.0)
                .or_default()
                .push((&missing.entry, open));
        }
        let mut lines = Vec::new();
        for (authority, entries) in by_authority {
            let of_authority = lines_of(store, authority, &entries).await;
            lines.extend(of_authority.map_err(Failure::problem)?);
        }
        lines.sort_by_key(|line| line.at);
        Ok(Self(lines))
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

async fn lines_of(store: &Store, authority: i32, entries: &[(&Entry, bool)]) -> Result<Vec<Line>, StoreError> {
    let session = Session::begin(store, authority, Mode::Read).await?;
    let families: BTreeSet<Uuid> = entries
        .iter()
        .flat_map(|(entry, _)| entry.families.iter().copied())
        .collect();
    let (references, agencies) = (session.references(&families).await?, session.agencies().await?.clone());
    session.end().await?;
    let line = |(entry, open): &(&Entry, bool)| {
        let named = |key: &Uuid| {
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
        Line {
            at: entry.at,
            kind: entry.kind.code(),
            operation: entry
                .operation
                .as_ref()
                .and_then(|operation| operation.name())
                .unwrap_or("-")
                .to_owned(),
            families: entry.families.iter().map(named).collect(),
            agency: agency.or_else(subject).unwrap_or_else(|| "-".to_owned()),
            open: *open,
        }
    };
    Ok(entries.iter().map(line).collect())
}

/// Says it to whoever runs the command.
pub(super) fn print(listed: &Listed, out: &mut dyn Write) -> io::Result<()> {
    for line in &listed.0 {
        writeln!(out, "not done again: {line}")?;
    }
    Ok(())
}

/// Writes it to a new file of the data directory, which nobody else can read.
pub(super) fn write(data_dir: &Path, now: DateTime<Utc>, listed: &Listed) -> Result<PathBuf, Failure> {
    let path = data_dir.join(format!("restore-{}.txt", now.format("%Y%m%dT%H%M%S%6fZ")));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&path).and_then(|mut file| {
        for line in &listed.0 {
            writeln!(file, "{line}")?;
        }
        file.sync_all()
    });
    written.map_err(|error| Failure::problem(format!("{} cannot be written: {error}", path.display())))?;
    Ok(path)
}
