//! What a case's answer should be, and whether a decision is that.

use std::collections::BTreeSet;

use cedar_policy::PolicySet;
use thinkfamily::sharing::{
    decide::{Decision, Permits},
    reason::{Reason, Told},
};

use crate::{
    cases::Case,
    cedar::{self, Permitted},
    reading,
};

/// What should come of a case.
#[derive(Debug)]
pub(crate) struct Answer {
    /// As Cedar has it.
    pub(crate) permitted: bool,
    /// The clauses that permit each category for each party, as Cedar has it.
    clauses: Permitted,
    /// Whether it is only permitted because of emergency access, as Cedar has it.
    by_emergency: bool,
    /// The reason and what is told, as the plain reading has it.
    withheld: Option<(Reason, Told)>,
}

/// Works the answer out.
pub(crate) fn answer(policies: &PolicySet, case: &Case) -> Answer {
    let clauses = cedar::evaluate(policies, case, true);
    let by_emergency =
        clauses.is_some() && !case.facts.emergencies.is_empty() && cedar::evaluate(policies, case, false).is_none();
    Answer {
        permitted: clauses.is_some(),
        clauses: clauses.unwrap_or_default(),
        by_emergency,
        withheld: reading::withheld(case),
    }
}

/// In what the decision differs from the answer, if in anything.
pub(crate) fn difference(case: &Case, answer: &Answer, decision: &Decision) -> Option<String> {
    if answer.permitted != answer.withheld.is_none() {
        return Some("Cedar and the plain reading disagree".to_owned());
    }
    match decision {
        Ok(_) if !answer.permitted => Some("permitted, and must not be".to_owned()),
        Err(_) if answer.permitted => Some("withheld, and must not be".to_owned()),
        Ok(permits) => clauses_differ(case, answer, permits).or_else(|| emergency_differs(case, answer, permits)),
        Err(withheld) => (answer.withheld != Some((withheld.reason, withheld.told)))
            .then(|| "withheld for another reason, or another is told".to_owned()),
    }
}

/// Each clause named must permit something by itself, and each category and party must have one named.
fn clauses_differ(case: &Case, answer: &Answer, permits: &Permits) -> Option<String> {
    let ceiling = case.ceiling();
    let mut named: Vec<(usize, String)> = Vec::new();
    for number in &permits.clauses {
        let number = usize::from(*number);
        let Some(clause) = ceiling.clause(number) else {
            return Some(format!("names clause {number}, which there is none of"));
        };
        let of_principal = ceiling.parties()[0].clauses.len();
        let name = cedar::policy_name(&clause.agreement, clause.version, &clause.id);
        named.push((usize::from(number >= of_principal), name));
    }
    let mut used = BTreeSet::new();
    for (category, party, clauses) in &answer.clauses {
        let of_this: Vec<_> = named
            .iter()
            .filter(|(of, name)| of == party && clauses.contains(name))
            .collect();
        if of_this.is_empty() {
            return Some(format!("names no clause that permits {category:?} to party {party}"));
        }
        used.extend(of_this);
    }
    (used.len() != named.len()).then(|| "names a clause that permits nothing here".to_owned())
}

/// An emergency must be named where, and only where, nothing would be permitted without it; and it must be one of the caller's, open now.
fn emergency_differs(case: &Case, answer: &Answer, permits: &Permits) -> Option<String> {
    let Some(key) = permits.emergency else {
        return answer
            .by_emergency
            .then(|| "does not name the emergency it rests on".to_owned());
    };
    let now = case.facts.now;
    let open = case.facts.emergencies.iter().any(|opened| {
        let who = &case.caller.principal;
        let theirs = who.agency == opened.agency && who.subject == opened.subject;
        theirs && opened.key == key && opened.opened_at <= now && now < opened.expires_at
    });
    if !open {
        return Some("names an emergency that is not open or not the caller's".to_owned());
    }
    (!answer.by_emergency).then(|| "names an emergency that it does not rest on".to_owned())
}
