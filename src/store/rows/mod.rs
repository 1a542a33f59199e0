//! Rows of tables that [`crate::records`] does not say: what was said of markers, endpoints, and their deliveries.
//!
//! Nothing here decides; rows about a family leave the store only locked up.

mod contacts;
mod people;

pub(super) use self::people::born_about;
pub use self::{
    contacts::{MarkerResponseRow, OutboxRow, WebhookDeliveryRow, WebhookEndpointRow},
    people::MOST_DAYS_AHEAD,
};
