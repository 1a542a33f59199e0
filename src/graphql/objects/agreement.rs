//! The agreement as it is shown: `Agreement`, `Signatory`, `Clause`.

use async_graphql::{Context, ID, Object};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{Agency, entry::told};
use crate::{
    graphql::{
        codes::{self, AccessKind, AgencyKind, DataCategory, Role, ScopeKind},
        context::Request,
        ids::Kind,
        shared::{Outcome, about_nobody},
    },
    sharing::{
        agreement::{self, Access, ConsentRule},
        grant::Shared,
        register::field,
    },
    store::policy::StoredAgreement,
};

/// A version of an information sharing agreement.
#[derive(Clone)]
pub struct Agreement {
    pub(in crate::graphql) stored: StoredAgreement,
    pub(in crate::graphql) in_force: bool,
}

/// A version of an information sharing agreement.
#[Object]
impl Agreement {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::Agreement, Uuid::nil(), self.stored.key)
    }

    /// Its name, the same in all its versions.
    fn code(&self, ctx: &Context<'_>) -> Shared<String> {
        told(ctx, field::AGREEMENT_CODE, || self.stored.agreement.code.clone())
    }

    /// Rises with every version.
    fn version(&self, ctx: &Context<'_>) -> Shared<i32> {
        told(ctx, field::AGREEMENT_VERSION, || self.stored.agreement.version)
    }

    /// Its title.
    fn title(&self, ctx: &Context<'_>) -> Shared<String> {
        told(ctx, field::AGREEMENT_TITLE, || self.stored.agreement.title.clone())
    }

    /// The first day it is in force.
    fn effective_from(&self, ctx: &Context<'_>) -> Shared<NaiveDate> {
        told(ctx, field::AGREEMENT_EFFECTIVE_FROM, || {
            self.stored.agreement.effective_from
        })
    }

    /// The last day it is in force, if one is stated; else it ends when the next version begins.
    fn effective_to(&self, ctx: &Context<'_>) -> Shared<Option<NaiveDate>> {
        told(ctx, field::AGREEMENT_EFFECTIVE_TO, || {
            self.stored.agreement.effective_to
        })
    }

    /// The day by which it must be reviewed.
    fn review_by(&self, ctx: &Context<'_>) -> Shared<NaiveDate> {
        told(ctx, field::AGREEMENT_REVIEW_BY, || self.stored.agreement.review_by)
    }

    /// Whether it is in force today.
    fn in_force(&self, ctx: &Context<'_>) -> Shared<bool> {
        told(ctx, field::AGREEMENT_IN_FORCE, || self.in_force)
    }

    /// Who signed.
    fn signatories(&self, ctx: &Context<'_>) -> Shared<Vec<Signatory>> {
        told(ctx, field::AGREEMENT_SIGNATORIES, || {
            self.stored
                .agreement
                .signatories
                .iter()
                .cloned()
                .map(Signatory)
                .collect()
        })
    }

    /// What it permits.
    fn clauses(&self, ctx: &Context<'_>) -> Shared<Vec<Clause>> {
        told(ctx, field::AGREEMENT_CLAUSES, || {
            self.stored.agreement.clauses.iter().cloned().map(Clause).collect()
        })
    }
}

/// An agency that signed an agreement.
#[derive(Clone)]
pub struct Signatory(agreement::Signatory);

/// An agency that signed an agreement.
#[Object]
impl Signatory {
    /// The agency.
    async fn agency(&self, ctx: &Context<'_>) -> Outcome<Option<Agency>> {
        let agency = async {
            let loaders = &Request::of(ctx).loaders;
            Ok(loaders.agency_by_code(&self.0.agency).await?.map(Agency))
        };
        about_nobody(ctx, field::SIGNATORY_AGENCY, agency).await.into()
    }

    /// The day it signed.
    fn signed_on(&self, ctx: &Context<'_>) -> Shared<NaiveDate> {
        told(ctx, field::SIGNATORY_SIGNED_ON, || self.0.signed_on)
    }

    /// The day it left.
    fn withdrawn_on(&self, ctx: &Context<'_>) -> Shared<Option<NaiveDate>> {
        told(ctx, field::SIGNATORY_WITHDRAWN_ON, || self.0.withdrawn_on)
    }
}

/// A clause: who may have which categories of which families, for which purposes, on what condition.
#[derive(Clone)]
pub struct Clause(agreement::Clause);

/// A clause: who may have which categories of which families, for which purposes, on what condition.
#[Object]
impl Clause {
    /// Its name within its agreement.
    fn code(&self, ctx: &Context<'_>) -> Shared<String> {
        told(ctx, field::CLAUSE_CODE, || self.0.id.clone())
    }

    /// Kinds of agency it speaks of.
    fn agency_kinds(&self, ctx: &Context<'_>) -> Shared<Vec<AgencyKind>> {
        told(ctx, field::CLAUSE_AGENCY_KINDS, || {
            codes::parse_all(&self.0.agency_kinds)
        })
    }

    /// Roles it speaks of.
    fn roles(&self, ctx: &Context<'_>) -> Shared<Vec<Role>> {
        told(ctx, field::CLAUSE_ROLES, || codes::parse_all(&self.0.roles))
    }

    /// Data categories it releases.
    fn categories(&self, ctx: &Context<'_>) -> Shared<Vec<DataCategory>> {
        told(ctx, field::CLAUSE_CATEGORIES, || codes::parse_all(&self.0.categories))
    }

    /// Purposes it allows; see the catalogue.
    fn purposes(&self, ctx: &Context<'_>) -> Shared<Vec<String>> {
        told(ctx, field::CLAUSE_PURPOSES, || self.0.purposes.clone())
    }

    /// Reading, writing or both.
    fn access(&self, ctx: &Context<'_>) -> Shared<Vec<AccessKind>> {
        told(ctx, field::CLAUSE_ACCESS, || {
            self.0.access.iter().map(|access| access_kind(*access)).collect()
        })
    }

    /// Which rows it reaches.
    fn scope(&self, ctx: &Context<'_>) -> Shared<Option<ScopeKind>> {
        told(ctx, field::CLAUSE_SCOPE, || codes::parse(self.0.scope.code()))
    }

    /// Whether the family must have consented.
    fn consent_required(&self, ctx: &Context<'_>) -> Shared<bool> {
        told(ctx, field::CLAUSE_CONSENT_REQUIRED, || {
            self.0.consent == ConsentRule::Required
        })
    }

    /// The lawful basis under article 6 of the UK GDPR.
    fn lawful_basis(&self, ctx: &Context<'_>) -> Shared<String> {
        told(ctx, field::CLAUSE_LAWFUL_BASIS, || self.0.lawful_basis.clone())
    }

    /// The further condition that articles 9 and 10 ask for.
    fn condition(&self, ctx: &Context<'_>) -> Shared<Option<String>> {
        told(ctx, field::CLAUSE_CONDITION, || self.0.condition.clone())
    }

    /// Whether it reaches details of people at risk.
    fn shielded(&self, ctx: &Context<'_>) -> Shared<bool> {
        told(ctx, field::CLAUSE_SHIELDED, || self.0.shielded)
    }

    /// Whether exact reasons are told when it withholds.
    fn explain(&self, ctx: &Context<'_>) -> Shared<bool> {
        told(ctx, field::CLAUSE_EXPLAIN, || self.0.explain)
    }

    /// Whether emergency access may stand in for involvement and consent.
    fn emergency(&self, ctx: &Context<'_>) -> Shared<bool> {
        told(ctx, field::CLAUSE_EMERGENCY, || self.0.emergency)
    }
}

fn access_kind(access: Access) -> AccessKind {
    match access {
        Access::Read => AccessKind::Read,
        Access::Write => AccessKind::Write,
    }
}
