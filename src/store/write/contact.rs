//! What partners report about a marked family: a contact, a marker of their own placed or removed, and
//! whether the marker changed what they did.

use chrono::NaiveDate;
use entity::{lead_professional, marker, marker_response, webhook_delivery, webhook_endpoint};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use uuid::Uuid;

use crate::{
    records::{Code as _, ContactNoteRow, ContactRow, MarkerRow, MarkerStatus, WholeContactRow},
    store::{
        alerts::CONTACTS,
        reach::open_on,
        record::record,
        rows::MarkerResponseRow,
        session::{Session, StoreError},
        writing::Writing,
    },
};

/// An agency's own marker in one of its systems: ids and days, and nothing about the family.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct OwnMarker {
    /// Its key.
    pub id: Uuid,
    /// Its state.
    pub status: String,
    /// When it was requested.
    pub requested_on: NaiveDate,
    /// When it was placed.
    pub placed_on: Option<NaiveDate>,
}

record!(OwnMarker: id status requested_on placed_on);

#[derive(FromQueryResult)]
struct Found {
    id: Uuid,
}

record!(Found: id);

impl Session {
    /// The endpoints to be notified of a family's contacts: those of its Lead Professional's agency.
    pub async fn endpoints_to_tell(&self, family: Uuid) -> Result<Vec<Uuid>, StoreError> {
        let lead = lead_professional::Entity::find()
            .select_only()
            .column(lead_professional::Column::AgencyId)
            .filter(lead_professional::Column::AuthorityId.eq(self.authority()))
            .filter(lead_professional::Column::FamilyId.eq(family))
            .filter(open_on(
                lead_professional::Column::ValidFrom,
                lead_professional::Column::ValidUntil,
                self.today(),
            ))
            .into_query();
        let found: Vec<Found> = self
            .all(
                webhook_endpoint::Entity::find()
                    .select_only()
                    .column(webhook_endpoint::Column::Id)
                    .filter(webhook_endpoint::Column::AuthorityId.eq(self.authority()))
                    .filter(webhook_endpoint::Column::AgencyId.in_subquery(lead))
                    .filter(webhook_endpoint::Column::Events.eq(CONTACTS))
                    .filter(webhook_endpoint::Column::DisabledAt.is_null())
                    .order_by_asc(webhook_endpoint::Column::Id),
            )
            .await?;
        Ok(found.into_iter().map(|endpoint| endpoint.id).collect())
    }

    /// An agency's own marker for a family in one of its systems, requested or placed.
    pub async fn own_marker(&self, family: Uuid, agency: Uuid, system: &str) -> Result<Option<OwnMarker>, StoreError> {
        let found: Vec<OwnMarker> = self
            .all(
                marker::Entity::find()
                    .select_only()
                    .columns([
                        marker::Column::Id,
                        marker::Column::Status,
                        marker::Column::RequestedOn,
                        marker::Column::PlacedOn,
                    ])
                    .filter(marker::Column::AuthorityId.eq(self.authority()))
                    .filter(marker::Column::FamilyId.eq(family))
                    .filter(marker::Column::AgencyId.eq(agency))
                    .filter(marker::Column::System.eq(system))
                    .filter(marker::Column::Status.ne(MarkerStatus::Removed.word())),
            )
            .await?;
        Ok(found.into_iter().next())
    }

    /// Whether that person has already reported on that day whether the family's marker changed what they
    /// did.
    pub async fn has_responded(
        &self,
        family: Uuid,
        agency: Uuid,
        subject: &str,
        on: NaiveDate,
    ) -> Result<bool, StoreError> {
        let found: Vec<Found> = self
            .all(
                marker_response::Entity::find()
                    .select_only()
                    .column(marker_response::Column::Id)
                    .filter(marker_response::Column::AuthorityId.eq(self.authority()))
                    .filter(marker_response::Column::FamilyId.eq(family))
                    .filter(marker_response::Column::AgencyId.eq(agency))
                    .filter(marker_response::Column::Subject.eq(subject))
                    .filter(marker_response::Column::RespondedOn.eq(on)),
            )
            .await?;
        Ok(!found.is_empty())
    }
}

impl Writing<'_> {
    /// Adds a contact, with its note.
    pub async fn add_contact(&self, row: ContactRow, note: Option<ContactNoteRow>) -> Result<(), StoreError> {
        self.of_family(row.family_id)?;
        let (family, key) = (row.family_id, row.id);
        let (text, category) = note.map(|note| (note.text, note.category)).unzip();
        self.add(&[WholeContactRow {
            authority_id: self.authority(),
            id: row.id,
            family_id: row.family_id,
            agency_id: row.agency_id,
            subject: row.subject,
            kind: row.kind,
            urgency: row.urgency,
            occurred_at: row.occurred_at,
            note: text,
            note_category: category,
            recorded_at: row.recorded_at,
        }])
        .await?;
        self.touch_contact(family, key);
        Ok(())
    }

    /// Adds deliveries of a contact: the id of each delivery, and of its endpoint.
    pub async fn add_deliveries(
        &self,
        family: Uuid,
        contact: Uuid,
        deliveries: Vec<(Uuid, Uuid)>,
    ) -> Result<(), StoreError> {
        self.of_family(family)?;
        if deliveries.is_empty() {
            return Ok(());
        }
        let rows = deliveries
            .into_iter()
            .map(|(id, endpoint)| webhook_delivery::ActiveModel {
                authority_id: Set(self.authority()),
                id: Set(id),
                endpoint_id: Set(endpoint),
                event_type: Set("contact.reported".to_owned()),
                family_id: Set(Some(family)),
                contact_id: Set(Some(contact)),
                alert_id: Set(None),
                state: Set("pending".to_owned()),
                attempts: Set(0),
                next_at: Set(self.session().now()),
                claimed_until: Set(None),
                last_failure: Set(None),
                last_status: Set(None),
                created_at: Set(self.session().now()),
                ended_at: Set(None),
            });
        webhook_delivery::Entity::insert_many(rows)
            .exec_without_returning(self.connection()?)
            .await?;
        Ok(())
    }

    /// Adds a marker that an agency placed without a request.
    pub async fn add_placed_marker(
        &self,
        key: Uuid,
        family: Uuid,
        agency: Uuid,
        system: String,
        on: NaiveDate,
    ) -> Result<(), StoreError> {
        self.of_family(family)?;
        self.add(&[MarkerRow {
            authority_id: self.authority(),
            id: key,
            family_id: family,
            agency_id: agency,
            system,
            status: MarkerStatus::Placed,
            requested_on: on,
            placed_on: Some(on),
            removed_on: None,
        }])
        .await
    }

    /// Records that a requested marker was placed.
    pub async fn place_marker(&self, family: Uuid, key: Uuid, on: NaiveDate) -> Result<(), StoreError> {
        self.change_marker(
            family,
            key,
            marker::ActiveModel {
                status: Set(MarkerStatus::Placed.word().to_owned()),
                placed_on: Set(Some(on)),
                ..Default::default()
            },
        )
        .await
    }

    /// Records that a marker was removed.
    pub async fn remove_marker(&self, family: Uuid, key: Uuid, on: NaiveDate) -> Result<(), StoreError> {
        self.change_marker(
            family,
            key,
            marker::ActiveModel {
                status: Set(MarkerStatus::Removed.word().to_owned()),
                removed_on: Set(Some(on)),
                ..Default::default()
            },
        )
        .await
    }

    async fn change_marker(&self, family: Uuid, key: Uuid, change: marker::ActiveModel) -> Result<(), StoreError> {
        self.of_family(family)?;
        marker::Entity::update_many()
            .set(change)
            .filter(marker::Column::AuthorityId.eq(self.authority()))
            .filter(marker::Column::Id.eq(key))
            .filter(marker::Column::FamilyId.eq(family))
            .exec(self.connection()?)
            .await?;
        Ok(())
    }

    /// Records that a marker changed what somebody did, or did not.
    pub async fn add_marker_response(&self, row: MarkerResponseRow) -> Result<(), StoreError> {
        self.of_family(row.family_id)?;
        self.insert(marker_response::ActiveModel {
            authority_id: Set(self.authority()),
            id: Set(row.id),
            family_id: Set(row.family_id),
            agency_id: Set(row.agency_id),
            subject: Set(row.subject),
            responded_on: Set(row.responded_on),
            changed_what_was_done: Set(row.changed_what_was_done),
            recorded_at: Set(self.session().now()),
        })
        .await
    }
}
