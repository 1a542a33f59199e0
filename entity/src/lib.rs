//! The tables as Rust types: one file a table, exactly the columns that the migrations make.
//!
//! Knows nothing of GraphQL, of sharing or of who asks; only the store may use it. Every table of personal data has the
//! key (`authority_id`, `id`), so that two authorities never share a row.

pub mod agency;
pub mod agreement;
pub mod agreement_clause;
pub mod agreement_signatory;
pub mod alert;
pub mod authority;
pub mod authority_fence;
pub mod barred_subject;
pub mod consent;
pub mod criteria_match;
pub mod emergency_access;
pub mod family;
pub mod family_change;
pub mod idempotency;
pub mod import_file;
pub mod involvement;
pub mod lead_professional;
pub mod local_identifier;
pub mod lookup_asked;
pub mod lookup_budget;
pub mod lookup_tried;
pub mod marker;
pub mod marker_change;
pub mod marker_consumer;
pub mod marker_response;
pub mod marker_told;
pub mod membership;
pub mod person;
pub mod person_key;
pub mod person_key_state;
pub mod person_merge;
pub mod person_merge_row;
pub mod plan;
pub mod policy_version;
pub mod statistical_neighbour;
pub mod trusted_client;
pub mod trusted_document;
pub mod webhook_delivery;
pub mod webhook_endpoint;
pub mod write_budget;
