//! What a check of the trail found: each finding with its chain, its place and a sentence.
//!
//! Pure.

use std::{collections::BTreeSet, fmt};

use uuid::Uuid;

/// No report keeps more findings than this; the rest are counted.
pub const MAX_FINDINGS: usize = 1000;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// An entry is not as it was written.
    EditedEntry,
    /// Entries between others are gone.
    MissingEntry,
    /// An entry stands at another place than it was written at.
    Reordered,
    /// An entry does not follow the one before it.
    BrokenLink,
    /// The newest entries of a chain are gone.
    TruncatedTail,
    /// All of a chain is gone.
    MissingChain,
    /// A chain's signed head is gone.
    MissingHead,
    /// A head was not signed by the trail's key.
    BadHeadSignature,
    /// A head that was signed, exported or named by another chain is not the entry that stands there.
    HeadNotInChain,
    /// Entries stand after the signed head.
    BeyondHead,
    /// Entries are not those that a witness was told of.
    NotAsWitnessed,
    /// The index of families lacks an entry that speaks of one.
    SubjectMissing,
    /// The index of families has a row that no entry bears out.
    SubjectExtra,
    /// Something that is not of the trail's form.
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

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub kind: FindingKind,
    /// In which chain, where that can be told.
    pub chain: Option<Uuid>,
    /// At which place, where that can be told.
    pub seq: Option<i64>,
    /// The same in words.
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

/// What a whole check came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Chains read.
    pub chains: u64,
    /// Entries read.
    pub entries: u64,
    /// The findings, in the order they were made; at most [`MAX_FINDINGS`].
    pub findings: Vec<Finding>,
    /// How many findings there were.
    pub total: u64,
    /// Chains of which entries are lost as the trail itself tells, since a restore has said so. They are no findings.
    pub lost: BTreeSet<Uuid>,
}

impl Report {
    /// Whether nothing was found.
    pub fn is_sound(&self) -> bool {
        self.total == 0
    }

    /// This one, and what another check found after it.
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

    /// Takes a finding in.
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
