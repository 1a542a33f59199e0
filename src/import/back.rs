//! From a row to the values that a line of its file has.

use uuid::Uuid;

use super::{column::Value, table::Table};
use crate::store::{dataset::Dataset, rows::PersonRow};

/// A row's identifier, and a value for each of its table's columns, as a line of the file would have them.
pub(super) type Known = (Uuid, Vec<Value>);

/// A field of a row as a value. An empty text is none.
trait AsValue {
    fn value(&self) -> Value;
}

macro_rules! values {
    ($($of:ty: |$field:ident| $value:expr;)*) => {
        $(impl AsValue for $of {
            fn value(&self) -> Value {
                let $field = self;
                $value
            }
        })*
    };
}

values! {
    String: |text| if text.is_empty() { Value::None } else { Value::Text(text.clone()) };
    Uuid: |id| Value::Id(*id);
    bool: |flag| Value::Flag(*flag);
    i32: |number| Value::Number(*number);
    chrono::NaiveDate: |date| Value::Date(*date);
    chrono::DateTime<chrono::Utc>: |at| Value::Instant(*at);
}

impl<T: AsValue> AsValue for Option<T> {
    fn value(&self) -> Value {
        self.as_ref().map_or(Value::None, T::value)
    }
}

/// The rows of a table among these, each as its line.
pub(super) fn values(table: Table, data: &Dataset) -> Vec<Known> {
    macro_rules! of {
        ($rows:ident [$($field:ident)*]) => {
            data.$rows.iter().map(|row| (row.id, vec![row.id.value(), $(row.$field.value()),*])).collect()
        };
    }
    match table {
        Table::Agency => {
            let agencies = data.agencies.iter();
            agencies
                .map(|row| {
                    (
                        row.id,
                        vec![
                            Value::Coded(row.id, row.code.clone()),
                            row.name.value(),
                            row.kind.value(),
                        ],
                    )
                })
                .collect()
        }
        Table::Person => data.people.iter().map(|row| (row.id, person(row))).collect(),
        Table::Family => {
            of!(families [reference district ward locality reach_area need_level route attached_on closed_on])
        }
        Table::Membership => {
            of!(memberships [family_id person_id relationship parental_responsibility valid_from valid_until])
        }
        Table::Address => of!(addresses [family_id line1 line2 town postcode valid_from valid_until]),
        Table::LocalIdentifier => of!(local_identifiers [family_id person_id system value]),
        Table::StatutoryStatus => of!(statutory_statuses [family_id person_id status valid_from valid_until]),
        Table::Involvement => of!(involvements [
            family_id agency_id service_team contact_name contact_phone contact_email started_on ended_on
        ]),
        Table::LeadProfessional => of!(lead_professionals [
            family_id agency_id subject name phone email team valid_from valid_until
        ]),
        Table::CriteriaMatch => of!(criteria_matches [
            family_id person_id criterion source_agency_id evidence evidence_from evidence_until matched_by verified_on
            withdrawn_on
        ]),
        Table::Assessment => of!(assessments [
            family_id agency_id kind covers_all_members started_on completed_on quality
        ]),
        Table::DistanceScore => of!(distance_scores [
            family_id assessment_id person_id domain review score scored_by scored_on
        ]),
        Table::Plan => of!(plans [family_id status drawn_up_on agreed_on signed_by_family_on closed_on closure]),
        Table::Goal => of!(goals [family_id plan_id position description criterion status]),
        Table::Action => of!(actions [family_id goal_id position description owner_agency_id due_on done_on]),
        Table::Outcome => of!(outcomes [
            family_id plan_id goal_id criterion indicator kind baseline forecast result result_on evidence
            source_agency_id
        ]),
        Table::ProgressValue => of!(progress_values [family_id person_id measure stage value period_to]),
        Table::Consent => of!(consents [
            family_id person_id category agency_kind decision decided_by recorded_at expires_on withdrawn_at
            recorded_by_agency recorded_by_subject
        ]),
        Table::Marker => of!(markers [family_id agency_id system status requested_on placed_on removed_on]),
        Table::Contact => of!(contacts [
            family_id agency_id subject kind urgency occurred_at note note_category recorded_at
        ]),
    }
}

/// A child who was not born yet stands as one who is expected, whatever the date of birth of the file was.
fn person(row: &PersonRow) -> Vec<Value> {
    let born = match (row.date_of_birth, row.birth_year) {
        (Some(day), _) => Value::Date(day),
        (None, Some(year)) => Value::Within(year, row.birth_month),
        (None, None) => Value::None,
    };
    vec![
        row.id.value(),
        row.given_name.value(),
        row.family_name.value(),
        born,
        row.sex.value(),
        row.ethnicity.value(),
        row.disability.value(),
        row.employment_status.value(),
        row.education_setting.value(),
        row.phone.value(),
        row.email.value(),
        row.shielded.value(),
        row.source_agency_id.value(),
        row.expected_on.value(),
        row.adult.value(),
    ]
}
