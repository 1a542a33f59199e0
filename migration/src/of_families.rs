//! A step that makes tables whose rows each belong to a family: what all such tables have is said here once.

/// Says such a step: its name, and of each table the name, the columns and constraints of its own, and its own indexes. Whoever writes to
/// the tables, the database notes which family was written.
macro_rules! of_families {
    ($step:literal $($name:literal { $own:literal $(, $index:literal)* })+) => {
        /// Makes and drops the tables.
        pub(crate) const STEP: $crate::step::Step = $crate::step::Step::new($step, up, down);

        /// Their names.
        pub(crate) fn noted_tables() -> impl Iterator<Item = &'static str> {
            TABLES.iter().map(|table| table.name)
        }

        fn up(script: &mut $crate::step::Script) {
            script.create(TABLES);
            noted_tables().for_each(|table| $crate::m0014_written::note_writes_of_family(script, table));
        }

        fn down(script: &mut $crate::step::Script) {
            script.drop(TABLES);
        }

        const TABLES: &[$crate::step::Table] = &[$($crate::step::Table {
            name: $name,
            create: concat!(
                "CREATE TABLE ", $name, " (authority_id integer NOT NULL, id uuid NOT NULL, family_id uuid NOT NULL, ", $own,
                ", PRIMARY KEY (authority_id, id), FOREIGN KEY (authority_id) REFERENCES authority (id),
                FOREIGN KEY (authority_id, family_id) REFERENCES family (authority_id, id))"
            ),
            indexes: &[concat!("CREATE INDEX ", $name, "_family ON ", $name, " (authority_id, family_id)") $(, $index)*],
        }),+];
    };
}

pub(crate) use of_families;
