//! The work with a family: its plan, goals and actions, what came of them, and the markers that tell partners of it.

use crate::step::{Step, Table};

/// Makes and drops these tables.
pub(crate) const STEP: Step = Step::new(
    "m0004_work",
    |script| script.create(TABLES),
    |script| script.drop(TABLES),
);

const TABLES: &[Table] = &[
    Table {
        name: "plan",
        create: "
        CREATE TABLE plan (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            family_id uuid NOT NULL,
            status text NOT NULL CHECK (status IN ('draft', 'agreed', 'active', 'closed')),
            drawn_up_on date NOT NULL,
            agreed_on date,
            signed_by_family_on date,
            closed_on date,
            closure text CHECK (closure IN ('wholly_achieved', 'partially_achieved', 'not_achieved', 'family_dropped_out')),
            PRIMARY KEY (authority_id, id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id),
            CHECK ((status = 'closed') = (closed_on IS NOT NULL))
        )",
        indexes: &[
            "CREATE UNIQUE INDEX plan_open ON plan (authority_id, family_id) WHERE status <> 'closed'",
            "CREATE INDEX plan_family ON plan (authority_id, family_id)",
        ],
    },
    Table {
        name: "goal",
        create: "
        CREATE TABLE goal (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            family_id uuid NOT NULL,
            plan_id uuid NOT NULL,
            position integer NOT NULL,
            description text NOT NULL,
            criterion text,
            status text NOT NULL CHECK (status IN ('open', 'achieved', 'not_achieved')),
            PRIMARY KEY (authority_id, id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id),
            FOREIGN KEY (authority_id, plan_id) REFERENCES plan (authority_id, id)
        )",
        indexes: &[
            "CREATE INDEX goal_family ON goal (authority_id, family_id)",
            "CREATE INDEX goal_plan ON goal (authority_id, plan_id, position)",
        ],
    },
    Table {
        name: "action",
        create: "
        CREATE TABLE action (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            family_id uuid NOT NULL,
            goal_id uuid NOT NULL,
            position integer NOT NULL,
            description text NOT NULL,
            owner_agency_id uuid NOT NULL,
            due_on date,
            done_on date,
            PRIMARY KEY (authority_id, id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id),
            FOREIGN KEY (authority_id, goal_id) REFERENCES goal (authority_id, id),
            FOREIGN KEY (authority_id, owner_agency_id) REFERENCES agency (authority_id, id)
        )",
        indexes: &[
            "CREATE INDEX action_family ON action (authority_id, family_id)",
            "CREATE INDEX action_goal ON action (authority_id, goal_id, position)",
            "CREATE INDEX action_owner ON action (authority_id, owner_agency_id)",
        ],
    },
    Table {
        name: "outcome",
        create: "
        CREATE TABLE outcome (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            family_id uuid NOT NULL,
            plan_id uuid NOT NULL,
            goal_id uuid,
            criterion text,
            indicator text NOT NULL,
            kind text NOT NULL CHECK (kind IN ('hard', 'soft')),
            baseline text NOT NULL,
            forecast text,
            result text,
            result_on date,
            evidence text,
            source_agency_id uuid,
            PRIMARY KEY (authority_id, id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id),
            FOREIGN KEY (authority_id, plan_id) REFERENCES plan (authority_id, id),
            FOREIGN KEY (authority_id, goal_id) REFERENCES goal (authority_id, id),
            FOREIGN KEY (authority_id, source_agency_id) REFERENCES agency (authority_id, id)
        )",
        indexes: &[
            "CREATE INDEX outcome_family ON outcome (authority_id, family_id)",
            "CREATE INDEX outcome_plan ON outcome (authority_id, plan_id)",
        ],
    },
    Table {
        name: "progress_value",
        create: "
        CREATE TABLE progress_value (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            family_id uuid NOT NULL,
            person_id uuid,
            measure text NOT NULL,
            stage text NOT NULL CHECK (stage IN ('assessment', 'closure')),
            value integer NOT NULL CHECK (value >= 0),
            period_to date NOT NULL,
            PRIMARY KEY (authority_id, id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id),
            FOREIGN KEY (authority_id, person_id) REFERENCES person (authority_id, id)
        )",
        indexes: &[
            "CREATE INDEX progress_value_family ON progress_value (authority_id, family_id)",
        ],
    },
    Table {
        name: "marker",
        create: "
        CREATE TABLE marker (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            family_id uuid NOT NULL,
            agency_id uuid NOT NULL,
            system text NOT NULL,
            status text NOT NULL CHECK (status IN ('requested', 'placed', 'removed')),
            requested_on date NOT NULL,
            placed_on date,
            removed_on date,
            PRIMARY KEY (authority_id, id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id),
            FOREIGN KEY (authority_id, agency_id) REFERENCES agency (authority_id, id)
        )",
        indexes: &[
            "CREATE UNIQUE INDEX marker_present \
             ON marker (authority_id, family_id, agency_id, system) WHERE status <> 'removed'",
            "CREATE INDEX marker_family ON marker (authority_id, family_id)",
            "CREATE INDEX marker_agency ON marker (authority_id, agency_id)",
        ],
    },
];
