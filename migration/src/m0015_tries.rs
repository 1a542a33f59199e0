//! Which values somebody tried in look-ups, who tried too many, and where whoever looks after the agreement is told of it.

use crate::{
    m0011_webhook,
    step::{Script, Step, Table},
};

/// Makes and drops these tables, and lets deliveries be of an alert.
pub(crate) const STEP: Step = Step::new("m0015_tries", up, down);

fn up(script: &mut Script) {
    script.create(TABLES);
    // What was counted until now was counted by purpose.
    script.run("DELETE FROM lookup_budget");
    script.run(
        "ALTER TABLE webhook_endpoint ADD COLUMN events text NOT NULL DEFAULT 'contacts' CHECK (events IN ('contacts', 'alerts'))",
    );
    // SQLite cannot take a constraint away: the table is made anew, for both.
    made_anew(script, &DELIVERIES, "");
}

fn down(script: &mut Script) {
    let before = &m0011_webhook::TABLES[1];
    made_anew(script, before, "WHERE contact_id IS NOT NULL");
    script.run("DELETE FROM webhook_endpoint WHERE events = 'alerts'");
    script.run("ALTER TABLE webhook_endpoint DROP COLUMN events");
    script.drop(TABLES);
}

/// Makes the table of deliveries anew, with the rows that it has.
fn made_anew(script: &mut Script, table: &Table, rows: &str) {
    for statement in [
        "CREATE TABLE webhook_delivery_kept AS SELECT * FROM webhook_delivery",
        "DROP TABLE webhook_delivery",
        table.create,
        &format!("INSERT INTO webhook_delivery ({COLUMNS}) SELECT {COLUMNS} FROM webhook_delivery_kept {rows}"),
        "DROP TABLE webhook_delivery_kept",
    ] {
        script.run(statement);
    }
    for index in table.indexes {
        script.run(*index);
    }
}

/// What a delivery had before.
const COLUMNS: &str = "authority_id, id, endpoint_id, event_type, family_id, contact_id, state, attempts, next_at, claimed_until, \
                       last_failure, last_status, created_at, ended_at";

const TABLES: &[Table] = &[
    // Of an agency and of something that its questions hold fast, as a digest that nobody can read back: the values that they tried beside it, as digests, with who
    // tried each and on which day; the last day, and how long the text was before.
    Table {
        name: "lookup_tried",
        create: "
        CREATE TABLE lookup_tried (
            authority_id integer NOT NULL,
            digest bigint NOT NULL,
            day bigint NOT NULL,
            before integer NOT NULL,
            tried text NOT NULL,
            PRIMARY KEY (authority_id, digest)
        )",
        indexes: &["CREATE INDEX lookup_tried_day ON lookup_tried (authority_id, day)"],
    },
    // Somebody tried too many values: who, of what kind, and how often in that day. `digest` is of all that and the day.
    Table {
        name: "alert",
        create: "
        CREATE TABLE alert (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            digest bigint NOT NULL,
            raised_at timestamp with time zone NOT NULL,
            last_at timestamp with time zone NOT NULL,
            request_id uuid NOT NULL,
            agency_id uuid NOT NULL,
            client text NOT NULL,
            subject text NOT NULL,
            role text NOT NULL,
            purpose text NOT NULL,
            kind text NOT NULL CHECK (kind IN ('dates', 'postcodes', 'addresses', 'numbers', 'names')),
            times integer NOT NULL,
            PRIMARY KEY (authority_id, id),
            UNIQUE (authority_id, digest),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, agency_id) REFERENCES agency (authority_id, id)
        )",
        indexes: &["CREATE INDEX alert_raised ON alert (authority_id, raised_at, id)"],
    },
];

/// As before, and of an alert, which is of no family.
const DELIVERIES: Table = Table {
    name: "webhook_delivery",
    create: "
        CREATE TABLE webhook_delivery (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            endpoint_id uuid NOT NULL,
            event_type text NOT NULL CHECK (event_type IN ('contact.reported', 'alert.raised')),
            family_id uuid,
            contact_id uuid,
            alert_id uuid,
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
            FOREIGN KEY (authority_id, contact_id) REFERENCES contact (authority_id, id),
            FOREIGN KEY (authority_id, alert_id) REFERENCES alert (authority_id, id)
        )",
    indexes: &[
        "CREATE INDEX webhook_delivery_due ON webhook_delivery (authority_id, next_at) WHERE state = 'pending'",
        "CREATE INDEX webhook_delivery_endpoint ON webhook_delivery (authority_id, endpoint_id, created_at)",
    ],
};
