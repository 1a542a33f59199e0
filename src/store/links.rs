//! How rows are tied to each other: the only thing of a row that is seen without a decision on its values.

use uuid::Uuid;

use super::{
    dossier::{FamilyRecord, MemberRecord},
    rows::{
        ActionRow, AddressRow, AssessmentRow, ConsentRow, ContactNoteRow, ContactRow, CriteriaMatchRow,
        DistanceScoreRow, EmergencyAccessRow, GoalRow, InvolvementRow, LocalIdentifierRow, MarkerRow, OutcomeRow,
        PlanRow, ProgressValueRow, StatutoryStatusRow, WebhookDeliveryRow, WebhookEndpointRow,
    },
};
use crate::sharing::grant::{Link, Linked};

impl Linked for ActionRow {
    fn link(&self, link: Link) -> Option<Uuid> {
        match link {
            Link::Own => Some(self.id),
            Link::Goal => Some(self.goal_id),
            _ => None,
        }
    }
}

impl Linked for AddressRow {
    fn link(&self, link: Link) -> Option<Uuid> {
        match link {
            Link::Own => Some(self.id),
            _ => None,
        }
    }
}

impl Linked for AssessmentRow {
    fn link(&self, link: Link) -> Option<Uuid> {
        match link {
            Link::Own => Some(self.id),
            _ => None,
        }
    }
}

impl Linked for ConsentRow {
    fn link(&self, link: Link) -> Option<Uuid> {
        match link {
            Link::Own => Some(self.id),
            Link::Person => Some(self.person_id),
            Link::Decider => Some(self.decided_by),
            _ => None,
        }
    }
}

impl Linked for ContactRow {
    fn link(&self, link: Link) -> Option<Uuid> {
        match link {
            Link::Own => Some(self.id),
            _ => None,
        }
    }
}

/// A note has no key of its own: it is its contact's.
impl Linked for ContactNoteRow {
    fn link(&self, link: Link) -> Option<Uuid> {
        match link {
            Link::Own => Some(self.contact_id),
            _ => None,
        }
    }
}

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

impl Linked for CriteriaMatchRow {
    fn link(&self, link: Link) -> Option<Uuid> {
        match link {
            Link::Own => Some(self.id),
            Link::Person => self.person_id,
            _ => None,
        }
    }
}

impl Linked for DistanceScoreRow {
    fn link(&self, link: Link) -> Option<Uuid> {
        match link {
            Link::Own => Some(self.id),
            Link::Person => self.person_id,
            Link::Assessment => Some(self.assessment_id),
            _ => None,
        }
    }
}

impl Linked for EmergencyAccessRow {
    fn link(&self, link: Link) -> Option<Uuid> {
        match link {
            Link::Own => Some(self.id),
            _ => None,
        }
    }
}

impl Linked for GoalRow {
    fn link(&self, link: Link) -> Option<Uuid> {
        match link {
            Link::Own => Some(self.id),
            Link::Plan => Some(self.plan_id),
            _ => None,
        }
    }
}

impl Linked for InvolvementRow {
    fn link(&self, link: Link) -> Option<Uuid> {
        match link {
            Link::Own => Some(self.id),
            _ => None,
        }
    }
}

impl Linked for LocalIdentifierRow {
    fn link(&self, link: Link) -> Option<Uuid> {
        match link {
            Link::Own => Some(self.id),
            Link::Person => Some(self.person_id),
            _ => None,
        }
    }
}

impl Linked for MarkerRow {
    fn link(&self, link: Link) -> Option<Uuid> {
        match link {
            Link::Own => Some(self.id),
            _ => None,
        }
    }
}

impl Linked for OutcomeRow {
    fn link(&self, link: Link) -> Option<Uuid> {
        match link {
            Link::Own => Some(self.id),
            Link::Plan => Some(self.plan_id),
            Link::Goal => self.goal_id,
            _ => None,
        }
    }
}

impl Linked for PlanRow {
    fn link(&self, link: Link) -> Option<Uuid> {
        match link {
            Link::Own => Some(self.id),
            _ => None,
        }
    }
}

impl Linked for ProgressValueRow {
    fn link(&self, link: Link) -> Option<Uuid> {
        match link {
            Link::Own => Some(self.id),
            Link::Person => self.person_id,
            _ => None,
        }
    }
}

impl Linked for StatutoryStatusRow {
    fn link(&self, link: Link) -> Option<Uuid> {
        match link {
            Link::Own => Some(self.id),
            Link::Person => Some(self.person_id),
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
