//! What sign-in needs of the register of agencies. The store implements it; nothing here knows how.

use std::{fmt, future::Future, pin::Pin};

use uuid::Uuid;

/// An agency as the register knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgencyEntry {
    /// The authority's key.
    pub authority: i32,
    /// The agency's key.
    pub agency: Uuid,
    /// The kind of agency (`police`).
    pub kind: String,
    /// Whether the client that was named may send registered documents only.
    pub only_registered: bool,
}

/// The register could not be asked.
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

/// The register's answer, to come: `None` where there is no such agency.
pub type AgencyLookup<'a> = Pin<Box<dyn Future<Output = Result<Option<AgencyEntry>, DirectoryError>> + Send + 'a>>;

/// The register of agencies.
pub trait Directory: Send + Sync {
    /// The agency of that code in the authority of that code, with what is said of its client. Codes and clients come from tokens: nothing of
    /// them is to be trusted but that they have at most 200 characters, none of them a control character.
    fn agency<'a>(&'a self, authority_code: &'a str, agency_code: &'a str, client: &'a str) -> AgencyLookup<'a>;
}
