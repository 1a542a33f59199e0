//! `Family` and its Lead Professional.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::NaiveDate;

use super::{
    About, Address, Agency, Assessment, Consent, Contact, CriteriaMatch, DisclosureConnection, EmergencyAccess, Entry,
    Involvement, MarkerPlacement, Member, Outcome as OutcomeObject, Plan, ProgressValue, TafMeeting, agency::agency,
    disclosures, rows,
};
use crate::{
    graphql::{
        codes::{NeedLevel, Route},
        context::Request,
        ids::Kind,
        shared::Outcome,
    },
    records::LeadProfessionalRow,
    sharing::{
        grant::{Shared, Visible},
        register::{FieldId, field},
    },
    store::dossier::{Dossier, FamilyRecord},
};

/// A family.
#[derive(Clone)]
pub struct Family {
    pub(in crate::graphql) dossier: Arc<Dossier>,
    pub(in crate::graphql) row: Visible<FamilyRecord>,
}

impl Family {
    /// The family of a dossier, if it exists for the asker. It discloses nothing yet.
    pub(in crate::graphql) fn of(dossier: &Arc<Dossier>) -> Option<Self> {
        let row = dossier.grant.visible(Self::EXISTENCE, &dossier.family)?;
        Some(Self {
            dossier: Arc::clone(dossier),
            row,
        })
    }

    /// All its rows of a type, of those that exist for the asker.
    fn all<E: Entry>(&self, ctx: &Context<'_>, shown: FieldId) -> Shared<Vec<E>> {
        self.row.release_rows(shown, || rows(ctx, &self.dossier, |_: &E| true))
    }
}

impl Entry for Family {
    type Row = FamilyRecord;
    const EXISTENCE: FieldId = field::FAMILY_ID;

    fn new(dossier: Arc<Dossier>, row: Visible<FamilyRecord>) -> Self {
        Self { dossier, row }
    }

    fn row(&self) -> &Visible<FamilyRecord> {
        &self.row
    }

    fn key(&self) -> uuid::Uuid {
        self.dossier.key()
    }
}

/// A family: its members, and everything the partnership knows and does together.
#[Object]
impl Family {
    /// Opaque identifier.
    pub(in crate::graphql) async fn id(&self, ctx: &Context<'_>) -> ID {
        Request::of(ctx).id(Kind::Family, self.key(), self.key())
    }

    /// A reference people can read over the telephone.
    fn reference(&self) -> Shared<String> {
        self.row
            .release(field::FAMILY_REFERENCE, |record| record.row.reference.clone())
    }

    /// District in which the family lives.
    fn district(&self) -> Shared<Option<String>> {
        self.row
            .release(field::FAMILY_DISTRICT, |record| record.row.district.clone())
    }

    /// Ward in which the family lives.
    fn ward(&self) -> Shared<Option<String>> {
        self.row.release(field::FAMILY_WARD, |record| record.row.ward.clone())
    }

    /// Locality in which the family lives.
    fn locality(&self) -> Shared<Option<String>> {
        self.row
            .release(field::FAMILY_LOCALITY, |record| record.row.locality.clone())
    }

    /// Children's centre reach area in which the family lives.
    fn reach_area(&self) -> Shared<Option<String>> {
        self.row
            .release(field::FAMILY_REACH_AREA, |record| record.row.reach_area.clone())
    }

    /// Level of need set at the checkpoint.
    fn need_level(&self) -> Shared<Option<NeedLevel>> {
        self.row
            .release(field::FAMILY_NEED_LEVEL, |record| record.row.need_level)
    }

    /// How the family came in.
    fn route(&self) -> Shared<Route> {
        self.row.release(field::FAMILY_ROUTE, |record| record.row.route)
    }

    /// Whether the family is on the cohort today: the marker.
    fn on_cohort(&self) -> Shared<bool> {
        self.row.release(field::FAMILY_ON_COHORT, |record| record.on_cohort)
    }

    /// The day it was attached to the cohort.
    fn attached_on(&self) -> Shared<Option<NaiveDate>> {
        self.row
            .release(field::FAMILY_ATTACHED_ON, |record| record.row.attached_on)
    }

    /// The day the work with it was closed.
    fn closed_on(&self) -> Shared<Option<NaiveDate>> {
        self.row.release(field::FAMILY_CLOSED_ON, |record| record.row.closed_on)
    }

    /// Who leads the work with the family today, and how to reach them.
    fn lead_professional(&self) -> Shared<Option<LeadProfessional>> {
        self.row.release(field::FAMILY_LEAD_PROFESSIONAL, |record| {
            record
                .lead
                .as_ref()
                .map(|lead| LeadProfessional::new(&self.row, &self.dossier, lead))
        })
    }

    /// Whether there is a plan that is not closed.
    fn has_plan(&self) -> Shared<bool> {
        self.row.release(field::FAMILY_HAS_PLAN, |record| record.has_plan)
    }

    /// Everyone who led the work with the family, newest first.
    fn lead_professional_history(&self) -> Shared<Vec<LeadProfessional>> {
        self.row.release(field::FAMILY_LEAD_PROFESSIONAL_HISTORY, |record| {
            record
                .leads
                .iter()
                .map(|lead| LeadProfessional::new(&self.row, &self.dossier, lead))
                .collect()
        })
    }

    /// The members, by first day.
    fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Whether to show those who have left, or are yet to come, as well: what they are in the family, since when and until when, and nothing else of them.",
            default = false
        )]
        include_former: bool,
    ) -> Shared<Vec<Member>> {
        self.row.release_rows(field::FAMILY_MEMBERS, || {
            rows(ctx, &self.dossier, |member: &Member| {
                member.in_family() || include_former
            })
        })
    }

    /// How many members it has today, of those that you may see.
    fn member_count(&self, ctx: &Context<'_>) -> Shared<usize> {
        self.row.release_rows(field::FAMILY_MEMBER_COUNT, || {
            rows(ctx, &self.dossier, Member::in_family).len()
        })
    }

    /// Where it lives or lived, newest first.
    fn addresses(&self, ctx: &Context<'_>) -> Shared<Vec<Address>> {
        self.all(ctx, field::FAMILY_ADDRESSES)
    }

    /// The agencies that work or worked with it, newest first.
    fn involvements(&self, ctx: &Context<'_>) -> Shared<Vec<Involvement>> {
        self.all(ctx, field::FAMILY_INVOLVEMENTS)
    }

    /// The meetings of the team around it, newest first.
    fn meetings(&self, ctx: &Context<'_>) -> Shared<Vec<TafMeeting>> {
        self.all(ctx, field::FAMILY_MEETINGS)
    }

    /// The criteria it meets, newest evidence first.
    fn criteria_matches(&self, ctx: &Context<'_>) -> Shared<Vec<CriteriaMatch>> {
        self.all(ctx, field::FAMILY_CRITERIA_MATCHES)
    }

    /// Its assessments, newest first.
    fn assessments(&self, ctx: &Context<'_>) -> Shared<Vec<Assessment>> {
        self.all(ctx, field::FAMILY_ASSESSMENTS)
    }

    /// Its plans, newest first.
    fn plans(&self, ctx: &Context<'_>) -> Shared<Vec<Plan>> {
        self.all(ctx, field::FAMILY_PLANS)
    }

    /// The indicators it agreed to.
    fn outcomes(&self, ctx: &Context<'_>) -> Shared<Vec<OutcomeObject>> {
        self.all(ctx, field::FAMILY_OUTCOMES)
    }

    /// Its Family Progress Data.
    fn family_progress(&self, ctx: &Context<'_>) -> Shared<Vec<ProgressValue>> {
        self.all(ctx, field::FAMILY_FAMILY_PROGRESS)
    }

    /// Its members' decisions about consent, newest first.
    fn consents(&self, ctx: &Context<'_>) -> Shared<Vec<Consent>> {
        self.all(ctx, field::FAMILY_CONSENTS)
    }

    /// Markers in partners' own systems, newest first.
    fn marker_placements(&self, ctx: &Context<'_>) -> Shared<Vec<MarkerPlacement>> {
        self.all(ctx, field::FAMILY_MARKER_PLACEMENTS)
    }

    /// Contacts that partners reported with the family, newest first.
    fn contacts(&self, ctx: &Context<'_>) -> Shared<Vec<Contact>> {
        self.all(ctx, field::FAMILY_CONTACTS)
    }

    /// Emergency access to it, newest first.
    fn emergency_accesses(&self, ctx: &Context<'_>) -> Shared<Vec<EmergencyAccess>> {
        self.all(ctx, field::FAMILY_EMERGENCY_ACCESSES)
    }

    /// Its plan that is not closed.
    fn plan(&self, ctx: &Context<'_>) -> Shared<Option<Plan>> {
        self.row.release_rows(field::FAMILY_PLAN, || {
            rows(ctx, &self.dossier, Plan::is_open).into_iter().next()
        })
    }

    /// Who saw, changed or was refused what of this family, newest first.
    async fn disclosures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, from 1 to 100; 20 when it is not said.")] first: Option<i32>,
        #[graphql(desc = "Continue after this cursor.")] after: Option<String>,
    ) -> Outcome<DisclosureConnection> {
        disclosures(
            ctx,
            field::FAMILY_DISCLOSURES,
            &self.dossier,
            About::Family,
            first,
            after,
        )
        .await
        .into()
    }
}

/// Who leads or led the work with a family.
#[derive(Clone)]
pub struct LeadProfessional {
    row: Visible<FamilyRecord>,
    lead: LeadProfessionalRow,
    agency: Option<Agency>,
}

impl LeadProfessional {
    pub(super) fn new(row: &Visible<FamilyRecord>, dossier: &Dossier, lead: &LeadProfessionalRow) -> Self {
        Self {
            row: row.clone(),
            lead: lead.clone(),
            agency: agency(dossier, Some(lead.agency_id)),
        }
    }
}

/// The one professional who co-ordinates the work with a family.
#[Object]
impl LeadProfessional {
    /// Their name.
    fn name(&self) -> Shared<String> {
        self.row
            .release(field::LEAD_PROFESSIONAL_NAME, |_| self.lead.name.clone())
    }

    /// Their work telephone.
    fn phone(&self) -> Shared<Option<String>> {
        self.row
            .release(field::LEAD_PROFESSIONAL_PHONE, |_| self.lead.phone.clone())
    }

    /// Their work e-mail.
    fn email(&self) -> Shared<Option<String>> {
        self.row
            .release(field::LEAD_PROFESSIONAL_EMAIL, |_| self.lead.email.clone())
    }

    /// Their team.
    fn team(&self) -> Shared<Option<String>> {
        self.row
            .release(field::LEAD_PROFESSIONAL_TEAM, |_| self.lead.team.clone())
    }

    /// Their agency.
    fn agency(&self) -> Shared<Option<Agency>> {
        self.row
            .release(field::LEAD_PROFESSIONAL_AGENCY, |_| self.agency.clone())
    }

    /// Since when they lead.
    fn since(&self) -> Shared<NaiveDate> {
        self.row
            .release(field::LEAD_PROFESSIONAL_SINCE, |_| self.lead.valid_from)
    }

    /// When they ceased to lead.
    fn until(&self) -> Shared<Option<NaiveDate>> {
        self.row
            .release(field::LEAD_PROFESSIONAL_UNTIL, |_| self.lead.valid_until)
    }
}

/// The family itself, if it exists for the asker.
pub(in crate::graphql) fn family(ctx: &Context<'_>, dossier: &Arc<Dossier>) -> Option<Family> {
    let family = Family::of(dossier)?;
    Request::of(ctx).disclose(&family.row().existence());
    Some(family)
}
