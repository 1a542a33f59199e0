//! Compact binary encoding: variable-length integers (LEB128) and raw bytes, without field names.
//!
//! Pure. An integer takes seven bits a byte, lowest first; the highest bit says that another byte follows.

/// Appends encoded values.
pub(super) trait Encode {
    /// An unsigned integer, as LEB128.
    fn put_varint(&mut self, number: u64);

    /// Optional bytes of a known length, after a presence flag.
    fn put_optional(&mut self, bytes: Option<&[u8]>);
}

impl Encode for Vec<u8> {
    fn put_varint(&mut self, mut number: u64) {
        while number > 0x7f {
            self.push(0x80 | seven_bits(number));
            number >>= 7;
        }
        self.push(seven_bits(number));
    }

    fn put_optional(&mut self, bytes: Option<&[u8]>) {
        self.put_varint(u64::from(bytes.is_some()));
        self.extend_from_slice(bytes.unwrap_or_default());
    }
}

/// The lowest seven bits.
fn seven_bits(number: u64) -> u8 {
    number.to_le_bytes()[0] & 0x7f
}

/// Reads encoded values from the front. Gives `None` on malformed input and never panics.
#[derive(Debug)]
pub(super) struct Decoder<'a>(&'a [u8]);

impl<'a> Decoder<'a> {
    /// A decoder of these bytes.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// An unsigned integer. Only the canonical encoding that [`Encode`] writes is accepted.
    pub(super) fn varint(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for place in 0..10 {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            let bits = u64::from(byte & 0x7f);
            number |= bits
                .checked_shl(7 * place)
                .filter(|shifted| shifted >> (7 * place) == bits)?;
            if byte & 0x80 == 0 {
                return (place == 0 || bits != 0).then_some(number);
            }
        }
        None
    }

    /// Exactly `LENGTH` bytes.
    pub(super) fn array<const LENGTH: usize>(&mut self) -> Option<[u8; LENGTH]> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*bytes)
    }

    /// The bytes not yet read.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_varint_is_canonical_and_survives_a_round_trip() {
        for number in [0, 1, 127, 128, 300, 1 << 21, u64::from(u32::MAX), u64::MAX] {
            let mut bytes = Vec::new();
            bytes.put_varint(number);
            let mut from = Decoder::new(&bytes);
            assert_eq!((from.varint(), from.rest()), (Some(number), &[][..]));
            for length in 0..bytes.len() {
                assert_eq!(Decoder::new(&bytes[..length]).varint(), None);
            }
        }
        for wrong in [&[0x80, 0][..], &[0xff; 10], &[0xff; 20]] {
            assert_eq!(Decoder::new(wrong).varint(), None, "{wrong:?}");
        }
    }
}
