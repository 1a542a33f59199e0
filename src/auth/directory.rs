//! The register of agencies as authentication needs it, as a trait. The store implements it; nothing here
//! knows how.

use std::{fmt, future::Future, pin::Pin};

use uuid::Uuid;

/// An agency in the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgencyEntry {
    /// The authority's key.
    pub authority: i32,
    /// The agency's key.
    pub agency: Uuid,
    /// The kind of agency (`police`).
    pub kind: String,
    /// Whether the named client may send registered documents only.
    pub only_registered: bool,
}

/// The register could not be read.
#[derive(Debug)]
pub struct DirectoryError {
    /// The cause, for the log.
    pub cause: String,
}

impl fmt::Display for DirectoryError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the register of agencies cannot be asked: {}", self.cause)
    }
}

impl std::error::Error for DirectoryError {}

/// The pending result of a look-up: `None` if there is no such agency.
pub type AgencyLookup<'a> = Pin<Box<dyn Future<Output = Result<Option<AgencyEntry>, DirectoryError>> + Send + 'a>>;

/// The register of agencies.
pub trait Directory: Send + Sync {
    /// Looks up the agency of that code in the authority of that code, with the settings of its client. Codes
    /// and client come from tokens: all that can be relied on is that they have at most 200 characters and no
    /// control characters.
    fn agency<'a>(&'a self, authority_code: &'a str, agency_code: &'a str, client: &'a str) -> AgencyLookup<'a>;
}
