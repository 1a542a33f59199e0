//! Writes under a permit. Every write spends a permit, which by itself puts the change on the operation's
//! account (from which the trail entry is made) and notes its family for the feed.

use sea_orm::{ActiveModelTrait, ConnectionTrait as _, DatabaseTransaction, EntityTrait, IntoActiveModel};
use uuid::Uuid;

pub use super::deed::{Deed, Written};
use super::{
    feed::Change,
    record,
    session::{Session, StoreError},
};
use crate::{
    records::{Cell, OfFamily, Row},
    sharing::{facts::Holder, permit::Permit},
};

/// On whose authority a change is made.
#[derive(Debug)]
enum Authorisation {
    /// A decision. With the change's index in the account, and whether its family is noted for the feed only
    /// because of it.
    Permit(Permit, usize, bool),
    /// An operator, whose command has written the trail entry itself.
    Operator,
}

/// The only way to change rows, and only those of its permit's holder.
#[derive(Debug)]
pub struct Writing<'s> {
    session: &'s Session,
    by: Authorisation,
}

impl Session {
    /// Spends a permit: from now on the change is on the account, and noted for the feed.
    pub fn write(&self, permit: Permit) -> Writing<'_> {
        let mut account = self.account();
        let (at, family) = (account.len(), family_of(&permit));
        account.push(written(&permit, family, Deed::Rows));
        drop(account);
        let noted = family.is_some_and(|family| self.noted().insert(of_family(family)));
        Writing {
            session: self,
            by: Authorisation::Permit(permit, at, noted),
        }
    }

    /// Writes for an operator's command: an operator is not a caller, and no agreement applies; the command
    /// has written the trail entry itself beforehand. Code that answers callers must not use it.
    pub fn write_as_operator(&self) -> Writing<'_> {
        Writing {
            session: self,
            by: Authorisation::Operator,
        }
    }

    /// Records an attempt that changes nothing.
    pub fn tried(&self, written: Written) {
        self.account().push(written);
    }

    /// Takes the changes and attempts so far.
    pub fn take_account(&self) -> Vec<Written> {
        let mut account = std::mem::take(&mut *self.account());
        account.retain(|written| written.deed != Deed::Nothing);
        account
    }
}

impl Writing<'_> {
    /// The operation's session, for reads.
    pub(super) fn session(&self) -> &Session {
        self.session
    }

    pub(super) fn authority(&self) -> i32 {
        self.session.authority()
    }

    /// The transaction for statements that change rows.
    pub(super) fn connection(&self) -> Result<&DatabaseTransaction, StoreError> {
        self.session.transaction()
    }

    /// Refuses rows of another holder than the permit's.
    pub(super) fn held_by(&self, holder: Holder) -> Result<(), StoreError> {
        match &self.by {
            Authorisation::Permit(permit, ..) if permit.holder() != holder => Err(NOT_COVERED),
            _ => Ok(()),
        }
    }

    /// Refuses rows of another family than the permit's.
    pub(super) fn of_family(&self, family: Uuid) -> Result<(), StoreError> {
        self.held_by(Holder::Family(family))
    }

    /// Refuses rows about another person than the permit's.
    pub(super) fn of_person(&self, person: Uuid) -> Result<(), StoreError> {
        match &self.by {
            Authorisation::Permit(permit, ..) if permit.person() != Some(person) => Err(NOT_COVERED),
            _ => Ok(()),
        }
    }

    /// Sets what was done, if it is more than that rows were written.
    pub(super) fn set_deed(&self, deed: Deed) {
        self.update_account(|written| written.deed = deed);
    }

    /// The same for a change that opens emergency access, by its row.
    pub(super) fn opened(&self, emergency: Uuid) {
        self.update_account(|written| {
            written.deed = Deed::Emergency;
            written.emergency = Some(emergency);
        });
    }

    /// Sets the family of the change, if the holder is an agency.
    pub(super) fn about(&self, family: Uuid) {
        self.update_account(|written| written.family = Some(family));
    }

    /// Nothing was changed after all: it already was as requested.
    pub(super) fn changed_nothing(&self) {
        self.set_deed(Deed::Nothing);
        self.leave_out_of_feed();
    }

    /// The feed has nothing to process after all.
    pub(super) fn leave_out_of_feed(&self) {
        if let Authorisation::Permit(permit, _, true) = &self.by
            && let Some(family) = family_of(permit)
        {
            self.session.noted().remove(&of_family(family));
        }
    }

    fn update_account(&self, change: impl FnOnce(&mut Written)) {
        let Authorisation::Permit(_, at, _) = &self.by else {
            return;
        };
        if let Some(written) = self.session.account().get_mut(*at) {
            change(written);
        }
    }

    /// Rows of another family were changed as well.
    pub(super) fn add_deed(&self, family: Uuid, deed: Deed) {
        let Authorisation::Permit(permit, ..) = &self.by else {
            return;
        };
        self.session.account().push(written(permit, Some(family), deed));
    }

    /// Notes for the feed that something was written that anybody's view of the family's marker could depend
    /// on.
    pub fn touch(&self, family: Uuid) {
        self.note(family, None, None);
    }

    /// The same for something about a person, recorded in a family, that affects all of their families:
    /// consent, shielding.
    pub(super) fn touch_person(&self, family: Uuid, person: Uuid) {
        self.note(family, Some(person), None);
    }

    /// Notes that a contact with a family was recorded.
    pub fn touch_contact(&self, family: Uuid, contact: Uuid) {
        self.note(family, None, Some(contact));
    }

    fn note(&self, family: Uuid, person: Option<Uuid>, contact: Option<Uuid>) {
        self.session.noted().insert(Change {
            family,
            person,
            contact,
        });
    }

    /// Inserts rows of the permit's family.
    pub async fn add_to_family<R: OfFamily>(&self, rows: &[R]) -> Result<(), StoreError> {
        rows.iter().try_for_each(|row| self.of_family(row.family()))?;
        if rows.is_empty() {
            return Ok(());
        }
        self.add(rows).await
    }

    /// Sets columns of a row of the permit's family; says whether it was there.
    pub async fn set_in_family<R: OfFamily>(
        &self,
        family: Uuid,
        key: Uuid,
        columns: Vec<(&'static str, Cell)>,
    ) -> Result<bool, StoreError> {
        self.of_family(family)?;
        let of = [self.authority().into(), key.into(), family.into()];
        let statement = record::update::<R>(of, columns, self.session().backend());
        let changed = self.connection()?.execute_raw(statement).await?;
        Ok(changed.rows_affected() > 0)
    }

    /// Inserts rows.
    pub(super) async fn add<R: Row>(&self, rows: &[R]) -> Result<(), StoreError> {
        let statement = record::insert(rows, self.session().backend());
        self.connection()?.execute_raw(statement).await?;
        Ok(())
    }

    /// Inserts a row of a table that is not described in [`crate::records`].
    pub(super) async fn insert<A>(&self, row: A) -> Result<(), StoreError>
    where
        A: ActiveModelTrait + Send,
        <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
    {
        <A::Entity as EntityTrait>::insert(row)
            .exec_without_returning(self.connection()?)
            .await?;
        Ok(())
    }
}

/// A change of a family, not about a single person or contact.
fn of_family(family: Uuid) -> Change {
    Change {
        family,
        person: None,
        contact: None,
    }
}

fn family_of(permit: &Permit) -> Option<Uuid> {
    match permit.holder() {
        Holder::Family(family) => Some(family),
        Holder::Agency(_) | Holder::Authority => None,
    }
}

fn written(permit: &Permit, family: Option<Uuid>, deed: Deed) -> Written {
    Written {
        family,
        person: permit.person(),
        categories: permit.categories(),
        clauses: permit.clauses().to_vec(),
        emergency: permit.emergency(),
        deed,
    }
}

/// Only a fault in this program causes this: the operation is then rolled back.
const NOT_COVERED: StoreError = StoreError::NotCovered;
