//! The page of who sees what that people read and agree to: by category of data and group of callers. The full table, field by field, is beside it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use chrono::NaiveDate;

use super::callers::{Who, ceilings, ways};
use crate::sharing::{
    agreement::{Access, Policy},
    category::Category,
    ceiling::Ceiling,
    register,
};

/// How long a line may get.
const WIDTH: usize = 120;

const ABOUT: [&str; 3] = [
    "Whoever is not named here sees nothing of anybody, though what is about nobody (REFERENCE: catalogues, the agreement) may be given. A row needs every category that it has: a plan's goal for health needs PLAN and CRITERION_HEALTH.",
    "Families: authority = any of the authority; cohort = on the cohort now; involved = the agency works with it now; lead = the caller is its Lead Professional now; \
     own = only rows that came from the agency.",
    "Conditions: +consent = consent must have been given; +shielded = also where and how people at risk are reached; +emergency = emergency access may stand in for involvement and \
     consent.",
];

/// What a caller may do with categories of data, and on what condition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Given {
    access: &'static str,
    condition: String,
    categories: Vec<&'static str>,
}

/// Callers of whom the same holds: kinds of agency, roles and purposes, each with each.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    kinds: BTreeSet<String>,
    roles: BTreeSet<String>,
    purposes: BTreeSet<String>,
}

/// The page, for the agreements in force on a day.
pub fn text(policy: &Policy, today: NaiveDate) -> String {
    let mut out = format!("Who sees what on {today}\n\n");
    for agreement in policy.in_force(today) {
        let until = agreement
            .effective_to
            .map_or_else(String::new, |day| format!(" to {day}"));
        let _ = writeln!(
            out,
            "{} version {}: {}. In force from {}{until}, to be reviewed by {}.",
            agreement.code, agreement.version, agreement.title, agreement.effective_from, agreement.review_by
        );
    }
    out.push('\n');
    for about in ABOUT {
        wrapped(&mut out, "", about.split(' '), " ");
    }
    out.push_str("\n== Who sees it ==\n");
    let all = everybody(policy, today);
    for (groups, given) in by_what_is_given(policy, today) {
        out.push('\n');
        for group in groups {
            let kinds = but("any agency", &group.kinds, &all.kinds);
            let roles = but("any role", &group.roles, &all.roles);
            let purposes = but("any purpose", &group.purposes, &all.purposes);
            let line = format!("{kinds} / {roles} / {purposes}");
            wrapped(&mut out, "", line.split(' '), " ");
        }
        for Given {
            access,
            condition,
            categories,
        } in given
        {
            wrapped(
                &mut out,
                &format!("  {access}, {condition}: "),
                categories.into_iter(),
                ", ",
            );
        }
    }
    out.push_str("\n== What each category says ==\n\n");
    for (category, types) in types_of_categories() {
        wrapped(&mut out, &format!("  {}: ", category.code()), types.into_iter(), ", ");
    }
    out
}

/// Everybody, by what they are given.
fn by_what_is_given(policy: &Policy, today: NaiveDate) -> Vec<(Vec<Group>, Vec<Given>)> {
    let mut same: Vec<(Vec<Who>, Vec<Given>)> = Vec::new();
    for (who, ceiling) in ceilings(policy, today) {
        let given = given(&ceiling);
        if given.is_empty() {
            continue;
        }
        match same.iter_mut().find(|(_, other)| *other == given) {
            Some((all, _)) => all.push(who),
            None => same.push((vec![who], given)),
        }
    }
    same.into_iter().map(|(all, given)| (groups(&all), given)).collect()
}

/// What a ceiling gives, those categories together of which the same holds.
fn given(ceiling: &Ceiling) -> Vec<Given> {
    let mut all: Vec<Given> = Vec::new();
    for (access, words) in [(Access::Read, "reads"), (Access::Write, "writes")] {
        let categories = ceiling.categories(access);
        for category in categories.iter().filter(|category| *category != Category::Reference) {
            let condition = ways(ceiling, access, category);
            match all
                .iter_mut()
                .find(|given| given.access == words && given.condition == condition)
            {
                Some(given) => given.categories.push(category.code()),
                None => all.push(Given {
                    access: words,
                    condition,
                    categories: vec![category.code()],
                }),
            }
        }
    }
    all
}

/// All kinds, roles and purposes that the agreements name.
fn everybody(policy: &Policy, today: NaiveDate) -> Group {
    let mut all = Group::default();
    for (kind, role, purpose) in ceilings(policy, today).into_keys() {
        all.kinds.insert(kind);
        all.roles.insert(role);
        all.purposes.insert(purpose);
    }
    all
}

/// Names, or where that is shorter all names but some.
fn but(any: &str, named: &BTreeSet<String>, all: &BTreeSet<String>) -> String {
    let join = |names: &mut dyn Iterator<Item = &String>| names.map(String::as_str).collect::<Vec<_>>().join(", ");
    match all.len() - named.len() {
        0 => any.to_owned(),
        left_out if left_out * 2 < named.len() => format!("{any} but {}", join(&mut all.difference(named))),
        _ => join(&mut named.iter()),
    }
}

/// The same callers in fewer lines: first the purposes of each kind and role, then the roles of each kind that have the same purposes, then the kinds.
fn groups(all: &[Who]) -> Vec<Group> {
    let mut purposes: BTreeMap<(&str, &str), BTreeSet<String>> = BTreeMap::new();
    for (kind, role, purpose) in all {
        purposes.entry((kind, role)).or_default().insert(purpose.clone());
    }
    let mut roles: BTreeMap<(&str, BTreeSet<String>), BTreeSet<String>> = BTreeMap::new();
    for ((kind, role), purposes) in purposes {
        roles.entry((kind, purposes)).or_default().insert(role.to_owned());
    }
    let mut kinds: BTreeMap<(BTreeSet<String>, BTreeSet<String>), BTreeSet<String>> = BTreeMap::new();
    for ((kind, purposes), roles) in roles {
        kinds.entry((purposes, roles)).or_default().insert(kind.to_owned());
    }
    let group = |((purposes, roles), kinds)| Group { kinds, roles, purposes };
    kinds.into_iter().map(group).collect()
}

/// What there is of each category: the types with a field of it, those of one name and a word besides (`FamilyEdge`) left out.
fn types_of_categories() -> Vec<(Category, BTreeSet<&'static str>)> {
    let mut of: Vec<(Category, BTreeSet<&'static str>)> = Vec::new();
    let helpers = [
        "Connection",
        "Edge",
        "Filter",
        "Order",
        "OrderField",
        "Input",
        "Payload",
        "Result",
    ];
    for category in Category::ALL {
        let fields = register::fields().filter(|field| field.categories.union(field.one_of).contains(category));
        let types = fields
            .filter_map(|field| field.coordinate.split_once('.'))
            .map(|(of, _)| of);
        let types = types.filter(|of| !["Query", "Mutation", "Subscription"].contains(of));
        let types = types.filter(|of| !helpers.iter().any(|helper| of.ends_with(helper)));
        of.push((category, types.collect()));
    }
    of
}

/// Words after a beginning, over several lines where they are many.
fn wrapped<'a>(out: &mut String, first: &str, words: impl Iterator<Item = &'a str>, between: &str) {
    let mut line = first.to_owned();
    let mut begun = false;
    for word in words {
        let between = if begun { between } else { "" };
        if begun && line.len() + between.len() + word.len() > WIDTH {
            let _ = writeln!(out, "{}", format!("{line}{between}").trim_end());
            line = String::from("      ");
            line.push_str(word);
        } else {
            line.push_str(between);
            line.push_str(word);
        }
        begun = true;
    }
    let _ = writeln!(out, "{line}");
}
