//! The tables as people read them, in Markdown.

use std::fmt::Write as _;

use super::{Moves, PlanStatus, each_moving};
use crate::code::Code;

/// All tables, one after the other.
pub fn all() -> String {
    let mut page = String::new();
    macro_rules! add {
        ($state:ident) => {
            page.push_str(&one::<$state>());
        };
    }
    each_moving!(add!);
    page
}

/// One table: what the states mean, then each step.
pub fn one<S: Moves>() -> String {
    let mut page = format!(
        "\n## {}\n\n{}\n\n| State | Meaning |\n| --- | --- |\n",
        S::LIST.0,
        S::LIST.1.trim()
    );
    // Writing to a string cannot fail.
    for (name, meaning) in S::NAMES.iter().zip(S::MEANINGS) {
        let _ = writeln!(page, "| {name} | {} |", meaning.trim());
    }
    page += "\n| From | Step | To | Change | What it says |\n| --- | --- | --- | --- | --- |\n";
    for line in S::TABLE {
        let from = line.from.map_or("", name);
        let meaning = of(<S::Step as Code>::MEANINGS, line.step).trim();
        let _ = writeln!(
            page,
            "| {from} | {} | {} | `{}` | {meaning} |",
            name(line.step),
            name(line.to),
            S::mutation(line.step),
        );
    }
    page
}

fn name<C: Code>(code: C) -> &'static str {
    of(C::NAMES, code)
}

/// What stands at a code's place in a list that is in the order of the codes.
fn of<C: Code>(list: &'static [&'static str], code: C) -> &'static str {
    let said = C::ALL.iter().zip(list).find(|(known, _)| **known == code);
    said.map_or("", |(_, said)| said)
}
