//! Every table, and a pair of made-up rows for each.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IdenStatic, Iterable, Value, sea_query::ColumnType};
use uuid::Uuid;

/// Calls `$function::<Entity>($arguments).await` for each table of the main database, referred-to tables first.
macro_rules! each_main_table {
    ($function:ident $arguments:tt) => {
        $crate::support::tables::each!(
            $function $arguments:
            authority, authority_fence, statistical_neighbour, agency, client_program, person, family, membership, address,
            statutory_status, local_identifier, involvement, lead_professional, criteria_match, assessment,
            distance_score, plan, goal, action, outcome, progress_value, marker, consent, emergency_access, agreement,
            agreement_signatory, agreement_clause, policy_version, idempotency, import_file, person_key,
            person_key_state, lookup_budget, lookup_asked, lookup_tried, alert, write_budget, write_turn, family_change, family_written, marker_consumer, marker_told, marker_change,
            contact, marker_response, webhook_endpoint, webhook_delivery, trusted_client,
            trusted_document, announced_write, announced_until
        )
    };
}
pub(crate) use each_main_table;

/// The same for each table of the trail.
macro_rules! each_trail_table {
    ($function:ident $arguments:tt) => {
        $crate::support::tables::each!($function $arguments: trail_entry, trail_subject, trail_head, trail_agency, trail_group, trail_word, trail_chain, trail_record,
            trail_families, trail_made, trail_identity)
    };
}
pub(crate) use each_trail_table;

macro_rules! each {
    ($function:ident $arguments:tt: $($table:ident),+) => {
        $( $function::<entity::$table::Entity> $arguments .await; )+
    };
}
pub(crate) use each;

/// The authority of the first row of each pair; the second row's has the next number, and no row crosses over.
pub(crate) const AUTHORITY: i32 = 7;

/// The identifier of a row of [`pair`].
pub(crate) fn id(table: &str, row: u8) -> Uuid {
    let mut bytes = [row; 16];
    for (byte, letter) in bytes.iter_mut().zip(table.bytes().chain([0])) {
        *byte = letter;
    }
    bytes[15] = row;
    Uuid::from_bytes(bytes)
}

/// What is empty where something else of the same row is not: of a birth either the day is known, or a part, or the day on which it is expected.
const WITHOUT: [(&str, &str); 3] = [
    ("person", "birth_year"),
    ("person", "birth_month"),
    ("person", "expected_on"),
];

/// Two rows that may stand together with the pairs of all other tables: one with a value in every column, one with
/// none wherever that is allowed.
pub(crate) fn pair<E: EntityTrait>() -> [E::ActiveModel; 2]
where
    E::ActiveModel: ActiveModelTrait<Entity = E>,
{
    [0, 1].map(|row| {
        let mut model = <E::ActiveModel as ActiveModelTrait>::default();
        for column in E::Column::iter() {
            let definition = column.def();
            let kind = definition.get_column_type();
            let without = WITHOUT.contains(&(E::default().table_name(), column.as_str()));
            let value = if (row == 1 || without) && definition.is_null() {
                nothing(kind)
            } else {
                something(E::default().table_name(), column.as_str(), kind, row)
            };
            model.set(column, value);
        }
        model
    })
}

fn nothing(kind: &ColumnType) -> Value {
    match kind {
        ColumnType::Integer => Value::Int(None),
        ColumnType::String(_) => Value::String(None),
        ColumnType::Date => Value::ChronoDate(None),
        ColumnType::TimestampWithTimeZone => Value::ChronoDateTimeUtc(None),
        ColumnType::Uuid => Value::Uuid(None),
        other => panic!("{other:?} cannot be absent"),
    }
}

fn something(table: &str, column: &str, kind: &ColumnType, row: u8) -> Value {
    match kind {
        ColumnType::Integer => match (table, column) {
            ("authority", "id") | (_, "authority_id") => AUTHORITY + i32::from(row),
            (_, "neighbour_id") => AUTHORITY + 1 - i32::from(row),
            _ => 3 + i32::from(row),
        }
        .into(),
        ColumnType::SmallInteger => (3 + i16::from(row)).into(),
        ColumnType::BigInteger => (5_000_000_000 + i64::from(row)).into(),
        ColumnType::Boolean => (row == 0).into(),
        ColumnType::VarBinary(_) => vec![0, 255, row].into(),
        ColumnType::Uuid => id(refers_to(table, column), row).into(),
        ColumnType::Date => (NaiveDate::from_ymd_opt(2015, 6, 1).unwrap() + TimeDelta::days(row.into())).into(),
        ColumnType::TimestampWithTimeZone => instant(column, row).into(),
        ColumnType::String(_) => match code(table, column, row) {
            Some(code) => code.into(),
            None => format!("Zoë's 🌳 \"{column}\" {row}").into(),
        },
        other => panic!("{table}.{column}: no sample for {other:?}"),
    }
}

fn instant(column: &str, row: u8) -> DateTime<Utc> {
    // Both databases keep microseconds; a whole second looks different in SQLite's text.
    let text = if row == 0 {
        "2015-06-01T10:11:12.345678Z"
    } else {
        "2015-06-01T10:11:12Z"
    };
    let hours = if column == "expires_at" { 8 } else { 0 };
    text.parse::<DateTime<Utc>>().unwrap() + TimeDelta::hours(hours)
}

fn refers_to<'a>(table: &'a str, column: &'a str) -> &'a str {
    match column {
        "id" => table,
        "owner_agency_id" | "source_agency_id" | "recorded_by_agency" | "portal_agency_id" => "agency",
        "decided_by" => "person",
        "endpoint_id" => "webhook_endpoint",
        "consumer_id" => "marker_consumer",
        _ => column.trim_end_matches("_id"),
    }
}

fn code(table: &str, column: &str, row: u8) -> Option<&'static str> {
    Some(match (table, column) {
        ("agency", "kind") | (_, "agency_kind") => ["police", "researcher"][usize::from(row)],
        ("assessment", "kind") => "family_caf",
        ("outcome", "kind") => "hard",
        ("contact", "kind") => "visit",
        ("webhook_delivery", "event_type") => "contact.reported",
        ("webhook_endpoint", "events") => "contacts",
        ("alert", "kind") => "dates",
        ("webhook_delivery", "state") => ["dead", "pending"][usize::from(row)],
        (_, "urgency") => "soon",
        (_, "last_failure") => "timeout",
        ("statutory_status", "status") => "sen",
        ("plan", "status") => ["closed", "draft"][usize::from(row)],
        ("goal", "status") => "achieved",
        ("marker_change", "kind") => "updated",
        ("marker", "status") => "placed",
        ("authority_fence", "state") => ["moved", "here"][usize::from(row)],
        ("local_identifier", "system") => "upn",
        ("distance_score", "scored_by") => "family",
        (_, "sex") => "female",
        (_, "need_level") => "high_or_complex",
        (_, "route") => "nomination",
        (_, "relationship") => "step_parent",
        (_, "matched_by") => "professional",
        (_, "quality") => "good",
        (_, "closure") => "not_achieved",
        (_, "stage") => "closure",
        (_, "decision") => "given",
        (_, "ground") => "safeguarding",
        _ => return None,
    })
}

/// Inserts the pair of a table.
pub(crate) async fn insert<E: EntityTrait>(db: &sea_orm::DatabaseConnection)
where
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    for row in pair::<E>() {
        E::insert(row)
            .exec_without_returning(db)
            .await
            .unwrap_or_else(|error| panic!("{}: {error}", E::default().table_name()));
    }
}
