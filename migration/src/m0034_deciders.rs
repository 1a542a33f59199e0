//! Who may decide about consent, and for what a decision is: purposes, decisions by professionals, parental responsibility for one child, when
//! somebody lacks capacity, and the day of a death.

use crate::{
    m0014_written::{Of, noted_by_sqlite},
    step::{Script, Step, Table},
};

/// Makes the columns, tables and triggers, and drops them.
pub(crate) const STEP: Step = Step::new("m0034_deciders", up, down);

/// The new tables whose writes concern all families of a person, and the column of the person.
const OF_PEOPLE: [(&str, &str); 2] = [("parental_responsibility", "child_id"), ("lacks_capacity", "person_id")];

/// Their names.
pub(crate) fn noted_tables() -> impl Iterator<Item = &'static str> {
    OF_PEOPLE.iter().map(|(table, _)| *table)
}

fn up(script: &mut Script) {
    script.run("ALTER TABLE person ADD COLUMN died_on date");
    if script.postgres {
        script.run(
            "ALTER TABLE consent ADD COLUMN purposes text, ADD COLUMN decided_by_agency uuid, ADD COLUMN decided_by_subject text, \
             ALTER COLUMN decided_by DROP NOT NULL, \
             ADD CONSTRAINT consent_decided_by_agency FOREIGN KEY (authority_id, decided_by_agency) REFERENCES agency (authority_id, id), \
             ADD CONSTRAINT consent_one_decider CHECK ((decided_by IS NULL) = (decided_by_agency IS NOT NULL) \
             AND (decided_by_agency IS NULL) = (decided_by_subject IS NULL))",
        );
    } else {
        let (columns, checks) = PROFESSIONAL;
        again(script, "", columns, checks, "decided_by, NULL, NULL, NULL");
    }
    // A yes dated ahead is none, and a no is one of this moment.
    let (now, ahead) = if script.postgres {
        ("now()", "recorded_at > now()")
    } else {
        (
            "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')",
            "julianday(recorded_at) > julianday('now')",
        )
    };
    script.run_quietly([
        format!(
            "UPDATE consent SET withdrawn_at = recorded_at WHERE decision = 'given' AND withdrawn_at IS NULL AND {ahead}"
        ),
        format!("UPDATE consent SET recorded_at = {now} WHERE decision = 'refused' AND {ahead}"),
    ]);
    script.create(TABLES);
    if script.postgres {
        script.run(CHILD);
        script.run(constraint_trigger("parental_responsibility", "note_written_child"));
        script.run(constraint_trigger("lacks_capacity", "note_written_person_id"));
        for (table, _) in OF_PEOPLE {
            script.run(format!(
                "CREATE TRIGGER {table}_written_truncated AFTER TRUNCATE ON {table} EXECUTE FUNCTION note_all_written(); \
                 ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_written; ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_written_truncated"
            ));
        }
    } else {
        for (table, column) in OF_PEOPLE {
            script.run_all(noted_by_sqlite(table, Of::Person(column)));
        }
    }
}

fn down(script: &mut Script) {
    script.drop(TABLES);
    if script.postgres {
        script.run(
            "DROP FUNCTION note_written_child(); UPDATE consent SET decided_by = person_id WHERE decided_by IS NULL; \
             ALTER TABLE consent DROP CONSTRAINT consent_one_decider, DROP COLUMN decided_by_agency, DROP COLUMN decided_by_subject, \
             DROP COLUMN purposes, ALTER COLUMN decided_by SET NOT NULL",
        );
    } else {
        again(script, "NOT NULL", "", "", "coalesce(decided_by, person_id)");
    }
    script.run("ALTER TABLE person DROP COLUMN died_on");
}

fn constraint_trigger(table: &str, function: &str) -> String {
    format!(
        "CREATE CONSTRAINT TRIGGER {table}_written AFTER INSERT OR UPDATE OR DELETE ON {table} DEFERRABLE INITIALLY DEFERRED \
         FOR EACH ROW WHEN (current_setting('thinkfamily.loading', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION {function}()"
    )
}

/// What SQLite's table has beside what it had, and the checks.
const PROFESSIONAL: (&str, &str) = (
    "purposes text, decided_by_agency uuid, decided_by_subject text,",
    "FOREIGN KEY (authority_id, decided_by_agency) REFERENCES agency (authority_id, id),
     CHECK ((decided_by IS NULL) = (decided_by_agency IS NOT NULL) AND (decided_by_agency IS NULL) = (decided_by_subject IS NULL)),",
);

/// SQLite cannot let a column be null that could not be: the table is made again, with what belongs to it.
fn again(script: &mut Script, decided_by: &str, columns: &str, checks: &str, values: &str) {
    let kept = "authority_id, id, family_id, person_id, category, agency_kind, decision, recorded_at, expires_on, withdrawn_at, \
                recorded_by_agency, recorded_by_subject";
    let names = if checks.is_empty() {
        "decided_by"
    } else {
        "decided_by, purposes, decided_by_agency, decided_by_subject"
    };
    let statements = [
        format!(
            "CREATE TABLE consent_again (
                authority_id integer NOT NULL,
                id uuid NOT NULL,
                family_id uuid NOT NULL,
                person_id uuid NOT NULL,
                category text NOT NULL,
                agency_kind text NOT NULL CHECK (agency_kind IN (
                    'police', 'jobcentre_plus', 'childrens_social_care', 'early_help', 'school', 'health',
                    'mental_health', 'probation', 'youth_offending', 'housing', 'substance_misuse',
                    'district_council', 'voluntary_sector', 'prison', 'tff_team', 'internal_audit', 'researcher'
                )),
                decision text NOT NULL CHECK (decision IN ('given', 'refused')),
                decided_by uuid {decided_by},
                recorded_at timestamp with time zone NOT NULL,
                expires_on date,
                withdrawn_at timestamp with time zone,
                recorded_by_agency uuid NOT NULL,
                recorded_by_subject text NOT NULL,
                {columns}
                PRIMARY KEY (authority_id, id),
                {checks}
                FOREIGN KEY (authority_id) REFERENCES authority (id),
                FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id),
                FOREIGN KEY (authority_id, person_id) REFERENCES person (authority_id, id),
                FOREIGN KEY (authority_id, decided_by) REFERENCES person (authority_id, id),
                FOREIGN KEY (authority_id, recorded_by_agency) REFERENCES agency (authority_id, id)
            )"
        ),
        format!("INSERT INTO consent_again ({kept}, {names}) SELECT {kept}, {values} FROM consent"),
        "DROP TABLE consent".to_owned(),
        "ALTER TABLE consent_again RENAME TO consent".to_owned(),
        "CREATE INDEX consent_family ON consent (authority_id, family_id)".to_owned(),
        "CREATE INDEX consent_newest ON consent (authority_id, person_id, agency_kind, category, recorded_at)"
            .to_owned(),
    ];
    script.run_all(statements);
    script.run_all(noted_by_sqlite("consent", Of::Person("person_id")));
}

const TABLES: &[Table] = &[
    Table {
        name: "parental_responsibility",
        create: "
        CREATE TABLE parental_responsibility (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            family_id uuid NOT NULL,
            child_id uuid NOT NULL,
            person_id uuid,
            agency_id uuid,
            subject text,
            valid_from date NOT NULL,
            valid_until date,
            PRIMARY KEY (authority_id, id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id),
            FOREIGN KEY (authority_id, child_id) REFERENCES person (authority_id, id),
            FOREIGN KEY (authority_id, person_id) REFERENCES person (authority_id, id),
            FOREIGN KEY (authority_id, agency_id) REFERENCES agency (authority_id, id),
            CHECK (valid_until >= valid_from),
            CHECK ((person_id IS NULL) = (agency_id IS NOT NULL) AND (agency_id IS NULL) = (subject IS NULL))
        )",
        indexes: &[
            "CREATE INDEX parental_responsibility_family ON parental_responsibility (authority_id, family_id)",
            "CREATE INDEX parental_responsibility_child ON parental_responsibility (authority_id, child_id)",
        ],
    },
    Table {
        name: "lacks_capacity",
        create: "
        CREATE TABLE lacks_capacity (
            authority_id integer NOT NULL,
            id uuid NOT NULL,
            family_id uuid NOT NULL,
            person_id uuid NOT NULL,
            valid_from date NOT NULL,
            valid_until date,
            PRIMARY KEY (authority_id, id),
            FOREIGN KEY (authority_id) REFERENCES authority (id),
            FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id),
            FOREIGN KEY (authority_id, person_id) REFERENCES person (authority_id, id),
            CHECK (valid_until >= valid_from)
        )",
        indexes: &[
            "CREATE INDEX lacks_capacity_family ON lacks_capacity (authority_id, family_id)",
            "CREATE INDEX lacks_capacity_person ON lacks_capacity (authority_id, person_id)",
        ],
    },
];

/// Every family of the child.
const CHILD: &str = "
CREATE FUNCTION note_written_child() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1413891395, coalesce(NEW.authority_id, OLD.authority_id));
    INSERT INTO family_written (authority_id, seq, family_id)
    SELECT m.authority_id, nextval('family_written_seq'), m.family_id FROM membership m
    WHERE m.authority_id = coalesce(NEW.authority_id, OLD.authority_id) AND m.person_id IN (NEW.child_id, OLD.child_id);
    RETURN NULL;
END $$;
";
