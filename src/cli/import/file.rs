//! Imports one file: compares it with the database, and loads it as a whole.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::{
    job::{ImportJob, import_failure, open, report},
    trail::Announcements,
};
use crate::{
    audit::Trail,
    cli::failure::Failure,
    import::{self, Checked, Counts, Importer, Plan, Source, Step},
    records::Table,
    store::{
        bulk::{BulkError, ImportedFile, Load, Look},
        dataset::Dataset,
    },
};

/// Rows between progress messages.
const PROGRESS_INTERVAL: u64 = 10_000;

/// The totals of an import.
#[derive(Default)]
pub(super) struct Totals {
    pub(super) files: usize,
    pub(super) unchanged_files: usize,
    pub(super) counts: Counts,
}

impl Totals {
    /// Adds a file; `None` if it was skipped as unchanged.
    pub(super) fn add(&mut self, counts: Option<Counts>) {
        let Some(counts) = counts else {
            self.unchanged_files += 1;
            return;
        };
        self.files += 1;
        self.counts.new += counts.new;
        self.counts.changed += counts.changed;
        self.counts.same += counts.same;
    }
}

fn failed(table: Table) -> impl Fn(BulkError) -> Failure {
    move |error| {
        let name = table.file_name();
        Failure::problem(format!("{name}: {error}; nothing of the file was loaded"))
    }
}

impl ImportJob<'_> {
    /// Dry run: the counts of a file's rows; `None` if it was the last file loaded under its name.
    pub(super) async fn dry_run(
        &self,
        look: &Look,
        importer: &Importer,
        authority: i32,
        checked: &Checked,
        source: &Source,
    ) -> Result<Option<Counts>, Failure> {
        let (table, failed) = (checked.table, failed(checked.table));
        if look
            .has_file(authority, table.file_name(), &checked.hash)
            .await
            .map_err(failed)?
        {
            return Ok(None);
        }
        let plan = self.plan(look, importer, authority, checked, source).await?;
        Ok(Some(plan.counts))
    }

    /// Loads one file in one transaction and returns its counts; `None` if it was the last file loaded under
    /// its name.
    pub(super) async fn load(
        &self,
        trail: &Trail,
        importer: &Importer,
        authority: i32,
        checked: &Checked,
        source: &Source,
    ) -> Result<Option<Counts>, Failure> {
        let (table, failed) = (checked.table, failed(checked.table));
        let mut load = Load::begin(self.databases).await.map_err(&failed)?;
        let look = load.there();
        if look
            .has_file(authority, table.file_name(), &checked.hash)
            .await
            .map_err(&failed)?
        {
            load.abandon().await.map_err(&failed)?;
            return Ok(None);
        }
        let plan = self.plan(look, importer, authority, checked, source).await?;
        let now = self.context.clock.now();
        let mut announcements = Announcements::new(trail, authority, checked, self.context.clock.clone());
        let mut committing = false;
        let written = async {
            let writer = RowWriter {
                importer,
                authority,
                checked,
                source,
                plan: &plan,
            };
            let families = writer.all(&mut load, &mut announcements).await?;
            let file = ImportedFile {
                authority,
                name: table.file_name().to_owned(),
                content_hash: checked.hash.clone(),
                rows: i64::try_from(checked.rows).unwrap_or(i64::MAX),
            };
            load.note_file(&file, now).await.map_err(&failed)?;
            // The entries come first: no rows may be there that the trail does not know of.
            announcements.rows(plan.counts, families).await?;
            load.confirm(&announcements.places()).await.map_err(&failed)?;
            committing = true;
            load.commit().await.map_err(&failed)
        };
        match written.await {
            Ok(()) => {
                announcements.mark_made();
                Ok(Some(plan.counts))
            }
            Err(failure) => {
                announcements.record_not_made(committing).await;
                Err(failure)
            }
        }
    }

    /// Compares every line of a file with the database, and plans the changes.
    async fn plan<'i>(
        &self,
        look: &Look,
        importer: &'i Importer,
        authority: i32,
        checked: &Checked,
        source: &Source,
    ) -> Result<Plan<'i>, Failure> {
        let (table, failed) = (checked.table, failed(checked.table));
        let existing = existing(look, authority, checked).await.map_err(&failed)?;
        checked
            .missing(|reference| match existing.get(&(reference.table, reference.id)) {
                None => false,
                Some(of) => of.is_none() || reference.family.is_none() || *of == reference.family,
            })
            .map_err(|problems| import_failure(problems.into()))?;
        let united = look.united_people(authority).await.map_err(&failed)?;
        let mut comparison = importer.compare(checked, self.context.clock.now()).reading_as(united);
        for batch in importer.batches(checked, open(source)?) {
            let batch = batch.map_err(import_failure)?;
            let existing = look.rows(table, authority, &batch.ids()).await.map_err(&failed)?;
            comparison.batch(&batch, &existing);
        }
        if comparison.asks_for_others() {
            let mut after = None;
            loop {
                let page = look.page(table, authority, after).await.map_err(&failed)?;
                match import::last(table, &page) {
                    None => break,
                    last => after = last,
                }
                comparison.others(&page);
            }
        }
        comparison.finish().map_err(|problems| import_failure(problems.into()))
    }
}

/// Writes the rows of a file.
struct RowWriter<'a> {
    importer: &'a Importer,
    authority: i32,
    checked: &'a Checked,
    source: &'a Source,
    plan: &'a Plan<'a>,
}

impl RowWriter<'_> {
    /// Writes the rows, ended rows first and new rows last, and collects the decisions to announce. Returns
    /// the families affected.
    async fn all(&self, load: &mut Load, announcements: &mut Announcements<'_>) -> Result<BTreeSet<Uuid>, Failure> {
        let table = self.checked.table;
        let name = table.file_name();
        let failed = failed(table);
        let (mut families, mut written, mut next_line) = (BTreeSet::new(), 0, PROGRESS_INTERVAL);
        let counts = self.plan.counts;
        for step in Step::ALL.into_iter().filter(|step| self.plan.has(*step)) {
            for batch in self.importer.batches(self.checked, open(self.source)?) {
                let batch = batch.map_err(import_failure)?;
                let ids = self.plan.ids(step, &batch);
                let existing = match step {
                    Step::Add => Dataset::default(),
                    _ => load.there().rows(table, self.authority, &ids).await.map_err(&failed)?,
                };
                let rows = self.plan.rows(step, &batch, &existing);
                if step == Step::Add {
                    load.add(&rows, &mut |_| {}).await.map_err(&failed)?;
                    let named = self.plan.naming_united(&batch);
                    load.note_united(table, self.authority, &named).await.map_err(&failed)?;
                } else {
                    load.change(&rows).await.map_err(&failed)?;
                }
                let (families_of_rows, people) = import::whose(table, &rows);
                families.extend(families_of_rows);
                // A new person is in no family yet.
                if table != Table::Person || step != Step::Add {
                    let people: Vec<Uuid> = people.into_iter().collect();
                    families.extend(
                        load.there()
                            .families_of(self.authority, &people)
                            .await
                            .map_err(&failed)?,
                    );
                }
                announcements.consents(&rows.consents, step == Step::Add);
                announcements.bars(&rows.barred_subjects);
                written += ids.len() as u64;
                if written >= next_line {
                    next_line = written + PROGRESS_INTERVAL;
                    report(format_args!(
                        "{name}: {written} of {} rows",
                        counts.new + counts.changed
                    ));
                }
            }
        }
        Ok(families)
    }
}

/// The keys in the database among those that a file refers to.
async fn existing(
    look: &Look,
    authority: i32,
    checked: &Checked,
) -> Result<HashMap<(Table, Uuid), Option<Uuid>>, BulkError> {
    let mut wanted: BTreeMap<Table, Vec<Uuid>> = BTreeMap::new();
    for reference in &checked.unresolved {
        wanted.entry(reference.table).or_default().push(reference.id);
    }
    let mut existing = HashMap::new();
    for (table, keys) in wanted {
        let found: HashMap<Uuid, Option<Uuid>> = look.keys_there(table, authority, &keys).await?;
        existing.extend(found.into_iter().map(|(key, family)| ((table, key), family)));
    }
    Ok(existing)
}
