//! Verification of the trail's indices: they must match the entries exactly.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::{Check, PAGE};
use crate::{
    audit::{
        entry::{Entry, MAX_BODY},
        finding::FindingKind,
    },
    store::trail::{AgencyRow, GroupRow, MAX_SINGLE, SubjectRow, TrailStoreError},
};

/// Index rows fetched in one statement.
const SUBJECTS: usize = 500;

impl Check<'_> {
    /// Checks that every family in these entries is indexed, either on its own or in a group row of an entry
    /// with many families.
    pub(super) async fn subjects(&mut self, chain: Uuid, entries: &[(i64, Entry)]) -> Result<(), TrailStoreError> {
        let groups = self.groups(chain, entries).await?;
        let mut wanted = Vec::new();
        for (seq, entry) in entries {
            let single_families = |family: &&Uuid| !groups.contains(&(*seq, **family));
            wanted.extend(entry.authority.into_iter().flat_map(|authority| {
                entry
                    .families
                    .iter()
                    .filter(single_families)
                    .map(move |family| SubjectRow {
                        authority,
                        family: *family,
                        recorded_at: entry.at,
                        chain,
                        seq: *seq,
                    })
            }));
        }
        self.single_families(chain, &wanted).await
    }

    /// The families indexed in group rows, with the sequence numbers of their entries.
    async fn groups(&mut self, chain: Uuid, entries: &[(i64, Entry)]) -> Result<HashSet<(i64, Uuid)>, TrailStoreError> {
        let many = entries.iter().filter(|(_, entry)| entry.families.len() > MAX_SINGLE);
        let wanted: Vec<GroupRow> = many
            .flat_map(|(seq, entry)| {
                let authority = entry.authority.into_iter();
                authority.flat_map(|authority| GroupRow::of(authority, &entry.families, entry.at, chain, *seq))
            })
            .collect();
        let mut families = HashSet::new();
        for some in wanted.chunks(SUBJECTS) {
            for row in self.snapshot.groups_among(some).await? {
                let of_row = row.families().unwrap_or_default();
                families.extend(of_row.into_iter().map(|family| (row.seq, family)));
            }
        }
        Ok(families)
    }

    /// Checks that these rows are in the index.
    async fn single_families(&mut self, chain: Uuid, wanted: &[SubjectRow]) -> Result<(), TrailStoreError> {
        for some in wanted.chunks(SUBJECTS) {
            let keys: Vec<_> = some.iter().map(|row| (row.authority, row.family, row.seq)).collect();
            let found: HashMap<_, _> = (self.snapshot.subjects_among(chain, &keys).await?.into_iter())
                .map(|row| ((row.authority, row.family, row.seq), row))
                .collect();
            for row in some {
                let sentence = match found.get(&(row.authority, row.family, row.seq)) {
                    Some(found) if found == row => continue,
                    Some(_) => format!("the index has family {} at another instant than the entry", row.family),
                    None => format!("the index lacks family {}, which the entry speaks of", row.family),
                };
                self.report.note(FindingKind::SubjectMissing, chain, row.seq, sentence);
            }
        }
        Ok(())
    }

    /// Checks that every look-up in these entries is in the index of agencies.
    pub(super) async fn agencies(&mut self, chain: Uuid, wanted: &[AgencyRow]) -> Result<(), TrailStoreError> {
        let found = self.snapshot.agencies_among(wanted).await?;
        for row in wanted.iter().filter(|row| !found.contains(row)) {
            let sentence = format!(
                "the index lacks agency {}, whose look-ups the entry tells of",
                row.agency
            );
            self.report.note(FindingKind::SubjectMissing, chain, row.seq, sentence);
        }
        Ok(())
    }

    /// Checks that every row of the next page of the index of agencies matches an entry. Returns the last
    /// row, if any.
    async fn page_of_agencies(&mut self, after: Option<&AgencyRow>) -> Result<Option<AgencyRow>, TrailStoreError> {
        let page = self.snapshot.agencies_after(after, PAGE, MAX_BODY).await?;
        for line in &page {
            let row = line.row;
            let sentence = match line.body.as_deref().map(Entry::from_body) {
                None => format!("the index has agency {} for an entry that is not there", row.agency),
                // The pass over the entries has reported it.
                Some(Err(_)) => continue,
                Some(Ok(entry))
                    if entry.looked_up_by() == Some((row.authority, row.agency)) && entry.at == row.recorded_at =>
                {
                    continue;
                }
                Some(Ok(_)) => format!(
                    "the index has agency {}, of whose look-ups the entry does not tell",
                    row.agency
                ),
            };
            self.report
                .note(FindingKind::SubjectExtra, row.chain, row.seq, sentence);
        }
        Ok(page.last().map(|line| line.row))
    }

    /// The same for the index of families.
    async fn page_of_subjects(&mut self, after: Option<&SubjectRow>) -> Result<Option<SubjectRow>, TrailStoreError> {
        let page = self.snapshot.subjects_after(after, PAGE, MAX_BODY).await?;
        for line in &page {
            let row = line.row;
            let sentence = match line.body.as_deref().map(Entry::from_body) {
                None => format!("the index has family {} for an entry that is not there", row.family),
                // The pass over the entries has reported it.
                Some(Err(_)) => continue,
                Some(Ok(entry)) if entry.authority == Some(row.authority) && entry.families.contains(&row.family) => {
                    continue;
                }
                Some(Ok(_)) => format!("the index has family {}, of which the entry does not speak", row.family),
            };
            self.report
                .note(FindingKind::SubjectExtra, row.chain, row.seq, sentence);
        }
        Ok(page.last().map(|line| line.row))
    }

    /// The same for the index of groups of families.
    async fn page_of_groups(&mut self, after: Option<&GroupRow>) -> Result<Option<GroupRow>, TrailStoreError> {
        let mut page = self.snapshot.groups_after(after, PAGE, MAX_BODY).await?;
        for line in &page {
            let row = &line.row;
            let sentence = match line.body.as_deref().map(Entry::from_body) {
                None => "the index has families for an entry that is not there",
                // The pass over the entries has reported it.
                Some(Err(_)) => continue,
                Some(Ok(entry)) => match row.families() {
                    Some(families)
                        if entry.authority == Some(row.authority)
                            && entry.at == row.recorded_at
                            && families.iter().all(|family| entry.families.contains(family)) =>
                    {
                        continue;
                    }
                    Some(_) => "the index has families of which the entry does not speak",
                    None => "a row of the index of families is not of its form",
                },
            };
            self.report
                .note(FindingKind::SubjectExtra, row.chain, row.seq, sentence);
        }
        Ok(page.pop().map(|line| line.row))
    }

    /// Checks the next page of the indices of chains of version 1, and returns where it ends; `None` after
    /// the last page.
    pub(super) async fn index_page(&mut self, mut place: IndexPlace) -> Result<Option<IndexPlace>, TrailStoreError> {
        loop {
            let page = match &place {
                IndexPlace::Subjects(after) => self
                    .page_of_subjects(after.as_ref())
                    .await
                    .map(|last| last.map(Some).map(IndexPlace::Subjects)),
                IndexPlace::Groups(after) => self
                    .page_of_groups(after.as_ref())
                    .await
                    .map(|last| last.map(Some).map(IndexPlace::Groups)),
                IndexPlace::Agencies(after) => self
                    .page_of_agencies(after.as_ref())
                    .await
                    .map(|last| last.map(Some).map(IndexPlace::Agencies)),
            };
            let page = match page {
                Err(TrailStoreError::Garbage(_)) => {
                    let sentence = "a stored value is not of its column's type; the rest of an index was not checked";
                    self.report.note(FindingKind::Unreadable, None, None, sentence);
                    None
                }
                page => page?,
            };
            if page.is_some() {
                return Ok(page);
            }
            place = match place {
                IndexPlace::Subjects(_) => IndexPlace::Groups(None),
                IndexPlace::Groups(_) => IndexPlace::Agencies(None),
                IndexPlace::Agencies(_) => return Ok(None),
            };
        }
    }

    /// Checks that every row of the indices of chains of version 1 matches an entry.
    pub(super) async fn index(&mut self) -> Result<(), TrailStoreError> {
        let mut place = Some(IndexPlace::BEGINNING);
        while let Some(from) = place {
            place = self.index_page(from).await?;
        }
        Ok(())
    }
}

/// How far the indices of chains of version 1 have been checked: the last row checked.
#[derive(Clone, Debug)]
pub(super) enum IndexPlace {
    /// In the index of families.
    Subjects(Option<SubjectRow>),
    /// In the index of groups of families.
    Groups(Option<GroupRow>),
    /// In the index of agencies.
    Agencies(Option<AgencyRow>),
}

impl IndexPlace {
    /// Before the first row of the first index.
    pub(super) const BEGINNING: Self = Self::Subjects(None);
}
