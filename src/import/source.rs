//! A file's lines: read one by one, hashed as they are read, with what is wrong with them.

use std::io::{self, Read};

use aws_lc_rs::digest::{Context, SHA256};
use csv::ByteRecord;

use super::{ImportError, MOST_PROBLEMS, Problem, Refused, line::Header};
use crate::records::Table;

/// The longest line, in bytes; more is most likely a quotation mark that is never closed.
const LONGEST_LINE: usize = 1024 * 1024;

/// What is wrong with a file so far.
pub(super) struct Problems {
    table: Table,
    told: Vec<Problem>,
    more: u64,
}

impl Problems {
    pub(super) fn new(table: Table) -> Self {
        Self {
            table,
            told: Vec::new(),
            more: 0,
        }
    }

    pub(super) fn add(&mut self, line: u64, column: &str, why: impl Into<String>) {
        if self.told.len() < MOST_PROBLEMS {
            self.told.push(Problem {
                file: self.table.file_name(),
                line,
                column: column.to_owned(),
                why: why.into(),
            });
        } else {
            self.more += 1;
        }
    }

    pub(super) fn any(&self) -> bool {
        !self.told.is_empty()
    }

    pub(super) fn finish(mut self) -> Result<(), Refused> {
        if !self.any() {
            return Ok(());
        }
        self.told.sort_by_key(|problem| problem.line);
        Err(Refused {
            problems: self.told,
            more: self.more,
        })
    }
}

/// Hashes what is read, and gives up on a line that does not end.
struct Hashing<R> {
    source: R,
    hash: Context,
    since_line: usize,
    too_long: bool,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.since_line > LONGEST_LINE {
            self.too_long = true;
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a line does not end"));
        }
        let count = self.source.read(buffer)?;
        self.hash.update(&buffer[..count]);
        self.since_line += count;
        Ok(count)
    }
}

/// A file's lines.
pub(super) struct Lines<R> {
    pub(super) table: Table,
    reader: csv::Reader<Hashing<R>>,
    record: ByteRecord,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(table: Table, source: R) -> Self {
        let source = Hashing {
            source,
            hash: Context::new(&SHA256),
            since_line: 0,
            too_long: false,
        };
        Self {
            table,
            reader: csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .from_reader(source),
            record: ByteRecord::new(),
        }
    }

    /// The next line that holds anything, with its number, or none at the end.
    pub(super) fn next(&mut self) -> Result<Option<(u64, &ByteRecord)>, ImportError> {
        let line = loop {
            let Some(line) = self.read()? else { return Ok(None) };
            if line == 1 || self.record.iter().any(|field| !field.trim_ascii().is_empty()) {
                break line;
            }
        };
        Ok(Some((line, &self.record)))
    }

    fn read(&mut self) -> Result<Option<u64>, ImportError> {
        self.reader.get_mut().since_line = 0;
        let begins = self.reader.position().line();
        match self.reader.read_byte_record(&mut self.record) {
            Ok(false) => Ok(None),
            Ok(true) => Ok(Some(self.record.position().map_or(begins, csv::Position::line))),
            Err(_) if self.reader.get_ref().too_long => {
                let mut problems = Problems::new(self.table);
                problems.add(
                    begins,
                    "",
                    "the line is longer than 1 MiB; is a quotation mark not closed?",
                );
                Err(problems.finish().map_or_else(ImportError::from, |()| self.changed()))
            }
            Err(error) => Err(ImportError::Read {
                file: self.table.file_name().to_owned(),
                error: error.into(),
            }),
        }
    }

    pub(super) fn changed(&self) -> ImportError {
        ImportError::Changed {
            file: self.table.file_name(),
        }
    }

    /// The SHA-256 of what was read so far.
    pub(super) fn hash(&self) -> String {
        use std::fmt::Write as _;
        let digest = self.reader.get_ref().hash.clone().finish();
        digest.as_ref().iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").expect("a string can be written to");
            hex
        })
    }
}

/// What a first line that is not ours is most likely of, by what programs write that were not asked for UTF-8 and commas.
fn foreign(first: &ByteRecord) -> Option<&'static str> {
    let bytes = first.as_slice();
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) || bytes.contains(&0) {
        return Some("the file is UTF-16 and not UTF-8: save it as `CSV UTF-8`, not as `Unicode text`");
    }
    let lone = (first.len() == 1).then(|| first.get(0).unwrap_or_default())?;
    let parted_by = |mark: u8| lone.contains(&mark);
    if parted_by(b';') {
        Some("the columns are parted by semicolons: save the file with commas")
    } else if parted_by(b'\t') {
        Some("the columns are parted by tabs: save the file with commas")
    } else {
        None
    }
}

/// Reads the first line.
pub(super) fn header<R: Read>(lines: &mut Lines<R>) -> Result<Header, ImportError> {
    let table = lines.table;
    let mut problems = Problems::new(table);
    let header = match lines.next()? {
        Some((line, first)) => match foreign(first) {
            Some(why) => Err((line, vec![(String::new(), why.to_owned())])),
            None => Header::of(table, first).map_err(|wrong| (line, wrong)),
        },
        None => Err((
            1,
            vec![(
                String::new(),
                "the file is empty; the first line must name the columns".to_owned(),
            )],
        )),
    };
    header.map_err(|(line, wrong)| {
        for (column, why) in wrong {
            problems.add(line, &column, why);
        }
        problems.finish().map_or_else(ImportError::from, |()| lines.changed())
    })
}
