//! Repairing corrupted texts: UTF-8 decoded as Windows-1252 (mojibake), and HTML entities.

use std::borrow::Cow;

/// How often a text may have been decoded wrongly.
const MAX_ROUNDS: usize = 2;
/// The longest name of an HTML entity.
const MAX_NAME: usize = 10;

/// The characters of Windows-1252 from 0x80 to 0x9F.
const HIGH: [char; 32] = [
    '\u{20AC}', '\u{81}', '\u{201A}', '\u{192}', '\u{201E}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2C6}', '\u{2030}',
    '\u{160}', '\u{2039}', '\u{152}', '\u{8D}', '\u{17D}', '\u{8F}', '\u{90}', '\u{2018}', '\u{2019}', '\u{201C}',
    '\u{201D}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2DC}', '\u{2122}', '\u{161}', '\u{203A}', '\u{153}', '\u{9D}',
    '\u{17E}', '\u{178}',
];

/// The repaired text.
pub(super) fn repaired(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    if text.contains('&') {
        text = Cow::Owned(without_entities(&text));
    }
    for _ in 0..MAX_ROUNDS {
        // Most texts are ASCII and need no repair.
        if text.is_ascii() {
            break;
        }
        let Some(read) = as_utf8(&text) else { break };
        text = Cow::Owned(read);
    }
    text
}

/// The text's Windows-1252 bytes decoded as UTF-8, if they are valid.
fn as_utf8(text: &str) -> Option<String> {
    let byte = |letter: char| match u32::from(letter) {
        code @ (0..0x80 | 0xA0..0x100) => u8::try_from(code).ok(),
        _ => HIGH
            .iter()
            .position(|high| *high == letter)
            .and_then(|at| u8::try_from(0x80 + at).ok()),
    };
    let bytes: Vec<u8> = text.chars().map(byte).collect::<Option<_>>()?;
    String::from_utf8(bytes).ok()
}

/// Decodes `O&#39;Brien` and `Zo&euml;`.
fn without_entities(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let end = rest.bytes().take(MAX_NAME + 1).position(|byte| byte == b';');
        match end.and_then(|end| Some((end, character(&rest[..end])?))) {
            Some((end, character)) => {
                plain.push(character);
                rest = &rest[end + 1..];
            }
            None => plain.push('&'),
        }
    }
    plain.push_str(rest);
    plain
}

/// The character of an HTML entity. An accented letter gives the plain letter, since texts are folded to
/// that.
fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => number.parse(),
        };
        return char::from_u32(code.ok()?);
    }
    match name {
        "amp" => Some('&'),
        "apos" | "rsquo" | "lsquo" | "acute" => Some('\''),
        "nbsp" => Some(' '),
        "ndash" | "mdash" | "shy" => Some('-'),
        "szlig" => Some('ß'),
        "eth" | "ETH" => Some('ð'),
        "thorn" | "THORN" => Some('þ'),
        "aelig" | "AElig" => Some('æ'),
        "oelig" | "OElig" => Some('œ'),
        _ => {
            const ACCENTS: [&str; 11] = [
                "acute", "grave", "circ", "uml", "tilde", "cedil", "ring", "caron", "slash", "ogon", "strok",
            ];
            let (first, accent) = (name.chars().next()?, name.get(1..)?);
            (first.is_ascii_alphabetic() && ACCENTS.contains(&accent)).then_some(first)
        }
    }
}
