//! Which columns each table's rows fill, and in which order tables are filled.

use sea_orm::{DatabaseTransaction, DbErr, Value};

use super::{
    BulkError, Dataset, Load, Progress,
    change::{self, Which},
};
use crate::store::rows::{
    ActionRow, AddressRow, AgencyRow, AssessmentRow, AuthorityRow, ClientProgramRow, ConsentRow, CriteriaMatchRow,
    DistanceScoreRow, EmergencyAccessRow, FamilyRow, GoalRow, InvolvementRow, LeadProfessionalRow, LocalIdentifierRow,
    MarkerRow, MembershipRow, OutcomeRow, PersonRow, PlanRow, ProgressValueRow, StatisticalNeighbourRow,
    StatutoryStatusRow, WholeContactRow,
};

/// A row that can be loaded with many others.
pub(super) trait Loadable: Sync {
    /// Its table.
    const TABLE: &'static str;
    /// The table's columns, in the order of the values.
    const COLUMNS: &'static [&'static str];

    /// Adds its values.
    fn push_values(&self, values: &mut Vec<Value>);
}

macro_rules! tables {
    ($($rows:ident $table:ident $row:ident [$($column:ident)*];)*) => {
        $(
            impl Loadable for $row {
                const TABLE: &'static str = stringify!($table);
                const COLUMNS: &'static [&'static str] = &[$(stringify!($column)),*];

                fn push_values(&self, values: &mut Vec<Value>) {
                    // A column that is left out below does not compile.
                    let Self { $($column),* } = self;
                    values.extend([$(Value::from($column.clone())),*]);
                }
            }
        )*

        /// Reads rows of the table of that name; nothing of one that is filled by no import.
        pub(super) async fn read_table(
            on: &DatabaseTransaction,
            table: &str,
            authority: i32,
            which: Which<'_>,
            lock: &str,
        ) -> Result<Dataset, DbErr> {
            let mut data = Dataset::default();
            match table {
                $(stringify!($table) => data.$rows = change::select(on, authority, which, lock).await?,)*
                _ => {}
            }
            Ok(data)
        }

        impl Load {
            /// Changes all rows, in the same order.
            pub(super) async fn update_tables(&mut self, data: &Dataset) -> Result<(), BulkError> {
                let Dataset { $($rows),* } = data;
                $(self.update($rows).await?;)*
                Ok(())
            }

            /// Adds all rows, those first that others point to.
            pub(super) async fn tables(
                &mut self,
                data: &Dataset,
                progress: &mut (dyn FnMut(Progress) + Send),
            ) -> Result<(), BulkError> {
                // A table that is left out below does not compile.
                let Dataset { $($rows),* } = data;
                $(self.table($rows, progress).await?;)*
                Ok(())
            }
        }
    };
}

tables! {
    authorities authority AuthorityRow [id code name own_consent_age emergency_hours suppression_threshold marker_advice];
    statistical_neighbours statistical_neighbour StatisticalNeighbourRow [authority_id neighbour_id];
    agencies agency AgencyRow [authority_id id code name kind];
    client_programs client_program ClientProgramRow [authority_id id agency_id client_id name];
    people person PersonRow [
        authority_id id given_name family_name date_of_birth birth_year birth_month expected_on adult sex ethnicity
        disability employment_status education_setting phone email shielded source_agency_id
    ];
    families family FamilyRow [
        authority_id id reference district ward locality reach_area need_level route attached_on closed_on
    ];
    memberships membership MembershipRow [
        authority_id id family_id person_id relationship parental_responsibility valid_from valid_until
    ];
    addresses address AddressRow [authority_id id family_id line1 line2 town postcode valid_from valid_until];
    local_identifiers local_identifier LocalIdentifierRow [authority_id id family_id person_id system value];
    statutory_statuses statutory_status StatutoryStatusRow [
        authority_id id family_id person_id status valid_from valid_until
    ];
    involvements involvement InvolvementRow [
        authority_id id family_id agency_id service_team contact_name contact_phone contact_email started_on ended_on
    ];
    lead_professionals lead_professional LeadProfessionalRow [
        authority_id id family_id agency_id subject name phone email team valid_from valid_until
    ];
    criteria_matches criteria_match CriteriaMatchRow [
        authority_id id family_id person_id criterion source_agency_id evidence evidence_from evidence_until matched_by
        verified_on withdrawn_on
    ];
    assessments assessment AssessmentRow [
        authority_id id family_id agency_id kind covers_all_members started_on completed_on quality
    ];
    distance_scores distance_score DistanceScoreRow [
        authority_id id family_id assessment_id person_id domain review score scored_by scored_on
    ];
    plans plan PlanRow [authority_id id family_id status drawn_up_on agreed_on signed_by_family_on closed_on closure];
    goals goal GoalRow [authority_id id family_id plan_id position description criterion status];
    actions action ActionRow [authority_id id family_id goal_id position description owner_agency_id due_on done_on];
    outcomes outcome OutcomeRow [
        authority_id id family_id plan_id goal_id criterion indicator kind baseline forecast result result_on evidence
        source_agency_id
    ];
    progress_values progress_value ProgressValueRow [authority_id id family_id person_id measure stage value period_to];
    consents consent ConsentRow [
        authority_id id family_id person_id category agency_kind decision decided_by recorded_at expires_on
        withdrawn_at recorded_by_agency recorded_by_subject
    ];
    markers marker MarkerRow [authority_id id family_id agency_id system status requested_on placed_on removed_on];
    emergency_accesses emergency_access EmergencyAccessRow [
        authority_id id family_id agency_id subject ground justification opened_at expires_at closed_at
    ];
    contacts contact WholeContactRow [
        authority_id id family_id agency_id subject kind urgency occurred_at note note_category recorded_at
    ];
}
