//! Findings of a verification of the trail: each with its chain, its sequence number and a sentence.
//!
//! Pure.

use std::{collections::BTreeSet, fmt};

use uuid::Uuid;

/// The most findings kept in a report; further ones are only counted.
pub const MAX_FINDINGS: usize = 1000;

/// The kind of problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// An entry was edited.
    EditedEntry,
    /// Entries in the middle of a chain are missing.
    MissingEntry,
    /// An entry is not at its original position.
    Reordered,
    /// An entry does not follow the one before it.
    BrokenLink,
    /// The newest entries of a chain are missing.
    TruncatedTail,
    /// A whole chain is missing.
    MissingChain,
    /// A chain's signed head is missing.
    MissingHead,
    /// A head was not signed by the trail's key.
    BadHeadSignature,
    /// A head that was signed, exported or named by another chain does not match the entry at its position.
    HeadNotInChain,
    /// There are entries after the signed head.
    BeyondHead,
    /// Entries do not match a witness's checkpoint.
    NotAsWitnessed,
    /// The index of families lacks an entry about a family.
    SubjectMissing,
    /// The index of families has a row that matches no entry.
    SubjectExtra,
    /// Something that does not have the trail's format.
    Unreadable,
}

impl FindingKind {
    /// The code in reports.
    pub fn code(self) -> &'static str {
        match self {
            Self::EditedEntry => "EDITED_ENTRY",
            Self::MissingEntry => "MISSING_ENTRY",
            Self::Reordered => "REORDERED",
            Self::BrokenLink => "BROKEN_LINK",
            Self::TruncatedTail => "TRUNCATED_TAIL",
            Self::MissingChain => "MISSING_CHAIN",
            Self::MissingHead => "MISSING_HEAD",
            Self::BadHeadSignature => "BAD_HEAD_SIGNATURE",
            Self::HeadNotInChain => "HEAD_NOT_IN_CHAIN",
            Self::BeyondHead => "BEYOND_HEAD",
            Self::NotAsWitnessed => "NOT_AS_WITNESSED",
            Self::SubjectMissing => "SUBJECT_MISSING",
            Self::SubjectExtra => "SUBJECT_EXTRA",
            Self::Unreadable => "UNREADABLE",
        }
    }
}

/// One problem found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The kind of problem.
    pub kind: FindingKind,
    /// The chain, if known.
    pub chain: Option<Uuid>,
    /// The sequence number, if known.
    pub seq: Option<i64>,
    /// A description for people.
    pub sentence: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.code())?;
        if let Some(chain) = self.chain {
            write!(f, " chain {chain}")?;
        }
        if let Some(seq) = self.seq {
            write!(f, " entry {seq}")?;
        }
        write!(f, ": {}", self.sentence)
    }
}

/// The result of a verification.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Chains read.
    pub chains: u64,
    /// Entries read.
    pub entries: u64,
    /// The findings in the order in which they were made; at most [`MAX_FINDINGS`].
    pub findings: Vec<Finding>,
    /// The total number of findings.
    pub total: u64,
    /// Chains with lost entries that a restore has recorded in the trail. These are not findings.
    pub lost: BTreeSet<Uuid>,
}

impl Report {
    /// Whether there are no findings.
    pub fn is_sound(&self) -> bool {
        self.total == 0
    }

    /// This report with that of a later check added.
    #[must_use]
    pub fn followed_by(mut self, other: Self) -> Self {
        self.chains += other.chains;
        self.entries += other.entries;
        self.total += other.total;
        self.lost.extend(other.lost);
        let room = MAX_FINDINGS.saturating_sub(self.findings.len());
        self.findings.extend(other.findings.into_iter().take(room));
        self
    }

    /// Adds a finding.
    pub fn note(
        &mut self,
        kind: FindingKind,
        chain: impl Into<Option<Uuid>>,
        seq: impl Into<Option<i64>>,
        sentence: impl Into<String>,
    ) {
        self.total += 1;
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(Finding {
                kind,
                chain: chain.into(),
                seq: seq.into(),
                sentence: sentence.into(),
            });
        }
    }
}
