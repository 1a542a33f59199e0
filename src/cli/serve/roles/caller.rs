//! A demonstration caller, and what its token says.

use crate::{
    auth::{PortalRequest, TokenRequest},
    cli::demo::WORKED_AUTHORITY,
};

/// Lifetime of a demonstration token in minutes: a working day.
const MINUTES: u32 = 8 * 60;

/// A demonstration caller.
pub(in crate::cli::serve) struct Caller {
    /// The label in lists.
    pub(super) label: &'static str,
    pub(super) agency: &'static str,
    pub(super) role: &'static str,
    pub(super) subject: &'static str,
    /// The purposes the token allows; the first is preselected.
    pub(super) purposes: &'static [&'static str],
    /// The agency of the portal that they use, if any.
    pub(super) portal: Option<&'static str>,
    /// Example queries: label and document.
    pub(super) examples: &'static [(&'static str, &'static str)],
}

impl Caller {
    pub(super) fn token(&self) -> TokenRequest {
        let client = format!("demo-{}", self.agency);
        TokenRequest {
            authority: WORKED_AUTHORITY.to_owned(),
            agency: self.agency.to_owned(),
            role: self.role.to_owned(),
            purposes: self.purposes.iter().map(|&purpose| purpose.to_owned()).collect(),
            subject: self.subject.to_owned(),
            client,
            portal: self.portal.map(|agency| PortalRequest {
                agency: agency.to_owned(),
                subject: "demo-portal".to_owned(),
                client: "demo-portal".to_owned(),
            }),
            minutes: MINUTES,
        }
    }
}
