//! The document as tokens: GraphQL's lexical grammar, one pass, no allocation. Knows nothing of limits or meaning.

use crate::graphql::escapes::letter;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or keyword.
    Name,
    /// An integer or a decimal number.
    Number,
    /// A string or a block string.
    Text,
    /// `...`
    Spread,
    /// Any other punctuator.
    Punctuator(u8),
}

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    /// What it is.
    pub(super) kind: Kind,
    /// Its text as written.
    pub(super) text: &'a str,
    /// The byte it starts at.
    pub(super) start: usize,
}

/// Something that is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LexError {
    /// What is wrong, as a fixed text.
    pub(super) message: &'static str,
    /// The byte it stands at.
    pub(super) at: usize,
}

const CONTROL: &str = "The document holds a control character.";
const UNEXPECTED: &str = "The document holds a character that GraphQL does not know.";
const UNTERMINATED: &str = "A string of the document does not end.";
const ESCAPE: &str = "A string of the document holds an escape sequence that GraphQL does not know.";
const NUMBER: &str = "A number of the document is not well formed.";

/// Reads tokens from a document, skipping blanks, commas, comments and byte order marks.
pub(super) struct Lexer<'a> {
    source: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    /// A lexer at the start of the document.
    pub(super) fn new(source: &'a str) -> Self {
        Self { source, at: 0 }
    }

    /// The next token, or `None` at the document's end.
    pub(super) fn next(&mut self) -> Result<Option<Token<'a>>, LexError> {
        self.skip_ignored()?;
        let start = self.at;
        let Some(byte) = self.peek(0) else {
            return Ok(None);
        };
        let kind = match byte {
            b'!' | b'$' | b'&' | b'(' | b')' | b':' | b'=' | b'@' | b'[' | b']' | b'{' | b'|' | b'}' => {
                self.at += 1;
                Kind::Punctuator(byte)
            }
            b'.' if self.rest().starts_with("...") => {
                self.at += 3;
                Kind::Spread
            }
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                self.skip_while(is_name);
                Kind::Name
            }
            b'-' | b'0'..=b'9' => {
                self.number(start)?;
                Kind::Number
            }
            b'"' => {
                if self.rest().starts_with("\"\"\"") {
                    self.block_string(start)?;
                } else {
                    self.string(start)?;
                }
                Kind::Text
            }
            _ => return Err(self.stray(byte)),
        };
        Ok(Some(Token {
            kind,
            text: &self.source[start..self.at],
            start,
        }))
    }

    fn rest(&self) -> &'a str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.source.as_bytes().get(self.at + ahead).copied()
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) -> usize {
        let start = self.at;
        while self.peek(0).is_some_and(&wanted) {
            self.at += 1;
        }
        self.at - start
    }

    fn stray(&self, byte: u8) -> LexError {
        let message = if is_control(byte) { CONTROL } else { UNEXPECTED };
        LexError { message, at: self.at }
    }

    fn skip_ignored(&mut self) -> Result<(), LexError> {
        while let Some(byte) = self.peek(0) {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' | b',' => self.at += 1,
                // The three bytes of U+FEFF.
                0xEF if self.rest().starts_with('\u{feff}') => self.at += 3,
                b'#' => {
                    self.skip_while(|byte| !matches!(byte, b'\n' | b'\r') && !is_control(byte));
                    if let Some(byte) = self.peek(0).filter(|byte| is_control(*byte)) {
                        return Err(self.stray(byte));
                    }
                }
                _ => break,
            }
        }
        Ok(())
    }

    fn number(&mut self, start: usize) -> Result<(), LexError> {
        let wrong = LexError {
            message: NUMBER,
            at: start,
        };
        if self.peek(0) == Some(b'-') {
            self.at += 1;
        }
        let leading_zero = self.peek(0) == Some(b'0');
        let digits = self.skip_while(|byte| byte.is_ascii_digit());
        if digits == 0 || (leading_zero && digits > 1) {
            return Err(wrong);
        }
        if self.peek(0) == Some(b'.') && self.peek(1) != Some(b'.') {
            self.at += 1;
            if self.skip_while(|byte| byte.is_ascii_digit()) == 0 {
                return Err(wrong);
            }
        }
        if matches!(self.peek(0), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(0), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if self.skip_while(|byte| byte.is_ascii_digit()) == 0 {
                return Err(wrong);
            }
        }
        if self.peek(0).is_some_and(is_name) {
            return Err(wrong);
        }
        Ok(())
    }

    fn string(&mut self, start: usize) -> Result<(), LexError> {
        self.at += 1;
        loop {
            let escape = LexError {
                message: ESCAPE,
                at: self.at,
            };
            match self.peek(0) {
                None | Some(b'\n' | b'\r') => {
                    return Err(LexError {
                        message: UNTERMINATED,
                        at: start,
                    });
                }
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => match self.peek(1) {
                    Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
                    Some(b'u') => self.at += self.letter().ok_or(escape)?,
                    _ => return Err(escape),
                },
                Some(byte) if is_control(byte) => return Err(self.stray(byte)),
                Some(_) => self.at += 1,
            }
        }
    }

    /// How long the sequence is that stands for a letter by its number. Half of a pair stands for none.
    fn letter(&self) -> Option<usize> {
        let rest = self.rest();
        if let Some((_, length)) = letter(rest) {
            return Some(length);
        }
        let digits = rest
            .get(2..6)
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        let number = u32::from_str_radix(digits, 16).ok()?;
        char::from_u32(number).map(|_| 6)
    }

    fn block_string(&mut self, start: usize) -> Result<(), LexError> {
        self.at += 3;
        loop {
            match self.peek(0) {
                None => {
                    return Err(LexError {
                        message: UNTERMINATED,
                        at: start,
                    });
                }
                Some(b'\\') if self.rest().starts_with("\\\"\"\"") => self.at += 4,
                Some(b'"') if self.rest().starts_with("\"\"\"") => {
                    self.at += 3;
                    return Ok(());
                }
                Some(byte) if is_control(byte) => return Err(self.stray(byte)),
                Some(_) => self.at += 1,
            }
        }
    }
}

fn is_name(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}

/// Control characters, but for the tab and the line ends.
fn is_control(byte: u8) -> bool {
    (byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')) || byte == 0x7f
}

#[cfg(test)]
mod tests;
