//! One file: held against what is there, and loaded whole.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::Path,
};

use uuid::Uuid;

use super::{
    trail::Announcing,
    work::{Work, open, refused, tell},
};
use crate::{
    audit::Trail,
    cli::failure::Failure,
    import::{self, Checked, Counts, Importer, Plan, Step},
    records::Table,
    store::{
        bulk::{BulkError, ImportedFile, Load, Look},
        dataset::Dataset,
    },
};

/// Progress within a file is told every so many rows.
const ROWS_BETWEEN_LINES: u64 = 10_000;

/// How many files there were, and what became of their rows.
#[derive(Default)]
pub(super) struct Done {
    pub(super) files: usize,
    pub(super) before: usize,
    pub(super) counts: Counts,
}

impl Done {
    /// Adds a file; none where it was passed over.
    pub(super) fn add(&mut self, counts: Option<Counts>) {
        let Some(counts) = counts else {
            self.before += 1;
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

impl Work<'_> {
    /// What would become of the rows of a file; nothing if it was the last of its name to be loaded.
    pub(super) async fn look(
        &self,
        look: &Look,
        importer: &Importer,
        authority: i32,
        checked: &Checked,
        path: &Path,
    ) -> Result<Option<Counts>, Failure> {
        let (table, failed) = (checked.table, failed(checked.table));
        if look
            .has_file(authority, table.file_name(), &checked.hash)
            .await
            .map_err(failed)?
        {
            return Ok(None);
        }
        let plan = self.plan(look, importer, authority, checked, path).await?;
        Ok(Some(plan.counts))
    }

    /// Loads one file whole, and says what became of its rows; nothing if it was the last of its name to be loaded.
    pub(super) async fn load(
        &self,
        trail: &Trail,
        importer: &Importer,
        authority: i32,
        checked: &Checked,
        path: &Path,
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
        let plan = self.plan(look, importer, authority, checked, path).await?;
        let now = self.context.clock.now();
        let mut announcing = Announcing::new(trail, authority, checked, self.context.clock.clone());
        let mut keeping = false;
        let written = async {
            let writing = Writing {
                importer,
                authority,
                checked,
                path,
                plan: &plan,
            };
            let families = writing.all(&mut load, &mut announcing).await?;
            let file = ImportedFile {
                authority,
                name: table.file_name().to_owned(),
                content_hash: checked.hash.clone(),
                rows: i64::try_from(checked.rows).unwrap_or(i64::MAX),
            };
            load.note_file(&file, now).await.map_err(&failed)?;
            // The entries first: rows that the trail does not know of must not be there.
            announcing.rows(plan.counts, families).await?;
            load.confirm(&announcing.places()).await.map_err(&failed)?;
            keeping = true;
            load.commit().await.map_err(&failed)
        };
        match written.await {
            Ok(()) => {
                announcing.made();
                Ok(Some(plan.counts))
            }
            Err(failure) => {
                announcing.not_made(keeping).await;
                Err(failure)
            }
        }
    }

    /// What a file changes, every line of it held against what is there.
    async fn plan<'i>(
        &self,
        look: &Look,
        importer: &'i Importer,
        authority: i32,
        checked: &Checked,
        path: &Path,
    ) -> Result<Plan<'i>, Failure> {
        let (table, failed) = (checked.table, failed(checked.table));
        let there = there(look, authority, checked).await.map_err(&failed)?;
        checked
            .missing(|reference| match there.get(&(reference.table, reference.id)) {
                None => false,
                Some(of) => of.is_none() || reference.family.is_none() || *of == reference.family,
            })
            .map_err(|problems| refused(problems.into()))?;
        let mut comparing = importer.compare(checked, self.context.clock.now());
        for batch in importer.batches(checked, open(table, path)?) {
            let batch = batch.map_err(refused)?;
            let there = look.rows(table, authority, &batch.ids()).await.map_err(&failed)?;
            comparing.batch(&batch, &there);
        }
        if comparing.asks_for_others() {
            let mut after = None;
            loop {
                let page = look.page(table, authority, after).await.map_err(&failed)?;
                match import::last(table, &page) {
                    None => break,
                    last => after = last,
                }
                comparing.others(&page);
            }
        }
        comparing.finish().map_err(|problems| refused(problems.into()))
    }
}

/// What is needed to write the rows of a file.
struct Writing<'a> {
    importer: &'a Importer,
    authority: i32,
    checked: &'a Checked,
    path: &'a Path,
    plan: &'a Plan<'a>,
}

impl Writing<'_> {
    /// Writes the rows, what ends first and what is new last, and announces what was decided. Gives the families that are touched.
    async fn all(&self, load: &mut Load, announcing: &mut Announcing<'_>) -> Result<BTreeSet<Uuid>, Failure> {
        let table = self.checked.table;
        let name = table.file_name();
        let failed = failed(table);
        let (mut families, mut written, mut next_line) = (BTreeSet::new(), 0, ROWS_BETWEEN_LINES);
        let counts = self.plan.counts;
        for step in Step::ALL.into_iter().filter(|step| self.plan.has(*step)) {
            for batch in self.importer.batches(self.checked, open(table, self.path)?) {
                let batch = batch.map_err(refused)?;
                let ids = self.plan.ids(step, &batch);
                let there = match step {
                    Step::Add => Dataset::default(),
                    _ => load.there().rows(table, self.authority, &ids).await.map_err(&failed)?,
                };
                let rows = self.plan.rows(step, &batch, &there);
                if step == Step::Add {
                    load.add(&rows, &mut |_| {}).await.map_err(&failed)?;
                } else {
                    load.change(&rows).await.map_err(&failed)?;
                }
                let (of_rows, people) = import::whose(table, &rows);
                families.extend(of_rows);
                // Of somebody new there is no family yet.
                if table != Table::Person || step != Step::Add {
                    let people: Vec<Uuid> = people.into_iter().collect();
                    families.extend(
                        load.there()
                            .families_of(self.authority, &people)
                            .await
                            .map_err(&failed)?,
                    );
                }
                announcing.consents(&rows.consents, step == Step::Add);
                written += ids.len() as u64;
                if written >= next_line {
                    next_line = written + ROWS_BETWEEN_LINES;
                    tell(format_args!(
                        "{name}: {written} of {} rows",
                        counts.new + counts.changed
                    ));
                }
            }
        }
        Ok(families)
    }
}

/// What the database has of the rows that a file names.
async fn there(
    look: &Look,
    authority: i32,
    checked: &Checked,
) -> Result<HashMap<(Table, Uuid), Option<Uuid>>, BulkError> {
    let mut wanted: BTreeMap<Table, Vec<Uuid>> = BTreeMap::new();
    for reference in &checked.unresolved {
        wanted.entry(reference.table).or_default().push(reference.id);
    }
    let mut there = HashMap::new();
    for (table, keys) in wanted {
        let found: HashMap<Uuid, Option<Uuid>> = look.keys_there(table, authority, &keys).await?;
        there.extend(found.into_iter().map(|(key, family)| ((table, key), family)));
    }
    Ok(there)
}
