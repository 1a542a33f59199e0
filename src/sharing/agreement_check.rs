//! What the clauses of a file come to together: which emergency clauses could open nothing, and which clauses can never hold.
//!
//! All of it follows from the file and the register. What an agreement of another name gives besides is not known here.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    agreement::{Access, Agreement, Clause, Scope},
    agreement_reader::{Problem, Reader, Section},
    caller::PORTAL_ROLE,
    category::{Category, CategorySet},
    ways::{self, From, Given, Ways},
};

/// Where the parts of a clause stand: first places in the text, then lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Places {
    kinds: usize,
    categories: usize,
    access: usize,
    scope: usize,
    consent: usize,
}

impl Places {
    pub(super) fn of(section: &Section<'_, '_>) -> Self {
        Self {
            kinds: section.place_of("agency_kinds"),
            categories: section.place_of("categories"),
            access: section.place_of("access"),
            scope: section.place_of("scope"),
            consent: section.place_of("consent"),
        }
    }

    pub(super) fn lines(&self, reader: &Reader<'_>) -> Self {
        Self {
            kinds: reader.line(self.kinds),
            categories: reader.line(self.categories),
            access: reader.line(self.access),
            scope: reader.line(self.scope),
            consent: reader.line(self.consent),
        }
    }

    /// Where it says whether consent is asked for.
    pub(super) fn consent(&self) -> usize {
        self.consent
    }
}

/// An agency kind, a role and a purpose that a clause names.
pub(super) type Who<'a> = (&'a str, &'a str, &'a str);

pub(super) fn whom(clause: &Clause) -> impl Iterator<Item = Who<'_>> {
    let of_kind = move |kind| {
        let of_role = move |role| {
            clause
                .purposes
                .iter()
                .map(move |purpose| (kind, role, purpose.as_str()))
        };
        clause.roles.iter().map(String::as_str).flat_map(of_role)
    };
    clause.agency_kinds.iter().map(String::as_str).flat_map(of_kind)
}

pub(super) fn names(clause: &Clause, (kind, role, purpose): Who<'_>) -> bool {
    let has = |words: &[String], word: &str| words.iter().any(|other| other == word);
    has(&clause.agency_kinds, kind) && has(&clause.roles, role) && has(&clause.purposes, purpose)
}

/// What these clauses give somebody to read.
fn given_to<'c>(clauses: impl Iterator<Item = &'c Clause>, who: Who<'_>) -> Given {
    let mut given = Given::default();
    for clause in clauses.filter(|clause| clause.access.contains(&Access::Read) && names(clause, who)) {
        let set = clause.category_set();
        given.sourced = given.sourced.union(set);
        if clause.scope != Scope::Own {
            given.any = given.any.union(set);
        }
        if clause.explain {
            given.explained = given.explained.union(set);
        }
    }
    given
}

/// `MARKER`, `HOUSEHOLD`.
pub(super) fn listed(categories: CategorySet) -> String {
    let codes: Vec<_> = categories
        .iter()
        .map(|category| format!("`{}`", category.code()))
        .collect();
    codes.join(", ")
}

pub(super) fn told((kind, role, purpose): Who<'_>) -> String {
    format!("{kind} / {role} / {purpose}")
}

/// Refuses clauses with `emergency` from which nothing could come of opening a family, since the ids on the way are of categories that no such clause names.
pub(super) fn emergencies(reader: &mut Reader<'_>, clauses: &[Clause], places: &[Places]) {
    let mut ways = Ways::default();
    for (clause, places) in clauses.iter().zip(places).filter(|(clause, _)| clause.emergency) {
        let about_people = clause.category_set().iter().filter(|category| category.is_personal());
        let opened: Vec<Category> = about_people.chain([Category::Marker]).collect();
        let lacking = whom(clause).find_map(|who| {
            // A portal's clauses hold by themselves or not at all.
            let standing = clauses.iter().filter(|other| other.emergency || who.1 == PORTAL_ROLE);
            let mut given = given_to(standing, who);
            if !clause.access.contains(&Access::Read) {
                // What is written in an emergency is come to by the same way.
                let written = clause.category_set().without(CategorySet::of(&[Category::Marker]));
                (given.any, given.sourced) = (given.any.union(written), given.sourced.union(written));
            }
            let lacking = opened.iter().fold(CategorySet::EMPTY, |lacking, category| {
                let own = clause.scope == Scope::Own && *category != Category::Marker;
                let missing = ways.missing(From::Family, given, *category, own);
                lacking.union(missing.unwrap_or_default())
            });
            (!lacking.is_empty()).then_some((who, lacking))
        });
        if let Some((who, lacking)) = lacking {
            let sentence = format!(
                "a clause with `emergency` shows nothing unless such a clause also gives {}, the categories of the ids on the way from the family: none does for {}",
                listed(lacking),
                told(who)
            );
            reader.refuse(places.categories, sentence);
        }
    }
}

/// What can never hold, in the order of the lines.
pub(super) fn warnings(agreement: &Agreement, lines: &[Places], kinds: &BTreeMap<String, String>) -> Vec<Problem> {
    let clauses: Vec<_> = agreement.clauses.iter().zip(lines).collect();
    let mut warnings = Vec::new();
    let mut ways = Ways::default();
    for (clause, lines) in &clauses {
        warnings.extend(portal_that_leads(clause, lines));
        warnings.extend(leads_nowhere(clause, lines, &agreement.clauses, &mut ways));
    }
    for access in [Access::Read, Access::Write] {
        warnings.extend(not_there(&clauses, access));
    }
    warnings.extend(nobody_signed(agreement, &clauses, kinds));
    warnings.sort_by_key(|warning| warning.line);
    warnings
}

/// A portal is no family's Lead Professional: that is a person.
fn portal_that_leads(clause: &Clause, lines: &Places) -> Option<Problem> {
    let led = clause.scope == Scope::Lead && clause.roles.iter().any(|role| role == PORTAL_ROLE);
    let sentence = if clause.roles.len() == 1 {
        "the clause can never hold"
    } else {
        "for the role `portal` the clause can never hold"
    };
    led.then(|| Problem {
        line: lines.scope,
        sentence: format!(
            "clause `{}`: {sentence}: scope `lead` asks for the family's Lead Professional, who is a person. Give the portal another scope; its user's own \
             clause may ask for `lead`",
            clause.id
        ),
    })
}

/// Categories of which nothing could ever be read by this clause, because the rows that have them do not exist for whom it names.
fn leads_nowhere(clause: &Clause, lines: &Places, all: &[Clause], ways: &mut Ways) -> Vec<Problem> {
    if !clause.access.contains(&Access::Read) {
        return Vec::new();
    }
    let own = clause.scope == Scope::Own;
    // What is missing, with the categories that want it and for whom.
    let mut wanting: BTreeMap<Option<CategorySet>, (CategorySet, BTreeSet<Who<'_>>)> = BTreeMap::new();
    for who in whom(clause) {
        let given = given_to(all.iter(), who);
        for category in clause
            .category_set()
            .iter()
            .filter(|of| ways::is_used(*of, Access::Read))
        {
            let missing = ways.missing(From::Anywhere, given, category, own);
            if missing.is_none_or(|missing| !missing.is_empty()) {
                let (categories, whom) = wanting.entry(missing).or_default();
                *categories = categories.with(category);
                whom.insert(who);
            }
        }
    }
    let told_of = |(missing, (categories, whom)): (Option<CategorySet>, (CategorySet, BTreeSet<Who<'_>>))| {
        let first = whom.first().copied().map(told).unwrap_or_default();
        let others = match whom.len() {
            0 | 1 => String::new(),
            many => format!(" and {} more", many - 1),
        };
        let (id, categories) = (&clause.id, listed(categories));
        let sentence = match missing {
            None => format!(
                "clause `{id}`: scope `own` never reaches {categories}: no row of it tells for good which agency it came from; a member, an address or a number \
                 never does. Name another scope, or leave it out"
            ),
            Some(missing) if own => format!(
                "clause `{id}`: of {categories} scope `own` reaches only rows that tell which agency they came from, and for {first}{others} no clause of this \
                 agreement gives {}, without which these do not exist. Give that too, or name another scope",
                listed(missing)
            ),
            Some(missing) => format!(
                "clause `{id}`: nothing leads {first}{others} to {categories}: no clause of this agreement gives {}, without which the rows do not exist. Give that \
                 too, or leave it out",
                listed(missing)
            ),
        };
        Problem {
            line: lines.categories,
            sentence,
        }
    };
    wanting.into_iter().map(told_of).collect()
}

/// Categories of which this version of the server has nothing to read or to write, with the clauses that give it.
fn not_there(clauses: &[(&Clause, &Places)], access: Access) -> Vec<Problem> {
    let mut by_clauses: BTreeMap<Vec<&str>, (usize, CategorySet)> = BTreeMap::new();
    for category in Category::ALL.into_iter().filter(|of| !ways::is_used(*of, access)) {
        let naming = clauses
            .iter()
            .filter(|(clause, _)| clause.access.contains(&access) && clause.category_set().contains(category));
        let (ids, lines): (Vec<_>, Vec<&Places>) = naming.map(|(clause, lines)| (clause.id.as_str(), *lines)).unzip();
        let Some(first) = lines.first() else { continue };
        let line = match access {
            Access::Read => first.categories,
            Access::Write => first.access,
        };
        let (_, categories) = by_clauses.entry(ids).or_insert((line, CategorySet::EMPTY));
        *categories = categories.with(category);
    }
    let done = match access {
        Access::Read => "read",
        Access::Write => "written",
    };
    by_clauses
        .into_iter()
        .map(|(ids, (line, categories))| Problem {
            line,
            sentence: format!(
                "of {} nothing can be {done} in this version of the server, so that much of {} gives nothing yet: {}",
                listed(categories),
                if ids.len() == 1 { "this clause" } else { "these clauses" },
                ids.join(", ")
            ),
        })
        .collect()
}

/// Kinds of agency of which no agency has signed.
fn nobody_signed(
    agreement: &Agreement,
    clauses: &[(&Clause, &Places)],
    kinds: &BTreeMap<String, String>,
) -> Vec<Problem> {
    if kinds.is_empty() {
        return Vec::new();
    }
    let stays = |left: Option<chrono::NaiveDate>| left.is_none_or(|left| agreement.effective_from < left);
    let signatories = agreement.signatories.iter().filter(|of| stays(of.withdrawn_on));
    let signed: BTreeSet<&String> = signatories.filter_map(|of| kinds.get(&of.agency)).collect();
    let mut by_kind: BTreeMap<&str, (usize, Vec<&str>)> = BTreeMap::new();
    for (clause, lines) in clauses {
        for kind in clause.agency_kinds.iter().filter(|kind| !signed.contains(kind)) {
            let (_, ids) = by_kind.entry(kind.as_str()).or_insert((lines.kinds, Vec::new()));
            ids.push(clause.id.as_str());
        }
    }
    by_kind
        .into_iter()
        .map(|(kind, (line, ids))| Problem {
            line,
            sentence: format!(
                "no agency of the kind `{kind}` has signed, so what is given to that kind holds for nobody: {}",
                ids.join(", ")
            ),
        })
        .collect()
}

#[cfg(test)]
#[path = "agreement_check_tests.rs"]
mod tests;
