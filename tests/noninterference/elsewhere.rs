//! Homes, and numbers of homes and schools, that no question comes near.
//!
//! Whoever lives where somebody asks is found a little better for it, and that is what asking is for. So a home of which no place may be compared can be
//! exchanged for one somewhere that nobody asks about, and nobody may notice. These are such places: made of digits, and of
//! letters beside one another, that no question has.

use thinkfamily::records::{AddressRow, IdentifierSystem, LocalIdentifierRow};
use uuid::Uuid;

use crate::world::Folder;

/// What every such place and number begins with.
const MARK: &str = "90009";
/// Systems whose numbers shielding covers, as it covers addresses.
pub(crate) const OF_A_PLACE: [IdentifierSystem; 2] = [IdentifierSystem::Tenancy, IdentifierSystem::Upn];

/// Whether a text may be asked with.
pub(crate) fn may_be_asked(text: &str) -> bool {
    !text.contains(MARK)
}

/// Whether nothing of an address is ever asked with.
pub(crate) fn is_elsewhere(row: &AddressRow) -> bool {
    !may_be_asked(&row.postcode) && !may_be_asked(&row.line1) && row.line2.is_none() && row.town.is_none()
}

/// Whether the number is of a home or a school.
pub(crate) fn is_of_a_place(row: &LocalIdentifierRow) -> bool {
    OF_A_PLACE.contains(&row.system)
}

/// Moves the family away, and gives its people other numbers. The key is nobody else's, as numbers are.
pub(crate) fn settle_elsewhere(folder: &mut Folder, key: Uuid) {
    let number = key.as_u128() % 1_000_000;
    for row in &mut folder.addresses {
        row.postcode = format!("{MARK}{number:06}");
        row.line1 = format!("{MARK} Xqzjwvkq {number}");
        (row.line2, row.town) = (None, None);
    }
    for (at, row) in folder
        .local_identifiers
        .iter_mut()
        .filter(|row| is_of_a_place(row))
        .enumerate()
    {
        row.value = format!("{MARK}-{}-{at}", key.simple());
    }
}

/// Whether all its places and numbers of places are such that nobody asks about.
pub(crate) fn lives_elsewhere(folder: &Folder) -> bool {
    let mut numbers = folder.local_identifiers.iter().filter(|row| is_of_a_place(row));
    folder.addresses.iter().all(is_elsewhere) && numbers.all(|row| !may_be_asked(&row.value))
}
