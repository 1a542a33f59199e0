//! `openEmergencyAccess`.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{
    changed,
    checks::Checks,
    frame::{Change, sent},
    idempotency::{Done, Stopped},
    user_error::{UserError, errors},
};
use crate::{
    graphql::{
        api_error::ApiError,
        codes::EmergencyGround,
        context::Request,
        ids::Kind,
        lookups::{Desk, MarkerLookupInput},
        objects::{Family, family},
    },
    records::EmergencyAccessRow,
    sharing::{
        grant::Shared,
        permit::Permit,
        register::{self, FieldId, field},
    },
    store::{
        dossier::Dossier,
        write::Opened,
        writing::{Deed, Written},
    },
};

/// Which family, on what ground and why. Name it by its id, by its reference, or by somebody who belongs to it: by one of the three.
#[derive(InputObject)]
pub struct OpenEmergencyAccessInput {
    /// The family's id. You need not otherwise be able to see the family.
    family_id: Option<ID>,
    /// Or its reference, as it is quoted over the telephone.
    reference: Option<String>,
    /// Or what is known of somebody in it, as for a look-up, with whose questions it is counted. All families of the one person who fits are opened; of who is in
    /// none now, the one that they were in last. Where several people could be meant, none is.
    person: Option<MarkerLookupInput>,
    /// On what ground.
    ground: EmergencyGround,
    /// Why, in 20 to 2000 characters. The Lead Professional and the agreement manager will read it.
    justification: String,
    /// A text of yours, of at most 100 characters: the same request sent again under the same key within seven days changes nothing again.
    idempotency_key: Option<String>,
}

/// What came of opening emergency access.
pub struct OpenEmergencyAccessPayload {
    opened: Vec<Opened>,
    dossiers: Vec<Arc<Dossier>>,
    number_to_ring: Option<String>,
    errors: Vec<UserError>,
}

/// What came of opening emergency access.
#[Object]
impl OpenEmergencyAccessPayload {
    /// When it was opened: before now if you had it open already. Of several families, of the one that was opened first.
    fn opened_at(&self, ctx: &Context<'_>) -> Shared<Option<DateTime<Utc>>> {
        Shared::rows(
            &Request::of(ctx).ceiling,
            field::OPEN_EMERGENCY_ACCESS_PAYLOAD_OPENED_AT,
            || self.opened.iter().map(|opened| opened.opened_at).min(),
        )
    }

    /// Until when it holds; of several families, for all of them.
    fn expires_at(&self, ctx: &Context<'_>) -> Shared<Option<DateTime<Utc>>> {
        Shared::rows(
            &Request::of(ctx).ceiling,
            field::OPEN_EMERGENCY_ACCESS_PAYLOAD_EXPIRES_AT,
            || self.opened.iter().map(|opened| opened.expires_at).min(),
        )
    }

    /// The family, as you may see it now: what clauses with emergency access name, and whatever you could see before. Of several, the one that whom you described
    /// joined last.
    fn family(&self, ctx: &Context<'_>) -> Shared<Option<Family>> {
        Shared::rows(
            &Request::of(ctx).ceiling,
            field::OPEN_EMERGENCY_ACCESS_PAYLOAD_FAMILY,
            || self.dossiers.first().and_then(|dossier| family(ctx, dossier)),
        )
    }

    /// All families that were opened: several where whom you described belongs to several.
    fn families(&self, ctx: &Context<'_>) -> Shared<Vec<Family>> {
        Shared::rows(
            &Request::of(ctx).ceiling,
            field::OPEN_EMERGENCY_ACCESS_PAYLOAD_FAMILIES,
            || {
                self.dossiers
                    .iter()
                    .filter_map(|dossier| family(ctx, dossier))
                    .collect()
            },
        )
    }

    /// Whom to ring about somebody at risk, whose whereabouts no emergency opens and whom nobody finds by describing them; null where the authority has named nobody.
    /// It is the same whether or not a family was opened.
    fn number_to_ring(&self, ctx: &Context<'_>) -> Shared<Option<String>> {
        Shared::rows(
            &Request::of(ctx).ceiling,
            field::OPEN_EMERGENCY_ACCESS_PAYLOAD_NUMBER_TO_RING,
            || self.number_to_ring.clone(),
        )
    }

    /// Why it was not opened; empty when it was.
    fn errors(&self, ctx: &Context<'_>) -> Shared<Vec<UserError>> {
        errors(ctx, field::OPEN_EMERGENCY_ACCESS_PAYLOAD_ERRORS, &self.errors)
    }
}

/// What is to be opened, and where whom it describes is looked up.
pub(super) struct Opening<'a> {
    pub(super) input: OpenEmergencyAccessInput,
    pub(super) desk: &'a Desk,
}

/// A clause that lets the asker do so is all that it needs: whoever meets a family in an emergency need not be able to see anything of it, nor of the catalogues.
impl Change for Opening<'_> {
    sent!(input: OpenEmergencyAccessInput, by family_id);
    type Payload = OpenEmergencyAccessPayload;
    const MUTATION: FieldId = field::MUTATION_OPEN_EMERGENCY_ACCESS;

    async fn change(&self, request: &Request) -> Result<Done, Stopped> {
        change(request, &self.input, self.desk).await
    }

    async fn payload(self, request: &Request, done: Done) -> Result<OpenEmergencyAccessPayload, ApiError> {
        let (mut opened, mut dossiers) = (Vec::new(), Vec::new());
        let barred = request.session.barred_to(request.ceiling.caller()).await?;
        for family in done.families().filter(|family| !barred.contains(family)) {
            let own = request
                .session
                .opened_by(&request.ceiling.caller().principal, family)
                .await?;
            opened.extend(own.into_iter().find(|opened| done.rows.contains(&opened.id)));
            // Decided on what holds now, the access that was opened among it.
            dossiers.extend(changed::dossier(request, family, request.wants).await?);
        }
        Ok(OpenEmergencyAccessPayload {
            opened,
            dossiers,
            number_to_ring: request.session.authority_row().await?.number_to_ring.clone(),
            errors: done.errors,
        })
    }
}

/// How the family is named.
enum Wanted<'a> {
    /// By its id.
    Id(&'a ID),
    /// By its reference.
    Reference(String),
    /// By somebody who belongs to it.
    Person(&'a MarkerLookupInput),
}

/// Which family and why, or all that is wrong with the input.
fn check(input: &OpenEmergencyAccessInput) -> Result<(Wanted<'_>, String), Vec<UserError>> {
    let mut checks = Checks::default();
    let justification = checks.lines("justification", &input.justification, 20, 2000);
    let wanted = match (&input.family_id, &input.reference, &input.person) {
        (Some(id), None, None) => Some(Wanted::Id(id)),
        (None, Some(reference), None) => checks.line("reference", reference, 1, 200).map(Wanted::Reference),
        (None, None, Some(person)) => Some(Wanted::Person(person)),
        _ => {
            checks.refuse(
                "familyId",
                "Name the family by its id, by its reference or by somebody who belongs to it: by one of the three.",
            );
            None
        }
    };
    checks.finish(wanted.zip(justification))
}

async fn change(request: &Request, input: &OpenEmergencyAccessInput, desk: &Desk) -> Result<Done, Stopped> {
    let (wanted, justification) = check(input)?;
    let barred = request.session.barred_to(request.ceiling.caller()).await?;
    let (field, found) = match wanted {
        Wanted::Id(id) => {
            let found = by_id(request, id).await?.filter(|family| !barred.contains(family));
            ("familyId", found.into_iter().collect())
        }
        Wanted::Reference(reference) => {
            let found = request.session.family_of_reference(&reference, &barred).await?;
            ("reference", found.into_iter().collect())
        }
        Wanted::Person(person) => match desk.in_emergency(request, person.clone(), &barred).await? {
            Ok(found) => ("person", found),
            Err(wrong) => {
                let wrong = wrong.into_iter().map(|error| error.within("person"));
                return Ok(Done::all_refused(wrong.collect()));
            }
        },
    };
    if found.is_empty() {
        return Ok(in_vain(request, field));
    }
    let mut opened = Vec::with_capacity(found.len());
    for family in &found {
        opened.push(open(request, input.ground, &justification, *family).await?);
    }
    Ok(Done::changed_in(found, opened))
}

/// Opens one family, unless the caller has it open; the key of what opens it.
async fn open(request: &Request, ground: EmergencyGround, justification: &str, family: Uuid) -> Result<Uuid, ApiError> {
    let principal = &request.ceiling.caller().principal;
    let now = request.session.now();
    let own = request.session.opened_by(principal, family).await?;
    let holds = |opened: &&Opened| opened.closed_at.is_none() && (opened.opened_at..opened.expires_at).contains(&now);
    let permit = Permit::to_open_emergency(&request.ceiling, family, field::EMERGENCY_ACCESS_ID);
    let writing = request.session.write(permit.ok_or(ApiError::Internal)?);
    if let Some(open) = own.iter().find(holds) {
        writing.emergency_is_open(family, open.id)?;
        return Ok(open.id);
    }
    let hours = request.session.authority_row().await?.emergency_hours;
    let row = EmergencyAccessRow {
        authority_id: request.authority(),
        id: request.services.store.ids().uuid(),
        family_id: family,
        agency_id: principal.agency,
        subject: principal.subject.clone(),
        ground,
        justification: justification.to_owned(),
        opened_at: now,
        expires_at: now + TimeDelta::hours(i64::from(hours)),
        closed_at: None,
    };
    let key = row.id;
    writing.open_emergency(row).await?;
    Ok(key)
}

/// The family of that id. An id of another authority, one that is none, and one of something else find as little as one of a family that is not there.
async fn by_id(request: &Request, id: &ID) -> Result<Option<Uuid>, ApiError> {
    let key = request.key(id).ok().filter(|key| key.kind == Kind::Family);
    Ok(match key {
        Some(key) if request.session.has_family(key.row).await? => Some(key.row),
        _ => None,
    })
}

/// The answer where there is no such family. That there is none is told to whoever may open emergency access, so each such try is an alert: somebody who tries
/// one reference after the other is seen.
fn in_vain(request: &Request, field: &str) -> Done {
    tracing::warn!("emergency.not_found");
    request.session.tried(Written {
        family: None,
        person: None,
        categories: register::get(field::EMERGENCY_ACCESS_ID).categories,
        clauses: request.ceiling.emergency_clauses(),
        emergency: None,
        deed: Deed::Alert,
    });
    Done::refused(UserError::not_found(field))
}
