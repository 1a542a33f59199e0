//! Changes examples, the same way for the same seed.

/// Numbers that look like chance (splitmix64).
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("below a usize")
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// One of the examples after a few changes; now and then as it is.
pub(crate) fn mutated(chance: &mut Chance, examples: &[Vec<u8>], words: &[&str]) -> Vec<u8> {
    let mut data = chance.pick(examples).clone();
    for _ in 0..chance.below(6) {
        change(chance, &mut data, examples, words);
    }
    data
}

fn change(chance: &mut Chance, data: &mut Vec<u8>, examples: &[Vec<u8>], words: &[&str]) {
    let at = chance.below(data.len() + 1);
    let end = at + chance.below((data.len() - at + 1).min(64));
    match chance.below(7) {
        // A byte, a bit.
        0 if at < data.len() => data[at] = u8::try_from(chance.below(256)).expect("a byte"),
        1 if at < data.len() => data[at] ^= 1 << chance.below(8),
        // Something less, something twice or often, the end gone.
        2 => drop(data.drain(at..end)),
        3 => {
            let again = data[at..end].repeat(1 + chance.below(4).pow(3));
            data.splice(at..at, again);
        }
        4 if chance.below(4) == 0 => data.truncate(at),
        // A word of the language, a piece of another example.
        5 => {
            let other = chance.pick(examples);
            let from = chance.below(other.len() + 1);
            let piece = other[from..other.len().min(from + 40)].to_vec();
            data.splice(at..end, piece);
        }
        _ => {
            let word = chance.pick(words).as_bytes().to_vec();
            data.splice(at..at, word);
        }
    }
    data.truncate(64 * 1024);
}
