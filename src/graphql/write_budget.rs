//! How many changes a client may make: in all, and of one family. Counted by what the asker names, before anything is looked for, so that a refusal says
//! nothing of what is there.

use std::sync::{Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use super::{
    api_error::ApiError,
    context::Request,
    counting::{Digests, Window},
};
use crate::{
    error::Retry,
    store::{budget::Admission, write::budget::Count},
};

/// Counted for the person who makes it, and for nothing else.
const EMERGENCY: &[u8] = b"openEmergencyAccess";
/// What only takes away: counted for the person who makes it, and not with what their colleagues change. A no must be heard.
const TAKE_AWAY: [&[u8]; 3] = [b"withdrawConsent", b"endInvolvement", b"recordMarkerRemoved"];

/// How many changes may be made. Processes that share a database must have the same.
#[derive(Clone, Debug)]
pub struct WriteSettings {
    /// How long the period is for which these hold, in seconds.
    pub period: i64,
    /// How many changes a client may make; of those that only take away, how many a person may make by it.
    pub per_client: i32,
    /// How many changes all clients of an agency together may make of one family.
    pub per_family: i32,
    /// How many changes of one kind a client may make of one family; of those that are of no family, how many of a kind; of those that only take away, how many a
    /// person may make by it.
    pub per_family_and_kind: i32,
    digests: Digests,
}

impl WriteSettings {
    /// The usual settings, with the key that families are digested with.
    pub fn new(key: &[u8; 32]) -> Self {
        Self {
            period: 3600,
            per_client: 5000,
            per_family: 300,
            per_family_and_kind: 60,
            digests: Digests::new(key),
        }
    }
}

/// The changes of an operation that were counted. What is made again, because another change came first, is not counted again.
#[derive(Debug, Default)]
pub struct Admitted(Mutex<Counted>);

#[derive(Debug, Default)]
struct Counted {
    now: Vec<Vec<Count>>,
    before: Vec<Vec<Count>>,
}

impl Admitted {
    /// The operation is made again, from its beginning.
    pub fn again(&self) {
        let mut counted = self.counted();
        let now = std::mem::take(&mut counted.now);
        counted.before.extend(now);
    }

    /// Whether such a change was counted when the operation was made before, once for each time.
    fn before(&self, counts: &[Count]) -> bool {
        let mut counted = self.counted();
        let found = counted.before.iter().position(|before| before == counts);
        if let Some(place) = found {
            let known = counted.before.swap_remove(place);
            counted.now.push(known);
        }
        found.is_some()
    }

    fn note(&self, counts: Vec<Count>) {
        self.counted().now.push(counts);
    }

    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts a change of that kind, of whatever the id names. An id that is none of ours names nothing; the change itself says so.
pub(super) async fn admit(request: &Request, kind: &str, named: Option<&str>) -> Result<(), ApiError> {
    let settings = &request.services.writes;
    let caller = request.ceiling.caller();
    let (authority, agency, client) = caller.program();
    let key = named.and_then(|id| request.codec().key(authority, id));
    let family = key.map_or(Uuid::nil(), |key| key.family);
    let count = |parts: &[&[u8]], allowed| {
        let own = authority.to_be_bytes();
        let parts: Vec<&[u8]> = std::iter::once(own.as_slice()).chain(parts.iter().copied()).collect();
        let holder = settings.digests.of(&parts);
        Count { holder, allowed }
    };
    let (agency, client) = (agency.as_bytes().as_slice(), client.as_bytes());
    let (about, kind) = (family.as_bytes().as_slice(), kind.as_bytes());
    // With a portal, the program is another agency's.
    let (writer, subject) = (
        caller.principal.agency.as_bytes().as_slice(),
        caller.principal.subject.as_bytes(),
    );
    let (all, of_kind) = (settings.per_client, settings.per_family_and_kind);
    let counts = if kind == EMERGENCY {
        vec![count(&[b"emergency", agency, client, writer, subject], of_kind)]
    } else if TAKE_AWAY.contains(&kind) {
        vec![
            count(&[b"person", agency, client, writer, subject], all),
            count(&[b"person", agency, client, writer, subject, about, kind], of_kind),
        ]
    } else {
        let mut counts = vec![
            count(&[b"client", agency, client], all),
            count(&[b"kind", agency, client, about, kind], of_kind),
        ];
        if !family.is_nil() {
            counts.push(count(&[b"family", writer, about], settings.per_family));
        }
        counts
    };
    // What is counted in the operation's own transaction was undone with it.
    let stays = !request.session.keeps_its_own_counts();
    if stays && request.admitted.before(&counts) {
        return Ok(());
    }
    let (now, window) = (request.session.now(), Window(settings.period));
    let part = window.part_of(now);
    let admitted = request
        .session
        .admit_change(&request.services.store, part, &counts)
        .await?;
    if stays {
        if matches!(admitted, Admission::Granted(_)) {
            request.admitted.note(counts);
        }
    } else {
        request.keep();
    }
    match admitted {
        Admission::Granted(_) => Ok(()),
        Admission::Spent { room_from } => {
            let at = window.start_of(room_from).unwrap_or(now);
            Err(ApiError::TooManyChanges(Retry::at(at, now)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(holder: i64) -> Vec<Count> {
        vec![Count { holder, allowed: 3 }]
    }

    #[test]
    fn what_is_made_again_is_counted_once_and_what_is_made_twice_twice() {
        let admitted = Admitted::default();
        for holder in [1, 1, 2] {
            assert!(!admitted.before(&counts(holder)));
            admitted.note(counts(holder));
        }
        for _ in 0..2 {
            admitted.again();
            let before = [1, 2, 1, 1].map(|holder| admitted.before(&counts(holder)));
            assert_eq!(before, [true, true, true, false], "the third of its kind is new");
        }
    }
}
