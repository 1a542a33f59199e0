//! Who is asking, for which agency and for what purpose.

use uuid::Uuid;

/// The role of a portal that acts for a user, and of nobody else.
pub const PORTAL_ROLE: &str = "portal";

/// One agency's person or system that takes part in a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Party {
    /// The agency's key.
    pub agency: Uuid,
    /// The agency's code, as in tokens and agreement files (`cambs-police`).
    pub agency_code: String,
    /// The kind of agency, from the register of agencies and never from the token (`police`).
    pub agency_kind: String,
    /// The role of the person or system (`marker_lookup`).
    pub role: String,
    /// The person or system, as the agency's identity provider names it (`sub`).
    pub subject: String,
}

/// Everything a decision needs to know of who is asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The authority whose families the caller may ask about.
    pub authority: i32,
    /// That authority's code.
    pub authority_code: String,
    /// Whose right to see is asked: the user.
    pub principal: Party,
    /// The portal that asks on the user's behalf; the answer is then what both may see.
    pub portal: Option<Party>,
    /// The client program (`client_id`).
    pub client: String,
    /// What the data is wanted for in this request.
    pub purpose: String,
    /// Every purpose the token allows.
    pub purposes: Vec<String>,
}

/// A client program of an agency: authority, agency, client. What is counted, is counted by these.
pub type Program = (i32, Uuid, String);

impl Caller {
    /// The program that asks; with a portal, the portal's.
    pub fn program(&self) -> Program {
        let agency = self.portal.as_ref().unwrap_or(&self.principal).agency;
        (self.authority, agency, self.client.clone())
    }

    /// The parties whose agreement clauses must each permit what is disclosed.
    pub fn parties(&self) -> impl Iterator<Item = &Party> {
        std::iter::once(&self.principal).chain(self.portal.as_ref())
    }
}
