//! By what every root field of the schema may be aimed at one family. What is neither plain from the schema nor said here is not known, and the test fails.

use std::collections::BTreeSet;

use thinkfamily::{graphql::ids::Kind, records::Table};

use crate::support::api::Api;

/// What an argument says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// An id of this kind of row.
    Id(&'static str),
    /// An id of any kind.
    AnyId,
    /// A family's reference.
    Reference,
    /// A row of this table in the list of such rows, by a cursor; after it.
    After(Table),
    /// The same, before it.
    Before(Table),
    /// What this column holds of one family alone, compared with those of every family that the asker could reach.
    Value(Table, &'static str),
    /// Nothing that could be aimed at one family, for this reason.
    Nothing(&'static str),
}

impl Names {
    /// Whether a question reads one family alone. Others read what many families have in common, which the first of them has to find.
    pub(super) fn is_of_one_family(self) -> bool {
        matches!(self, Self::Id(_) | Self::AnyId | Self::Reference)
    }
}

const COARSE: Names = Names::Nothing("one of a few words: every family that the asker could reach is compared with it");
const PAGE: Names = Names::Nothing("how much of a list, and in which order");
const CONTENT: Names = Names::Nothing("what is recorded of what is named beside it");
const OWN: Names = Names::Nothing("a place in the asker's own list, without a family");
const NOBODY: Names = Names::Nothing("it is about nobody");
const LED: Names = Names::Nothing("of families that the asker leads, and reads no others");
const LOOK_UP: Names = Names::Nothing("look-ups have their own tests: tests/it/lookups");

/// What is not plain from the schema ([`plain`]), or is otherwise than it looks.
const SAID: &[(&str, Names)] = &[
    ("Query.agreement.id", NOBODY),
    ("Query.node.id", Names::AnyId),
    ("Query.nodes.ids", Names::AnyId),
    ("Query.family.reference", Names::Reference),
    ("Query.disclosures.after", OWN),
    ("Query.lookups.after", OWN),
    ("Query.alerts.after", OWN),
    ("Query.alert.id", OWN),
    (
        "Query.contacts.after",
        Names::Nothing("a contact, whose place alone is looked up; the program deletes none"),
    ),
    ("Query.webhookDeliveries.after", OWN),
    ("Query.markerChanges.after", OWN),
    ("Query.todo.after", LED),
    ("Query.todo.before", LED),
    ("Query.todo.filter.dueFrom", LED),
    ("Query.todo.filter.dueUntil", LED),
    ("Subscription.markerChanged.after", OWN),
    ("Subscription.contactReported.after", Names::Nothing("as of contacts")),
    ("Query.families.filter.reference", Names::Reference),
    (
        "Query.members.filter.yearOfBirth",
        Names::Nothing("compared as the date of birth is, of every family that the asker could reach"),
    ),
    ("Mutation.recordConsent.input.purposes", CONTENT),
    (
        "Mutation.recordConsent.input.decidedById",
        Names::Nothing("a member of the family that is named beside it"),
    ),
    (
        "Mutation.recordConsentByReference.input.reference",
        Names::Nothing("the same is told of any: tests/it/mutations/unseen.rs"),
    ),
    ("Mutation.recordConsentByReference.input.purposes", CONTENT),
    ("Mutation.recordInvolvement.input.agency", CONTENT),
    ("Mutation.recordInvolvement.input.serviceTeam", CONTENT),
    ("Mutation.recordInvolvement.input.contactName", CONTENT),
    ("Mutation.recordInvolvement.input.contactPhone", CONTENT),
    ("Mutation.recordInvolvement.input.contactEmail", CONTENT),
    ("Mutation.recordMeeting.input.chairedBy", CONTENT),
    ("Mutation.recordMeeting.input.attendance.agency", CONTENT),
    ("Mutation.recordMeeting.input.attendance.attendee", CONTENT),
    ("Mutation.recordAttendance.input.meetingId", Names::Id("TafMeeting")),
    ("Mutation.recordAttendance.input.attendance.agency", CONTENT),
    ("Mutation.recordAttendance.input.attendance.attendee", CONTENT),
    ("Mutation.addGoal.input.version", CONTENT),
    ("Mutation.addGoal.input.description", CONTENT),
    ("Mutation.amendGoal.input.version", CONTENT),
    ("Mutation.amendGoal.input.description", CONTENT),
    ("Mutation.addAction.input.version", CONTENT),
    ("Mutation.addAction.input.description", CONTENT),
    ("Mutation.addAction.input.ownerAgency", CONTENT),
    ("Mutation.completeAction.input.version", CONTENT),
    ("Mutation.agreePlan.input.version", CONTENT),
    ("Mutation.agreePlan.input.withoutGoals.reason", CONTENT),
    ("Mutation.activatePlan.input.version", CONTENT),
    ("Mutation.closePlan.input.version", CONTENT),
    (
        "Mutation.openEmergencyAccess.input.familyId",
        Names::Nothing("it opens or it does not: that is told to whoever may open it"),
    ),
    (
        "Mutation.openEmergencyAccess.input.reference",
        Names::Nothing("as of its id"),
    ),
    ("Mutation.openEmergencyAccess.input.justification", CONTENT),
    ("Mutation.mergePeople.input.otherMemberId", Names::Id("Member")),
    ("Mutation.splitPeople.input.otherMemberId", Names::Id("Member")),
    ("Mutation.checkSubjectAccess.input.reason", CONTENT),
    ("Mutation.checkSubjectAccess.input.advisedBy", CONTENT),
    ("Mutation.barSubject.input.subject", CONTENT),
    ("Mutation.barSubject.input.agency", CONTENT),
    ("Mutation.loadAgreement.input.document", NOBODY),
    ("Mutation.recordMarkerPlaced.input.system", CONTENT),
    ("Mutation.recordMarkerRemoved.input.system", CONTENT),
    ("Mutation.recordContact.input.note.text", CONTENT),
    ("Mutation.addWebhookEndpoint.input.url", NOBODY),
    ("Mutation.addAlertEndpoint.input.url", NOBODY),
    ("Mutation.removeAlertEndpoint.input.endpointId", OWN),
    (
        "Mutation.rotateWebhookSecret.input.endpointId",
        Names::Id("WebhookEndpoint"),
    ),
    (
        "Mutation.removeWebhookEndpoint.input.endpointId",
        Names::Id("WebhookEndpoint"),
    ),
    (
        "Mutation.retryWebhookDelivery.input.deliveryId",
        Names::Id("WebhookDelivery"),
    ),
];

/// What is plain from the schema: pages and orders, words of a list, ids that are called by what they name, and filters that are called by
/// a column. A text of a change may name somebody, and is never plain.
fn plain(api: &Api, path: &str, of: &str) -> Option<Names> {
    let parts: Vec<&str> = path.split('.').collect();
    let (root, last) = (parts[1], parts[parts.len() - 1]);
    let gives = api.field(parts[0], root).ty.inner_named_type().as_str();
    let change = parts[0] == "Mutation";
    let kind = |called: &str| Kind::of_type(called).map(|kind| Names::Id(kind.name()));
    if path.contains(".orderBy.") || matches!(last, "first" | "last" | "idempotencyKey") {
        return Some(PAGE);
    }
    // Of whom a decision is told unseen is of the family that is named beside it.
    if root == "recordConsentByReference" && parts.len() > 4 {
        return Some(CONTENT);
    }
    // Whoever is described to open their family is looked up.
    if root.starts_with("markerLookup") || path.starts_with("Mutation.openEmergencyAccess.input.person.") {
        return Some(LOOK_UP);
    }
    match of {
        "ID" if last == "id" => kind(gives),
        "ID" => kind(&upper_first(last.strip_suffix("Id")?)),
        _ if of == "Boolean" || !api.values(of).is_empty() => Some(if change { CONTENT } else { COARSE }),
        _ if change => (of != "String").then_some(CONTENT),
        _ => {
            let listed = api.fields(gives).into_iter().find(|field| field.name == "nodes")?;
            let table = Table::of_object(listed.ty.inner_named_type())?;
            match last {
                "after" => Some(Names::After(table)),
                "before" => Some(Names::Before(table)),
                filter => column(table, filter),
            }
        }
    }
}

fn upper_first(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    first.to_uppercase() + rest
}

/// The column that a filter is called by: of the rows that are listed, or of the people whom they are about. Both ends of a range are of one column.
fn column(listed: Table, filter: &str) -> Option<Names> {
    let snake: String = filter
        .chars()
        .map(|letter| {
            if letter.is_uppercase() {
                format!("_{}", letter.to_ascii_lowercase())
            } else {
                letter.to_string()
            }
        })
        .collect();
    let range = snake.strip_suffix("_from").or_else(|| snake.strip_suffix("_until"));
    let names = range.map_or_else(
        || vec![snake.clone()],
        |of| vec![format!("{of}_on"), format!("{of}_from")],
    );
    let tables = if listed == Table::Membership {
        vec![listed, Table::Person]
    } else {
        vec![listed]
    };
    let mut columns = tables
        .into_iter()
        .flat_map(|table| table.columns().iter().map(move |column| (table, column)));
    let found = columns.find(|(_, column)| names.iter().any(|name| name == column.name));
    found.map(|(table, column)| Names::Value(table, column.name))
}

/// Every argument of every root field, and every field of its inputs, as the schema has them; each with the names of types on its way.
fn arguments(api: &Api) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for root in ["Query", "Mutation", "Subscription"] {
        for field in api.fields(root) {
            for argument in &field.arguments {
                let of = argument.ty.inner_named_type().to_string();
                walk(api, format!("{root}.{}.{}", field.name, argument.name), &of, &mut found);
            }
        }
    }
    found
}

fn walk(api: &Api, path: String, of: &str, found: &mut Vec<(String, String)>) {
    let inputs = api.inputs(of);
    if inputs.is_empty() {
        found.push((path, of.to_owned()));
        return;
    }
    for input in inputs {
        let of = input.ty.inner_named_type().to_string();
        walk(api, format!("{path}.{}", input.name), &of, found);
    }
}

/// Everything by which a family may be named, with the type of the value.
pub(super) fn aimed(api: &Api) -> Vec<(String, Names, String)> {
    let mut unused: BTreeSet<&str> = SAID.iter().map(|(path, _)| *path).collect();
    assert_eq!(unused.len(), SAID.len(), "the table has something twice");
    let (mut all, mut unknown) = (Vec::new(), Vec::new());
    for (path, of) in arguments(api) {
        unused.remove(path.as_str());
        let said = SAID.iter().find(|(known, _)| *known == path).map(|(_, names)| *names);
        let plain = plain(api, &path, &of);
        assert!(
            said.is_none() || said != plain,
            "{path} is plain: leave it out of the table"
        );
        match said.or(plain) {
            None => unknown.push(path),
            Some(Names::Nothing(reason)) => assert!(!reason.is_empty()),
            Some(names) => all.push((path, names, of)),
        }
    }
    assert!(
        unknown.is_empty(),
        "say in `SAID` whether these may be aimed at one family: {unknown:?}"
    );
    assert!(unused.is_empty(), "these are not in the schema: {unused:?}");
    all
}
