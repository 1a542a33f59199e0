//! The same agreements as Cedar policies, one a clause, and the same facts as entities.
//!
//! The caller's party is the principal, the row the resource. Everything that a clause asks is a condition in its policy; only consent comes
//! in worked out, by the second reading of its rule.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    fmt::Write as _,
};

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityUid, Policy as CedarPolicy, PolicyId, PolicySet, Request,
    RestrictedExpression as Value,
};
use chrono::{Datelike, NaiveDate};
use thinkfamily::sharing::{
    agreement::{Access, Agreement, Clause, ConsentRule, Policy, Scope},
    caller::Party,
    category::Category,
};

use crate::{
    cases::{Case, Question},
    reading,
    replay::{self, Answer},
};

/// How many emergencies of a family the policies look at; random families have no more.
const EMERGENCIES: usize = 2;
/// How many bars.
const BARS: usize = 2;

/// The name of a clause's policy.
pub(crate) fn policy_name(agreement: &str, version: i32, clause: &str) -> String {
    format!("{agreement}|{version}|{clause}")
}

/// Every clause of every agreement as a policy. Dates are conditions, so that one set serves every day.
pub(crate) fn policies(policy: &Policy) -> PolicySet {
    let mut set = PolicySet::new();
    let mut add = |name: String, text: String| {
        let policy = CedarPolicy::parse(Some(PolicyId::new(&name)), &text)
            .unwrap_or_else(|error| panic!("{error:?} in policy {name}:\n{text}"));
        set.add(policy).expect("every clause has its own name");
    };
    add(
        "another-authority".to_owned(),
        "forbid (principal, action, resource) unless { principal.authority == resource.authority };".to_owned(),
    );
    add(
        "nobody-who-has-left".to_owned(),
        "forbid (principal, action, resource) when { context has ofMembers && context.ofMembers && !resource.ofToday && !resource.asItWas };".to_owned(),
    );
    add(
        "barred".to_owned(),
        format!("forbid (principal, action, resource) when {{ {} }};", barred()),
    );
    for agreement in &policy.agreements {
        for clause in &agreement.clauses {
            let name = policy_name(&agreement.code, agreement.version, &clause.id);
            if clause.emergency {
                let conditions = speaks(policy, agreement, clause);
                let text = format!(
                    "permit (principal, action == {OPEN}, resource)\nwhen {{\n  ({})\n}};",
                    conditions.join(") && (")
                );
                add(format!("{name}|open"), text);
            }
            add(name, exported(policy, agreement, clause));
        }
    }
    set
}

fn day_number(day: NaiveDate) -> i64 {
    i64::from(day.num_days_from_ce())
}

fn list(words: &[String]) -> String {
    format!("{words:?}")
}

/// Opening emergency access: all that it asks is a clause that says so.
const OPEN: &str = "Action::\"open\"";

/// That a clause is in force, signed, and speaks of the principal and the purpose.
fn speaks(policy: &Policy, agreement: &Agreement, clause: &Clause) -> Vec<String> {
    let mut conditions = Vec::new();
    let mut and = |condition: String| conditions.push(condition);
    and(format!("{}.contains(principal.kind)", list(&clause.agency_kinds)));
    and(format!("{}.contains(principal.role)", list(&clause.roles)));
    and(format!("{}.contains(context.purpose)", list(&clause.purposes)));

    and(format!("{} <= context.today", day_number(agreement.effective_from)));
    if let Some(last) = agreement.effective_to {
        and(format!("context.today <= {}", day_number(last)));
    }
    for later in &policy.agreements {
        if later.code == agreement.code && later.version > agreement.version {
            and(format!("context.today < {}", day_number(later.effective_from)));
        }
    }
    let mut signed = vec!["false".to_owned()];
    for signatory in &agreement.signatories {
        let mut one = format!(
            "(principal.code == {:?} && {} <= context.today",
            signatory.agency,
            day_number(signatory.signed_on)
        );
        if let Some(left) = signatory.withdrawn_on {
            write!(one, " && context.today < {}", day_number(left)).expect("a string can be written to");
        }
        signed.push(one + ")");
    }
    and(signed.join(" || "));
    conditions
}

fn exported(policy: &Policy, agreement: &Agreement, clause: &Clause) -> String {
    let actions: Vec<_> = clause.access.iter().map(|access| action(*access)).collect();
    let mut text = format!(
        "permit (principal, action in [{}], resource)\nwhen {{\n",
        actions.join(", ")
    );
    let mut and = |condition: String| writeln!(text, "  ({condition}) &&").expect("a string can be written to");
    and(format!("{}.contains(context.category)", list(&clause.categories)));
    speaks(policy, agreement, clause).into_iter().for_each(&mut and);

    let opened = if clause.emergency {
        emergency_opened()
    } else {
        "false".to_owned()
    };
    match clause.scope {
        Scope::Authority => {}
        Scope::Cohort => and("resource.onCohort".to_owned()),
        Scope::Involved => and(format!("resource.involved.contains(principal.agency) || ({opened})")),
        Scope::Lead => and(
            "resource has lead && resource.lead == {agency: principal.agency, subject: principal.subject}".to_owned(),
        ),
        Scope::Own => and("context.sourced && resource has source && resource.source == principal.agency".to_owned()),
    }
    if clause.consent == ConsentRule::Required {
        and(format!("!context.refused && (context.consent || ({opened}))"));
    }
    if !matches!(clause.scope, Scope::Authority | Scope::Lead) {
        text.push_str("  (!context.ofMembers || resource.ofToday) &&\n");
    }
    text.push_str("  true\n}");
    if !clause.shielded {
        text.push_str(
            "\nunless { (context.category != \"REFERENCE\" && context.area && resource.homeShielded) || ((context.category == \"CONTACT\" || (context.category != \"REFERENCE\" && context.whereabouts)) && resource.contactShielded) || context.foundShielded }",
        );
    }
    text + ";"
}

/// The family is barred to the principal today.
fn barred() -> String {
    let mut text = "false".to_owned();
    for number in 0..BARS {
        let fact = format!("resource.bar{number}");
        write!(
            text,
            " || (resource has bar{number} && {fact}.subject == principal.subject && (!({fact} has agency) || {fact}.agency == principal.agency) \
             && {fact}.from <= context.today && (!({fact} has until) || context.today < {fact}.until))"
        )
        .expect("a string can be written to");
    }
    text
}

/// The principal has opened emergency access for the family, it has begun and not run out.
fn emergency_opened() -> String {
    let mut text = "false".to_owned();
    for number in 0..EMERGENCIES {
        let fact = format!("resource.emergency{number}");
        write!(
            text,
            " || (!principal.portal && resource has emergency{number} && {fact}.agency == principal.agency && {fact}.subject == principal.subject \
             && {fact}.from <= context.now && context.now < {fact}.until)"
        )
        .expect("a string can be written to");
    }
    text
}

fn action(access: Access) -> &'static str {
    match access {
        Access::Read => "Action::\"read\"",
        Access::Write => "Action::\"write\"",
    }
}

fn text(text: &str) -> Value {
    Value::new_string(text.to_owned())
}

fn record<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::new_record(named(fields)).expect("no field is named twice")
}

fn named<const N: usize>(fields: [(&str, Value); N]) -> impl Iterator<Item = (String, Value)> {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value))
}

fn uid(text: &str) -> EntityUid {
    text.parse().expect("a Cedar entity")
}

fn party_entity(number: usize, party: &Party, authority: i32) -> Entity {
    let attributes = named([
        ("authority", Value::new_long(authority.into())),
        ("agency", text(&party.agency.to_string())),
        ("code", text(&party.agency_code)),
        ("kind", text(&party.agency_kind)),
        ("role", text(&party.role)),
        ("subject", text(&party.subject)),
        ("portal", Value::new_bool(number > 0)),
    ]);
    let uid = uid(&format!("Party::\"{number}\""));
    Entity::new(uid, attributes.collect(), HashSet::new()).expect("attributes are values")
}

fn row_entity(case: &Case, with_emergencies: bool) -> Entity {
    let facts = &case.facts;
    let involved = facts.involved.iter().map(|agency| text(&agency.to_string()));
    let mut attributes: HashMap<_, _> = named([
        ("authority", Value::new_long(facts.authority.into())),
        ("onCohort", Value::new_bool(facts.on_cohort)),
        ("involved", Value::new_set(involved)),
        ("homeShielded", Value::new_bool(reading::home_shielded(facts))),
        ("contactShielded", Value::new_bool(reading::contact_shielded(case))),
        ("ofToday", Value::new_bool(reading::of_today(case))),
        ("asItWas", Value::new_bool(reading::as_it_was(case))),
    ])
    .collect();
    if let Some((agency, subject)) = &facts.lead {
        let lead = record([("agency", text(&agency.to_string())), ("subject", text(subject))]);
        attributes.insert("lead".to_owned(), lead);
    }
    if let Some(source) = case.row.source {
        attributes.insert("source".to_owned(), text(&source.to_string()));
    }
    assert!(
        facts.emergencies.len() <= EMERGENCIES,
        "the policies would not see them all"
    );
    for (number, opened) in facts.emergencies.iter().enumerate().filter(|_| with_emergencies) {
        let opened = record([
            ("agency", text(&opened.agency.to_string())),
            ("subject", text(&opened.subject)),
            ("from", Value::new_long(opened.opened_at.timestamp_millis())),
            ("until", Value::new_long(opened.expires_at.timestamp_millis())),
        ]);
        attributes.insert(format!("emergency{number}"), opened);
    }
    assert!(facts.bars.len() <= BARS, "the policies would not see them all");
    for (number, bar) in facts.bars.iter().enumerate() {
        let always = named([
            ("subject", text(&bar.subject)),
            ("from", Value::new_long(day_number(bar.period.from))),
        ]);
        let agency = bar
            .agency
            .map(|agency| ("agency".to_owned(), text(&agency.to_string())));
        let until = bar
            .period
            .until
            .map(|day| ("until".to_owned(), Value::new_long(day_number(day))));
        let fields = always.chain(agency).chain(until);
        let bar = Value::new_record(fields).expect("no field is named twice");
        attributes.insert(format!("bar{number}"), bar);
    }
    Entity::new(uid("Row::\"row\""), attributes, HashSet::new()).expect("attributes are values")
}

/// For each party and category the clauses that permit it alone, as far as the first that none permits.
pub(crate) type Permitted = Vec<(Category, usize, BTreeSet<String>)>;

/// Asks Cedar about every category and party: all of them permitted by something, or nothing.
pub(crate) fn evaluate(policies: &PolicySet, case: &Case, with_emergencies: bool) -> Option<Permitted> {
    let parties: Vec<&Party> = case.caller.parties().collect();
    let entities = parties
        .iter()
        .enumerate()
        .map(|(number, party)| party_entity(number, party, case.caller.authority))
        .chain([row_entity(case, with_emergencies)]);
    let entities = Entities::from_entities(entities, None).expect("no two entities have one name");
    let authorizer = Authorizer::new();
    let mut permitted = Permitted::new();
    for category in case.needs().categories.iter() {
        for (number, party) in parties.iter().enumerate() {
            let consent = replay::consent(
                &case.facts,
                case.row.subject,
                category,
                &party.agency_kind,
                &case.caller.purpose,
            );
            let refused = match case.question {
                Question::Found(wanted) => {
                    replay::refused(&case.facts, wanted, category, &party.agency_kind, &case.caller.purpose)
                }
                Question::Value | Question::Own => false,
            };
            let context = Context::from_pairs(named([
                ("category", text(category.code())),
                ("purpose", text(&case.caller.purpose)),
                ("today", Value::new_long(day_number(case.today))),
                ("now", Value::new_long(case.facts.now.timestamp_millis())),
                ("area", Value::new_bool(case.field.area)),
                ("whereabouts", Value::new_bool(reading::tells_whereabouts(case))),
                ("sourced", Value::new_bool(case.field.sourced)),
                ("ofMembers", Value::new_bool(case.field.of_members)),
                ("foundShielded", Value::new_bool(reading::found_shielded(case))),
                ("consent", Value::new_bool(matches!(consent, Answer::Given))),
                ("refused", Value::new_bool(refused)),
            ]));
            let request = Request::new(
                uid(&format!("Party::\"{number}\"")),
                uid(action(case.field.access)),
                uid("Row::\"row\""),
                context.expect("no value is named twice"),
                None,
            );
            let answer = authorizer.is_authorized(&request.expect("there is no schema"), policies, &entities);
            let errors: Vec<_> = answer.diagnostics().errors().collect();
            assert!(errors.is_empty(), "{errors:?}");
            if answer.decision() == Decision::Deny {
                return None;
            }
            let clauses = answer.diagnostics().reason().map(ToString::to_string).collect();
            permitted.push((category, number, clauses));
        }
    }
    (!permitted.is_empty()).then_some(permitted)
}

/// Asks Cedar whether emergency access may be opened: every party must have a clause for it, and needs nothing else.
pub(crate) fn may_open(policies: &PolicySet, case: &Case) -> bool {
    let parties: Vec<&Party> = case.caller.parties().collect();
    let entities = parties
        .iter()
        .enumerate()
        .map(|(number, party)| party_entity(number, party, case.caller.authority))
        .chain([Entity::new(
            uid("Row::\"row\""),
            HashMap::from([("authority".to_owned(), Value::new_long(case.caller.authority.into()))]),
            HashSet::new(),
        )
        .expect("attributes are values")]);
    let entities = Entities::from_entities(entities, None).expect("no two entities have one name");
    (0..parties.len()).all(|number| {
        let context = Context::from_pairs(named([
            ("purpose", text(&case.caller.purpose)),
            ("today", Value::new_long(day_number(case.today))),
        ]));
        let request = Request::new(
            uid(&format!("Party::\"{number}\"")),
            uid(OPEN),
            uid("Row::\"row\""),
            context.expect("no value is named twice"),
            None,
        );
        let answer = Authorizer::new().is_authorized(&request.expect("there is no schema"), policies, &entities);
        assert_eq!(answer.diagnostics().errors().count(), 0);
        answer.decision() == Decision::Allow
    })
}
