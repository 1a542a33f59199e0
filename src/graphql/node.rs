//! `node` and `nodes`: any row by its id, read and decided like every other.

use std::{collections::BTreeSet, sync::Arc};

use async_graphql::{Context, ID, Interface};
use uuid::Uuid;

use super::{
    api_error::ApiError,
    context::Request,
    ids::{Key, Kind},
    objects::{
        Action, Address, Agency, Agreement, Assessment, Consent, Contact, CriteriaMatch, DistanceScore,
        EmergencyAccess, Entry, Family, Goal, Involvement, LocalIdentifier, Marker, MarkerPlacement, Member, Outcome,
        Plan, ProgressValue, StatutoryStatus, visible,
    },
    wants,
};
use crate::store::{
    dossier::{Dossier, Wants},
    reach::FamilySet,
};

/// Anything that has an id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Opaque identifier."))]
pub enum Node {
    Family(Family),
    Member(Member),
    Address(Address),
    StatutoryStatus(StatutoryStatus),
    LocalIdentifier(LocalIdentifier),
    Involvement(Involvement),
    CriteriaMatch(CriteriaMatch),
    Assessment(Assessment),
    DistanceScore(DistanceScore),
    Plan(Plan),
    Goal(Goal),
    Action(Action),
    Outcome(Outcome),
    ProgressValue(ProgressValue),
    Consent(Consent),
    Marker(Marker),
    MarkerPlacement(MarkerPlacement),
    EmergencyAccess(EmergencyAccess),
    Contact(Contact),
    Agency(Agency),
    Agreement(Agreement),
}

/// The rows with these ids, in their order; none for what is not there or not for the asker.
pub async fn nodes(ctx: &Context<'_>, ids: &[ID]) -> Result<Vec<Option<Node>>, ApiError> {
    let request = Request::of(ctx);
    let keys: Vec<Key> = ids.iter().map(|id| request.key(id)).collect::<Result<_, _>>()?;
    let families: BTreeSet<Uuid> = keys
        .iter()
        .map(|key| key.family)
        .filter(|family| !family.is_nil())
        .collect();
    let wanted = keys
        .iter()
        .fold(request.wants, |wants: Wants, key| wants.and(wants::table_of(key.kind)));
    let families = FamilySet::Keys(families.into_iter().collect());
    let dossiers = request.session.dossiers(&request.ceiling, &families, wanted).await?;
    let mut found = Vec::with_capacity(keys.len());
    for key in keys {
        let dossier = dossiers.iter().find(|dossier| dossier.key() == key.family);
        found.push(match (key.kind, dossier) {
            (Kind::Agency, _) => request
                .session
                .agencies()
                .await?
                .get(key.row)
                .cloned()
                .map(|row| Node::Agency(Agency(row))),
            (Kind::Agreement, _) => super::reads::agreement_by_key(request, key.row)
                .await?
                .map(Node::Agreement),
            (kind, Some(dossier)) => in_dossier(ctx, dossier, kind, key.row),
            (_, None) => None,
        });
    }
    Ok(found)
}

fn in_dossier(ctx: &Context<'_>, dossier: &Arc<Dossier>, kind: Kind, key: Uuid) -> Option<Node> {
    match kind {
        Kind::Family => super::objects::family(ctx, dossier)
            .filter(|family| family.key() == key)
            .map(Node::Family),
        Kind::Member => one(ctx, dossier, key).map(Node::Member),
        Kind::Address => one(ctx, dossier, key).map(Node::Address),
        Kind::StatutoryStatus => one(ctx, dossier, key).map(Node::StatutoryStatus),
        Kind::LocalIdentifier => one(ctx, dossier, key).map(Node::LocalIdentifier),
        Kind::Involvement => one(ctx, dossier, key).map(Node::Involvement),
        Kind::CriteriaMatch => one(ctx, dossier, key).map(Node::CriteriaMatch),
        Kind::Assessment => one(ctx, dossier, key).map(Node::Assessment),
        Kind::DistanceScore => one(ctx, dossier, key).map(Node::DistanceScore),
        Kind::Plan => one(ctx, dossier, key).map(Node::Plan),
        Kind::Goal => one(ctx, dossier, key).map(Node::Goal),
        Kind::Action => one(ctx, dossier, key).map(Node::Action),
        Kind::Outcome => one(ctx, dossier, key).map(Node::Outcome),
        Kind::ProgressValue => one(ctx, dossier, key).map(Node::ProgressValue),
        Kind::Consent => one(ctx, dossier, key).map(Node::Consent),
        Kind::Marker => Some(dossier)
            .filter(|dossier| dossier.key() == key)
            .and_then(|dossier| Marker::of(ctx, dossier))
            .map(Node::Marker),
        Kind::MarkerPlacement => one(ctx, dossier, key).map(Node::MarkerPlacement),
        Kind::EmergencyAccess => one(ctx, dossier, key).map(Node::EmergencyAccess),
        Kind::Contact => one(ctx, dossier, key).map(Node::Contact),
        Kind::Agency | Kind::Agreement | Kind::WebhookEndpoint | Kind::WebhookDelivery | Kind::Alert => None,
    }
}

/// The row of one family with that key, if it exists for the asker.
pub(super) fn one<E: Entry>(ctx: &Context<'_>, dossier: &Arc<Dossier>, key: Uuid) -> Option<E> {
    let row: E = visible(dossier).find(|row: &E| row.key() == key)?;
    Request::of(ctx).disclose(&row.row().existence());
    Some(row)
}
