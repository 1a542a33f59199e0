use super::*;

fn set(codes: &[&str]) -> CategorySet {
    codes
        .iter()
        .map(|code| Category::from_code(code).expect("a category"))
        .collect()
}

#[test]
fn the_files_load() {
    let catalogue = data::load().expect("the files are good");
    assert_eq!(catalogue.criteria.iter().filter(|entry| entry.national).count(), 6);
    assert_eq!(catalogue.criteria.len(), 13);
    assert_eq!((catalogue.national_minimum, catalogue.local_minimum), (2, 1));
    assert_eq!(catalogue.progress_measures.len(), 13);
    assert_eq!(catalogue.distance_domains.len(), 22);
    assert_eq!(catalogue.agency_kinds.len(), 17);
    assert_eq!(catalogue.roles.len(), 12);
    assert_eq!(catalogue.purposes.len(), 14);
    assert_eq!(catalogue.lawful_bases.len(), 6);
    assert_eq!(catalogue.maturity_strands.len(), 6);
    assert!(catalogue.performance_measures.len() > 30);
}

#[test]
fn criteria_have_their_categories() {
    for (code, categories) in [
        ("HEALTH", set(&["CRITERION_HEALTH"])),
        ("CRIME", set(&["CRITERION_CRIME"])),
        (
            "STEP_DOWN_FROM_CHILD_PROTECTION",
            set(&["CRITERION_CHILDREN_NEEDING_HELP"]),
        ),
        (
            "RISK_OF_CHILD_SEXUAL_EXPLOITATION",
            set(&["CRITERION_CHILDREN_NEEDING_HELP", "CRITERION_CRIME"]),
        ),
        (
            "FUNDED_TWO_YEAR_OLD",
            set(&["CRITERION_CHILDREN_NEEDING_HELP", "CRITERION_WORK"]),
        ),
        ("PARENT_VICTIM_OF_DOMESTIC_VIOLENCE", set(&["CRITERION_DOMESTIC_ABUSE"])),
        ("PARENT_SUBSTANCE_MISUSE", set(&["CRITERION_HEALTH"])),
        ("PARENT_MENTAL_HEALTH", set(&["CRITERION_HEALTH"])),
        (
            "CHILD_WITH_AUTISM_OR_ADHD",
            set(&["CRITERION_HEALTH", "CRITERION_EDUCATION"]),
        ),
    ] {
        assert_eq!(categories_of_criterion(code), categories, "{code}");
    }
    assert!(criterion("CRIME").is_some_and(|entry| entry.national));
    assert!(criterion("PARENT_MENTAL_HEALTH").is_some_and(|entry| !entry.national));
}

#[test]
fn every_national_criterion_has_the_category_of_its_own_name() {
    for entry in criteria().iter().filter(|entry| entry.national) {
        assert_eq!(
            entry.categories,
            set(&[&format!("CRITERION_{}", entry.code)]),
            "{}",
            entry.code
        );
    }
}

#[test]
fn measures_have_their_category() {
    assert_eq!(
        category_of_measure("DOMESTIC_VIOLENCE_INCIDENTS"),
        Some(Category::ProgressCrime)
    );
    assert_eq!(category_of_measure("ALCOHOL_MISUSE"), Some(Category::ProgressHealth));
    assert_eq!(category_of_measure("NEET"), Some(Category::ProgressEmployment));
    assert_eq!(
        category_of_measure("MISSING_FROM_SCHOOL"),
        Some(Category::ProgressEducation)
    );
    assert_eq!(category_of_measure("RENT_ARREARS"), Some(Category::ProgressHousing));
    for measure in &catalogue().progress_measures {
        let code = format!("PROGRESS_{}", measure.group.to_uppercase());
        assert_eq!(measure.category.code(), code, "{}", measure.code);
    }
}

#[test]
fn domains_have_their_categories() {
    for domain in &catalogue().distance_domains {
        let expected = match (domain.profile.as_str(), domain.code.as_str()) {
            ("CHILD_HEALTH", _) | (_, "PHYSICAL_HEALTH" | "MENTAL_HEALTH_EMOTIONAL_WELLBEING" | "DRUG_ALCOHOL_USE") => {
                set(&["CRITERION_HEALTH"])
            }
            ("CHILD_LEARNING", _) => set(&["CRITERION_EDUCATION"]),
            (_, "INCOME_EMPLOYMENT_FINANCE") => set(&["CRITERION_WORK"]),
            (_, "BASIC_CARE_SAFETY_PROTECTION") => set(&["CRITERION_CHILDREN_NEEDING_HELP"]),
            _ => CategorySet::EMPTY,
        };
        assert_eq!(categories_of_domain(&domain.code), expected, "{}", domain.code);
    }
}

#[test]
fn what_is_not_in_the_catalogue_needs_everything() {
    assert_eq!(categories_of_criterion("NO_SUCH"), Category::CRITERIA);
    assert_eq!(categories_of_criterion(""), Category::CRITERIA);
    assert_eq!(categories_of_domain("NO_SUCH"), Category::CRITERIA);
    assert_eq!(categories_of_measure("NO_SUCH"), Category::PROGRESS);
    assert_eq!(category_of_measure("NO_SUCH"), None);
}

#[test]
fn words_are_known() {
    assert!(is_role("portal") && !is_role("Portal") && !is_role("police"));
    assert!(is_purpose("subject_access") && !is_purpose("curiosity"));
    assert!(is_agency_kind("tff_team") && !is_agency_kind("portal"));
    let known = known(BTreeSet::from(["a".to_owned()]));
    assert_eq!(
        (known.roles.len(), known.purposes.len(), known.agency_kinds.len()),
        (12, 14, 17)
    );
    assert!(known.agencies.contains("a"));
}
