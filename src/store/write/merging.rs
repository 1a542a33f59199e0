//! Records of people that are made one, and parted.
//!
//! Whatever names the merged record names the kept one from then on, in whichever table: so decisions, responsibilities and numbers are one person's, and nothing that
//! is read or decided needs to know of merges. What was whose is kept beside, by which the records are parted.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use entity::{membership, person, person_merge, person_merge_row};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel as _, QueryFilter, Statement, Value,
};
use uuid::Uuid;

use crate::{
    records::{Code as _, Holds, IdentityReason, LocalIdentifierRow, Row as _, Table},
    sharing::{
        facts::Period,
        merging::{Named, Owners, overlap, shielded_apart},
    },
    store::{
        keys,
        session::{Session, StoreError},
        writing::Writing,
    },
};

/// A column that names people.
struct Place {
    table: &'static str,
    column: &'static str,
    name: String,
}

/// Every one of them, as the tables say.
static PLACES: LazyLock<Vec<Place>> = LazyLock::new(|| {
    let of_table = |table: &Table| {
        let (table, columns) = (table.name(), table.columns().iter());
        let people = columns.filter(|column| column.holds == Holds::Of(Table::Person));
        people.map(move |column| Place {
            table,
            column: column.name,
            name: place(table, column.name),
        })
    };
    Table::ALL.iter().flat_map(of_table).collect()
});

impl Place {
    fn named(&self, row: Uuid) -> Named {
        Named {
            place: self.name.clone(),
            row,
        }
    }
}

/// The column of whose a membership is.
fn memberships() -> &'static Place {
    let of_memberships = PLACES.iter().find(|place| place.table == Table::Membership.name());
    of_memberships.unwrap_or(&PLACES[0])
}

/// How a column is called where it is kept what was whose.
pub(in crate::store) fn place(table: &str, column: &str) -> String {
    format!("{table}.{column}")
}

/// A person as they are named in a family.
#[derive(Clone, Copy, Debug)]
pub struct Who {
    /// The family.
    pub family: Uuid,
    /// Their record.
    pub person: Uuid,
}

/// Who says so, when and why.
#[derive(Clone, Debug)]
pub struct Said {
    /// Their agency.
    pub agency: Uuid,
    /// Who.
    pub subject: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: IdentityReason,
}

/// A record as it is while others are one with it.
struct Record {
    shielded: bool,
    merges: Vec<person_merge::Model>,
    owners: Owners,
}

impl Session {
    /// The families to which two people belong at the same time.
    pub async fn families_at_once(&self, one: Uuid, other: Uuid) -> Result<Vec<Uuid>, StoreError> {
        let all = membership::Entity::find()
            .filter(membership::Column::AuthorityId.eq(self.authority()))
            .filter(membership::Column::PersonId.is_in([one, other]))
            .all(self.transaction()?)
            .await?;
        let period = |row: &membership::Model| Period {
            from: row.valid_from,
            until: row.valid_until,
        };
        let (ones, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|row| row.person_id == one);
        let with = |row: &membership::Model| {
            let beside = others.iter().filter(|other| other.family_id == row.family_id);
            beside.into_iter().any(|other| overlap(period(row), period(other)))
        };
        Ok(ones.iter().filter(|row| with(row)).map(|row| row.family_id).collect())
    }

    /// The merge by which two memberships, each with its family, are of one person: that of the second, if its record was merged; none where one record had
    /// both.
    pub async fn merge_between(&self, person: Uuid, members: [(Uuid, Uuid); 2]) -> Result<Option<Uuid>, StoreError> {
        let owners = self.record_of(person).await?.owners;
        let [one, other] = members.map(|(row, family)| owners.owner(&memberships().named(row), family));
        Ok(other.or(one).filter(|_| one != other))
    }

    /// What a record says, and what is one with it.
    async fn record_of(&self, key: Uuid) -> Result<Record, StoreError> {
        let (on, authority) = (self.transaction()?, self.authority());
        let merges = person_merge::Entity::find()
            .filter(person_merge::Column::AuthorityId.eq(authority))
            .filter(person_merge::Column::KeptId.eq(key))
            .filter(person_merge::Column::SplitAt.is_null())
            .all(on)
            .await?;
        let keys = merges.iter().map(|merge| merge.id);
        let rows = person_merge_row::Entity::find()
            .filter(person_merge_row::Column::AuthorityId.eq(authority))
            .filter(person_merge_row::Column::MergeId.is_in(keys))
            .all(on)
            .await?;
        let known = rows.into_iter().map(|row| {
            let named = Named {
                place: row.place,
                row: row.row_id,
            };
            (named, row.merge_id, row.of_merged)
        });
        let theirs = self.rows_naming(memberships(), key).await?;
        let theirs = theirs
            .into_iter()
            .map(|(row, family)| (memberships().named(row), family));
        Ok(Record {
            shielded: self.says_shielded(key).await?,
            owners: Owners::of(known, theirs),
            merges,
        })
    }

    /// Whether a record itself says that the person is shielded.
    async fn says_shielded(&self, key: Uuid) -> Result<bool, StoreError> {
        let key = (self.authority(), key);
        let row = person::Entity::find_by_id(key).one(self.transaction()?).await?;
        let row = row.ok_or_else(|| StoreError::Corrupt("a member's person is not there".to_owned()))?;
        Ok(row.shielded)
    }

    /// The rows that name a person in a column, each with its family.
    async fn rows_naming(&self, place: &Place, person: Uuid) -> Result<Vec<(Uuid, Uuid)>, StoreError> {
        let text = format!(
            "SELECT id, family_id FROM {} WHERE authority_id = $1 AND {} = $2",
            place.table, place.column
        );
        let values = [Value::from(self.authority()), person.into()];
        let statement = Statement::from_sql_and_values(self.backend(), text, values);
        let rows = self.transaction()?.query_all_raw(statement).await?;
        let row = |row: &sea_orm::QueryResult| Ok((row.try_get("", "id")?, row.try_get("", "family_id")?));
        rows.iter().map(row).collect()
    }
}

impl Writing<'_> {
    /// Makes two records one: from now on the first stands for both. `other` writes to the family of the second.
    pub async fn merge(
        &self,
        other: &Writing<'_>,
        [kept, merged]: [Who; 2],
        id: Uuid,
        said: Said,
    ) -> Result<(), StoreError> {
        self.of(kept)?;
        other.of(merged)?;
        let session = self.session();
        let (on, authority) = (self.connection()?, self.authority());
        let (of_kept, of_merged) = (
            session.record_of(kept.person).await?,
            session.record_of(merged.person).await?,
        );
        let mut merged_shielded = of_merged.shielded;
        for merge in of_merged.merges {
            // What was set while they were one stays with both, before what they are compared with is another record's.
            let under = merge.merged_id;
            let [kept_says, under_says] = self.shielded_of(&merge).await?;
            self.shield(under, under_says).await?;
            merged_shielded |= kept_says;
            let mut row = merge.into_active_model();
            row.kept_id = Set(kept.person);
            row.kept_shielded = Set(of_kept.shielded);
            row.merged_shielded = Set(under_says);
            person_merge::Entity::update(row).exec(on).await?;
        }
        let row = person_merge::Model {
            authority_id: authority,
            id,
            kept_id: kept.person,
            merged_id: merged.person,
            kept_shielded: of_kept.shielded,
            merged_shielded,
            reason: said.reason.word().to_owned(),
            merged_by_agency: said.agency,
            merged_by_subject: said.subject,
            merged_at: said.at,
            split_reason: None,
            split_by_agency: None,
            split_by_subject: None,
            split_at: None,
        };
        self.insert(row.into_active_model()).await?;
        for place in PLACES.iter() {
            for (of, of_merged, owners) in [
                (kept.person, false, &of_kept.owners),
                (merged.person, true, &of_merged.owners),
            ] {
                for (row, family) in session.rows_naming(place, of).await? {
                    if owners.owner(&place.named(row), family).is_none() {
                        let known = person_merge_row::Model {
                            authority_id: authority,
                            merge_id: id,
                            place: place.name.clone(),
                            row_id: row,
                            of_merged,
                        };
                        self.insert(known.into_active_model()).await?;
                    }
                    if of_merged {
                        self.name(place, row, kept.person).await?;
                    }
                }
            }
        }
        self.shield(merged.person, merged_shielded).await?;
        self.shield(kept.person, of_kept.shielded).await?;
        self.people_changed([kept, merged], [kept.family, merged.family]).await
    }

    /// Parts the records that one merge made one: each has again what it had, and what was recorded since in its families.
    pub async fn split(
        &self,
        other: &Writing<'_>,
        members: [Who; 2],
        merge: Uuid,
        said: Said,
    ) -> Result<(), StoreError> {
        self.of(members[0])?;
        other.of(members[1])?;
        let session = self.session();
        let person = members[0].person;
        let record = session.record_of(person).await?;
        let row = record.merges.into_iter().find(|row| row.id == merge);
        let row = row.ok_or_else(|| StoreError::Corrupt("a merge that is not there".to_owned()))?;
        for place in PLACES.iter() {
            for (id, family) in session.rows_naming(place, person).await? {
                if record.owners.owner(&place.named(id), family) == Some(merge) {
                    self.name(place, id, row.merged_id).await?;
                }
            }
        }
        let merged = row.merged_id;
        let [kept_says, merged_says] = self.shielded_of(&row).await?;
        let mut row = row.into_active_model();
        row.split_reason = Set(Some(said.reason.word().to_owned()));
        row.split_by_agency = Set(Some(said.agency));
        row.split_by_subject = Set(Some(said.subject));
        row.split_at = Set(Some(said.at));
        person_merge::Entity::update(row).exec(self.connection()?).await?;
        self.shield(merged, merged_says).await?;
        self.shield(person, kept_says).await?;
        let both = [person, merged].map(|person| Who { person, ..members[0] });
        self.people_changed(both, members.map(|member| member.family)).await
    }

    fn of(&self, who: Who) -> Result<(), StoreError> {
        self.of_family(who.family)?;
        self.of_person(who.person)
    }

    /// Whether each record of a merge says that the person is shielded, once they are parted.
    async fn shielded_of(&self, merge: &person_merge::Model) -> Result<[bool; 2], StoreError> {
        let mut now = [merge.kept_shielded, merge.merged_shielded];
        for (says, person) in now.iter_mut().zip([merge.kept_id, merge.merged_id]) {
            *says = self.session().says_shielded(person).await?;
        }
        Ok(shielded_apart([merge.kept_shielded, merge.merged_shielded], now))
    }

    /// Writes whether a record says that the person is shielded, and thereby has the database note all families of theirs, and of those they live with.
    async fn shield(&self, person: Uuid, shielded: bool) -> Result<(), StoreError> {
        let text = "UPDATE person SET shielded = $3 WHERE authority_id = $1 AND id = $2";
        self.run(text, vec![person.into(), shielded.into()]).await
    }

    /// Has a row name another record. A number that the family knows of that one already stays as it is.
    async fn name(&self, place: &Place, row: Uuid, person: Uuid) -> Result<(), StoreError> {
        let table = place.table;
        let known = if table == LocalIdentifierRow::NAME {
            format!(
                " AND NOT EXISTS (SELECT 1 FROM {table} k WHERE k.authority_id = $1 AND k.person_id = $3 \
                 AND k.family_id = {table}.family_id AND k.system = {table}.system AND k.value = {table}.value)"
            )
        } else {
            String::new()
        };
        let text = format!(
            "UPDATE {table} SET {} = $3 WHERE authority_id = $1 AND id = $2{known}",
            place.column
        );
        self.run(&text, vec![row.into(), person.into()]).await
    }

    async fn run(&self, text: &str, more: Vec<Value>) -> Result<(), StoreError> {
        let values = std::iter::once(Value::from(self.authority())).chain(more);
        let statement = Statement::from_sql_and_values(self.session().backend(), text, values);
        self.connection()?.execute_raw(statement).await?;
        Ok(())
    }

    /// Renews by what they are looked up, and has the feed look at all families of theirs.
    async fn people_changed(&self, people: [Who; 2], families: [Uuid; 2]) -> Result<(), StoreError> {
        let keys = people.map(|who| who.person);
        keys::of_people(self.connection()?, self.authority(), &keys).await?;
        for (person, family) in keys.into_iter().zip(families) {
            self.touch_person(family, person);
        }
        Ok(())
    }
}
