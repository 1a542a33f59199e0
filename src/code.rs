//! Code lists, each said once: the Rust type, the words of databases and files, the names of the API, and what each means.

/// A code of a list.
pub trait Code: Copy + Eq + Send + Sync + 'static {
    /// All codes, in their order.
    const ALL: &'static [Self];
    /// Their words in databases and files, in the same order.
    const WORDS: &'static [&'static str];
    /// Their names in the API, in the same order: the words in capital letters.
    const NAMES: &'static [&'static str];
    /// What each means, in the same order.
    const MEANINGS: &'static [&'static str];
    /// What the list is called, and what it is about.
    const LIST: (&'static str, &'static str);

    /// Its word in databases and files.
    fn word(self) -> &'static str;

    /// The code of a word.
    fn of_word(word: &str) -> Option<Self> {
        let at = Self::WORDS.iter().position(|known| *known == word)?;
        Some(Self::ALL[at])
    }
}

/// A word in capital letters.
pub(crate) const fn upper<const N: usize>(word: &str) -> [u8; N] {
    let (mut bytes, mut at) = ([0; N], 0);
    while at < N {
        bytes[at] = word.as_bytes()[at].to_ascii_uppercase();
        at += 1;
    }
    bytes
}

/// Says code lists.
macro_rules! codes {
    ($($(#[doc = $about:literal])+ $name:ident { $($(#[doc = $means:literal])+ $variant:ident = $word:literal,)+ })+) => {$(
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[doc = $means])+ $variant,)+
        }

        impl $crate::code::Code for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];
            const WORDS: &'static [&'static str] = &[$($word),+];
            const NAMES: &'static [&'static str] = &[$({
                const UPPER: [u8; $word.len()] = $crate::code::upper($word);
                match std::str::from_utf8(&UPPER) {
                    Ok(name) => name,
                    Err(_) => panic!("a word is ASCII"),
                }
            }),+];
            const MEANINGS: &'static [&'static str] = &[$(concat!($($means),+)),+];
            const LIST: (&'static str, &'static str) = (stringify!($name), concat!($($about),+));

            fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }
    )+};
}

pub(crate) use codes;
