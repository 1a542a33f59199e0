//! By what every root field of the schema may be aimed at one family. What is not in the table is not known, and the test fails.

use std::collections::BTreeSet;

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
    /// A row of this list, by a cursor; after it.
    After(&'static str),
    /// The same, before it.
    Before(&'static str),
    /// A value that one family alone may have, compared with those of every family that the asker could reach.
    Value(&'static str),
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
const LOOK_UP: Names = Names::Nothing("look-ups have their own tests: tests/it/lookups");

/// Every argument, and every field of an input.
const TABLE: &[(&str, Names)] = &[
    ("Query.agreement.id", NOBODY),
    ("Query.node.id", Names::AnyId),
    ("Query.nodes.ids", Names::AnyId),
    ("Query.family.id", Names::Id("Family")),
    ("Query.family.reference", Names::Reference),
    ("Query.member.id", Names::Id("Member")),
    ("Query.disclosures.familyId", Names::Id("Family")),
    ("Query.disclosures.after", OWN),
    ("Query.lookups.after", OWN),
    ("Query.alerts.after", OWN),
    ("Query.alert.id", OWN),
    (
        "Query.contacts.after",
        Names::Nothing("a contact, whose place alone is looked up; the program deletes none"),
    ),
    ("Query.webhookDeliveries.state", COARSE),
    ("Query.webhookDeliveries.after", OWN),
    ("Query.markerChanges.after", OWN),
    ("Subscription.markerChanged.after", OWN),
    ("Subscription.contactReported.after", Names::Nothing("as of contacts")),
    ("Query.markerLookup.input.givenName", LOOK_UP),
    ("Query.markerLookup.input.familyName", LOOK_UP),
    ("Query.markerLookup.input.dateOfBirth", LOOK_UP),
    ("Query.markerLookup.input.yearOfBirth", LOOK_UP),
    ("Query.markerLookup.input.monthOfBirth", LOOK_UP),
    ("Query.markerLookup.input.sex", LOOK_UP),
    ("Query.markerLookup.input.postcode", LOOK_UP),
    ("Query.markerLookup.input.address", LOOK_UP),
    ("Query.markerLookup.input.identifiers.system", LOOK_UP),
    ("Query.markerLookup.input.identifiers.value", LOOK_UP),
    ("Query.families.filter.reference", Names::Reference),
    ("Query.families.filter.district", Names::Value("district")),
    ("Query.families.filter.ward", Names::Value("ward")),
    ("Query.families.filter.locality", Names::Value("locality")),
    ("Query.families.filter.reachArea", Names::Value("reach_area")),
    ("Query.families.filter.needLevel", COARSE),
    ("Query.families.filter.onCohort", COARSE),
    ("Query.families.filter.attachedFrom", Names::Value("attached_on")),
    ("Query.families.filter.attachedUntil", Names::Value("attached_on")),
    ("Query.families.filter.hasPlan", COARSE),
    ("Query.families.filter.criterion", COARSE),
    ("Query.families.after", Names::After("families")),
    ("Query.families.before", Names::Before("families")),
    ("Query.members.filter.familyName", Names::Value("family_name")),
    ("Query.members.filter.givenName", Names::Value("given_name")),
    ("Query.members.filter.dateOfBirth", Names::Value("date_of_birth")),
    (
        "Query.members.filter.yearOfBirth",
        Names::Nothing("compared as the date of birth is, of every family that the asker could reach"),
    ),
    ("Query.members.filter.unborn", COARSE),
    ("Query.members.filter.relationship", COARSE),
    (
        "Query.members.filter.employmentStatus",
        Names::Value("employment_status"),
    ),
    (
        "Query.members.filter.educationSetting",
        Names::Value("education_setting"),
    ),
    ("Query.members.after", Names::After("members")),
    ("Query.members.before", Names::Before("members")),
    ("Query.criteriaMatches.filter.criterion", COARSE),
    (
        "Query.criteriaMatches.filter.evidenceFrom",
        Names::Value("evidence_from"),
    ),
    (
        "Query.criteriaMatches.filter.evidenceUntil",
        Names::Value("evidence_from"),
    ),
    ("Query.criteriaMatches.filter.matchedBy", COARSE),
    ("Query.criteriaMatches.filter.verified", COARSE),
    ("Query.criteriaMatches.filter.withdrawn", COARSE),
    ("Query.criteriaMatches.after", Names::After("criteriaMatches")),
    ("Query.criteriaMatches.before", Names::Before("criteriaMatches")),
    ("Query.plans.filter.status", COARSE),
    ("Query.plans.filter.closure", COARSE),
    ("Query.plans.filter.agreedFrom", Names::Value("agreed_on")),
    ("Query.plans.filter.agreedUntil", Names::Value("agreed_on")),
    ("Query.plans.after", Names::After("plans")),
    ("Query.plans.before", Names::Before("plans")),
    ("Query.outcomes.filter.criterion", COARSE),
    ("Query.outcomes.filter.kind", COARSE),
    ("Query.outcomes.filter.hasResult", COARSE),
    ("Query.outcomes.filter.resultFrom", Names::Value("result_on")),
    ("Query.outcomes.filter.resultUntil", Names::Value("result_on")),
    ("Query.outcomes.after", Names::After("outcomes")),
    ("Query.outcomes.before", Names::Before("outcomes")),
    ("Query.consents.filter.category", COARSE),
    ("Query.consents.filter.agencyKind", COARSE),
    ("Query.consents.filter.decision", COARSE),
    ("Query.consents.filter.withdrawn", COARSE),
    ("Query.consents.after", Names::After("consents")),
    ("Query.consents.before", Names::Before("consents")),
    ("Query.emergencyAccesses.filter.ground", COARSE),
    ("Query.emergencyAccesses.filter.subject", Names::Value("subject")),
    ("Query.emergencyAccesses.after", Names::After("emergencyAccesses")),
    ("Query.emergencyAccesses.before", Names::Before("emergencyAccesses")),
    ("Mutation.recordConsent.input.memberId", Names::Id("Member")),
    ("Mutation.recordConsent.input.categories", CONTENT),
    ("Mutation.recordConsent.input.agencyKinds", CONTENT),
    ("Mutation.recordConsent.input.decision", CONTENT),
    (
        "Mutation.recordConsent.input.decidedById",
        Names::Nothing("a member of the family that is named beside it"),
    ),
    ("Mutation.recordConsent.input.expiresOn", CONTENT),
    ("Mutation.withdrawConsent.input.consentId", Names::Id("Consent")),
    ("Mutation.recordInvolvement.input.familyId", Names::Id("Family")),
    ("Mutation.recordInvolvement.input.agency", CONTENT),
    ("Mutation.recordInvolvement.input.serviceTeam", CONTENT),
    ("Mutation.recordInvolvement.input.contactName", CONTENT),
    ("Mutation.recordInvolvement.input.contactPhone", CONTENT),
    ("Mutation.recordInvolvement.input.contactEmail", CONTENT),
    ("Mutation.recordInvolvement.input.startedOn", CONTENT),
    ("Mutation.endInvolvement.input.involvementId", Names::Id("Involvement")),
    ("Mutation.endInvolvement.input.endedOn", CONTENT),
    (
        "Mutation.openEmergencyAccess.input.familyId",
        Names::Nothing("it opens or it does not: that is told to whoever may open it"),
    ),
    (
        "Mutation.openEmergencyAccess.input.reference",
        Names::Nothing("as of its id"),
    ),
    ("Mutation.openEmergencyAccess.input.ground", CONTENT),
    ("Mutation.openEmergencyAccess.input.justification", CONTENT),
    ("Mutation.loadAgreement.input.document", NOBODY),
    ("Mutation.recordMarkerPlaced.input.markerId", Names::Id("Marker")),
    ("Mutation.recordMarkerPlaced.input.system", CONTENT),
    ("Mutation.recordMarkerPlaced.input.placedOn", CONTENT),
    ("Mutation.recordMarkerRemoved.input.markerId", Names::Id("Marker")),
    ("Mutation.recordMarkerRemoved.input.system", CONTENT),
    ("Mutation.recordMarkerRemoved.input.removedOn", CONTENT),
    ("Mutation.recordMarkerResponse.input.markerId", Names::Id("Marker")),
    ("Mutation.recordMarkerResponse.input.changedWhatWasDone", CONTENT),
    ("Mutation.recordMarkerResponse.input.seenOn", CONTENT),
    ("Mutation.recordContact.input.markerId", Names::Id("Marker")),
    ("Mutation.recordContact.input.kind", CONTENT),
    ("Mutation.recordContact.input.occurredAt", CONTENT),
    ("Mutation.recordContact.input.urgency", CONTENT),
    ("Mutation.recordContact.input.note.text", CONTENT),
    ("Mutation.recordContact.input.note.category", CONTENT),
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
    let mut unused: BTreeSet<&str> = TABLE.iter().map(|(path, _)| *path).collect();
    assert_eq!(unused.len(), TABLE.len(), "the table has something twice");
    let (mut all, mut unknown) = (Vec::new(), Vec::new());
    for (path, of) in arguments(api) {
        let last = path.rsplit('.').next();
        let ordering = path.contains(".orderBy.") || matches!(last, Some("first" | "last"));
        let known = if ordering || path.ends_with(".idempotencyKey") {
            Some(PAGE)
        } else {
            // Several are asked like one.
            let one = path.replace("markerLookups.inputs", "markerLookup.input");
            // Whoever is described to open their family is looked up.
            let one = one.replace("Mutation.openEmergencyAccess.input.person", "Query.markerLookup.input");
            unused.remove(one.as_str());
            TABLE.iter().find(|(known, _)| *known == one).map(|(_, names)| *names)
        };
        match known {
            None => unknown.push(path),
            Some(Names::Nothing(reason)) => assert!(!reason.is_empty()),
            Some(names) => all.push((path, names, of)),
        }
    }
    assert!(
        unknown.is_empty(),
        "say in the table whether these may be aimed at one family: {unknown:?}"
    );
    assert!(unused.is_empty(), "these are not in the schema: {unused:?}");
    all
}
