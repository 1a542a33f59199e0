//! The object types: one file each. They can only be made of visible rows, and every value of theirs is released or withheld.

mod access_check;
mod action;
mod address;
mod agency;
mod agreement;
mod alert;
mod assessment;
mod catalogue;
mod consent;
mod contact;
mod criteria_match;
mod disclosure;
mod distance_score;
mod emergency_access;
mod entry;
mod family;
mod forward_page;
mod goal;
mod involvement;
mod local_identifier;
mod marker;
mod marker_change;
mod marker_placement;
mod meeting;
mod member;
mod outcome;
mod page_info;
mod plan;
mod plan_history;
mod progress_value;
mod said;
mod statutory_status;
mod subject_access;
mod todo;
mod version;
mod viewer;
mod webhook;
mod without_goal;

pub use self::{
    access_check::AccessCheck,
    action::Action,
    address::Address,
    agency::{Agency, Authority},
    agreement::Agreement,
    alert::{Alert, AlertConnection, AlertEndpoint},
    assessment::Assessment,
    catalogue::Catalogue,
    consent::Consent,
    contact::Contact,
    criteria_match::CriteriaMatch,
    disclosure::{About, DisclosureConnection, disclosures},
    distance_score::DistanceScore,
    emergency_access::EmergencyAccess,
    entry::Entry,
    family::{Family, LeadProfessional},
    goal::Goal,
    involvement::Involvement,
    local_identifier::LocalIdentifier,
    marker::Marker,
    marker_change::{MarkerChange, MarkerChangeConnection},
    marker_placement::MarkerPlacement,
    meeting::{TafAttendance, TafMeeting},
    member::Member,
    outcome::Outcome,
    page_info::PageInfo,
    plan::Plan,
    plan_history::PlanHistory,
    progress_value::ProgressValue,
    statutory_status::StatutoryStatus,
    subject_access::SubjectAccess,
    todo::Todo,
    viewer::{CategoryAccess, Viewer},
    webhook::{ContactConnection, ContactEdge, WebhookDelivery, WebhookDeliveryConnection, WebhookEndpoint},
    without_goal::WithoutGoal,
};
pub(super) use self::{
    entry::{rows, visible},
    family::family,
    forward_page::forward_page,
    version::{Versioned, version},
};
