//! What an agreement says of consent that its readers should know: what is asked for and also given without asking, and consent that nobody could
//! record. A no binds the clauses that ask, and no others (sharing rules, Consent).

use std::collections::{BTreeMap, BTreeSet};

use super::{
    agreement::{Access, Agreement, Clause, ConsentRule},
    agreement_check::{Places, listed, names, told, whom},
    agreement_reader::Problem,
    category::{Category, CategorySet},
};

/// Both, in the order of the lines.
pub(super) fn warnings(agreement: &Agreement, lines: &[Places]) -> Vec<Problem> {
    let clauses = || agreement.clauses.iter().zip(lines);
    let mut warnings: Vec<Problem> = clauses()
        .filter(|(clause, _)| asks(clause))
        .flat_map(|(clause, lines)| given_without_asking(clause, lines, &agreement.clauses))
        .collect();
    let writes_consent =
        |clause: &Clause| clause.access.contains(&Access::Write) && clause.category_set().contains(Category::Consent);
    let mut asking = clauses().filter(|(clause, _)| asks(clause));
    if let (Some((first, lines)), false) = (asking.next(), agreement.clauses.iter().any(writes_consent)) {
        let others = asking.count();
        let more = if others == 0 {
            String::new()
        } else {
            format!(" and {others} more")
        };
        warnings.push(Problem {
            line: lines.consent(),
            sentence: format!(
                "clause `{}`{more} asks for consent, and no clause of this agreement lets anybody write `CONSENT`, so that nobody could record a decision",
                first.id
            ),
        });
    }
    warnings
}

fn asks(clause: &Clause) -> bool {
    clause.consent == ConsentRule::Required
}

/// Categories for which this clause asks, with the clauses that give them to the same people without asking.
fn given_without_asking(clause: &Clause, lines: &Places, all: &[Clause]) -> Vec<Problem> {
    let mut found: BTreeMap<BTreeSet<&str>, (CategorySet, String)> = BTreeMap::new();
    for category in clause.category_set().iter() {
        let gives = |other: &&Clause, who| {
            let access = other.access.iter().any(|access| clause.access.contains(access));
            !asks(other) && access && other.category_set().contains(category) && names(other, who)
        };
        let mut ids: BTreeSet<&str> = BTreeSet::new();
        let mut first = None;
        for who in whom(clause) {
            let before = ids.len();
            ids.extend(
                all.iter()
                    .filter(|other| gives(other, who))
                    .map(|other| other.id.as_str()),
            );
            if ids.len() > before && first.is_none() {
                first = Some(told(who));
            }
        }
        if let Some(first) = first {
            let (categories, _) = found.entry(ids).or_insert((CategorySet::EMPTY, first));
            *categories = categories.with(category);
        }
    }
    let told_of = |(ids, (categories, who)): (BTreeSet<&str>, (CategorySet, String))| Problem {
        line: lines.consent(),
        sentence: format!(
            "clause `{}` asks for consent to {}, which {} without asking by {}: a no does not bind that",
            clause.id,
            listed(categories),
            who + " also gets",
            ids.into_iter().collect::<Vec<_>>().join(", ")
        ),
    };
    found.into_iter().map(told_of).collect()
}

#[cfg(test)]
#[path = "agreement_consents_tests.rs"]
mod tests;
