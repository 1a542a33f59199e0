//! The categories that a row has of its own, from its codes.

use crate::{
    catalogue,
    sharing::category::{Category, CategorySet},
};

/// Of a criterion; of one that is not in the catalogue, all six areas, so that it is never given away by mistake.
pub(super) fn criterion(code: &str) -> CategorySet {
    catalogue::categories_of_criterion(code).unwrap_or(Category::CRITERIA)
}

/// Of a criterion that a row may be tied to.
pub(super) fn optional_criterion(code: Option<&str>) -> CategorySet {
    code.map_or(CategorySet::EMPTY, criterion)
}

/// Of a Family Progress Data measure; of an unknown one, all its groups.
pub(super) fn measure(code: &str) -> CategorySet {
    catalogue::category_of_measure(code).map_or(Category::PROGRESS, |category| CategorySet::of(&[category]))
}

/// Of a distance travelled domain; of an unknown one, all six areas.
pub(super) fn domain(code: &str) -> CategorySet {
    catalogue::categories_of_domain(code).unwrap_or(Category::CRITERIA)
}
