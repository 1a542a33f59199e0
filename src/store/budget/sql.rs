//! The SQL of the look-up budget. SQLite and PostgreSQL share it, except for the names of a few functions.

use sea_orm::DbBackend;

use super::window::PARTS;

/// The counts of a client, and of its agency, which is the row without a client. The purpose makes no
/// difference.
pub(super) const PARTS_OF_HOLDER: &str = "SELECT client, parts FROM lookup_budget \
     WHERE authority_id = $1 AND agency_id = $2 AND client IN ($3, '') AND purpose = ''";
/// Removes a record from a trial row.
pub(super) const WITHDRAW: &str =
    "UPDATE lookup_tried SET tried = replace(tried, $3, $4) WHERE authority_id = $1 AND digest = $2";
/// Replaces a text with a shorter one, unless it has changed meanwhile.
pub(super) const SHORTEN: &str =
    "UPDATE lookup_tried SET tried = $4 WHERE authority_id = $1 AND digest = $2 AND tried = $3";

/// The SQL dialect of a database.
pub(in crate::store) struct Dialect {
    /// The greater of two numbers.
    greater: &'static str,
    /// The numbers of a list, one per row, in the column `value`.
    list: fn(&str) -> String,
    /// The members of a JSON object, one per row, in the columns `key` and `value`.
    members: fn(&str) -> String,
    /// A JSON object from the columns `key` and `value`.
    object: &'static str,
    /// Skips rows that others have locked.
    free: &'static str,
    /// Whether the first text contains the second.
    holds: fn(&str, &str) -> String,
    /// Pairs of a digest and a text, one per row, in the columns `digest` and `added`.
    pairs: fn(&str) -> String,
}

impl Dialect {
    pub(super) const fn postgres() -> Self {
        Self {
            greater: "greatest",
            list: |given| format!("unnest(CAST(CAST({given} AS text) AS bigint[])) AS given (value)"),
            members: |text| format!("json_each_text(CAST({text} AS json))"),
            object: "CAST(json_object_agg(key, value) AS text)",
            free: "FOR UPDATE SKIP LOCKED",
            holds: |text, part| format!("position({part} IN {text}) > 0"),
            // Two lists, separated by a space.
            pairs: |given| {
                let (digests, texts) = given.split_once(' ').unwrap_or((given, given));
                format!(
                    "unnest(CAST(CAST({digests} AS text) AS bigint[]), CAST(CAST({texts} AS text) AS text[])) AS given (digest, added)"
                )
            },
        }
    }

    pub(super) const fn sqlite() -> Self {
        Self {
            greater: "max",
            list: |given| format!("json_each({given})"),
            members: |text| format!("json_each({text})"),
            object: "json_group_object(key, value)",
            free: "",
            holds: |text, part| format!("instr({text}, {part}) > 0"),
            pairs: |given| {
                format!(
                    "(SELECT json_extract(value, '$[0]') AS digest, json_extract(value, '$[1]') AS added FROM json_each({given})) AS given"
                )
            },
        }
    }

    /// Records which questions were asked, and returns for each how many it counts as (`cost`): one if it was
    /// not asked in the window, and one for each repetition beyond the limit. In the order of their digests,
    /// so that two statements never deadlock.
    pub(super) fn asked(&self, authority: &str, part: &str, repeats: &str, digests: &str) -> String {
        let Self { greater, list, .. } = self;
        let list = list(digests);
        let lately = format!("lookup_asked.part BETWEEN excluded.part - {PARTS} AND excluded.part + {PARTS}");
        let beyond = |times: &str| format!("{greater}({times} - 1 - {repeats}, 0)");
        let (first, before) = (beyond("CAST(count(*) AS integer)"), beyond("lookup_asked.times"));
        let after = beyond("lookup_asked.times + excluded.times");
        format!(
            "INSERT INTO lookup_asked (authority_id, digest, part, times, cost) \
             SELECT {authority}, value, CAST({part} AS bigint), count(*), 1 + {first} FROM {list} WHERE true \
             GROUP BY value ORDER BY value \
             ON CONFLICT (authority_id, digest) DO UPDATE SET \
                 cost = CASE WHEN {lately} THEN {after} - {before} ELSE excluded.cost END, \
                 times = CASE WHEN {lately} THEN lookup_asked.times + excluded.times ELSE excluded.times END, \
                 part = CASE WHEN {lately} THEN lookup_asked.part ELSE excluded.part END \
             RETURNING cost"
        )
    }

    /// Adds `new` (a row with that single column) to the count of the client `$3` of the agency `$1` `$2`,
    /// which has the limit `$4`, and to that of the agency, which has the limit `$5`.
    pub(super) fn spent(&self, new: &str, part: &str) -> String {
        let part = format!("CAST({part} AS bigint)");
        let (before, parts) = self.slide("lookup_budget", &part);
        format!(
            "INSERT INTO lookup_budget (authority_id, agency_id, client, purpose, parts, asked, allowed) \
             SELECT $1, $2, who.client, '', '{{\"' || CAST({part} AS text) || '\":' || CAST(n.new AS text) || '}}', n.new, who.allowed \
             FROM {new} AS n, (SELECT CAST($3 AS text) AS client, CAST($4 AS integer) AS allowed \
                 UNION ALL SELECT '', CAST($5 AS integer)) AS who WHERE true ORDER BY who.client \
             ON CONFLICT (authority_id, agency_id, client, purpose) DO UPDATE SET \
                 asked = excluded.asked + {before}, parts = {parts}, allowed = excluded.allowed RETURNING client, parts"
        )
    }

    /// The count in the window of a table's row (`parts`), and its parts plus those to be added. Parts
    /// outside the window are dropped, and so are those put far in the future by wrong clocks or a changed
    /// length.
    pub(in crate::store) fn slide(&self, table: &str, part: &str) -> (String, String) {
        let Self { members, object, .. } = self;
        let (before, added) = (members(&format!("{table}.parts")), members("excluded.parts"));
        let lately = format!("CAST(key AS bigint) BETWEEN {part} - {PARTS} AND {part} + {PARTS}");
        (
            format!("(SELECT coalesce(sum(CAST(value AS integer)), 0) FROM {before} WHERE {lately})"),
            format!(
                "(SELECT {object} FROM (SELECT key, sum(CAST(value AS integer)) AS value FROM \
                 (SELECT key, value FROM {before} UNION ALL SELECT key, value FROM {added}) AS every \
                 WHERE {lately} GROUP BY key) AS each_part)"
            ),
        )
    }

    /// The dialect of a database.
    pub(in crate::store) const fn of(backend: DbBackend) -> Self {
        match backend {
            DbBackend::Sqlite => Self::sqlite(),
            _ => Self::postgres(),
        }
    }

    /// The clause that skips rows that others have locked.
    pub(in crate::store) fn free(&self) -> &'static str {
        self.free
    }

    /// Adds trials to their rows, in the order of their digests, and returns each row and its previous
    /// length; negative if nothing was added.
    pub(super) fn tried(&self, authority: &str, day: &str, given: &str) -> String {
        let Self { holds, pairs, .. } = self;
        let (pairs, known) = (pairs(given), holds("lookup_tried.tried", "excluded.tried"));
        format!(
            "INSERT INTO lookup_tried (authority_id, digest, day, before, tried) \
             SELECT {authority}, digest, CAST({day} AS bigint), 0, added FROM {pairs} WHERE true ORDER BY digest \
             ON CONFLICT (authority_id, digest) DO UPDATE SET day = excluded.day, \
                 before = CASE WHEN {known} THEN -1 ELSE length(lookup_tried.tried) END, \
                 tried = CASE WHEN {known} THEN lookup_tried.tried ELSE lookup_tried.tried || excluded.tried END \
             RETURNING digest, before, tried"
        )
    }

    /// All in one statement: `$6` the part, `$7` the repetitions, `$8` the digests, `$9` the day, `$10` and
    /// `$11` the trials.
    pub(super) fn whole(&self) -> String {
        let asked = self.asked("$1", "$6", "$7", "$8");
        let spent = self.spent("n", "$6");
        let tried = self.tried("$1", "$9", "$10 $11");
        format!(
            "WITH seen AS ({asked}), n AS (SELECT CAST(coalesce(sum(cost), 0) AS integer) AS new FROM seen), \
             spent AS ({spent}), tries AS ({tried}) \
             SELECT (SELECT new FROM n) AS new, (SELECT parts FROM spent WHERE client = '') AS parts, \
                 (SELECT CAST(json_agg(json_build_array(digest, before, tried)) AS text) FROM tries) AS tried"
        )
    }

    /// Deletes an authority's rows of a table before one time and after another.
    pub(super) fn forget(&self, table: &str, time: &str) -> String {
        let Self { free, .. } = self;
        format!(
            "DELETE FROM {table} WHERE authority_id = $1 AND digest IN \
             (SELECT digest FROM {table} WHERE authority_id = $1 AND ({time} < $2 OR {time} > $3) {free})"
        )
    }
}
