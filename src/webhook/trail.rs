//! The trail entry written before a webhook is sent: that an agency is about to learn that a partner met a
//! family, or that somebody tried too many values.

use crate::{
    audit::{
        code::{Code, Subject},
        entry::{AgreementRef, Entry, Kind, Operation},
    },
    sharing::{caller::Caller, ceiling::Ceiling, grant::Disclosed},
    store::rows::OutboxRow,
};
use chrono::{DateTime, Utc};

fn by(kind: Kind, at: DateTime<Utc>, caller: &Caller, delivery: &OutboxRow) -> Entry {
    let mut entry = Entry::new(kind, at);
    entry.request_id = Some(delivery.id);
    entry.families.extend(delivery.family_id);
    entry.authority = Some(caller.authority);
    entry.agency = Some(caller.principal.agency);
    entry.agency_kind = Some(Code::nearest(&caller.principal.agency_kind));
    entry.role = Some(Code::nearest(&caller.principal.role));
    entry.subject = Subject::new(&caller.principal.subject).ok();
    entry.client = Subject::new(&caller.client).ok();
    entry.purpose = Some(Code::nearest(&caller.purpose));
    entry.operation = Some(Operation::of(
        Some("webhook"),
        &format!("webhook {}", delivery.event_type),
    ));
    entry
}

/// A webhook that is about to be sent. The request id is that of the delivery, which the receiver gets too
/// (`webhook-id`).
pub(super) fn disclosed(at: DateTime<Utc>, ceiling: &Ceiling, told: &[Disclosed], delivery: &OutboxRow) -> Entry {
    let mut entry = by(Kind::Disclosed, at, ceiling.caller(), delivery);
    for told in told {
        let personal = told.categories.iter().filter(|category| category.is_personal());
        entry
            .categories
            .extend(personal.map(|category| Code::nearest(category.code())));
        entry.emergency.extend(told.permits.emergency);
        let numbers = told.permits.clauses.iter().map(|number| usize::from(*number));
        for clause in numbers.filter_map(|number| ceiling.clause(number)) {
            entry.clauses.insert(Code::nearest(&clause.id));
            entry.agreements.insert(AgreementRef {
                code: Code::nearest(&clause.agreement),
                version: clause.version,
            });
        }
    }
    entry
}

/// A webhook that is not sent, because its agency may not know of it now.
pub(super) fn refused(at: DateTime<Utc>, caller: &Caller, delivery: &OutboxRow) -> Entry {
    let mut entry = by(Kind::Refused, at, caller, delivery);
    entry.reason = Some(Code::nearest("WITHHELD"));
    entry
}
