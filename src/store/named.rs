//! Families that a caller names by id, reference or cursor. One that is not visible to the caller is answered
//! like one that does not exist, so both must take the same reads (and time).
//!
//! A hidden family is read to be decided about; a missing one cannot be. So afterwards, if anything named is
//! not returned, dummy reads follow: for each missing family another family of the authority, for each hidden
//! one an id that does not exist. Either way one read finds something and one finds nothing, by the same
//! statements. If everything is returned, there are no dummy reads (docs/decisions/0039).

use std::sync::Arc;

use entity::family;
use sea_orm::{
    ColumnTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Alias, Query, UnionType},
};
use uuid::Uuid;

use super::{
    dossier::{Dossier, Wants},
    load::Holds,
    pipeline::Bind,
    reach::{FamilySet, Reach, Window, nobody},
    record::record,
    session::{Session, StoreError},
};
use crate::sharing::ceiling::Ceiling;

/// Where dummy reads begin in the order of families, for the ids not returned: the same for the same
/// question, and not predictable by anybody.
pub type Begin<'a> = &'a (dyn Fn(&[Uuid]) -> Uuid + Send + Sync);

/// What is wanted of named families, and how dummies are chosen.
#[derive(Clone, Copy)]
pub struct Named<'a> {
    /// What is wanted of them.
    pub wants: Wants,
    /// Whether what was asked about a family is visible to the caller.
    pub holds: Holds<'a>,
    /// Where dummy reads begin.
    pub begin: Begin<'a>,
}

impl std::fmt::Debug for Named<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Named")
            .field("wants", &self.wants)
            .finish_non_exhaustive()
    }
}

#[derive(FromQueryResult)]
struct Other {
    id: Uuid,
}

record!(Other: id);

impl Session {
    /// Families by id, or by a reach with a reference; and whether everything asked about each of them is
    /// visible to the caller.
    pub async fn named(
        &self,
        ceiling: &Arc<Ceiling>,
        families: &FamilySet,
        named: Named<'_>,
    ) -> Result<(Vec<Arc<Dossier>>, bool), StoreError> {
        let (keys, dossiers) = self.dossiers_where(ceiling, families, named.wants, named.holds).await?;
        let is_returned = |key: &Uuid| {
            let place = dossiers.binary_search_by_key(key, |dossier| dossier.key());
            place.is_ok_and(|place| (named.holds)(&dossiers[place]))
        };
        let missing: Vec<Uuid> = keys.iter().filter(|key| !is_returned(key)).copied().collect();
        let reach = match families {
            FamilySet::Reach(reach) | FamilySet::Window(Window { reach, .. }) => reach.clone(),
            FamilySet::Keys(_) => Reach::whole(self.authority(), self.today()),
        };
        let gone = keys.len() - dossiers.len();
        self.read_dummies(ceiling, &reach, &missing, gone, named).await?;
        Ok((dossiers, missing.is_empty()))
    }

    /// Dummy reads for families that were named but not returned; `gone` of them did not exist.
    pub async fn read_dummies(
        &self,
        ceiling: &Arc<Ceiling>,
        reach: &Reach,
        missing: &[Uuid],
        gone: usize,
        named: Named<'_>,
    ) -> Result<(), StoreError> {
        if missing.is_empty() {
            return Ok(());
        }
        let other_families = self
            .other_families(reach, (named.begin)(missing), missing.len())
            .await?;
        let keys = dummy_keys(other_families, gone, missing.len());
        self.read_in_vain(ceiling, keys, named.wants, named.holds).await
    }

    /// This many families of the reach, whatever their references, from that id on, and then from the first.
    async fn other_families(&self, reach: &Reach, from: Uuid, count: usize) -> Result<Vec<Uuid>, StoreError> {
        let part = |select: Select<family::Entity>, name: &str| {
            let select = select
                .select_only()
                .column(family::Column::Id)
                .order_by_asc(family::Column::Id)
                .limit(count as u64)
                .into_query();
            Query::select()
                .column(family::Column::Id)
                .from_subquery(select, Alias::new(name))
                .take()
        };
        let mut both = part(reach.select_all().filter(family::Column::Id.gte(from)), "after");
        let before = part(reach.select_all().filter(family::Column::Id.lt(from)), "before");
        both.union(UnionType::All, before);
        let statement = self.backend().build(&both);
        let values = statement.values.into_iter().flat_map(|values| values.0);
        let values = values.map(Bind::One).collect();
        let rows = self.rows(&statement.sql, values).await?.records::<Other>()?;
        Ok(rows.into_iter().map(|row| row.id).take(count).collect())
    }
}

/// The ids of dummy reads: another family for each missing one, and an unused id for each of the others.
fn dummy_keys(other_families: Vec<Uuid>, gone: usize, missing: usize) -> Vec<Uuid> {
    let mut keys: Vec<Uuid> = other_families.into_iter().take(gone).collect();
    keys.extend((keys.len()..missing).map(nobody));
    keys.sort_unstable();
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_family_is_replaced_by_another_and_a_hidden_one_by_nobody() {
        let other_families = || vec![Uuid::from_u128(1), Uuid::from_u128(2)];
        assert_eq!(dummy_keys(other_families(), 0, 2), [nobody(1), nobody(0)]);
        assert_eq!(dummy_keys(other_families(), 1, 2), [Uuid::from_u128(1), nobody(1)]);
        assert_eq!(dummy_keys(other_families(), 2, 2), other_families());
        assert_eq!(
            dummy_keys(Vec::new(), 2, 2),
            [nobody(1), nobody(0)],
            "where there are no others"
        );
    }
}
