//! A strict DER parser (X.690): accepts only the canonical form of complete elements.

/// SEQUENCE.
pub(super) const SEQUENCE: u8 = 0x30;
/// SET.
pub(super) const SET: u8 = 0x31;
/// INTEGER.
pub(super) const INTEGER: u8 = 0x02;
/// OCTET STRING.
pub(super) const OCTET_STRING: u8 = 0x04;
/// OBJECT IDENTIFIER.
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
/// BOOLEAN.
pub(super) const BOOLEAN: u8 = 0x01;
/// `GeneralizedTime`.
pub(super) const TIME: u8 = 0x18;
/// The context-specific constructed tag [0].
pub(super) const CONTEXT_0: u8 = 0xa0;

/// Elements not yet read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// A parser of these bytes.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The contents of the next element, which must have this tag.
    pub(super) fn take(&mut self, kind: u8) -> Option<&'a [u8]> {
        let (found, contents, rest) = self.next()?;
        self.0 = rest;
        (found == kind).then_some(contents)
    }

    /// A parser of the contents of the next element, which must have this tag.
    pub(super) fn nested(&mut self, kind: u8) -> Option<Self> {
        self.take(kind).map(Self)
    }

    /// The contents of the next element if it has this tag; otherwise nothing is read.
    pub(super) fn optional(&mut self, kind: u8) -> Option<&'a [u8]> {
        let (found, ..) = self.next()?;
        if found == kind { self.take(kind) } else { None }
    }

    /// Whether everything has been read.
    pub(super) fn ends(&self) -> bool {
        self.0.is_empty()
    }

    /// The tag and the contents of the next element, and what follows it.
    fn next(&self) -> Option<(u8, &'a [u8], &'a [u8])> {
        let (kind, rest) = self.0.split_first()?;
        let (first, rest) = rest.split_first()?;
        let (length, rest) = match *first {
            short @ 0..=0x7f => (usize::from(short), rest),
            // Longer lengths than this are never read.
            long @ 0x81..=0x83 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
                let length = bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
                let is_shortest = length > 0x7f && bytes.first() != Some(&0);
                (is_shortest.then_some(length)?, rest)
            }
            _ => return None,
        };
        let (contents, rest) = rest.split_at_checked(length)?;
        // Tag numbers above 30 take several bytes; they do not occur in time stamps.
        (kind & 0x1f != 0x1f).then_some((*kind, contents, rest))
    }
}
