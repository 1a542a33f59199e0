//! From the TOML files to the catalogue: every key is known, every code written as codes are and used once, every category exists.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, de::DeserializeOwned};

use super::lists::{
    Catalogue, Condition, Criterion, DistanceDomain, PerformanceMeasure, ProgressMeasure, Question, Term,
};
use crate::sharing::category::{Category, CategorySet, Sensitivity};

/// What is wrong with the catalogue's files.
#[derive(Debug, thiserror::Error)]
pub(super) enum CatalogueError {
    #[error("{file}: {error}")]
    Toml {
        file: &'static str,
        error: Box<toml::de::Error>,
    },
    #[error("{file}: {sentence}")]
    Content { file: &'static str, sentence: String },
}

fn wrong(file: &'static str, sentence: impl Into<String>) -> CatalogueError {
    let sentence = sentence.into();
    CatalogueError::Content { file, sentence }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CriteriaFile {
    national_minimum: usize,
    local_minimum: usize,
    national: Vec<CriterionEntry>,
    local: Vec<CriterionEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CriterionEntry {
    code: String,
    label: String,
    categories: Vec<String>,
    /// Only said of national criteria; it must be what the category itself says.
    sensitivity: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProgressFile {
    measure: Vec<MeasureEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MeasureEntry {
    code: String,
    group: String,
    categories: Vec<String>,
    priority: String,
    scope: String,
    unit: String,
    label: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DistanceFile {
    scale: Vec<String>,
    domain: Vec<DomainEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DomainEntry {
    code: String,
    profile: String,
    label: String,
    categories: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MeasuresFile {
    breakdowns: Vec<String>,
    #[serde(rename = "with")]
    _with: Vec<String>,
    how_much: BTreeMap<String, String>,
    how_well: BTreeMap<String, String>,
    better_off: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MaturityFile {
    levels: Vec<String>,
    strands: Vec<String>,
    core_partners: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TermEntry {
    code: String,
    label: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PurposesFile {
    purpose: Vec<TermEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartiesFile {
    agency_kind: Vec<TermEntry>,
    role: Vec<TermEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConditionEntry {
    code: String,
    label: String,
    articles: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BasesFile {
    lawful_basis: Vec<TermEntry>,
    condition: Vec<ConditionEntry>,
}

fn read<T: DeserializeOwned>(file: &'static str, text: &str) -> Result<T, CatalogueError> {
    toml::from_str(text).map_err(|error| CatalogueError::Toml {
        file,
        error: Box::new(error),
    })
}

/// Reads and checks every list.
pub(super) fn load() -> Result<Catalogue, CatalogueError> {
    let criteria: CriteriaFile = read(CRITERIA, include_str!("criteria.toml"))?;
    let progress: ProgressFile = read(PROGRESS, include_str!("family-progress.toml"))?;
    let distance: DistanceFile = read(DISTANCE, include_str!("distance-travelled.toml"))?;
    let measures: MeasuresFile = read(MEASURES, include_str!("measures.toml"))?;
    let maturity: MaturityFile = read(MATURITY, include_str!("maturity.toml"))?;
    let purposes: PurposesFile = read(PURPOSES, include_str!("purposes.toml"))?;
    let parties: PartiesFile = read(PARTIES, include_str!("parties.toml"))?;
    let bases: BasesFile = read(BASES, include_str!("lawful-bases.toml"))?;
    upper(MATURITY, maturity.levels.iter().chain(&maturity.strands))?;
    upper(MEASURES, measures.breakdowns.iter())?;
    if distance.scale.len() != 5 {
        return Err(wrong(DISTANCE, "the scale has five scores"));
    }
    Ok(Catalogue {
        national_minimum: criteria.national_minimum,
        local_minimum: criteria.local_minimum,
        criteria: all_criteria(criteria)?,
        progress_measures: progress_measures(progress)?,
        distance_scale: distance.scale,
        distance_domains: distance_domains(distance.domain)?,
        performance_measures: performance_measures([
            (Question::HowMuch, measures.how_much),
            (Question::HowWell, measures.how_well),
            (Question::BetterOff, measures.better_off),
        ])?,
        breakdowns: measures.breakdowns,
        maturity_levels: maturity.levels,
        maturity_strands: maturity.strands,
        core_partners: maturity.core_partners,
        purposes: terms(PURPOSES, purposes.purpose)?,
        agency_kinds: terms(PARTIES, parties.agency_kind)?,
        roles: terms(PARTIES, parties.role)?,
        lawful_bases: terms(BASES, bases.lawful_basis)?,
        conditions: conditions(bases.condition)?,
    })
}

const CRITERIA: &str = "criteria.toml";
const PROGRESS: &str = "family-progress.toml";
const DISTANCE: &str = "distance-travelled.toml";
const MEASURES: &str = "measures.toml";
const MATURITY: &str = "maturity.toml";
const PURPOSES: &str = "purposes.toml";
const PARTIES: &str = "parties.toml";
const BASES: &str = "lawful-bases.toml";

fn all_criteria(file: CriteriaFile) -> Result<Vec<Criterion>, CatalogueError> {
    upper(
        CRITERIA,
        file.national.iter().chain(&file.local).map(|entry| &entry.code),
    )?;
    let national = file.national.into_iter().map(|entry| (true, entry));
    let local = file.local.into_iter().map(|entry| (false, entry));
    let criterion = |(national, entry): (bool, CriterionEntry)| {
        let categories = categories(CRITERIA, &entry.categories, Category::CRITERIA)?;
        let sensitivity = categories.iter().map(Category::sensitivity).max();
        if categories.is_empty() {
            return Err(wrong(CRITERIA, format!("{} has no data category", entry.code)));
        }
        if entry.sensitivity.is_some() && entry.sensitivity.as_deref() != sensitivity.map(Sensitivity::code) {
            return Err(wrong(
                CRITERIA,
                format!("{} is not as sensitive as its category", entry.code),
            ));
        }
        Ok(Criterion {
            code: entry.code,
            label: entry.label,
            national,
            categories,
        })
    };
    national.chain(local).map(criterion).collect()
}

fn progress_measures(file: ProgressFile) -> Result<Vec<ProgressMeasure>, CatalogueError> {
    upper(PROGRESS, file.measure.iter().map(|entry| &entry.code))?;
    let measure = |entry: MeasureEntry| {
        let categories = categories(PROGRESS, &entry.categories, Category::PROGRESS)?;
        let (Some(category), 1) = (categories.iter().next(), entry.categories.len()) else {
            return Err(wrong(PROGRESS, format!("{} has not one data category", entry.code)));
        };
        let scopes = ["adults_and_children", "household", "children", "aged_18_to_24"];
        let units = [
            "incidents_last_12_months",
            "months_of_last_12",
            "weeks_of_last_12_months",
            "pounds_owed",
        ];
        if !scopes.contains(&entry.scope.as_str()) || !units.contains(&entry.unit.as_str()) {
            return Err(wrong(PROGRESS, format!("{} has an unknown scope or unit", entry.code)));
        }
        Ok(ProgressMeasure {
            essential: match entry.priority.as_str() {
                "essential" => true,
                "desirable" => false,
                _ => return Err(wrong(PROGRESS, format!("{} has an unknown priority", entry.code))),
            },
            code: entry.code,
            label: entry.label,
            group: entry.group,
            category,
            scope: entry.scope,
            unit: entry.unit,
        })
    };
    file.measure.into_iter().map(measure).collect()
}

fn distance_domains(entries: Vec<DomainEntry>) -> Result<Vec<DistanceDomain>, CatalogueError> {
    upper(DISTANCE, entries.iter().map(|entry| &entry.code))?;
    let domain = |entry: DomainEntry| {
        Ok(DistanceDomain {
            categories: categories(DISTANCE, &entry.categories, Category::CRITERIA)?,
            code: entry.code,
            label: entry.label,
            profile: entry.profile,
        })
    };
    entries.into_iter().map(domain).collect()
}

fn performance_measures(
    groups: [(Question, BTreeMap<String, String>); 3],
) -> Result<Vec<PerformanceMeasure>, CatalogueError> {
    let measures: Vec<_> = groups
        .into_iter()
        .flat_map(|(question, group)| {
            group
                .into_iter()
                .map(move |(code, label)| PerformanceMeasure { code, label, question })
        })
        .collect();
    upper(MEASURES, measures.iter().map(|measure| &measure.code))?;
    Ok(measures)
}

fn conditions(entries: Vec<ConditionEntry>) -> Result<Vec<Condition>, CatalogueError> {
    lower(BASES, entries.iter().map(|entry| &entry.code))?;
    let condition = |entry: ConditionEntry| {
        if entry.articles.is_empty() || entry.articles.iter().any(|article| !matches!(article, 9 | 10)) {
            return Err(wrong(BASES, format!("{} serves article 9, 10 or both", entry.code)));
        }
        Ok(Condition {
            code: entry.code,
            label: entry.label,
            articles: entry.articles,
        })
    };
    entries.into_iter().map(condition).collect()
}

fn terms(file: &'static str, entries: Vec<TermEntry>) -> Result<Vec<Term>, CatalogueError> {
    lower(file, entries.iter().map(|entry| &entry.code))?;
    let term = |TermEntry { code, label }| Term { code, label };
    Ok(entries.into_iter().map(term).collect())
}

fn categories(file: &'static str, codes: &[String], within: CategorySet) -> Result<CategorySet, CatalogueError> {
    codes
        .iter()
        .map(|code| {
            Category::from_code(code)
                .filter(|category| within.contains(*category))
                .ok_or_else(|| wrong(file, format!("no data category {code} belongs here")))
        })
        .collect()
}

fn upper<'c>(file: &'static str, codes: impl Iterator<Item = &'c String>) -> Result<(), CatalogueError> {
    once(file, codes, |letter| letter.is_ascii_uppercase())
}

fn lower<'c>(file: &'static str, codes: impl Iterator<Item = &'c String>) -> Result<(), CatalogueError> {
    once(file, codes, |letter| letter.is_ascii_lowercase())
}

fn once<'c>(
    file: &'static str,
    codes: impl Iterator<Item = &'c String>,
    cased: impl Fn(char) -> bool,
) -> Result<(), CatalogueError> {
    let mut seen = BTreeSet::new();
    for code in codes {
        let well_written = |letter: char| cased(letter) || letter.is_ascii_digit() || letter == '_';
        if code.is_empty() || !code.chars().all(well_written) {
            return Err(wrong(file, format!("{code} is not written as a code")));
        }
        if !seen.insert(code) {
            return Err(wrong(file, format!("{code} is there twice")));
        }
    }
    Ok(())
}
