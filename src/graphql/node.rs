//! `node` and `nodes`: any row by its id, read and decided like every other.

use std::{collections::BTreeSet, sync::Arc};

use async_graphql::{Context, ID, Interface};
use uuid::Uuid;

use super::{
    agreements,
    api_error::ApiError,
    context::Request,
    ids::{Key, Kind},
    objects::{
        AccessCheck, Action, Address, Agency, Agreement, Assessment, Consent, Contact, CriteriaMatch, DistanceScore,
        EmergencyAccess, Entry, Family, Goal, Involvement, LocalIdentifier, Marker, MarkerPlacement, Member, Outcome,
        Plan, PlanHistory, ProgressValue, StatutoryStatus, TafAttendance, TafMeeting, WithoutGoal, visible,
    },
    wants,
};
use crate::{
    sharing::grant::Disclosed,
    store::{
        dossier::{Dossier, Wants},
        reach::FamilySet,
    },
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
    TafMeeting(TafMeeting),
    TafAttendance(TafAttendance),
    WithoutGoal(WithoutGoal),
    PlanHistory(PlanHistory),
    AccessCheck(AccessCheck),
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
        .fold(request.wants, |wants: Wants, key| wants.with(wants::table_of(key.kind)));
    let families = FamilySet::Keys(families.into_iter().collect());
    let holds = |dossier: &Arc<Dossier>| {
        let mut of_family = keys.iter().filter(|key| key.family == dossier.key());
        of_family.all(|key| in_dossier(dossier, key.kind, key.row).is_some())
    };
    let dossiers = request.named(&families, wanted, &holds).await?;
    let mut found = Vec::with_capacity(keys.len());
    for key in &keys {
        let dossier = dossiers.iter().find(|dossier| dossier.key() == key.family);
        found.push(match (key.kind, dossier) {
            (Kind::Agency, _) => request.loaders.agency(key.row).await?.map(Agency).map(Node::Agency),
            (Kind::Agreement, _) => agreements::by_key(request, key.row).map(Node::Agreement),
            (kind, Some(dossier)) => in_dossier(dossier, kind, key.row).map(|(node, disclosed)| {
                request.disclose(&disclosed);
                node
            }),
            (_, None) => None,
        });
    }
    Ok(found)
}

/// A row of one family, if it exists for the asker, and what it discloses that it does. It discloses nothing yet.
fn in_dossier(dossier: &Arc<Dossier>, kind: Kind, key: Uuid) -> Option<(Node, Disclosed)> {
    fn of<E: Entry>(dossier: &Arc<Dossier>, key: Uuid, node: fn(E) -> Node) -> Option<(Node, Disclosed)> {
        let row: E = row(dossier, key)?;
        let disclosed = row.row().existence();
        Some((node(row), disclosed))
    }
    match kind {
        Kind::Family => Family::of(dossier).filter(|family| family.key() == key).map(|family| {
            let disclosed = family.row().existence();
            (Node::Family(family), disclosed)
        }),
        Kind::Member => of(dossier, key, Node::Member),
        Kind::Address => of(dossier, key, Node::Address),
        Kind::StatutoryStatus => of(dossier, key, Node::StatutoryStatus),
        Kind::LocalIdentifier => of(dossier, key, Node::LocalIdentifier),
        Kind::Involvement => of(dossier, key, Node::Involvement),
        Kind::CriteriaMatch => of(dossier, key, Node::CriteriaMatch),
        Kind::Assessment => of(dossier, key, Node::Assessment),
        Kind::DistanceScore => of(dossier, key, Node::DistanceScore),
        Kind::Plan => of(dossier, key, Node::Plan),
        Kind::Goal => of(dossier, key, Node::Goal),
        Kind::Action => of(dossier, key, Node::Action),
        Kind::Outcome => of(dossier, key, Node::Outcome),
        Kind::ProgressValue => of(dossier, key, Node::ProgressValue),
        Kind::Consent => of(dossier, key, Node::Consent),
        Kind::Marker => Marker::seen(dossier).filter(|_| dossier.key() == key).map(|marker| {
            let disclosed = marker.row().existence();
            (Node::Marker(marker), disclosed)
        }),
        Kind::MarkerPlacement => of(dossier, key, Node::MarkerPlacement),
        Kind::EmergencyAccess => of(dossier, key, Node::EmergencyAccess),
        Kind::Contact => of(dossier, key, Node::Contact),
        Kind::TafMeeting => of(dossier, key, Node::TafMeeting),
        Kind::TafAttendance => of(dossier, key, Node::TafAttendance),
        Kind::WithoutGoal => of(dossier, key, Node::WithoutGoal),
        Kind::PlanHistory => of(dossier, key, Node::PlanHistory),
        Kind::AccessCheck => of(dossier, key, Node::AccessCheck),
        Kind::Agency | Kind::Agreement | Kind::WebhookEndpoint | Kind::WebhookDelivery | Kind::Alert => None,
    }
}

/// The row of one family with that key, if it exists for the asker. It discloses nothing yet.
pub(super) fn row<E: Entry>(dossier: &Arc<Dossier>, key: Uuid) -> Option<E> {
    visible(dossier).find(|row: &E| row.key() == key)
}
