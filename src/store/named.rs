//! Families that somebody names, by an id, a reference or a cursor. Whoever names one that is not for them is answered as if it were not there, and so both are read alike.
//!
//! One that is hidden is read to be decided about; of one that is not there nothing can be. So afterwards, where anything that was named is not given, as much is read in
//! vain: for each one that was not there another family of the authority, for each one that was there nobody. Either way something is read once and nothing once, by
//! the same statements. Where all is given, nothing more is read (docs/decisions/0039).

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

/// Where in the order of families those begin that are read in vain, for the keys that were not given: the same for the same question, and known to nobody.
pub type Begin<'a> = &'a (dyn Fn(&[Uuid]) -> Uuid + Send + Sync);

/// What is wanted of families that were named, and how others are found that stand in for them.
#[derive(Clone, Copy)]
pub struct Named<'a> {
    /// What is wanted of them.
    pub wants: Wants,
    /// Whether what was asked of a family is there for the asker.
    pub holds: Holds<'a>,
    /// Where those begin that stand in for others.
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
    /// Families by their keys, or by a reach with a reference; and whether everything that was asked of each of them is there for the asker.
    pub async fn named(
        &self,
        ceiling: &Arc<Ceiling>,
        families: &FamilySet,
        named: Named<'_>,
    ) -> Result<(Vec<Arc<Dossier>>, bool), StoreError> {
        let (keys, dossiers) = self.dossiers_where(ceiling, families, named.wants, named.holds).await?;
        let given = |key: &Uuid| {
            let place = dossiers.binary_search_by_key(key, |dossier| dossier.key());
            place.is_ok_and(|place| (named.holds)(&dossiers[place]))
        };
        let missing: Vec<Uuid> = keys.iter().filter(|key| !given(key)).copied().collect();
        let reach = match families {
            FamilySet::Reach(reach) | FamilySet::Window(Window { reach, .. }) => reach.clone(),
            FamilySet::Keys(_) => Reach::whole(self.authority(), self.today()),
        };
        let gone = keys.len() - dossiers.len();
        self.as_if_given(ceiling, &reach, &missing, gone, named).await?;
        Ok((dossiers, missing.is_empty()))
    }

    /// Reads in vain for families that were named and of which nothing is given; so many of them were not there to be read.
    pub async fn as_if_given(
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
        let others = self.others(reach, (named.begin)(missing), missing.len()).await?;
        let keys = in_vain(others, gone, missing.len());
        self.read_in_vain(ceiling, keys, named.wants, named.holds).await
    }

    /// So many families of the reach, whatever their references, from that key on, and then from the first on.
    async fn others(&self, reach: &Reach, from: Uuid, count: usize) -> Result<Vec<Uuid>, StoreError> {
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

/// Whom to read in vain for so many that are missing, of whom some were not there: another for each of these, and nobody for each of the rest.
fn in_vain(others: Vec<Uuid>, gone: usize, missing: usize) -> Vec<Uuid> {
    let mut keys: Vec<Uuid> = others.into_iter().take(gone).collect();
    keys.extend((keys.len()..missing).map(nobody));
    keys.sort_unstable();
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_is_read_for_one_that_was_not_there_and_nobody_for_one_that_was() {
        let others = || vec![Uuid::from_u128(1), Uuid::from_u128(2)];
        assert_eq!(in_vain(others(), 0, 2), [nobody(1), nobody(0)]);
        assert_eq!(in_vain(others(), 1, 2), [Uuid::from_u128(1), nobody(1)]);
        assert_eq!(in_vain(others(), 2, 2), others());
        assert_eq!(
            in_vain(Vec::new(), 2, 2),
            [nobody(1), nobody(0)],
            "where there are no others"
        );
    }
}
