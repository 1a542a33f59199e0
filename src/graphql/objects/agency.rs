//! `Agency` and `Authority`: about organisations, not about families.

use async_graphql::{Context, ID, Object};
use uuid::Uuid;

use crate::{
    graphql::{
        codes::{self, AgencyKind},
        context::Request,
        ids::Kind,
        shared::{Outcome, about_nobody},
    },
    records::{AgencyRow, AuthorityRow},
    sharing::{grant::Shared, register::field},
    store::dossier::Dossier,
};

/// An organisation in the partnership.
#[derive(Clone)]
pub struct Agency(pub(in crate::graphql) AgencyRow);

/// An organisation in the partnership.
#[Object]
impl Agency {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::Agency, Uuid::nil(), self.0.id)
    }

    /// Its code, as in tokens and agreements.
    fn code(&self, ctx: &Context<'_>) -> Shared<String> {
        Shared::about_nobody(&Request::of(ctx).ceiling, field::AGENCY_CODE, || self.0.code.clone())
    }

    /// Its name.
    fn name(&self, ctx: &Context<'_>) -> Shared<String> {
        Shared::about_nobody(&Request::of(ctx).ceiling, field::AGENCY_NAME, || self.0.name.clone())
    }

    /// What kind of agency it is.
    fn kind(&self, ctx: &Context<'_>) -> Shared<Option<AgencyKind>> {
        Shared::about_nobody(&Request::of(ctx).ceiling, field::AGENCY_KIND, || {
            codes::parse(&self.0.kind)
        })
    }
}

/// An upper-tier council that runs the programme.
#[derive(Clone)]
pub struct Authority(pub(in crate::graphql) AuthorityRow);

/// An upper-tier council that runs the programme.
#[Object]
impl Authority {
    /// Its code.
    fn code(&self, ctx: &Context<'_>) -> Shared<String> {
        Shared::about_nobody(&Request::of(ctx).ceiling, field::AUTHORITY_CODE, || self.0.code.clone())
    }

    /// Its name.
    fn name(&self, ctx: &Context<'_>) -> Shared<String> {
        Shared::about_nobody(&Request::of(ctx).ceiling, field::AUTHORITY_NAME, || self.0.name.clone())
    }

    /// Names of the authorities that it compares itself with.
    async fn statistical_neighbours(&self, ctx: &Context<'_>) -> Outcome<Vec<String>> {
        let names = async {
            let neighbours = Request::of(ctx).loaders.neighbours().await?;
            Ok(neighbours.iter().map(|neighbour| neighbour.name.clone()).collect())
        };
        about_nobody(ctx, field::AUTHORITY_STATISTICAL_NEIGHBOURS, names)
            .await
            .into()
    }

    /// From this age on, in years, a person's own decision about consent counts.
    fn own_consent_age(&self, ctx: &Context<'_>) -> Shared<i32> {
        Shared::about_nobody(&Request::of(ctx).ceiling, field::AUTHORITY_OWN_CONSENT_AGE, || {
            self.0.own_consent_age
        })
    }

    /// How long emergency access holds, in hours.
    fn emergency_hours(&self, ctx: &Context<'_>) -> Shared<i32> {
        Shared::about_nobody(&Request::of(ctx).ceiling, field::AUTHORITY_EMERGENCY_HOURS, || {
            self.0.emergency_hours
        })
    }

    /// Counts below this are suppressed in statistics.
    fn suppression_threshold(&self, ctx: &Context<'_>) -> Shared<i32> {
        Shared::about_nobody(
            &Request::of(ctx).ceiling,
            field::AUTHORITY_SUPPRESSION_THRESHOLD,
            || self.0.suppression_threshold,
        )
    }
}

/// The agency with that key.
pub(in crate::graphql) fn agency(dossier: &Dossier, key: Option<Uuid>) -> Option<Agency> {
    dossier.agencies.get(key?).cloned().map(Agency)
}

/// Of which kind the agency with that key is, where it is not told which it is.
pub(in crate::graphql) fn agency_kind(dossier: &Dossier, key: Option<Uuid>) -> Option<AgencyKind> {
    codes::parse(&dossier.agencies.get(key?)?.kind)
}
