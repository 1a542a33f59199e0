//! Renews the look-up keys of people whose data changed, and deletes outdated ones.

use std::collections::{BTreeMap, BTreeSet};

use entity::{local_identifier, membership, person};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Statement, Value};
use uuid::Uuid;

use super::{FAMILIES, LocalIdentifierRow, PersonRow, insert, of_identifier, of_person, places};
use crate::{records::MembershipRow, store::dataset::Dataset};

/// As [`super::add`], for rows that were changed just now.
pub(in crate::store) async fn renew(transaction: &DatabaseTransaction, data: &Dataset) -> Result<(), DbErr> {
    let mut people: BTreeMap<i32, BTreeSet<Uuid>> = BTreeMap::new();
    let mut families: BTreeMap<i32, BTreeSet<Uuid>> = BTreeMap::new();
    for row in &data.people {
        people.entry(row.authority_id).or_default().insert(row.id);
    }
    for row in &data.local_identifiers {
        people.entry(row.authority_id).or_default().insert(row.person_id);
    }
    for row in &data.memberships {
        families.entry(row.authority_id).or_default().insert(row.family_id);
    }
    for row in &data.addresses {
        families.entry(row.authority_id).or_default().insert(row.family_id);
    }
    for (authority, families) in families {
        let families: Vec<Uuid> = families.into_iter().collect();
        for some in families.chunks(FAMILIES) {
            let of = membership::Column::FamilyId.is_in(some.iter().copied());
            let found = memberships(transaction, authority, of).await?;
            let people = people.entry(authority).or_default();
            people.extend(found.into_iter().map(|row| row.person_id));
        }
    }
    for (authority, people) in people {
        let people: Vec<Uuid> = people.into_iter().collect();
        for some in people.chunks(FAMILIES) {
            of_people(transaction, authority, some).await?;
        }
    }
    Ok(())
}

/// The same for these people, whatever was changed.
pub(in crate::store) async fn of_people(
    transaction: &DatabaseTransaction,
    authority: i32,
    people: &[Uuid],
) -> Result<(), DbErr> {
    let marks: Vec<String> = (2..people.len() + 2).map(|at| format!("${at}")).collect();
    let text = format!(
        "DELETE FROM person_key WHERE authority_id = $1 AND person_id IN ({})",
        marks.join(", ")
    );
    let values = std::iter::once(Value::from(authority)).chain(people.iter().map(|key| Value::from(*key)));
    let statement = Statement::from_sql_and_values(transaction.get_database_backend(), text, values);
    transaction.execute_raw(statement).await?;
    let rows: Vec<PersonRow> = person::Entity::find()
        .filter(person::Column::AuthorityId.eq(authority))
        .filter(person::Column::Id.is_in(people.iter().copied()))
        .into_model()
        .all(transaction)
        .await?;
    let numbers: Vec<LocalIdentifierRow> = local_identifier::Entity::find()
        .filter(local_identifier::Column::AuthorityId.eq(authority))
        .filter(local_identifier::Column::PersonId.is_in(people.iter().copied()))
        .into_model()
        .all(transaction)
        .await?;
    let keys = rows.iter().flat_map(of_person);
    insert(
        transaction,
        keys.chain(numbers.iter().flat_map(of_identifier)).collect(),
    )
    .await?;
    let of = membership::Column::PersonId.is_in(people.iter().copied());
    let families: BTreeSet<Uuid> = memberships(transaction, authority, of)
        .await?
        .into_iter()
        .map(|row| row.family_id)
        .collect();
    let families: Vec<Uuid> = families.into_iter().collect();
    for some in families.chunks(FAMILIES) {
        places(transaction, authority, some).await?;
    }
    Ok(())
}

async fn memberships(
    transaction: &DatabaseTransaction,
    authority: i32,
    of: sea_orm::sea_query::SimpleExpr,
) -> Result<Vec<MembershipRow>, DbErr> {
    membership::Entity::find()
        .filter(membership::Column::AuthorityId.eq(authority))
        .filter(of)
        .into_model()
        .all(transaction)
        .await
}
