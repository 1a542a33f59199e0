//! Mistakes about families that are barred to somebody.

use super::*;

/// The decision where the bars are others.
fn bars(case: &Case, twist: impl FnMut(&mut Bar)) -> Decision {
    twisted(case, |case| case.facts.bars.iter_mut().for_each(twist))
}

/// See [`super`].
pub(super) const MUTANTS: &[Mutant] = &[
    ("nobody looks whether a family is barred", |case| {
        twisted(case, |case| case.facts.bars.clear())
    }),
    ("a family that is barred to one is barred to all", |case| {
        let who = case.caller.principal.subject.clone();
        bars(case, |bar| bar.subject.clone_from(&who))
    }),
    ("a bar is for whoever has that name, of whichever agency", |case| {
        bars(case, |bar| bar.agency = None)
    }),
    ("a bar never ends", |case| bars(case, |bar| bar.period.until = None)),
    ("a bar holds before its first day", |case| {
        let today = case.facts.today;
        bars(case, |bar| bar.period.from = bar.period.from.min(today))
    }),
    ("emergency access opens what is barred", |case| {
        let open = open_emergency(case);
        twisted(case, |case| case.facts.bars.retain(|_| !open))
    }),
    ("a portal that is barred asks for others", |case| {
        let principal = case.caller.principal.clone();
        twisted(case, |case| {
            case.facts.bars.retain(|bar| {
                bar.subject == principal.subject && bar.agency.is_none_or(|agency| agency == principal.agency)
            });
        })
    }),
];
