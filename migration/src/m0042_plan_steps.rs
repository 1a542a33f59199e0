//! Why a plan has no goal for a criterion, and which steps were taken with it.

use crate::of_families::of_families;

of_families! {
    "m0042_plan_steps"
    "without_goal" {
        "plan_id uuid NOT NULL,
        criterion text NOT NULL,
        reason text NOT NULL,
        FOREIGN KEY (authority_id, plan_id) REFERENCES plan (authority_id, id)",
        "CREATE UNIQUE INDEX without_goal_criterion ON without_goal (authority_id, plan_id, criterion)"
    }
    "plan_history" {
        "plan_id uuid NOT NULL,
        step text NOT NULL CHECK (step IN ('draft', 'add_goal', 'amend_goal', 'add_action', 'complete_action', 'agree', 'activate', 'close')),
        before text CHECK (before IN ('draft', 'agreed', 'active', 'closed')),
        after text NOT NULL CHECK (after IN ('draft', 'agreed', 'active', 'closed')),
        taken_at timestamp with time zone NOT NULL,
        agency_id uuid NOT NULL,
        subject text NOT NULL,
        FOREIGN KEY (authority_id, plan_id) REFERENCES plan (authority_id, id),
        FOREIGN KEY (authority_id, agency_id) REFERENCES agency (authority_id, id)"
    }
}
