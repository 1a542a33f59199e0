//! What a caller may see of a family: worked out from the rows themselves, by the decision alone, with nothing of the store and of the API.
//!
//! Two data sets are the same to a caller when every family's view is: the rows that exist, their values where they are released, and
//! what is told where they are withheld.

mod facts;
mod family;
mod found;
mod looker;
mod needs;
mod people;
mod sharing;
mod work;

use std::sync::Arc;

use thinkfamily::sharing::ceiling::Ceiling;

pub(crate) use self::{facts::Moment, looker::View};
use self::{looker::Looker, people::Named};
use crate::world::Folder;

/// What a caller sees of a family; nothing where the family, or whatever is in it, does not exist for them.
pub(crate) fn view(folder: &Folder, ceiling: &Arc<Ceiling>, moment: &Moment) -> View {
    if folder.family.authority_id != ceiling.caller().authority {
        return View::new();
    }
    let mut looker = Looker::new(ceiling, facts::of(folder, moment), &moment.kinds);
    family::look(&mut looker, folder, moment);
    found::look(&mut looker, folder, moment);
    let members = people::members(&mut looker, folder, moment);
    let named = Named(&members);
    people::look(&mut looker, folder, named);
    needs::matches(&mut looker, folder, named);
    work::assessments(&mut looker, folder, named);
    let (plans, goals) = work::plans(&mut looker, folder);
    needs::outcomes(&mut looker, folder, &plans, &goals);
    needs::progress(&mut looker, folder, named);
    sharing::look(&mut looker, folder, named);
    looker.view
}
