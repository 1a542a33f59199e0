//! The statements of the count. SQLite and PostgreSQL take the same ones, but for the names of a few functions.

use sea_orm::DbBackend;

use super::PARTS;

/// What was counted for a client.
pub(super) const PARTS_OF_HOLDER: &str =
    "SELECT parts FROM lookup_budget WHERE authority_id = $1 AND agency_id = $2 AND client = $3 AND purpose = $4";

/// What a database calls things.
pub(in crate::store) struct Texts {
    /// The greater of two numbers.
    greater: &'static str,
    /// The numbers of a list, one in each row, in the column `value`.
    list: fn(&str) -> String,
    /// The members of an object in JSON, one in each row, in the columns `key` and `value`.
    members: fn(&str) -> String,
    /// An object in JSON, of the columns `key` and `value`.
    object: &'static str,
    /// Rows that somebody else has locked are left out.
    free: &'static str,
}

impl Texts {
    pub(super) const fn postgres() -> Self {
        Self {
            greater: "greatest",
            list: |given| format!("unnest(CAST(CAST({given} AS text) AS bigint[])) AS given (value)"),
            members: |text| format!("json_each_text(CAST({text} AS json))"),
            object: "CAST(json_object_agg(key, value) AS text)",
            free: "FOR UPDATE SKIP LOCKED",
        }
    }

    pub(super) const fn sqlite() -> Self {
        Self {
            greater: "max",
            list: |given| format!("json_each({given})"),
            members: |text| format!("json_each({text})"),
            object: "json_group_object(key, value)",
            free: "",
        }
    }

    /// Notes which questions were asked, and gives for how many each counts (`cost`): one if it was not asked in the window, and one for each time
    /// beyond its repeats. They are taken in the order of their digests, so that two statements never wait for each other.
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

    /// Counts as many as `new` (a row of that one column) says for the client `$1` to `$4`, in this part.
    pub(super) fn spent(&self, new: &str, part: &str, allowed: &str) -> String {
        let part = format!("CAST({part} AS bigint)");
        let (before, parts) = self.slid("lookup_budget", &part);
        format!(
            "INSERT INTO lookup_budget (authority_id, agency_id, client, purpose, parts, asked, allowed) \
             SELECT $1, $2, $3, $4, '{{\"' || CAST({part} AS text) || '\":' || CAST(n.new AS text) || '}}', n.new, {allowed} \
             FROM {new} AS n WHERE true \
             ON CONFLICT (authority_id, agency_id, client, purpose) DO UPDATE SET \
                 asked = excluded.asked + {before}, parts = {parts}, allowed = excluded.allowed RETURNING parts"
        )
    }

    /// What was counted in the window of a table's row (`parts`), and its parts with those that are added to it. Parts that are not of the window are
    /// forgotten, and those that clocks or a change of their length have put far ahead.
    pub(in crate::store) fn slid(&self, table: &str, part: &str) -> (String, String) {
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

    /// What a database calls things.
    pub(in crate::store) const fn of(backend: DbBackend) -> Self {
        match backend {
            DbBackend::Sqlite => Self::sqlite(),
            _ => Self::postgres(),
        }
    }

    /// How rows that somebody else has locked are left out.
    pub(in crate::store) fn free(&self) -> &'static str {
        self.free
    }

    /// Both in one: `$5` the part, `$6` how many are allowed, `$7` the repeats, `$8` the digests.
    pub(super) fn whole(&self) -> String {
        let asked = self.asked("$1", "$5", "$7", "$8");
        let spent = self.spent("n", "$5", "$6");
        format!(
            "WITH seen AS ({asked}), n AS (SELECT CAST(coalesce(sum(cost), 0) AS integer) AS new FROM seen) \
             {spent}, (SELECT new FROM n) AS new"
        )
    }

    /// Throws away an authority's digests before and after two parts.
    pub(super) fn forget(&self) -> String {
        let Self { free, .. } = self;
        format!(
            "DELETE FROM lookup_asked WHERE authority_id = $1 AND digest IN \
             (SELECT digest FROM lookup_asked WHERE authority_id = $1 AND (part < $2 OR part > $3) {free})"
        )
    }
}
