//! The table of who sees what: every agency kind, role and purpose of the agreements in force against every field of the schema.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::Arc,
};

use chrono::NaiveDate;
use uuid::Uuid;

use crate::sharing::{
    agreement::{Access, Policy},
    caller::{Caller, Party},
    ceiling::Ceiling,
    register,
};

/// The role that may read the page.
pub const READER: &str = "agreement_manager";

/// Who is asked about: an agency kind, a role and a purpose that some clause names together.
type Who = (String, String, String);

/// Every agency kind, role and purpose that a clause in force names, with its ceiling: that of an agency that has signed everything.
pub(super) fn ceilings(policy: &Policy, today: NaiveDate) -> BTreeMap<Who, Ceiling> {
    let mut signed = policy.clone();
    let mut who = BTreeSet::new();
    for agreement in &mut signed.agreements {
        agreement.signatories = vec![crate::sharing::agreement::Signatory {
            agency: "any".to_owned(),
            signed_on: NaiveDate::MIN,
            withdrawn_on: None,
        }];
    }
    for clause in signed.in_force(today).flat_map(|agreement| &agreement.clauses) {
        for kind in &clause.agency_kinds {
            for role in &clause.roles {
                who.extend(
                    clause
                        .purposes
                        .iter()
                        .map(|purpose| (kind.clone(), role.clone(), purpose.clone())),
                );
            }
        }
    }
    who.into_iter()
        .map(|who| {
            let party = Party {
                agency: Uuid::nil(),
                agency_code: "any".to_owned(),
                agency_kind: who.0.clone(),
                role: who.1.clone(),
                subject: "anyone".to_owned(),
            };
            let caller = Caller {
                authority: 0,
                authority_code: String::new(),
                principal: party,
                portal: None,
                client: String::new(),
                purpose: who.2.clone(),
                purposes: vec![who.2.clone()],
            };
            (who, Ceiling::of(&signed, Arc::new(caller), today))
        })
        .collect()
}

/// On what conditions a caller sees a field: for each clause scope, consent and flags, in a few letters.
fn conditions(ceiling: &Ceiling, field: &register::Field) -> String {
    let Some(party) = ceiling.parties().first() else {
        return String::new();
    };
    let named = field.categories.iter().next().or_else(|| {
        field
            .one_of
            .iter()
            .find(|category| ceiling.categories(field.access).contains(*category))
    });
    let Some(category) = named else { return String::new() };
    let mut words = BTreeSet::new();
    for clause in party
        .clauses
        .iter()
        .filter(|clause| clause.permits(field.access, category))
    {
        let mut word = clause.scope.code().to_owned();
        if clause.consent_required {
            word.push_str("+consent");
        }
        if clause.shielded {
            word.push_str("+shielded");
        }
        if clause.emergency {
            word.push_str("+emergency");
        }
        words.insert(word);
    }
    words.into_iter().collect::<Vec<_>>().join(" or ")
}

/// The table as text, for a snapshot that people can read the changes of: for each who, the fields they could see and on what condition.
pub fn text(policy: &Policy, today: NaiveDate) -> String {
    let mut out = String::from(
        "Who sees what. For each agency kind, role and purpose: every field that some clause could permit, its data categories,\n\
         and for which families (authority, cohort, involved, lead, own) and on what condition. What is not listed is never seen.\n",
    );
    for ((kind, role, purpose), ceiling) in ceilings(policy, today) {
        let _ = writeln!(out, "\n{kind} / {role} / {purpose}");
        for field in register::fields().filter(|field| ceiling.covers(field.id) && field.coordinate.contains('.')) {
            let access = if field.access == Access::Write { " (write)" } else { "" };
            let _ = writeln!(
                out,
                "  {:<44} {:<40} {}{access}",
                field.coordinate,
                field.label(),
                conditions(&ceiling, field)
            );
        }
    }
    out
}

/// The same as a plain page.
pub fn page(policy: &Policy, today: NaiveDate) -> String {
    let mut out = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Who sees what</title>\
         <h1>Who sees what</h1><p>For each agency kind, role and purpose: every field that some clause in force could permit, its data \
         categories, and for which families and on what condition. What is not listed is never seen.</p>",
    );
    for ((kind, role, purpose), ceiling) in ceilings(policy, today) {
        let _ = write!(
            out,
            "<details><summary>{} / {} / {}</summary><table><tr><th scope=\"col\">Field</th><th scope=\"col\">Data categories</th>\
             <th scope=\"col\">For which families, on what condition</th></tr>",
            escape(&kind),
            escape(&role),
            escape(&purpose)
        );
        for field in register::fields().filter(|field| ceiling.covers(field.id) && field.coordinate.contains('.')) {
            let _ = write!(
                out,
                "<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
                escape(field.coordinate),
                escape(&field.label()),
                escape(&conditions(&ceiling, field))
            );
        }
        out.push_str("</table></details>");
    }
    out.push_str("</html>");
    out
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
