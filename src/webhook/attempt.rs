//! One attempt: decide anew, write it to the trail, send, settle.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::{
    parts::Parts,
    schedule,
    sender::{Failure, Message, Sent},
    signature::{Secret, sign},
    trail,
};
use crate::{
    records::Table,
    sharing::{
        caller::{Caller, Party},
        ceiling::Ceiling,
        grant::{Disclosed, Grant, NoFamily},
        register::field,
    },
    store::{
        alerts::AlertRow,
        dossier::{Dossier, Locked, Wants},
        outbox::{Claimed, Due, Settled},
        reach::FamilySet,
        rows::WebhookEndpointRow,
        session::{Mode, Session, StoreError},
    },
};

/// How long the secret before the newest one is used beside it.
const OVERLAP: TimeDelta = TimeDelta::hours(24);
/// After so long it is tried again where the trail or the database could not be written or read.
const SOON: TimeDelta = TimeDelta::seconds(5);

/// What is sent: an id to fetch.
#[derive(Serialize)]
struct Event<'a> {
    r#type: &'a str,
    timestamp: String,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    id: &'a str,
}

/// What may be sent now.
struct Permitted {
    ceiling: Ceiling,
    told: Vec<Disclosed>,
    /// When it happened.
    at: DateTime<Utc>,
}

/// Makes one attempt of a delivery in hand until that moment.
pub(super) async fn attempt(
    parts: &Parts,
    due: Due,
    claimed: &Claimed,
    until: DateTime<Utc>,
) -> Result<(), StoreError> {
    let settled = outcome(parts, claimed).await;
    if let Settled::Dead { failure: "gone", .. } = settled {
        parts.store.disable_endpoint(due, parts.store.clock().now()).await?;
    }
    parts.count(&settled);
    let now = parts.store.clock().now();
    parts.store.settle_delivery(due, until, now, &settled).await
}

async fn outcome(parts: &Parts, claimed: &Claimed) -> Settled {
    let (delivery, endpoint) = (&claimed.delivery, &claimed.endpoint);
    let now = parts.store.clock().now();
    if endpoint.disabled_at.is_some() {
        return dead("disabled");
    }
    let secrets = secrets(parts, endpoint, now);
    if secrets.is_empty() {
        // The key is another one than when it was sealed. A new secret puts it right.
        tracing::error!(endpoint = %endpoint.id, "webhook.secret_unusable");
        return dead("secret");
    }
    let permitted = match permitted(parts, claimed).await {
        Ok(Ok(permitted)) => permitted,
        Ok(Err(caller)) => {
            let entry = trail::refused(now, &caller, delivery);
            // Nothing is disclosed, so nothing hangs on the entry; but what could not be written is tried again.
            return match parts.trail.append(entry).await {
                Ok(_) => dead("withheld"),
                Err(_) => Settled::NotTried { at: now + SOON },
            };
        }
        Err(error) => {
            tracing::warn!(%error, delivery = %delivery.id, "webhook.not_decided");
            return Settled::NotTried { at: now + SOON };
        }
    };
    let entry = trail::disclosed(now, &permitted.ceiling, &permitted.told, delivery);
    if let Err(error) = parts.trail.append(entry).await {
        tracing::error!(%error, delivery = %delivery.id, "webhook.trail_not_written");
        return Settled::NotTried { at: now + SOON };
    }
    let sent = send(parts, claimed, &permitted, &secrets).await;
    settle(parts, claimed, sent)
}

fn dead(failure: &'static str) -> Settled {
    Settled::Dead { failure, status: None }
}

/// The secrets that a webhook is signed with now: the newest, and for a day the one before it.
fn secrets(parts: &Parts, endpoint: &WebhookEndpointRow, now: DateTime<Utc>) -> Vec<Secret> {
    let open = |sealed: &String| parts.sealer.open(endpoint.authority_id, endpoint.id, sealed);
    let overlaps = endpoint.rotated_at.is_some_and(|rotated| now < rotated + OVERLAP);
    let before = endpoint.secret_before.as_ref().filter(|_| overlaps);
    let Some(newest) = open(&endpoint.secret_now) else {
        return Vec::new();
    };
    std::iter::once(newest).chain(before.and_then(open)).collect()
}

/// Decides, on what holds now, whether the endpoint's agency may know of the contact or the alert: as who added the endpoint, in its role and for its
/// purpose. Otherwise gives who that is.
async fn permitted(parts: &Parts, claimed: &Claimed) -> Result<Result<Permitted, Caller>, StoreError> {
    let session = Session::begin(&parts.store, claimed.endpoint.authority_id, Mode::Read).await?;
    let read = read(parts, &session, claimed).await;
    // Nothing was changed, so nothing is lost if ending the transaction fails.
    let _ = session.end().await;
    let (ceiling, told) = read?;
    Ok(match told {
        Some((told, at)) => Ok(Permitted {
            ceiling: Arc::unwrap_or_clone(ceiling),
            told,
            at,
        }),
        None => Err(ceiling.caller().as_ref().clone()),
    })
}

/// What is told, and when it happened.
type Told = (Vec<Disclosed>, DateTime<Utc>);

async fn read(parts: &Parts, session: &Session, claimed: &Claimed) -> Result<(Arc<Ceiling>, Option<Told>), StoreError> {
    let (delivery, endpoint) = (&claimed.delivery, &claimed.endpoint);
    let agency = session.agencies().await?.get(endpoint.agency_id).cloned();
    let agency = agency.ok_or_else(|| StoreError::Corrupt("an endpoint's agency is not there".to_owned()))?;
    let caller = Caller {
        authority: endpoint.authority_id,
        authority_code: session.authority_row().await?.code.clone(),
        principal: Party {
            agency: agency.id,
            agency_code: agency.code.clone(),
            agency_kind: agency.kind.clone(),
            role: endpoint.role.clone(),
            subject: endpoint.subject.clone(),
        },
        portal: None,
        client: endpoint.client.clone(),
        purpose: endpoint.purpose.clone(),
        purposes: vec![endpoint.purpose.clone()],
    };
    let policies = session.policies(&parts.store).await?;
    let ceiling = Arc::new(Ceiling::of(&policies.policy, Arc::new(caller), session.today()));
    let told = match (delivery.family_id, delivery.contact_id, delivery.alert_id) {
        (Some(family), Some(contact), _) => {
            let wants = Wants::of(&[Table::Contact]);
            let families = FamilySet::Keys(vec![family]);
            let dossier = session.dossiers(&ceiling, &families, wants).await?.into_iter().next();
            dossier.and_then(|dossier| told(&dossier, endpoint, contact))
        }
        (_, _, Some(alert)) => {
            let alert = session.alerts_among([alert]).await?.pop();
            alert.and_then(|(_, alert)| told_of_alert(&ceiling, &alert))
        }
        _ => None,
    };
    Ok((ceiling, told))
}

/// What a webhook tells of an alert: that there was one.
fn told_of_alert(ceiling: &Arc<Ceiling>, alert: &Locked<AlertRow>) -> Option<Told> {
    let grant = Arc::new(Grant::new(Arc::clone(ceiling), NoFamily));
    let alert = grant.visible(field::ALERT_ID, alert)?;
    let raised = alert.release(field::ALERT_RAISED_AT, |alert| alert.raised_at);
    let (at, disclosed) = raised.told().ok()?;
    Some((vec![disclosed.clone()], *at))
}

/// What a webhook tells its receiver: that there was a contact, with a family whose Lead Professional is in their agency. None if they may
/// not know either, or if it is not so any more.
fn told(dossier: &Dossier, endpoint: &WebhookEndpointRow, contact: uuid::Uuid) -> Option<Told> {
    let family = dossier.grant.visible(field::FAMILY_ID, &dossier.family)?;
    let leads = family.release(field::FAMILY_LEAD_PROFESSIONAL, |record| {
        record
            .lead
            .as_ref()
            .is_some_and(|lead| lead.agency_id == endpoint.agency_id)
    });
    let (leads, of_lead) = leads.told().ok()?;
    if !leads {
        return None;
    }
    let contacts = dossier.tables.contacts.iter();
    let found = contacts
        .filter_map(|row| dossier.grant.visible(field::CONTACT_ID, row))
        .find(|row| row.key() == contact)?;
    let reported = found.release(field::CONTACT_RECORDED_AT, |row| row.recorded_at);
    let (reported_at, of_contact) = reported.told().ok()?;
    Some((
        vec![of_lead.clone(), found.existence(), of_contact.clone()],
        *reported_at,
    ))
}

async fn send(parts: &Parts, claimed: &Claimed, permitted: &Permitted, secrets: &[Secret]) -> Sent {
    let (delivery, endpoint) = (&claimed.delivery, &claimed.endpoint);
    let row = delivery.contact_id.or(delivery.alert_id).unwrap_or_default();
    let id = (parts.public_id)(endpoint.authority_id, delivery.family_id, row);
    let event = Event {
        r#type: &delivery.event_type,
        timestamp: permitted.at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
        data: Data { id: &id },
    };
    // Texts alone: this cannot fail.
    let body = serde_json::to_vec(&event).unwrap_or_default();
    let id = super::message_id(delivery.id);
    let at = parts.store.clock().now();
    let signature = sign(secrets, &id, at, &body);
    parts
        .sender
        .send(Message {
            url: &endpoint.url,
            id: &id,
            at,
            signature: &signature,
            body,
        })
        .await
}

fn settle(parts: &Parts, claimed: &Claimed, sent: Sent) -> Settled {
    let delivery = &claimed.delivery;
    match sent {
        Sent::Taken(status) => {
            tracing::debug!(delivery = %delivery.id, status, "webhook.delivered");
            Settled::Delivered { status }
        }
        Sent::Gone => Settled::Dead {
            failure: "gone",
            status: Some(410),
        },
        Sent::Failed {
            why,
            cause,
            status,
            again_after,
        } => {
            let (failure, now) = (why.code(), parts.store.clock().now());
            let (attempts, endpoint) = (delivery.attempts, claimed.endpoint.id);
            tracing::info!(delivery = %delivery.id, %endpoint, cause, status, attempts, "webhook.failed");
            let chance = parts.store.ids().uuid().as_u128();
            let delay = schedule::delay(delivery.attempts, chance, again_after);
            match delay {
                // An address that is not permitted stays so until somebody changes it.
                Some(delay) if why != Failure::Address || delivery.attempts < 3 => Settled::Again {
                    at: now + delay,
                    failure,
                    status,
                },
                _ => Settled::Dead { failure, status },
            }
        }
    }
}
