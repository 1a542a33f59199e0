//! Numbers and bytes one after the other, without names.
//!
//! Pure. A number is as long as it must be: seven bits a byte, the lowest first, and the highest bit says that there is more (LEB128).

/// Puts values behind each other.
pub(super) trait Put {
    /// A number.
    fn put_number(&mut self, number: u64);

    /// Bytes of a length that is known, or none.
    fn put_maybe(&mut self, bytes: Option<&[u8]>);
}

impl Put for Vec<u8> {
    fn put_number(&mut self, mut number: u64) {
        while number > 0x7f {
            self.push(0x80 | seven_bits(number));
            number >>= 7;
        }
        self.push(seven_bits(number));
    }

    fn put_maybe(&mut self, bytes: Option<&[u8]>) {
        self.put_number(u64::from(bytes.is_some()));
        self.extend_from_slice(bytes.unwrap_or_default());
    }
}

/// The lowest seven bits.
fn seven_bits(number: u64) -> u8 {
    number.to_le_bytes()[0] & 0x7f
}

/// Takes values from the front; `None` where there are none of the form, and never a panic.
#[derive(Debug)]
pub(super) struct Take<'a>(&'a [u8]);

impl<'a> Take<'a> {
    /// From these bytes.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// A number, in the one form that [`Put`] gives it.
    pub(super) fn number(&mut self) -> Option<u64> {
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

    /// Exactly so many bytes.
    pub(super) fn array<const LENGTH: usize>(&mut self) -> Option<[u8; LENGTH]> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*bytes)
    }

    /// What is left.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_form_and_comes_back_from_it() {
        for number in [0, 1, 127, 128, 300, 1 << 21, u64::from(u32::MAX), u64::MAX] {
            let mut bytes = Vec::new();
            bytes.put_number(number);
            let mut from = Take::new(&bytes);
            assert_eq!((from.number(), from.rest()), (Some(number), &[][..]));
            for length in 0..bytes.len() {
                assert_eq!(Take::new(&bytes[..length]).number(), None);
            }
        }
        for wrong in [&[0x80, 0][..], &[0xff; 10], &[0xff; 20]] {
            assert_eq!(Take::new(wrong).number(), None, "{wrong:?}");
        }
    }
}
