//! Families that the asker names. What is not there and what is not for them is read alike, and the answer leaves at the pace of look-ups.

use std::sync::{Arc, atomic::Ordering};

use uuid::Uuid;

use super::{api_error::ApiError, context::Request};
use crate::store::{
    dossier::{Dossier, Wants},
    named::Named,
    reach::{FamilySet, Reach},
};

impl Request {
    /// Families by their keys, or the one of a reference. `holds` says whether all that is asked of a family is there for the asker.
    pub async fn named(
        &self,
        families: &FamilySet,
        wants: Wants,
        holds: &(dyn Fn(&Arc<Dossier>) -> bool + Send + Sync),
    ) -> Result<Vec<Arc<Dossier>>, ApiError> {
        let reference = families.reference().unwrap_or_default();
        let begin = |missing: &[Uuid]| self.decoys_from(reference, missing);
        let named = Named {
            wants,
            holds,
            begin: &begin,
        };
        let (dossiers, all) = self.session.named(&self.ceiling, families, named).await?;
        self.note_missed(!all);
        Ok(dossiers)
    }

    /// One family by its key, if all that is asked of it is there for the asker.
    pub async fn named_one(
        &self,
        family: Uuid,
        wants: Wants,
        holds: &(dyn Fn(&Arc<Dossier>) -> bool + Send + Sync),
    ) -> Result<Option<Arc<Dossier>>, ApiError> {
        let found = self.named(&FamilySet::Keys(vec![family]), wants, holds).await?;
        Ok(found.into_iter().find(holds))
    }

    /// What is to be read after a stretch of a list that began at a family that the asker named by a cursor, if nothing of it is given.
    pub async fn read_dummies(
        &self,
        reach: &Reach,
        family: Uuid,
        gone: bool,
        wants: Wants,
        holds: &(dyn Fn(&Arc<Dossier>) -> bool + Send + Sync),
    ) -> Result<(), ApiError> {
        let begin = |missing: &[Uuid]| self.decoys_from("", missing);
        let named = Named {
            wants,
            holds,
            begin: &begin,
        };
        let (ceiling, missing) = (&self.ceiling, [family]);
        self.session
            .read_dummies(ceiling, reach, &missing, gone.into(), named)
            .await?;
        self.note_missed(true);
        Ok(())
    }

    /// Has the answer leave at the pace of look-ups, whatever becomes of it.
    pub(super) fn at_pace(&self) {
        self.note_missed(true);
    }

    /// The same, where something was missed.
    fn note_missed(&self, missed: bool) {
        self.missed.fetch_or(missed, Ordering::Relaxed);
    }

    /// Where families begin that stand in for what was named and is not there. Whoever asks the same again comes upon the same, so that its time says as little as that of a
    /// family that is hidden.
    fn decoys_from(&self, reference: &str, missing: &[Uuid]) -> Uuid {
        // What a reference leads to, or does not, is named by the reference alone.
        let missing = if reference.is_empty() { missing } else { &[] };
        let keys: Vec<u8> = missing.iter().flat_map(|key| *key.as_bytes()).collect();
        let authority = self.authority().to_be_bytes();
        let half = |number: &[u8]| {
            let parts = [b"decoy".as_slice(), number, &authority, reference.as_bytes(), &keys];
            self.services.lookups.digest(&parts).cast_unsigned()
        };
        Uuid::from_u64_pair(half(b"1"), half(b"2"))
    }
}
