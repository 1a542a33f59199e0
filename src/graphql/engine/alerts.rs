//! The alerts that an operation raises: that somebody tries values, and each try to open emergency access.

use uuid::Uuid;

use super::parts::Engine;
use crate::{
    clock::day_of,
    graphql::{
        lookups::{Looked, LookupSettings},
        operation::Asked,
    },
    store::{
        Store,
        alerts::AlertRow,
        writing::{Deed, Written},
    },
};

/// What an alert tells.
struct Event {
    kind: &'static str,
    times: i32,
    /// The family that was opened, and by which emergency access.
    opened: Option<(Uuid, Uuid)>,
}

impl Event {
    /// That a try at an emergency came to nothing.
    const IN_VAIN: Self = Self {
        kind: "emergency_in_vain",
        times: 1,
        opened: None,
    };

    /// What is told of what an operation wrote and tried. Where it was not kept nothing was opened.
    fn of_try(written: &Written, kept: bool) -> Option<Self> {
        match (&written.deed, written.family.zip(written.emergency)) {
            (Deed::Emergency, Some(opened)) if kept => Some(Self {
                kind: "emergency_opened",
                times: 1,
                opened: Some(opened),
            }),
            (Deed::Emergency | Deed::Alert, _) => Some(Self::IN_VAIN),
            _ => None,
        }
    }
}

impl Engine {
    /// Tells whoever looks after the agreement of what the trail says already. What fails here is in the log: the answer does not wait for it to go well, since whoever is stopped is
    /// stopped.
    pub(super) async fn raise_alerts(&self, asked: &Asked, looked: &Looked, writes: &[Written], kept: bool) {
        let services = &self.parts.services;
        let looked = looked.by_kind().into_iter().map(|(kind, times)| Event {
            kind,
            times,
            opened: None,
        });
        let tries = writes.iter().filter_map(|written| Event::of_try(written, kept));
        for event in looked.chain(tries) {
            let (row, digest) = alert_of(asked, &services.lookups, &services.store, &event);
            if let Err(error) = services.store.raise_alert(row, digest).await {
                tracing::error!(%error, request_id = %asked.request_id, "alert.not_raised");
            }
        }
    }
}

/// An alert, and the digest that it has in common with those that tell the same: of the same day, or of the same emergency access.
fn alert_of(asked: &Asked, lookups: &LookupSettings, store: &Store, event: &Event) -> (AlertRow, i64) {
    let (caller, at) = (&asked.caller, store.clock().now());
    let party = &caller.principal;
    let row = AlertRow {
        authority_id: caller.authority,
        id: store.ids().uuid(),
        raised_at: at,
        last_at: at,
        request_id: asked.request_id,
        agency_id: party.agency,
        client: caller.client.clone(),
        subject: party.subject.clone(),
        role: party.role.clone(),
        purpose: caller.purpose.clone(),
        kind: event.kind.to_owned(),
        times: event.times,
        family_id: event.opened.map(|(family, _)| family),
    };
    let which = match event.opened {
        Some((_, emergency)) => emergency.to_string(),
        None => day_of(at).to_string(),
    };
    let same_if_same: [&[u8]; 9] = [
        b"alert",
        &row.authority_id.to_be_bytes(),
        row.agency_id.as_bytes(),
        row.client.as_bytes(),
        row.subject.as_bytes(),
        row.role.as_bytes(),
        row.purpose.as_bytes(),
        event.kind.as_bytes(),
        which.as_bytes(),
    ];
    let digest = lookups.digest(&same_if_same);
    (row, digest)
}
