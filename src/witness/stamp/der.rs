//! Reads DER (X.690): only the one form that everything has in it, and nothing that is not whole.

/// A sequence, or a choice of such.
pub(super) const SEQUENCE: u8 = 0x30;
/// A set.
pub(super) const SET: u8 = 0x31;
/// A whole number.
pub(super) const INTEGER: u8 = 0x02;
/// Bytes.
pub(super) const OCTETS: u8 = 0x04;
/// The name of something.
pub(super) const OBJECT: u8 = 0x06;
/// True or false.
pub(super) const BOOLEAN: u8 = 0x01;
/// A time to the second or finer.
pub(super) const TIME: u8 = 0x18;
/// What a structure calls its number 0.
pub(super) const ZEROTH: u8 = 0xa0;

/// Elements that were not read yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// The elements that these bytes are.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// What the next element has in it, which must be of this kind.
    pub(super) fn take(&mut self, kind: u8) -> Option<&'a [u8]> {
        let (found, contents, rest) = self.next()?;
        self.0 = rest;
        (found == kind).then_some(contents)
    }

    /// The elements in the next one, which must be of this kind.
    pub(super) fn inside(&mut self, kind: u8) -> Option<Self> {
        self.take(kind).map(Self)
    }

    /// What the next element has in it, if it is of this kind; otherwise nothing is read.
    pub(super) fn perhaps(&mut self, kind: u8) -> Option<&'a [u8]> {
        let (found, ..) = self.next()?;
        if found == kind { self.take(kind) } else { None }
    }

    /// Whether nothing follows.
    pub(super) fn ends(&self) -> bool {
        self.0.is_empty()
    }

    /// Kind and contents of the next element, and what follows it.
    fn next(&self) -> Option<(u8, &'a [u8], &'a [u8])> {
        let (kind, rest) = self.0.split_first()?;
        let (first, rest) = rest.split_first()?;
        let (length, rest) = match *first {
            short @ 0..=0x7f => (usize::from(short), rest),
            // One more byte of a length would be more than is ever read.
            long @ 0x81..=0x83 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
                let length = bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
                let is_shortest = length > 0x7f && bytes.first() != Some(&0);
                (is_shortest.then_some(length)?, rest)
            }
            _ => return None,
        };
        let (contents, rest) = rest.split_at_checked(length)?;
        // Kinds with numbers beyond 30 are written in more bytes; there are none in what is read here.
        (kind & 0x1f != 0x1f).then_some((*kind, contents, rest))
    }
}
