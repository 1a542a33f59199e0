//! A chain's checkpoint: the number of its entries and the Merkle root over them, signed, in the published
//! format that other tools read: the checkpoint of a transparency log (C2SP `tlog-checkpoint`), which is a
//! signed note (C2SP `signed-note`) with Ed25519.
//!
//! Pure. Input is untrusted: it is bounded, and what is malformed is reported as such.

use std::io::{self, BufRead, Read};

use base64::{Engine, engine::general_purpose::STANDARD};
use uuid::Uuid;

use super::{
    hash::Hash,
    key::{HeadKey, PublicKey},
};

/// The longest line of a note that is read, in bytes.
const MAX_LINE: usize = 8192;
/// The most lines of one note that are read.
const MAX_LINES: usize = 64;
const ORIGIN: &str = "thinkfamily/trail/";
/// The signature type of Ed25519 in signed notes.
const ED25519: u8 = 1;

/// The state of a chain: the number of its entries and the Merkle root over them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Checkpoint {
    /// The chain.
    pub chain: Uuid,
    /// The number of entries.
    pub size: u64,
    /// The Merkle root.
    pub root: Hash,
}

impl Checkpoint {
    /// The signed note: three lines of text, an empty line and the signature line.
    pub fn sign(&self, key: &HeadKey) -> String {
        let name = name(self.chain);
        let text = format!("{name}\n{}\n{}\n", self.size, STANDARD.encode(self.root.as_bytes()));
        let mut signature = id(&name, &key.public()).to_vec();
        signature.extend(key.signature(text.as_bytes()));
        format!("{text}\n— {name} {}\n", STANDARD.encode(signature))
    }

    fn of(text: &[String]) -> Option<Self> {
        let [origin, size, root, ..] = text else { return None };
        let chain = Uuid::parse_str(origin.strip_prefix(ORIGIN)?).ok()?;
        let number: u64 = size.parse().ok()?;
        let root: [u8; 32] = STANDARD.decode(root).ok()?.try_into().ok()?;
        // Numbers and chain names have one canonical form.
        let in_form = number.to_string() == *size && name(chain) == *origin;
        in_form.then_some(Self {
            chain,
            size: number,
            root: Hash::from(root),
        })
    }
}

/// The origin line of a chain's checkpoints, which is also the name of the key that signs them.
fn name(chain: Uuid) -> String {
    format!("{ORIGIN}{chain}")
}

/// The key ID by which a signature names its key.
fn id(name: &str, key: &PublicKey) -> [u8; 4] {
    let hash = Hash::of(&[name.as_bytes(), b"\n", &[ED25519], key.as_bytes()]);
    let [one, two, three, four, ..] = *hash.as_bytes();
    [one, two, three, four]
}

/// The verifier key of a chain in the format that other tools expect.
pub fn verifier_key(chain: Uuid, key: &PublicKey) -> String {
    let name = name(chain);
    let id = u32::from_be_bytes(id(&name, key));
    let encoded = STANDARD.encode([&[ED25519], &key.as_bytes()[..]].concat());
    format!("{name}+{id:08x}+{encoded}")
}

/// A parsed note: its checkpoint and its signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    text: String,
    signatures: Vec<(String, Vec<u8>)>,
}

impl Note {
    /// Parses exactly one note.
    pub fn read(text: &str) -> Option<Self> {
        let mut notes = Notes::new(text.as_bytes());
        match (notes.next_note(), notes.next_note()) {
            (Ok(Some(Ok(note))), Ok(None)) => Some(note),
            _ => None,
        }
    }

    /// Whether one of the keys signed it and no signature in the name of one of the keys is invalid.
    /// Signatures by others are ignored.
    pub fn is_signed(&self, keys: &[PublicKey]) -> bool {
        let name = name(self.checkpoint.chain);
        let own = self.signatures.iter().filter(|(by, _)| *by == name);
        let mut signed = false;
        for (_, signature) in own {
            let Some((of, signature)) = signature.split_first_chunk::<4>() else {
                continue;
            };
            for key in keys.iter().filter(|key| id(&name, key) == *of) {
                if !key.made(self.text.as_bytes(), signature) {
                    return false;
                }
                signed = true;
            }
        }
        signed
    }

    /// The note as it was written.
    pub fn text(&self) -> String {
        let signatures = self.signatures.iter();
        let lines = signatures.map(|(name, signature)| format!("— {name} {}\n", STANDARD.encode(signature)));
        format!("{}\n{}", self.text, lines.collect::<String>())
    }

    fn of(text: &[String], signatures: &[String]) -> Option<Self> {
        let signatures = signatures.iter().map(|line| {
            let (name, signature) = line.strip_prefix("— ")?.split_once(' ')?;
            Some((name.to_owned(), STANDARD.decode(signature).ok()?))
        });
        Some(Self {
            checkpoint: Checkpoint::of(text)?,
            text: text.iter().flat_map(|line| [line.as_str(), "\n"]).collect(),
            signatures: signatures.collect::<Option<_>>()?,
        })
    }
}

/// A reader of a file of consecutive notes, as a witness keeps them.
#[derive(Debug)]
pub struct Notes<R> {
    from: R,
    number: u64,
    /// A line already read that belongs to the next note.
    ahead: Option<Line>,
}

/// A line without its line ending, and whether it is complete and valid text.
#[derive(Debug)]
struct Line {
    text: String,
    whole: bool,
}

impl<R: BufRead> Notes<R> {
    /// The notes of `from`.
    pub fn new(from: R) -> Self {
        Self {
            from,
            number: 0,
            ahead: None,
        }
    }

    /// The next note, or the line number of something that is not a note; `None` at the end. Reading may
    /// continue after something that is not a note.
    pub fn next_note(&mut self) -> io::Result<Option<Result<Note, u64>>> {
        let (mut text, mut signatures) = (Vec::new(), Vec::new());
        let mut whole = true;
        loop {
            let line = match self.ahead.take() {
                Some(line) => Some(line),
                None => self.line()?,
            };
            // A truncated note is followed by another one.
            let begins = |line: &Line| line.text.starts_with(ORIGIN) && !text.is_empty();
            match line {
                // Empty lines before a note are ignored; the one inside it comes before the signatures.
                Some(line) if line.text.is_empty() && line.whole => {}
                Some(line) if line.text.starts_with('—') => {
                    whole &= line.whole;
                    signatures.push(line.text);
                }
                Some(line) if signatures.is_empty() && !begins(&line) => {
                    whole &= line.whole;
                    text.push(line.text);
                }
                next => {
                    self.ahead = next;
                    break;
                }
            }
            // An endless note is split into pieces that are not notes.
            if text.len() + signatures.len() > MAX_LINES {
                whole = false;
                break;
            }
        }
        if text.is_empty() && signatures.is_empty() && whole {
            return Ok(None);
        }
        let note = Note::of(&text, &signatures).filter(|_| whole);
        Ok(Some(note.ok_or(self.number)))
    }

    /// The next line without its line ending. A line that is too long or is not text is skipped, and
    /// invalidates its note.
    fn line(&mut self) -> io::Result<Option<Line>> {
        let mut bytes = Vec::new();
        let longest = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
        self.from.by_ref().take(longest).read_until(b'\n', &mut bytes)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        self.number += 1;
        let ended = bytes.pop_if(|last| *last == b'\n').is_some();
        if !ended && bytes.len() + 1 >= MAX_LINE {
            self.from.skip_until(b'\n')?;
        }
        let text = String::from_utf8(bytes).ok();
        let text = text.filter(|text| !text.chars().any(char::is_control));
        Ok(Some(Line {
            whole: ended && text.is_some(),
            text: text.unwrap_or_default(),
        }))
    }
}

#[cfg(test)]
mod tests;
