//! What can be counted without parsing: bytes, tokens, brackets, directives and definitions, in one pass.

use super::{
    lexer::{Kind, Lexer},
    refusal::{bad, location, too_many},
};
use crate::{error::RequestError, wire::limits::Limits};

/// Refuses a document that is too large, nests too deeply, or whose brackets and definitions do not fit.
pub(super) fn scan(source: &str, limits: &Limits) -> Result<(), RequestError> {
    if source.len() > limits.document_bytes {
        return Err(too_many("bytes in the document", limits.document_bytes));
    }
    let mut scan = Scan {
        source,
        limits,
        open: Vec::with_capacity(limits.bracket_depth.min(256)),
        directives: 0,
        operations: 0,
        fragments: 0,
        inside_definition: false,
    };
    let mut lexer = Lexer::new(source);
    let mut tokens = 0_usize;
    while let Some(token) = lexer.next().map_err(|error| scan.bad(error.message, error.at))? {
        tokens += 1;
        if tokens > limits.tokens {
            return Err(too_many("tokens in the document", limits.tokens));
        }
        scan.token(token.kind, token.text, token.start)?;
    }
    if tokens == 0 {
        return Err(bad("The document is empty."));
    }
    if !scan.open.is_empty() {
        return Err(scan.bad("A bracket of the document is not closed.", source.len()));
    }
    if scan.inside_definition {
        return Err(scan.bad("The last definition of the document does not end.", source.len()));
    }
    Ok(())
}

struct Scan<'a> {
    source: &'a str,
    limits: &'a Limits,
    /// The closing brackets that are still to come.
    open: Vec<u8>,
    directives: usize,
    operations: usize,
    fragments: usize,
    /// Between a definition's first token and the bracket that closes its selection set.
    inside_definition: bool,
}

impl Scan<'_> {
    fn token(&mut self, kind: Kind, text: &str, start: usize) -> Result<(), RequestError> {
        if !self.inside_definition {
            self.definition(kind, text, start)?;
        }
        match kind {
            Kind::Punctuator(b'(') => self.open(b')', start),
            Kind::Punctuator(b'[') => self.open(b']', start),
            Kind::Punctuator(b'{') => self.open(b'}', start),
            Kind::Punctuator(close @ (b')' | b']' | b'}')) => {
                if self.open.pop() != Some(close) {
                    return Err(self.bad("A bracket of the document closes none that is open.", start));
                }
                if close == b'}' && self.open.is_empty() {
                    self.inside_definition = false;
                }
                Ok(())
            }
            Kind::Punctuator(b'@') => {
                self.directives += 1;
                self.limit(
                    self.directives,
                    self.limits.directives,
                    "directives in the document",
                    start,
                )
            }
            _ => Ok(()),
        }
    }

    /// The first token of a definition says what it is; the library's grammar would read `queryName` as `query Name`.
    fn definition(&mut self, kind: Kind, text: &str, start: usize) -> Result<(), RequestError> {
        self.inside_definition = true;
        match (kind, text) {
            (Kind::Punctuator(b'{'), _) | (Kind::Name, "query" | "mutation" | "subscription") => {
                self.operations += 1;
                self.limit(
                    self.operations,
                    self.limits.operations,
                    "operations in the document",
                    start,
                )
            }
            (Kind::Name, "fragment") => {
                self.fragments += 1;
                self.limit(
                    self.fragments,
                    self.limits.fragments,
                    "fragments in the document",
                    start,
                )
            }
            _ => Err(self.bad(
                "The document may hold operations (query, mutation, subscription) and fragments only.",
                start,
            )),
        }
    }

    fn open(&mut self, close: u8, start: usize) -> Result<(), RequestError> {
        self.open.push(close);
        self.limit(
            self.open.len(),
            self.limits.bracket_depth,
            "brackets inside one another",
            start,
        )
    }

    fn limit(&self, count: usize, most: usize, what: &str, start: usize) -> Result<(), RequestError> {
        if count <= most {
            return Ok(());
        }
        let (line, column) = location(self.source, start);
        Err(too_many(what, most).at(line, column))
    }

    fn bad(&self, message: &'static str, start: usize) -> RequestError {
        let (line, column) = location(self.source, start);
        bad(message).at(line, column)
    }
}
