//! One delivery attempt: decides again, records it in the trail, sends, and settles the delivery.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::{
    context::Context,
    retry,
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

/// How long the previous secret is still used in addition to the newest (key rotation).
const ROTATION_OVERLAP: TimeDelta = TimeDelta::hours(24);
/// The retry delay if the trail or the database could not be written or read.
const RETRY_SOON: TimeDelta = TimeDelta::seconds(5);

/// The payload: an id to fetch.
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

/// Makes one attempt of a delivery that is claimed until that time.
pub(super) async fn attempt(
    context: &Context,
    due: Due,
    claimed: &Claimed,
    until: DateTime<Utc>,
) -> Result<(), StoreError> {
    let settled = outcome(context, claimed).await;
    if let Settled::Dead { failure: "gone", .. } = settled {
        context.store.disable_endpoint(due, context.store.clock().now()).await?;
    }
    context.count(&settled);
    let now = context.store.clock().now();
    context.store.settle_delivery(due, until, now, &settled).await
}

async fn outcome(context: &Context, claimed: &Claimed) -> Settled {
    let (delivery, endpoint) = (&claimed.delivery, &claimed.endpoint);
    let now = context.store.clock().now();
    if endpoint.disabled_at.is_some() {
        return dead("disabled");
    }
    let secrets = secrets(context, endpoint, now);
    if secrets.is_empty() {
        // The sealing key has changed since the secret was sealed. A new secret fixes it.
        tracing::error!(endpoint = %endpoint.id, "webhook.secret_unusable");
        return dead("secret");
    }
    let permitted = match permitted(context, claimed).await {
        Ok(Ok(permitted)) => permitted,
        Ok(Err(caller)) => {
            let entry = trail::refused(now, &caller, delivery);
            // Nothing is disclosed, so nothing depends on the entry; but a failed write is retried.
            return match context.trail.append(entry).await {
                Ok(_) => dead("withheld"),
                Err(_) => Settled::Postponed { at: now + RETRY_SOON },
            };
        }
        Err(error) => {
            tracing::warn!(%error, delivery = %delivery.id, "webhook.not_decided");
            return Settled::Postponed { at: now + RETRY_SOON };
        }
    };
    let entry = trail::disclosed(now, &permitted.ceiling, &permitted.told, delivery);
    if let Err(error) = context.trail.append(entry).await {
        tracing::error!(%error, delivery = %delivery.id, "webhook.trail_not_written");
        return Settled::Postponed { at: now + RETRY_SOON };
    }
    let sent = send(context, claimed, &permitted, &secrets).await;
    settle(context, claimed, sent)
}

fn dead(failure: &'static str) -> Settled {
    Settled::Dead { failure, status: None }
}

/// The secrets to sign with now: the newest, and for a day the previous one.
fn secrets(context: &Context, endpoint: &WebhookEndpointRow, now: DateTime<Utc>) -> Vec<Secret> {
    let open = |sealed: &String| context.sealer.open(endpoint.authority_id, endpoint.id, sealed);
    let overlaps = endpoint
        .rotated_at
        .is_some_and(|rotated| now < rotated + ROTATION_OVERLAP);
    let before = endpoint.secret_before.as_ref().filter(|_| overlaps);
    let Some(newest) = open(&endpoint.secret_now) else {
        return Vec::new();
    };
    std::iter::once(newest).chain(before.and_then(open)).collect()
}

/// Decides, on the current data, whether the endpoint's agency may know of the contact or the alert: for the
/// person who added the endpoint, in their role and for their purpose. If not, returns that caller.
async fn permitted(context: &Context, claimed: &Claimed) -> Result<Result<Permitted, Caller>, StoreError> {
    let session = Session::begin(&context.store, claimed.endpoint.authority_id, Mode::Read).await?;
    let read = read(context, &session, claimed).await;
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

/// What is disclosed, and when it happened.
type Disclosure = (Vec<Disclosed>, DateTime<Utc>);

async fn read(
    context: &Context,
    session: &Session,
    claimed: &Claimed,
) -> Result<(Arc<Ceiling>, Option<Disclosure>), StoreError> {
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
    let policies = session.policies(&context.store).await?;
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
            alert.and_then(|(_, alert)| disclosed_alert(&ceiling, &alert))
        }
        _ => None,
    };
    Ok((ceiling, told))
}

/// What a webhook discloses of an alert: that there was one.
fn disclosed_alert(ceiling: &Arc<Ceiling>, alert: &Locked<AlertRow>) -> Option<Disclosure> {
    let grant = Arc::new(Grant::new(Arc::clone(ceiling), NoFamily));
    let alert = grant.visible(field::ALERT_ID, alert)?;
    let raised = alert.release(field::ALERT_RAISED_AT, |alert| alert.raised_at);
    let (at, disclosed) = raised.told().ok()?;
    Some((vec![disclosed.clone()], *at))
}

/// What a webhook discloses to its receiver: that there was a contact, with a family whose Lead Professional
/// is in their agency. `None` if they may not know either, or if it is no longer the case.
fn told(dossier: &Dossier, endpoint: &WebhookEndpointRow, contact: uuid::Uuid) -> Option<Disclosure> {
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

async fn send(context: &Context, claimed: &Claimed, permitted: &Permitted, secrets: &[Secret]) -> Sent {
    let (delivery, endpoint) = (&claimed.delivery, &claimed.endpoint);
    let row = delivery.contact_id.or(delivery.alert_id).unwrap_or_default();
    let id = (context.public_id)(endpoint.authority_id, delivery.family_id, row);
    let event = Event {
        r#type: &delivery.event_type,
        timestamp: permitted.at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
        data: Data { id: &id },
    };
    // The payload has only text fields, so this cannot fail.
    let body = serde_json::to_vec(&event).unwrap_or_default();
    let id = super::message_id(delivery.id);
    let at = context.store.clock().now();
    let signature = sign(secrets, &id, at, &body);
    context
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

fn settle(context: &Context, claimed: &Claimed, sent: Sent) -> Settled {
    let delivery = &claimed.delivery;
    match sent {
        Sent::Accepted(status) => {
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
            retry_after,
        } => {
            let (failure, now) = (why.code(), context.store.clock().now());
            let (attempts, endpoint) = (delivery.attempts, claimed.endpoint.id);
            tracing::info!(delivery = %delivery.id, %endpoint, cause, status, attempts, "webhook.failed");
            let chance = context.store.ids().uuid().as_u128();
            let delay = retry::delay(delivery.attempts, chance, retry_after);
            match delay {
                // An address that is not allowed stays so until somebody changes it.
                Some(delay) if why != Failure::Address || delivery.attempts < 3 => Settled::Retry {
                    at: now + delay,
                    failure,
                    status,
                },
                _ => Settled::Dead { failure, status },
            }
        }
    }
}
