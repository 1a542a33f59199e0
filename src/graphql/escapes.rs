//! Escape sequences of strings that the parsers do not know: `\u{1F600}`, and a letter written as the two halves of a surrogate pair.
//!
//! GraphQL has both (September 2025); each is put in as the letter that it means. What that makes shorter is filled up with blanks behind the string, so that
//! everything after it stays in its column.

use std::borrow::Cow;

/// The same document without such sequences. What is not well formed is left as it is, for the parser to refuse.
pub fn plain(document: &str) -> Cow<'_, str> {
    if !document.contains("\\u") {
        return Cow::Borrowed(document);
    }
    let mut plain = String::with_capacity(document.len());
    let mut rest = document;
    while let Some(start) = rest.find(['"', '#']) {
        let (before, from) = rest.split_at(start);
        plain.push_str(before);
        let length = length(from);
        let (token, after) = from.split_at(length);
        if token.starts_with('"') && !token.starts_with("\"\"\"") {
            write_string(token, &mut plain);
        } else {
            plain.push_str(token);
        }
        rest = after;
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// How long the comment or string is with which a text begins, in bytes.
fn length(text: &str) -> usize {
    let end = |found: Option<usize>, more: usize| found.map_or(text.len(), |at| at + more);
    if text.starts_with('#') {
        return end(text.find(['\n', '\r']), 0);
    }
    let block = text.starts_with("\"\"\"");
    let (close, skip) = if block { ("\"\"\"", "\\\"\"\"") } else { ("\"", "\\") };
    let mut at = close.len();
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with(close) {
            return at + close.len();
        }
        if !block && rest.starts_with(['\n', '\r']) {
            return at;
        }
        let escaped = rest.starts_with(skip);
        let letters = rest.chars().take(if escaped && !block { 2 } else { 1 });
        at += if escaped && block {
            skip.len()
        } else {
            letters.map(char::len_utf8).sum()
        };
    }
    text.len()
}

/// A string with the letters that its sequences mean, as long as it was.
fn write_string(token: &str, plain: &mut String) {
    let (mut rest, mut missing) = (token, 0);
    while let Some(at) = rest.find('\\') {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        if let Some((letter, length)) = letter(from) {
            let written = plain.len();
            match letter {
                '"' => plain.push_str("\\\""),
                '\\' => plain.push_str("\\\\"),
                '\n' => plain.push_str("\\n"),
                '\r' => plain.push_str("\\r"),
                other => plain.push(other),
            }
            let written = plain.get(written..).map_or(0, |letters| letters.chars().count());
            missing += length.saturating_sub(written);
            rest = from.get(length..).unwrap_or_default();
        } else {
            // The letter behind belongs to it, also where it is a stroke itself.
            let length = from.chars().take(2).map(char::len_utf8).sum();
            let (escape, after) = from.split_at(length);
            plain.push_str(escape);
            rest = after;
        }
    }
    plain.push_str(rest);
    plain.extend(std::iter::repeat_n(' ', missing));
}

/// No sequence in braces has more digits.
const DIGITS: usize = 8;

/// The letter that a text's first sequence means, where it is one that the parsers do not know, and how long the sequence is.
pub fn letter(text: &str) -> Option<(char, usize)> {
    if let Some(braced) = text.strip_prefix("\\u{") {
        let end = braced.bytes().take(DIGITS + 1).position(|byte| byte == b'}')?;
        return Some((char::from_u32(number(braced.get(..end)?)?)?, end + 4));
    }
    let half = |text: &str| number(text.strip_prefix("\\u")?.get(..4)?);
    let high = half(text).filter(|half| (0xD800..0xDC00).contains(half))?;
    let low = half(text.get(6..)?).filter(|half| (0xDC00..0xE000).contains(half))?;
    let letter = char::from_u32(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00))?;
    Some((letter, 12))
}

fn number(digits: &str) -> Option<u32> {
    let hexadecimal = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    u32::from_str_radix(digits, 16).ok().filter(|_| hexadecimal)
}

#[cfg(test)]
mod tests;
