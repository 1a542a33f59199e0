//! Which emergency accesses, and in which order.

use super::list::list;
use crate::graphql::{codes::EmergencyGround, objects::EmergencyAccess};

list! {
    emergency_accesses of EmergencyAccess, "emergency accesses", [EmergencyAccess]
    filter {
        /// On this ground.
        ground: EmergencyGround, is ground;
        /// Opened by this person, as their agency names them.
        #[graphql(validator(max_length = 200))]
        subject: String, is_text subject;
    }
    order {
        /// When it was opened.
        OpenedAt by opened_at;
        /// Until when it holds.
        ExpiresAt by expires_at;
    }
}
