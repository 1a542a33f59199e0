//! Nothing about anybody is released by the ceiling alone: where a value comes out without a row of its own, and why it may.

use crate::{
    paths::{Token, without_tests},
    sources::Source,
};

/// What releases without a row.
const WITHOUT_ROW: [&str; 4] = ["rows", "handle", "about_nobody", "of_own_agency"];

/// Where it may be called, how often, and why: what comes out is about nobody, or is made of rows that were decided each for itself.
const KNOWN: [(&str, &str, usize, &str); 26] = [
    (
        "graphql/alerts.rs",
        "of_own_agency",
        3,
        "alerts and endpoints that exist for the asker",
    ),
    (
        "graphql/connections.rs",
        "rows",
        1,
        "how many rows exist for the asker, each noted",
    ),
    (
        "graphql/contacts.rs",
        "rows",
        3,
        "contacts, endpoints and deliveries that exist for the asker",
    ),
    (
        "graphql/feed/page.rs",
        "handle",
        1,
        "markers that exist for the asker, and that one told before does so no more",
    ),
    ("graphql/lists/mod.rs", "rows", 3, "rows that exist for the asker"),
    (
        "graphql/lookups/list.rs",
        "of_own_agency",
        1,
        "entries of the trail that exist for the asker",
    ),
    (
        "graphql/lookups/mod.rs",
        "rows",
        2,
        "what came of questions, each answer decided",
    ),
    (
        "graphql/lookups/result.rs",
        "rows",
        5,
        "that nobody was found, what was wrong with the question, markers that exist for the asker, and comparisons each of which is granted",
    ),
    (
        "graphql/mutations/alert_endpoints.rs",
        "rows",
        1,
        "an endpoint that exists for the asker",
    ),
    (
        "graphql/mutations/consent_by_reference.rs",
        "rows",
        1,
        "that a decision was taken in, which is told whoever is stored",
    ),
    (
        "graphql/mutations/emergency.rs",
        "rows",
        5,
        "the asker's own emergency access, read by their agency and name, the families as their clauses give them now, and the authority's number to ring",
    ),
    (
        "graphql/mutations/endpoints.rs",
        "rows",
        1,
        "no secret, where there is no endpoint",
    ),
    (
        "graphql/mutations/frame.rs",
        "rows",
        1,
        "a payload, whose fields are decided",
    ),
    ("graphql/mutations/load_agreement.rs", "about_nobody", 2, "an agreement"),
    (
        "graphql/mutations/load_agreement.rs",
        "rows",
        1,
        "what in a text that was sent can never hold",
    ),
    (
        "graphql/mutations/changed.rs",
        "rows",
        1,
        "rows that exist for the asker after the change",
    ),
    (
        "graphql/mutations/user_error.rs",
        "rows",
        1,
        "why a change was not made",
    ),
    (
        "graphql/mutations/webhooks.rs",
        "rows",
        2,
        "an endpoint and a delivery that exist for the asker",
    ),
    (
        "graphql/objects/agency.rs",
        "about_nobody",
        8,
        "agencies and the authority",
    ),
    (
        "graphql/objects/disclosure.rs",
        "rows",
        1,
        "entries of the trail that exist for the asker",
    ),
    (
        "graphql/objects/marker_change.rs",
        "handle",
        1,
        "a marker that exists for the asker, or none any more",
    ),
    (
        "graphql/objects/entry.rs",
        "about_nobody",
        1,
        "the agreement, the catalogues, and who the asker is",
    ),
    (
        "graphql/shared.rs",
        "about_nobody",
        1,
        "the same, and whatever has an id and exists for the asker",
    ),
    (
        "graphql/reads.rs",
        "rows",
        3,
        "a family, a member or a page of the trail that exists for the asker",
    ),
    (
        "graphql/subscriptions/contacts.rs",
        "rows",
        1,
        "a contact that exists for the asker",
    ),
    (
        "graphql/subscriptions/markers.rs",
        "handle",
        1,
        "a marker that exists for the asker, and that one told before does so no more",
    ),
];

/// Where something is released without a row oftener than is known, or not as often as is said.
pub fn without_row(sources: &[Source]) -> Vec<String> {
    let files = sources.iter().filter(|source| !source.name.starts_with("sharing/"));
    let mut broken: Vec<String> = files
        .flat_map(|source| {
            let code = without_tests(source.tokens());
            WITHOUT_ROW.into_iter().filter_map(move |released| {
                let known = KNOWN
                    .iter()
                    .find(|(file, by, ..)| source.name == *file && released == *by);
                let (found, said) = (calls(&code, released), known.map_or(0, |(_, _, times, _)| *times));
                (found != said && !source.is_test())
                    .then(|| format!("{}: Shared::{released} {found} times, not {said}", source.name))
            })
        })
        .collect();
    let gone = KNOWN
        .iter()
        .filter(|(file, ..)| !sources.iter().any(|source| source.name == *file));
    broken.extend(gone.map(|(file, by, ..)| format!("{file}: Shared::{by} is known, and there is no such file")));
    broken
}

/// Where the room that decides is gone around: what it decides with is named outside of it.
pub fn decided_elsewhere(source: &Source) -> Vec<String> {
    const WITH: [&str; 3] = ["beyond_ceiling", "decide_of_no_family", "decide_found"];
    if source.name.starts_with("sharing/") || source.is_test() {
        return Vec::new();
    }
    let code = without_tests(source.tokens());
    let named = WITH.into_iter().filter(|with| code.iter().any(|token| token.is(with)));
    named.map(|with| format!("{}: {with}", source.name)).collect()
}

/// How often `Shared::name` stands in code, with or without the type.
fn calls(code: &[Token], name: &str) -> usize {
    let ends =
        |at: usize| at >= 2 && code[at - 1] == Token::Of && matches!(&code[at - 2], Token::Word(of) if of == "Shared");
    let ends_typed = |at: usize| {
        at >= 2
            && code[at - 1] == Token::Of
            && code[at - 2].is(">")
            && code[..at].iter().rev().take(12).any(|token| token.is("Shared"))
    };
    (0..code.len())
        .filter(|at| code[*at].is(name) && (ends(*at) || ends_typed(*at)))
        .count()
}

#[cfg(test)]
mod tests {
    use super::{decided_elsewhere, without_row};
    use crate::sources::Source;

    fn broken(name: &str, text: &str) -> bool {
        let found = without_row(&[Source::made_up(name, text)]);
        found
            .iter()
            .any(|line| line.starts_with(name) && !line.ends_with("no such file"))
    }

    #[test]
    fn a_value_that_is_released_by_the_ceiling_is_found() {
        let text = "Shared::rows(&ceiling, field::X, || row.url.clone())";
        assert!(broken("graphql/objects/webhook.rs", text));
        assert!(broken(
            "graphql/objects/webhook.rs",
            "Shared::<Option<u8>>::rows(&ceiling, field::X, || 1)"
        ));
        assert!(broken(
            "webhook/attempt.rs",
            "grant::Shared::of_own_agency(ceiling, field, || at)"
        ));
        assert!(
            broken("graphql/connections.rs", &format!("{text}; {text}")),
            "one more than is known"
        );
        assert!(broken("graphql/connections.rs", ""), "known, and not there");
        assert!(!broken("graphql/connections.rs", text));
        assert!(!broken("sharing/grant.rs", text));
        assert!(!broken(
            "graphql/page.rs",
            "self.row.release(field::X, |row| row.url.clone()); rows(ctx)"
        ));
    }

    #[test]
    fn a_decision_outside_its_room_is_found() {
        let finds = |name, text| !decided_elsewhere(&Source::made_up(name, text)).is_empty();
        assert!(finds(
            "graphql/alerts.rs",
            "use crate::sharing::decide::decide_of_no_family;"
        ));
        assert!(!finds("sharing/permit.rs", "decide_of_no_family(ceiling, needs, None)"));
        assert!(!finds("graphql/alerts.rs", "// beyond_ceiling"));
    }
}
