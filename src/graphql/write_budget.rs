//! How many changes a client may make: in all, and of one family. Counted by what the asker names, before anything is looked for, so that a refusal says
//! nothing of what is there.

mod admitted;
mod settings;

use uuid::Uuid;

pub use self::{admitted::Admitted, settings::WriteSettings};
use super::{api_error::ApiError, context::Request, counting::Window};
use crate::{
    error::Retry,
    store::{budget::Admission, reference, write::budget::Count},
};

/// Names a family by its reference: in every spelling it is one, and all of an agency are counted together.
const BY_REFERENCE: &[u8] = b"recordConsentByReference";
/// Counted for the person who makes it, and for nothing else.
const EMERGENCY: &[u8] = b"openEmergencyAccess";
/// What only takes away, and what may be a no of a family that is named by no id: counted for the person who makes it, and not with what their colleagues change.
/// A no must be heard.
const BY_PERSON: [&[u8]; 4] = [
    b"withdrawConsent",
    b"endInvolvement",
    b"recordMarkerRemoved",
    BY_REFERENCE,
];

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
    let kind = kind.as_bytes();
    let by_reference = kind == BY_REFERENCE;
    let reference = named.filter(|_| by_reference).map(reference::folded);
    let about = reference
        .as_ref()
        .map_or(family.as_bytes().as_slice(), |said| said.as_bytes());
    // With a portal, the program is another agency's.
    let (writer, subject) = (
        caller.principal.agency.as_bytes().as_slice(),
        caller.principal.subject.as_bytes(),
    );
    let (all, of_kind) = (settings.per_client, settings.per_family_and_kind);
    let counts = if kind == EMERGENCY {
        vec![count(&[b"emergency", agency, client, writer, subject], of_kind)]
    } else if BY_PERSON.contains(&kind) {
        let mut counts = vec![
            count(&[b"person", agency, client, writer, subject], all),
            count(&[b"person", agency, client, writer, subject, about, kind], of_kind),
        ];
        if by_reference {
            counts.push(count(&[b"reference", writer, about], settings.per_family));
        }
        counts
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
