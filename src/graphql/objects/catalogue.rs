//! `Catalogue`: the code lists of the programme with what they mean.

use async_graphql::{Context, Object};

use super::entry::told;
use crate::{
    catalogue,
    graphql::codes::{self, CriterionCode, DataCategory, Sensitivity},
    sharing::{
        category::{Category, CategorySet},
        grant::Shared,
        register::field,
    },
};

/// The code lists of the programme with what they mean.
pub struct Catalogue;

/// The code lists of the programme with what they mean.
#[Object]
#[expect(clippy::unused_self, reason = "the library calls resolvers as methods")]
impl Catalogue {
    /// The national problem areas and the local criteria.
    fn criteria(&self, ctx: &Context<'_>) -> Shared<Vec<CriterionInfo>> {
        told(ctx, field::CATALOGUE_CRITERIA, || {
            catalogue::criteria().iter().map(CriterionInfo).collect()
        })
    }

    /// Family Progress Data.
    fn progress_measures(&self, ctx: &Context<'_>) -> Shared<Vec<ProgressMeasureInfo>> {
        told(ctx, field::CATALOGUE_PROGRESS_MEASURES, || {
            catalogue::catalogue()
                .progress_measures
                .iter()
                .map(ProgressMeasureInfo)
                .collect()
        })
    }

    /// Distance travelled.
    fn distance_domains(&self, ctx: &Context<'_>) -> Shared<Vec<DistanceDomainInfo>> {
        told(ctx, field::CATALOGUE_DISTANCE_DOMAINS, || {
            catalogue::catalogue()
                .distance_domains
                .iter()
                .map(DistanceDomainInfo)
                .collect()
        })
    }

    /// Measures of the report cards.
    fn performance_measures(&self, ctx: &Context<'_>) -> Shared<Vec<PerformanceMeasureInfo>> {
        told(ctx, field::CATALOGUE_PERFORMANCE_MEASURES, || {
            catalogue::catalogue()
                .performance_measures
                .iter()
                .map(PerformanceMeasureInfo)
                .collect()
        })
    }

    /// Strands of the maturity model.
    fn maturity_strands(&self, ctx: &Context<'_>) -> Shared<Vec<String>> {
        told(ctx, field::CATALOGUE_MATURITY_STRANDS, || {
            catalogue::catalogue().maturity_strands.clone()
        })
    }

    /// Purposes that a request may name.
    fn purposes(&self, ctx: &Context<'_>) -> Shared<Vec<PurposeInfo>> {
        told(ctx, field::CATALOGUE_PURPOSES, || {
            catalogue::catalogue().purposes.iter().map(PurposeInfo).collect()
        })
    }

    /// Data categories.
    fn categories(&self, ctx: &Context<'_>) -> Shared<Vec<CategoryInfo>> {
        told(ctx, field::CATALOGUE_CATEGORIES, || {
            Category::ALL.into_iter().map(CategoryInfo).collect()
        })
    }
}

/// A criterion.
pub struct CriterionInfo(&'static catalogue::Criterion);

/// A criterion.
#[Object]
impl CriterionInfo {
    /// The code.
    fn code(&self, ctx: &Context<'_>) -> Shared<Option<CriterionCode>> {
        told(ctx, field::CRITERION_INFO_CODE, || codes::parse(&self.0.code))
    }

    /// What it says.
    fn label(&self, ctx: &Context<'_>) -> Shared<String> {
        told(ctx, field::CRITERION_INFO_LABEL, || self.0.label.clone())
    }

    /// One of the six national problem areas, or else local.
    fn national(&self, ctx: &Context<'_>) -> Shared<bool> {
        told(ctx, field::CRITERION_INFO_NATIONAL, || self.0.national)
    }

    /// The data categories of whatever is tied to it.
    fn categories(&self, ctx: &Context<'_>) -> Shared<Vec<DataCategory>> {
        told(ctx, field::CRITERION_INFO_CATEGORIES, || {
            data_categories(self.0.categories)
        })
    }
}

/// A Family Progress Data measure.
pub struct ProgressMeasureInfo(&'static catalogue::ProgressMeasure);

/// A Family Progress Data measure.
#[Object]
impl ProgressMeasureInfo {
    /// The code.
    fn code(&self, ctx: &Context<'_>) -> Shared<String> {
        told(ctx, field::PROGRESS_MEASURE_INFO_CODE, || self.0.code.clone())
    }

    /// What it says.
    fn label(&self, ctx: &Context<'_>) -> Shared<String> {
        told(ctx, field::PROGRESS_MEASURE_INFO_LABEL, || self.0.label.clone())
    }

    /// The data category of its values.
    fn category(&self, ctx: &Context<'_>) -> Shared<Option<DataCategory>> {
        told(ctx, field::PROGRESS_MEASURE_INFO_CATEGORY, || {
            codes::parse(self.0.category.code())
        })
    }

    /// Essential, or else desirable.
    fn essential(&self, ctx: &Context<'_>) -> Shared<bool> {
        told(ctx, field::PROGRESS_MEASURE_INFO_ESSENTIAL, || self.0.essential)
    }

    /// For whom there is a value.
    fn scope(&self, ctx: &Context<'_>) -> Shared<String> {
        told(ctx, field::PROGRESS_MEASURE_INFO_SCOPE, || self.0.scope.clone())
    }

    /// The unit of its values.
    fn unit(&self, ctx: &Context<'_>) -> Shared<String> {
        told(ctx, field::PROGRESS_MEASURE_INFO_UNIT, || self.0.unit.clone())
    }
}

/// A distance travelled domain.
pub struct DistanceDomainInfo(&'static catalogue::DistanceDomain);

/// A distance travelled domain.
#[Object]
impl DistanceDomainInfo {
    /// The code.
    fn code(&self, ctx: &Context<'_>) -> Shared<String> {
        told(ctx, field::DISTANCE_DOMAIN_INFO_CODE, || self.0.code.clone())
    }

    /// The profile it belongs to.
    fn profile(&self, ctx: &Context<'_>) -> Shared<String> {
        told(ctx, field::DISTANCE_DOMAIN_INFO_PROFILE, || self.0.profile.clone())
    }

    /// The data categories that its scores have besides ASSESSMENT.
    fn categories(&self, ctx: &Context<'_>) -> Shared<Vec<DataCategory>> {
        told(ctx, field::DISTANCE_DOMAIN_INFO_CATEGORIES, || {
            data_categories(self.0.categories)
        })
    }
}

/// A measure of the report cards.
pub struct PerformanceMeasureInfo(&'static catalogue::PerformanceMeasure);

/// A measure of the report cards.
#[Object]
impl PerformanceMeasureInfo {
    /// The code.
    fn code(&self, ctx: &Context<'_>) -> Shared<String> {
        told(ctx, field::PERFORMANCE_MEASURE_INFO_CODE, || self.0.code.clone())
    }

    /// What it says.
    fn label(&self, ctx: &Context<'_>) -> Shared<String> {
        told(ctx, field::PERFORMANCE_MEASURE_INFO_LABEL, || self.0.label.clone())
    }

    /// How much did we do, how well, or is anyone better off.
    fn question(&self, ctx: &Context<'_>) -> Shared<String> {
        told(ctx, field::PERFORMANCE_MEASURE_INFO_QUESTION, || {
            self.0.question.code().to_owned()
        })
    }
}

/// A purpose that a request may name.
pub struct PurposeInfo(&'static catalogue::Term);

/// A purpose that a request may name.
#[Object]
impl PurposeInfo {
    /// The code.
    fn code(&self, ctx: &Context<'_>) -> Shared<String> {
        told(ctx, field::PURPOSE_INFO_CODE, || self.0.code.clone())
    }

    /// What it says.
    fn label(&self, ctx: &Context<'_>) -> Shared<String> {
        told(ctx, field::PURPOSE_INFO_LABEL, || self.0.label.clone())
    }
}

/// A data category.
pub struct CategoryInfo(Category);

/// A data category.
#[Object]
impl CategoryInfo {
    /// The category.
    fn category(&self, ctx: &Context<'_>) -> Shared<Option<DataCategory>> {
        told(ctx, field::CATEGORY_INFO_CATEGORY, || codes::parse(self.0.code()))
    }

    /// How sensitive it is.
    fn sensitivity(&self, ctx: &Context<'_>) -> Shared<Option<Sensitivity>> {
        told(ctx, field::CATEGORY_INFO_SENSITIVITY, || {
            codes::parse(self.0.sensitivity().code())
        })
    }

    /// In words.
    fn describes(&self, ctx: &Context<'_>) -> Shared<String> {
        told(ctx, field::CATEGORY_INFO_DESCRIBES, || {
            self.0.code().to_lowercase().replace('_', " ")
        })
    }
}

fn data_categories(categories: CategorySet) -> Vec<DataCategory> {
    categories
        .iter()
        .filter_map(|category| codes::parse(category.code()))
        .collect()
}
