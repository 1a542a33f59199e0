//! Where agencies' own programs are told of contacts, and what is still to be told them.

use crate::step::{Step, Table};

/// Makes and drops these tables.
pub(crate) const STEP: Step = Step::new(
    "m0011_webhook",
    |script| script.create(TABLES),
    |script| script.drop(TABLES),
);

/// The endpoints and the deliveries, as they were at first.
pub(crate) const TABLES: &[Table] = &[
    Table {
        name: "webhook_endpoint",
        create: "
        CREATE TABLE webhook_endpoint (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            agency_id uuid NOT NULL,
            role text NOT NULL,
            purpose text NOT NULL,
            subject text NOT NULL,
            client text NOT NULL,
            url text NOT NULL,
            secret_now text NOT NULL,
            secret_before text,
            added_at timestamp with time zone NOT NULL,
            rotated_at timestamp with time zone,
            disabled_at timestamp with time zone,
            PRIMARY KEY (authority_id, id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, agency_id) REFERENCES agency (authority_id, id)
        )",
        indexes: &["CREATE INDEX webhook_endpoint_agency ON webhook_endpoint (authority_id, agency_id, role, purpose)"],
    },
    Table {
        name: "webhook_delivery",
        create: "
        CREATE TABLE webhook_delivery (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            endpoint_id uuid NOT NULL,
            event_type text NOT NULL CHECK (event_type IN ('contact.reported')),
            family_id uuid NOT NULL,
            contact_id uuid NOT NULL,
            state text NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
            attempts integer NOT NULL CHECK (attempts >= 0),
            next_at timestamp with time zone NOT NULL,
            claimed_until timestamp with time zone,
            last_failure text CHECK (last_failure IN (
                'status', 'timeout', 'connection', 'address', 'withheld', 'gone', 'disabled', 'secret'
            )),
            last_status integer,
            created_at timestamp with time zone NOT NULL,
            ended_at timestamp with time zone,
            PRIMARY KEY (authority_id, id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, endpoint_id) REFERENCES webhook_endpoint (authority_id, id),
            FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id),
            FOREIGN KEY (authority_id, contact_id) REFERENCES contact (authority_id, id)
        )",
        // What is due is looked for in all authorities at once: there is never much of it, so the whole of a small index is looked at.
        indexes: &[
            "CREATE INDEX webhook_delivery_due ON webhook_delivery (authority_id, next_at) WHERE state = 'pending'",
            "CREATE INDEX webhook_delivery_endpoint ON webhook_delivery (authority_id, endpoint_id, created_at)",
        ],
    },
];
