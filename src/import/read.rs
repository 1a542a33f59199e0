//! Reading a file: once to check every line of it, and again to make its rows.

use std::{
    collections::{HashMap, HashSet},
    io::Read,
};

use chrono::NaiveDate;
use csv::ByteRecord;
use uuid::Uuid;

use super::{
    ImportError, Refused,
    column::Value,
    keys,
    line::{Header, value},
    rows,
    source::{Lines, Problems, header},
    table::FILES,
};
use crate::{
    records::{Column, Holds, Table},
    store::dataset::Dataset,
};

/// Rows of one batch.
pub const BATCH: usize = 1000;

/// Turns the files of one authority into rows.
#[derive(Clone, Debug)]
pub struct Importer {
    authority: i32,
    authority_code: String,
    pub(super) today: NaiveDate,
    agencies: HashMap<String, Uuid>,
    /// Rows of files read before, with their family where they belong to one.
    defined: HashMap<(Table, Uuid), Option<Uuid>>,
}

/// A row of another file that a file names and that no file of this import holds: it must be in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reference {
    /// The table of the row.
    pub table: Table,
    /// The row's identifier.
    pub id: Uuid,
    /// The family to which the naming line belongs; a row of a family must be of the same one.
    pub family: Option<Uuid>,
    /// The first line that names it.
    pub line: u64,
    /// The column that names it.
    pub column: &'static str,
}

/// A file of which every value is good by itself. What a line must be as a whole is said when it is held against the row that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The file's table.
    pub table: Table,
    /// How many rows it holds.
    pub rows: u64,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub hash: String,
    /// What the database must hold already.
    pub unresolved: Vec<Reference>,
    keys: Vec<(Uuid, Option<Uuid>)>,
    agencies: Vec<(String, Uuid)>,
}

impl Checked {
    /// The identifiers of its rows.
    pub(super) fn ids(&self) -> HashSet<Uuid> {
        self.keys.iter().map(|(id, _)| *id).collect()
    }

    /// Refuses the file for the references that `is_there` does not find.
    ///
    /// # Errors
    /// The lines that name what is not there.
    pub fn missing(&self, is_there: impl Fn(&Reference) -> bool) -> Result<(), Refused> {
        let mut problems = Problems::new(self.table);
        for reference in self.unresolved.iter().filter(|reference| !is_there(reference)) {
            let why = format!(
                "no such row is in {} or was imported before",
                reference.table.file_name()
            );
            problems.add(reference.line, reference.column, why);
        }
        problems.finish()
    }
}

impl Importer {
    /// An importer for one authority, which has these agencies (code and identifier) already. Birthdays are held against `today`.
    pub fn new(
        authority: i32,
        authority_code: &str,
        agencies: impl IntoIterator<Item = (String, Uuid)>,
        today: NaiveDate,
    ) -> Self {
        Self {
            authority,
            authority_code: authority_code.to_owned(),
            today,
            agencies: agencies.into_iter().collect(),
            defined: HashMap::new(),
        }
    }

    /// Reads a file to its end and checks every line.
    ///
    /// # Errors
    /// Every bad line (up to [`MOST_PROBLEMS`](super::MOST_PROBLEMS) are told); or the file cannot be read.
    pub fn check(&self, table: Table, source: impl Read) -> Result<Checked, ImportError> {
        let mut lines = Lines::new(table, source);
        let header = header(&mut lines)?;
        let mut problems = Problems::new(table);
        let mut file = FileSoFar::default();
        let mut rows = 0;
        while let Some((line, record)) = lines.next()? {
            rows += 1;
            self.check_line(table, &header, line, record, &mut file, &mut problems);
        }
        problems.finish()?;
        let mut unresolved: Vec<_> = file.unresolved.into_values().collect();
        unresolved.sort_by_key(|reference| (reference.line, reference.column));
        Ok(Checked {
            table,
            rows,
            hash: lines.hash(),
            unresolved,
            keys: file.keys.into_iter().map(|(id, (_, family))| (id, family)).collect(),
            agencies: file.agencies,
        })
    }

    fn check_line(
        &self,
        table: Table,
        header: &Header,
        line: u64,
        record: &ByteRecord,
        file: &mut FileSoFar,
        problems: &mut Problems,
    ) {
        let values = match self.values(table, header, record) {
            Ok(values) => values,
            Err(wrong) => {
                for (column, why) in wrong {
                    problems.add(line, column, why);
                }
                return;
            }
        };
        let columns = table.in_file();
        let family = columns
            .iter()
            .zip(&values)
            .find_map(|(column, value)| match (column.holds, value) {
                (Holds::Of(Table::Family), Value::Id(id)) => Some(*id),
                _ => None,
            });
        if let Some(id) = values.first().and_then(Value::id)
            && let Some((before, _)) = file.keys.insert(id, (line, family))
        {
            problems.add(line, columns[0].file, format!("the same key is in line {before}"));
        }
        if let Some(Value::Coded(id, code)) = values.first() {
            file.agencies.push((code.clone(), *id));
        }
        for (column, value) in columns.iter().zip(&values) {
            let (Holds::Of(other), Value::Id(id)) = (column.holds, value) else {
                continue;
            };
            match self.defined.get(&(other, *id)) {
                Some(Some(of)) if family.is_some_and(|family| family != *of) => {
                    problems.add(line, column.file, "is a row of another family");
                }
                Some(_) => {}
                None => {
                    // People and families are not rows of a family.
                    let family = family.filter(|_| !matches!(other, Table::Family | Table::Person));
                    file.unresolved.entry((other, *id, family)).or_insert(Reference {
                        table: other,
                        id: *id,
                        family,
                        line,
                        column: column.file,
                    });
                }
            }
        }
    }

    /// The values of a line, with keys and agencies turned into identifiers.
    fn values(
        &self,
        table: Table,
        header: &Header,
        record: &ByteRecord,
    ) -> Result<Vec<Value>, Vec<(&'static str, String)>> {
        if record.len() != header.width() {
            let why = format!(
                "the line has {} values, the first line {}",
                record.len(),
                header.width()
            );
            return Err(vec![("", why)]);
        }
        if header.beside(record) {
            return Err(vec![(
                "",
                "there is a value where the first line names no column".to_owned(),
            )]);
        }
        let mut values = Vec::with_capacity(table.in_file().len());
        let mut wrong = Vec::new();
        for (at, column) in table.in_file().iter().enumerate() {
            match value(column, header.field(record, at)).and_then(|value| self.identify(table, column.holds, value)) {
                Ok(value) => values.push(value),
                Err(why) => wrong.push((column.file, why)),
            }
        }
        if wrong.is_empty() { Ok(values) } else { Err(wrong) }
    }

    fn identify(&self, table: Table, kind: Holds, value: Value) -> Result<Value, String> {
        let text = match (&value, kind) {
            (Value::Date(day), Holds::Birth) if *day > self.today => return Ok(Value::Expected(*day)),
            (Value::Text(text), _) => text,
            _ => return Ok(value),
        };
        let row = |table: Table| keys::named(&self.authority_code, table.name(), text);
        match kind {
            Holds::Key => row(table).map(Value::Id),
            Holds::Of(other) => row(other).map(Value::Id),
            Holds::Agency => self
                .agencies
                .get(text)
                .map(|id| Value::Id(*id))
                .ok_or_else(|| "is not the code of an agency that is in agency.csv or was there before".to_owned()),
            Holds::Code => {
                let known = self.agencies.get(text).copied();
                let id = known.unwrap_or_else(|| keys::row_id(&self.authority_code, table.name(), text));
                Ok(Value::Coded(id, text.clone()))
            }
            _ => Ok(value),
        }
    }

    /// The lines of a file that was checked, from the same bytes.
    pub fn batches<R: Read>(&self, checked: &Checked, source: R) -> Batches<'_, R> {
        Batches {
            importer: self,
            lines: Lines::new(checked.table, source),
            header: None,
            expected: (checked.rows, checked.hash.clone()),
            rows: 0,
            done: false,
        }
    }

    /// Makes the keys of a file known to the files after it, once it is loaded.
    pub fn loaded(&mut self, checked: Checked) {
        let table = checked.table;
        let named = |column: &Column| matches!(column.holds, Holds::Of(other) if other == table);
        let is_named = FILES.iter().any(|other| other.in_file().iter().any(named));
        if is_named {
            let belongs = table != Table::Family && table != Table::Person;
            let keys = checked
                .keys
                .into_iter()
                .map(|(id, family)| ((table, id), family.filter(|_| belongs)));
            self.defined.extend(keys);
        }
        self.agencies.extend(checked.agencies);
    }
}

/// Why a line is refused that is what another one is, too.
pub(super) fn twice(line: u64) -> String {
    format!("the same is in line {line}, and may be there only once")
}

/// What is known of a file while it is read.
#[derive(Default)]
struct FileSoFar {
    /// The line and the family of each key.
    keys: HashMap<Uuid, (u64, Option<Uuid>)>,
    unresolved: HashMap<(Table, Uuid, Option<Uuid>), Reference>,
    agencies: Vec<(String, Uuid)>,
}

/// Lines of a file that was checked, at most [`BATCH`].
#[derive(Clone, Debug)]
pub struct Batch {
    pub(super) table: Table,
    authority: i32,
    /// Which of the table's columns the file has.
    pub(super) given: Vec<bool>,
    pub(super) lines: Vec<Line>,
}

/// A line of a file.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Its number, from 1.
    pub(super) number: u64,
    /// The row's identifier.
    pub(super) id: Uuid,
    /// A value for each of the table's columns; none for those that the file does not have.
    pub(super) values: Vec<Value>,
}

impl Batch {
    /// The identifiers of the rows, in the order of the lines.
    pub fn ids(&self) -> Vec<Uuid> {
        self.lines.iter().map(|line| line.id).collect()
    }

    /// The rows as the file has them.
    pub fn rows(&self) -> Dataset {
        self.rows_of(self.lines.iter().map(|line| line.values.clone()))
    }

    /// Rows of these values.
    pub(super) fn rows_of(&self, values: impl IntoIterator<Item = Vec<Value>>) -> Dataset {
        let mut rows = Dataset::default();
        for values in values {
            rows::push(self.table, self.authority, &values, &mut rows);
        }
        rows
    }
}

/// The lines of a file, in batches. The last item is an error if the file is not the one that was checked; until then, nothing of it may be
/// committed.
pub struct Batches<'i, R> {
    importer: &'i Importer,
    lines: Lines<R>,
    header: Option<Header>,
    expected: (u64, String),
    rows: u64,
    done: bool,
}

impl<R: Read> Batches<'_, R> {
    fn batch(&mut self) -> Result<Option<Batch>, ImportError> {
        let (importer, table) = (self.importer, self.lines.table);
        let changed = || ImportError::Changed {
            file: table.file_name(),
        };
        let header = if let Some(header) = &self.header {
            header
        } else {
            let first = self.lines.next()?.ok_or_else(changed)?.1;
            let header = Header::of(table, first).map_err(|_| changed())?;
            self.header.insert(header)
        };
        let mut batch = Batch {
            table,
            authority: importer.authority,
            given: header.given(),
            lines: Vec::new(),
        };
        while batch.lines.len() < BATCH {
            let Some((number, record)) = self.lines.next()? else {
                self.done = true;
                if (self.rows, self.lines.hash()) != self.expected {
                    return Err(changed());
                }
                break;
            };
            let values = importer.values(table, header, record).map_err(|_| changed())?;
            let id = values.first().and_then(Value::id).ok_or_else(changed)?;
            batch.lines.push(Line { number, id, values });
            self.rows += 1;
        }
        Ok((!batch.lines.is_empty()).then_some(batch))
    }
}

impl<R: Read> Iterator for Batches<'_, R> {
    type Item = Result<Batch, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let batch = self.batch();
        if batch.is_err() {
            self.done = true;
        }
        batch.transpose()
    }
}
