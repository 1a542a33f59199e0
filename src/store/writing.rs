//! Writing what a permit covers. Whoever writes spends a permit, and by that alone the change is in the operation's account, from which the trail is told, and its family noted for the feed.

use sea_orm::{ActiveModelTrait, ConnectionTrait as _, DatabaseTransaction, EntityTrait, IntoActiveModel};
use uuid::Uuid;

pub use super::deed::{Deed, Written};
use super::{
    feed::Change,
    record,
    session::{Session, StoreError},
};
use crate::{
    records::Row,
    sharing::{facts::Holder, permit::Permit},
};

/// Who permits a change.
#[derive(Debug)]
enum By {
    /// A decision. The change stands at that place of the account; and whether its family is noted for the feed by it alone.
    Permit(Permit, usize, bool),
    /// An operator whose command has told the trail itself.
    Operator,
}

/// The only thing that changes rows, and only those of its permit's holder.
#[derive(Debug)]
pub struct Writing<'s> {
    session: &'s Session,
    by: By,
}

impl Session {
    /// Spends a permit: the change is accounted for, and noted for the feed, from now on.
    pub fn write(&self, permit: Permit) -> Writing<'_> {
        let mut account = self.account();
        let (at, family) = (account.len(), family_of(&permit));
        account.push(written(&permit, family, Deed::Rows));
        drop(account);
        let noted = family.is_some_and(|family| self.noted().insert(of_family(family)));
        Writing {
            session: self,
            by: By::Permit(permit, at, noted),
        }
    }

    /// Writes for a command of an operator, who is no caller and whom no agreement binds; the command has told the trail itself before. Nothing that answers callers may use it.
    pub fn write_as_operator(&self) -> Writing<'_> {
        Writing {
            session: self,
            by: By::Operator,
        }
    }

    /// Notes what was tried, where nothing is changed.
    pub fn tried(&self, written: Written) {
        self.account().push(written);
    }

    /// Takes what was changed and tried so far.
    pub fn take_account(&self) -> Vec<Written> {
        let mut account = std::mem::take(&mut *self.account());
        account.retain(|written| written.deed != Deed::Nothing);
        account
    }
}

impl Writing<'_> {
    /// The operation's session, for reading.
    pub(super) fn session(&self) -> &Session {
        self.session
    }

    pub(super) fn authority(&self) -> i32 {
        self.session.authority()
    }

    /// What a statement that changes rows goes over.
    pub(super) fn connection(&self) -> Result<&DatabaseTransaction, StoreError> {
        self.session.transaction()
    }

    /// Refuses rows of another holder than the permit's.
    pub(super) fn held_by(&self, holder: Holder) -> Result<(), StoreError> {
        match &self.by {
            By::Permit(permit, ..) if permit.holder() != holder => Err(NOT_COVERED),
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
            By::Permit(permit, ..) if permit.person() != Some(person) => Err(NOT_COVERED),
            _ => Ok(()),
        }
    }

    /// Says of the change what was done, where it is more than that rows were written.
    pub(super) fn was(&self, deed: Deed) {
        self.say(|written| written.deed = deed);
    }

    /// The same of what opens emergency access, by its row.
    pub(super) fn opened(&self, emergency: Uuid) {
        self.say(|written| {
            written.deed = Deed::Emergency;
            written.emergency = Some(emergency);
        });
    }

    /// Says of which family the change is, where the holder is an agency.
    pub(super) fn about(&self, family: Uuid) {
        self.say(|written| written.family = Some(family));
    }

    /// Nothing was changed after all: what was to be changed is as it was to become.
    pub(super) fn changed_nothing(&self) {
        self.was(Deed::Nothing);
        self.as_it_was();
    }

    /// The feed has nothing to look at after all.
    pub(super) fn as_it_was(&self) {
        if let By::Permit(permit, _, true) = &self.by
            && let Some(family) = family_of(permit)
        {
            self.session.noted().remove(&of_family(family));
        }
    }

    fn say(&self, say: impl FnOnce(&mut Written)) {
        let By::Permit(_, at, _) = &self.by else { return };
        if let Some(written) = self.session.account().get_mut(*at) {
            say(written);
        }
    }

    /// Rows of another family were changed as well.
    pub(super) fn also(&self, family: Uuid, deed: Deed) {
        let By::Permit(permit, ..) = &self.by else { return };
        self.session.account().push(written(permit, Some(family), deed));
    }

    /// Notes for the feed that something of a family was written on which anybody's view of its marker could rest.
    pub fn touch(&self, family: Uuid) {
        self.note(family, None, None);
    }

    /// The same of something about a person, recorded in a family, that concerns every family of theirs: their consent, their shielding.
    pub(super) fn touch_person(&self, family: Uuid, person: Uuid) {
        self.note(family, Some(person), None);
    }

    /// Notes that a contact with a family was reported.
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

    /// Adds rows.
    pub(super) async fn add<R: Row>(&self, rows: &[R]) -> Result<(), StoreError> {
        let statement = record::insert(rows, self.session().backend());
        self.connection()?.execute_raw(statement).await?;
        Ok(())
    }

    /// Adds a row of a table that is not said in [`crate::records`].
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

/// Something of a family that is about no person and no contact alone.
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

/// It never comes to this unless a change was written wrongly: nothing of the operation is kept then.
const NOT_COVERED: StoreError = StoreError::NotCovered;
