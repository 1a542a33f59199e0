//! Nothing is written without a permit: which files may reach a transaction past one, and why, and who may write for an operator.

use crate::{
    paths::{Token, without_tests},
    sources::Source,
};

/// Files of the store that write what no permit is for, and why: none of it is a row about a family, a person or what an agency has.
const WITHOUT_PERMIT: [(&str, &str); 9] = [
    (
        "store/announced.rs",
        "says that what an entry of the trail announces was made",
    ),
    (
        "store/budget/mod.rs",
        "how many people were asked about, where the one transaction that writes asks about one",
    ),
    ("store/feed/consumer.rs", "how far a reader of the feed has looked"),
    ("store/feed/events.rs", "what a reader of the feed was told"),
    ("store/keys/backfill.rs", "columns made of others by a migration"),
    (
        "store/policy.rs",
        "raises the number by which every server reads the agreements again",
    ),
    (
        "store/write/idempotency.rs",
        "what came of a request, under its sender's own key",
    ),
    (
        "store/write/merging.rs",
        "reads whose each row is before permits are spent on it; what it writes is written by them",
    ),
    ("store/writing.rs", "spends permits"),
];

/// Where the store reaches its transaction otherwise than by a permit.
pub fn past_a_permit(source: &Source) -> Vec<String> {
    let known = WITHOUT_PERMIT.iter().any(|(file, _)| source.name == *file);
    if !source.name.starts_with("store/") || known || source.name == "store/session.rs" || source.is_test() {
        return Vec::new();
    }
    let code = without_tests(source.tokens());
    calls(&code, "transaction")
        .map(|()| format!("{}: a session's transaction", source.name))
        .collect()
}

/// Where something is written for an operator outside the commands.
pub fn for_an_operator(source: &Source) -> Vec<String> {
    let own = source.name.starts_with("cli/") || source.name == "store/writing.rs";
    if own || source.is_test() {
        return Vec::new();
    }
    let code = without_tests(source.tokens());
    let named = code.iter().filter(|token| token.is("write_as_operator"));
    named.map(|_| format!("{}: write_as_operator", source.name)).collect()
}

/// Files of the list that need not be in it.
pub fn idle(sources: &[Source]) -> Vec<String> {
    let reaches = |file: &str| {
        let source = sources.iter().find(|source| source.name == file);
        source.is_some_and(|source| calls(&without_tests(source.tokens()), "transaction").next().is_some())
    };
    let idle = WITHOUT_PERMIT.iter().filter(|(file, _)| !reaches(file));
    idle.map(|(file, why)| format!("{file}: {why}")).collect()
}

/// Each call of a method without arguments.
fn calls<'a>(code: &'a [Token], method: &'a str) -> impl Iterator<Item = ()> + 'a {
    let call = move |four: &&[Token]| four[0].is(".") && four[1].is(method) && four[2].is("(") && four[3].is(")");
    code.windows(4).filter(call).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::{for_an_operator, past_a_permit};
    use crate::sources::Source;

    #[test]
    fn a_write_without_a_permit_is_found() {
        let breaks = |name, text| !past_a_permit(&Source::made_up(name, text)).is_empty();
        assert!(breaks("store/load.rs", "row.insert(session.transaction()?).await"));
        assert!(breaks("store/write/contact.rs", "query.exec(self.transaction()?)"));
        assert!(!breaks("store/write/contact.rs", "query.exec(self.connection()?)"));
        assert!(!breaks("store/announced.rs", "query.exec(self.transaction()?)"));
        assert!(!breaks(
            "store/load.rs",
            "fn f() {} #[cfg(test)] mod tests { f(s.transaction()) }"
        ));
    }

    #[test]
    fn a_caller_that_writes_as_an_operator_is_found() {
        let breaks = |name, text| !for_an_operator(&Source::made_up(name, text)).is_empty();
        let text = "request.session.write_as_operator().add_to_family(&[row])";
        assert!(breaks("graphql/mutations/involvement.rs", text));
        assert!(breaks("webhook/sender.rs", text));
        assert!(!breaks("cli/restore/reapply.rs", text));
    }
}
