//! `thinkfamily token`: an access token from the development issuer, for testing.

use std::io::Write;

use clap::Args;

use crate::{
    auth::{DevIssuer, DevIssuerError, MAX_TOKEN_MINUTES, PortalRequest, ROLES, TokenRequest},
    clock::{Clock, Ids},
    config::Config,
};

/// A token from the development issuer.
#[derive(Args, Clone, Debug)]
pub struct TokenArgs {
    /// The agency's code, such as cambs-police.
    #[arg(long)]
    pub agency: String,
    /// The role.
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(user_roles()))]
    pub role: String,
    /// What the data is wanted for; may be given several times.
    #[arg(long = "purpose", value_name = "PURPOSE", required = true)]
    pub purposes: Vec<String>,
    /// The authority's code.
    #[arg(long, default_value = "cambridgeshire")]
    pub authority: String,
    /// The person or system that asks, or that a portal asks for.
    #[arg(long, visible_alias = "for-user", default_value = "development-user")]
    pub subject: String,
    /// The program that the token is given to.
    #[arg(long, default_value = "development-client")]
    pub client: String,
    /// The code of the agency whose portal asks for the subject.
    #[arg(long, value_name = "AGENCY")]
    pub portal: Option<String>,
    /// For how many minutes the token holds.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_TOKEN_MINUTES)))]
    pub minutes: u32,
}

/// Why no token is printed.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The development issuer is off.
    #[error(
        "the development issuer is off, so there is no one to mint a token: it is on in development mode, or with \
         --dev-issuer on a loopback address"
    )]
    IssuerOff,
    /// The issuer cannot start, or refuses to issue such a token.
    #[error(transparent)]
    Issuer(#[from] DevIssuerError),
    /// The token cannot be written.
    #[error("the token cannot be printed: {0}")]
    Print(#[from] std::io::Error),
}

/// Prints a token, and nothing else, on a line of its own.
pub fn run(
    config: &Config,
    arguments: &TokenArgs,
    clock: &Clock,
    ids: &Ids,
    out: &mut dyn Write,
) -> Result<(), TokenError> {
    if !config.dev_issuer {
        return Err(TokenError::IssuerOff);
    }
    let issuer = DevIssuer::open(&config.data_dir, &config.audience, clock.clone(), ids.clone())?;
    let token = issuer.mint(&arguments.request())?;
    writeln!(out, "{token}")?;
    Ok(())
}

impl TokenArgs {
    fn request(&self) -> TokenRequest {
        TokenRequest {
            authority: self.authority.clone(),
            agency: self.agency.clone(),
            role: self.role.clone(),
            purposes: self.purposes.clone(),
            subject: self.subject.clone(),
            client: self.client.clone(),
            portal: self.portal.as_ref().map(|agency| PortalRequest {
                agency: agency.clone(),
                subject: "development-portal".to_owned(),
                client: "development-portal".to_owned(),
            }),
            minutes: self.minutes,
        }
    }
}

/// The roles that a token's subject may have.
fn user_roles() -> Vec<&'static str> {
    ROLES
        .into_iter()
        .filter(|role| *role != crate::auth::PORTAL_ROLE)
        .collect()
}
