//! Someone who may try the demonstration, and what a token for them says.

use crate::{
    auth::{PortalRequest, TokenRequest},
    cli::demo::WORKED_AUTHORITY,
};

/// For how many minutes a demonstration token holds: a working day.
const MINUTES: u32 = 8 * 60;

/// Someone who may try the demonstration.
pub(in crate::cli::serve) struct Caller {
    /// What lists show.
    pub(super) label: &'static str,
    pub(super) agency: &'static str,
    pub(super) role: &'static str,
    pub(super) subject: &'static str,
    /// What the token allows; the first is what to begin with.
    pub(super) purposes: &'static [&'static str],
    /// The agency of the portal through which they ask.
    pub(super) portal: Option<&'static str>,
    /// Questions that make sense for them: what lists show, and the document.
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
