//! Files of people as they were when telephone, e-mail, school, employment and source stood in them: what is there is carried to the memberships of the same
//! folder, to which it belongs now.

use std::{
    collections::{BTreeSet, HashMap},
    fs::File,
    io::{self, Cursor, Read},
    path::PathBuf,
    sync::Arc,
};

use chrono::NaiveDate;
use csv::ByteRecord;

use super::{
    ImportError,
    source::{Lines, Problems},
};
use crate::records::Table;

/// The columns that files of people had.
const CARRIED: [&str; 5] = [
    "employment_status",
    "education_setting",
    "phone",
    "email",
    "source_agency",
];

/// A file to be loaded: as it is, or as what was carried makes it.
#[derive(Clone, Debug)]
pub struct Source {
    /// Which table it brings.
    pub table: Table,
    path: PathBuf,
    made: Option<Arc<[u8]>>,
}

impl Source {
    /// Opens it, each time at its beginning.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(match &self.made {
            Some(made) => Box::new(Cursor::new(Arc::clone(made))),
            None => Box::new(io::BufReader::new(File::open(&self.path)?)),
        })
    }

    /// So many of its lines; the first names the columns.
    fn records(&self, most: usize) -> Result<Records, ImportError> {
        let failed = |error| ImportError::Read {
            file: self.table.file_name().to_owned(),
            error,
        };
        let mut lines = Lines::new(self.table, self.open().map_err(failed)?);
        let mut all = Vec::new();
        while all.len() < most
            && let Some((line, record)) = lines.next()?
        {
            all.push((line, record.clone()));
        }
        Ok(Records(all))
    }
}

/// The lines of a file with their numbers, the names of its columns first.
struct Records(Vec<(u64, ByteRecord)>);

impl Records {
    fn column(&self, name: &str) -> Option<usize> {
        let (_, first) = self.0.first()?;
        let is_named = |field: &[u8]| field.trim_ascii().eq_ignore_ascii_case(name.as_bytes());
        first.iter().position(is_named)
    }

    fn lines(&self) -> impl Iterator<Item = &(u64, ByteRecord)> {
        self.0.iter().skip(1)
    }

    /// The file with other values, each line where it was.
    fn made(&self, of_line: impl Fn(u64, &ByteRecord) -> ByteRecord) -> Arc<[u8]> {
        let mut text = Vec::new();
        let next = self.0.iter().skip(1).map(|(line, _)| Some(*line)).chain([None]);
        for ((line, record), next) in self.0.iter().zip(next) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            // Writing to memory cannot fail.
            let _ = writer.write_byte_record(&of_line(*line, record));
            let written = writer.into_inner().unwrap_or_default();
            // A line is where the one before it ended: empty ones between count to it.
            let lines = written.split(|byte| *byte == b'\n').skip(1).count() as u64;
            let empty = next.map_or(0, |next| (next - line).saturating_sub(lines));
            text.extend((0..empty).map(|_| b'\n').chain(written));
        }
        text.into()
    }
}

/// What is to be loaded of these files.
///
/// # Errors
/// When a file cannot be read; or one of people has such a value, and no line of memberships to carry it to.
pub fn carried(files: &[(Table, PathBuf)], today: NaiveDate) -> Result<Vec<Source>, ImportError> {
    let mut sources: Vec<Source> = files
        .iter()
        .map(|(table, path)| Source {
            table: *table,
            path: path.clone(),
            made: None,
        })
        .collect();
    let place = |table: Table| files.iter().position(|(of, _)| *of == table);
    let Some(of_people) = place(Table::Person) else {
        return Ok(sources);
    };
    let first = sources[of_people].records(1)?;
    let columns: Vec<(&str, usize)> = CARRIED
        .iter()
        .filter_map(|name| Some((*name, first.column(name)?)))
        .collect();
    let Some(key) = first.column("person_key").filter(|_| !columns.is_empty()) else {
        return Ok(sources);
    };
    let people = sources[of_people].records(usize::MAX)?;
    let of_memberships = place(Table::Membership);
    let memberships = of_memberships.map(|at| sources[at].records(usize::MAX)).transpose()?;
    let mut values: HashMap<&[u8], Vec<&[u8]>> = HashMap::new();
    let mut problems = Problems::new(Table::Person);
    let there = memberships.as_ref().map(people_of).unwrap_or_default();
    for (name, _) in &columns {
        if memberships.as_ref().is_some_and(|file| file.column(name).is_some()) {
            problems.add(1, name, "is in membership.csv too, where it belongs");
        }
    }
    for (line, record) in people.lines() {
        let person = record.get(key).unwrap_or_default().trim_ascii();
        let of_one = columns.iter().map(|(_, at)| record.get(*at).unwrap_or_default());
        let of_one: Vec<&[u8]> = of_one.collect();
        for ((name, _), value) in columns.iter().zip(&of_one) {
            if !value.trim_ascii().is_empty() && !there.contains(person) {
                let why = "belongs to a household: put it in membership.csv, or have the person's line there in the same folder";
                problems.add(*line, name, why);
            }
        }
        values.insert(person, of_one);
    }
    problems.finish()?;
    let of_household = memberships.as_ref().map(|file| {
        let (chosen, person) = (chosen(file, today), file.column("person_key"));
        file.made(|line, record| {
            let own = person.and_then(|at| record.get(at)).unwrap_or_default().trim_ascii();
            let carried = values.get(own).filter(|_| chosen.contains(&line));
            let mut made = record.clone();
            for (at, (name, _)) in columns.iter().enumerate() {
                let value = carried.map_or(&b""[..], |values| values[at]);
                // Lines that end as Windows ends them may have the number of the one before.
                made.push_field(if std::ptr::eq(record, &raw const file.0[0].1) {
                    name.as_bytes()
                } else {
                    value
                });
            }
            made
        })
    });
    let without = people.made(|_, record| {
        let kept = record.iter().enumerate();
        kept.filter(|(at, _)| columns.iter().all(|(_, column)| column != at))
            .map(|(_, field)| field)
            .collect()
    });
    sources[of_people].made = Some(without);
    if let Some(at) = of_memberships {
        sources[at].made = of_household;
    }
    Ok(sources)
}

/// The keys of the people of memberships.
fn people_of(memberships: &Records) -> BTreeSet<&[u8]> {
    let person = memberships.column("person_key");
    let keys = memberships.lines().filter_map(|(_, record)| record.get(person?));
    keys.map(<[u8]>::trim_ascii).collect()
}

/// Whether a membership holds today, since when, and its line.
type Begun<'f> = (bool, &'f [u8], u64);

/// The lines to which values of people go: those of today, and of who is in no family the one that began last.
fn chosen(memberships: &Records, today: NaiveDate) -> BTreeSet<u64> {
    let today = today.to_string();
    let [person, from, until] = ["person_key", "valid_from", "valid_until"].map(|name| memberships.column(name));
    let mut of_person: HashMap<&[u8], Vec<Begun<'_>>> = HashMap::new();
    for (line, record) in memberships.lines() {
        let field = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default().trim_ascii();
        let (from, until) = (field(from), field(until));
        // A midnight may stand behind a day.
        let day = |text: &[u8]| String::from_utf8_lossy(&text[..text.len().min(today.len())]).into_owned();
        let holds = day(from) <= today && (until.is_empty() || day(until) > today);
        of_person.entry(field(person)).or_default().push((holds, from, *line));
    }
    let mut chosen = BTreeSet::new();
    for lines in of_person.into_values() {
        let of_today = lines.iter().filter(|(holds, ..)| *holds).map(|(.., line)| *line);
        let before = chosen.len();
        chosen.extend(of_today);
        if chosen.len() == before {
            chosen.extend(lines.iter().max().map(|(.., line)| *line));
        }
    }
    chosen
}
