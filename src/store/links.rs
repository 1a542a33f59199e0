//! How rows that are made of several, or are no table of [`crate::records`], are tied to others.

use uuid::Uuid;

use super::{
    dossier::{FamilyRecord, MemberRecord},
    rows::{WebhookDeliveryRow, WebhookEndpointRow},
};
use crate::sharing::grant::{Link, Linked};

impl Linked for WebhookEndpointRow {
    fn link(&self, link: Link) -> Option<Uuid> {
        match link {
            Link::Own => Some(self.id),
            _ => None,
        }
    }
}

impl Linked for WebhookDeliveryRow {
    fn link(&self, link: Link) -> Option<Uuid> {
        match link {
            Link::Own => Some(self.id),
            _ => None,
        }
    }
}

impl Linked for FamilyRecord {
    fn link(&self, link: Link) -> Option<Uuid> {
        match link {
            Link::Own => Some(self.row.id),
            _ => None,
        }
    }
}

impl Linked for MemberRecord {
    fn link(&self, link: Link) -> Option<Uuid> {
        match link {
            Link::Own => Some(self.membership.id),
            Link::Person => Some(self.person.id),
            _ => None,
        }
    }
}
