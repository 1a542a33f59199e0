//! Whatever has an id does not exist for who may not know of it, by whatever field it is come to.

use std::{collections::BTreeSet, fmt::Write as _};

use serde_json::Value;
use thinkfamily::{demo, sharing::category::Category, sharing::register};

use crate::{
    coverage::{Ids, queries, wanted},
    support::{
        api::Api,
        app::{App, today},
        database::{TestDatabase, on_both},
    },
};

/// Every field that leads to something with an id, with the type of that.
fn leading(api: &Api) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for of in api.ways().keys() {
        for field in api.fields(of) {
            let to = field.ty.inner_named_type().to_string();
            if to != "Node" && api.fields(&to).iter().any(|field| field.name == "id") {
                fields.push((format!("{of}.{}", field.name), to));
            }
        }
    }
    fields
}

#[test]
fn a_field_asks_for_what_the_id_of_that_which_it_holds_asks_for() {
    let api = Api::new();
    let leading = leading(&api);
    assert!(leading.len() > 80, "{} fields are not all", leading.len());
    for (coordinate, to) in leading {
        let (field, exists) = (register::find(&coordinate).unwrap(), register::find(&to).unwrap());
        let told_before = field.handle;
        assert!(
            told_before || field.categories.covers(exists.categories),
            "{coordinate} gives a {to}, whose id is {:?}",
            exists.label()
        );
    }
}

/// Purposes of which no clause of the demonstration speaks for the police.
const PURPOSES: [&str; 5] = [
    "audit",
    "research",
    "programme_management",
    "agreement_management",
    "subject_access",
];
const ROLES: [&str; 6] = [
    "practitioner",
    "manager",
    "coordinator",
    "data_analyst",
    "auditor",
    "researcher",
];

/// Who is given all but that category.
fn who(without: Category) -> (&'static str, &'static str) {
    let at = without as usize;
    (ROLES[at / PURPOSES.len()], PURPOSES[at % PURPOSES.len()])
}

/// An agreement by which the police are given everything but one category, which one hanging on who asks and what for.
fn agreement() -> String {
    let mut text = String::from(
        "[agreement]\nid = \"ALL-BUT-ONE\"\nversion = 1\ntitle = \"All but one\"\nauthority = \"cambridgeshire\"\n\
         effective_from = 2026-01-01\nreview_by = 2027-01-01\n[[signatory]]\nagency = \"cambs-police\"\nsigned_on = 2025-12-01\n",
    );
    for without in Category::ALL {
        let (role, purpose) = who(without);
        let given = Category::ALL.into_iter().filter(|category| *category != without);
        let given: Vec<_> = given.map(Category::code).collect();
        let _ = write!(
            text,
            "[[clause]]\nid = \"without-{}\"\nagency_kinds = [\"police\"]\nroles = [{role:?}]\ncategories = {given:?}\npurposes = [{purpose:?}]\n\
             access = [\"read\"]\nscope = \"authority\"\nconsent = \"not_required\"\nlawful_basis = \"public_task\"\n\
             condition = \"substantial_public_interest\"\nshielded = true\nexplain = true\n",
            without.code()
        );
    }
    text
}

/// Whether an answer holds an object.
fn holds(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(list) => list.iter().any(holds),
        _ => true,
    }
}

async fn nothing_is_given_of_which_the_id_is_withheld(database: &TestDatabase) {
    let data = demo::worked(today().date_naive());
    let app = App::start(database).await;
    app.load_agreement(&agreement()).await;
    let api = Api::new();
    let ids = Ids::of(&app, &data).await;
    let leading = leading(&api);
    let queries = queries(&api, &ids);
    let (mut refused, mut given) = (BTreeSet::new(), BTreeSet::new());
    for without in Category::ALL {
        let (role, purpose) = who(without);
        let partner = app.partner("cambs-police", role, purpose);
        // Everything else is given: asked by who lacks FINANCE, which nothing has.
        let everything = without == Category::Finance;
        for (coordinate, to) in &leading {
            let lacking = register::find(to).unwrap().categories.contains(without);
            for (_, query) in queries
                .iter()
                .filter(|(of, _)| of == coordinate && (lacking || everything))
            {
                let reply = partner.ask(query).await;
                assert!(reply.body.get("errors").is_none(), "{coordinate}: {}", reply.body);
                let mut values = Vec::new();
                wanted(&reply.body["data"], &mut values);
                if everything {
                    given.extend(values.iter().any(|value| holds(value)).then(|| coordinate.clone()));
                } else {
                    assert!(
                        !values.iter().any(|value| holds(value)),
                        "{coordinate} gives a {to} without {without:?}: {query}\n{}",
                        reply.body
                    );
                    refused.insert(coordinate.clone());
                }
            }
        }
    }
    assert!(
        given.len() > 60,
        "only {} were given to anyone: {given:#?}",
        given.len()
    );
    assert!(refused.len() > 60, "only {} were refused", refused.len());
    for agency in [
        "LeadProfessional.agency",
        "Involvement.agency",
        "Contact.agency",
        "CriteriaMatch.sourceAgency",
    ] {
        assert!(given.contains(agency) && refused.contains(agency), "{agency}");
    }
}
on_both!(nothing_is_given_of_which_the_id_is_withheld);

async fn an_agency_is_told_as_withheld_to_who_may_read_no_catalogue(database: &TestDatabase) {
    let app = App::start(database).await;
    app.load_agreement(&agreement()).await;
    let (role, purpose) = who(Category::Reference);
    let partner = app.partner("cambs-police", role, purpose);
    let reference = demo::HARDMAN_REFERENCE;
    let query = format!("{{ family(reference: {reference:?}) {{ leadProfessional {{ name agency {{ id }} }} }} }}");
    let reply = partner.ask(&query).await;
    let lead = &reply.data()["family"]["leadProfessional"];
    assert!(lead["name"].is_string() && lead["agency"].is_null(), "{lead}");
    assert_eq!(reply.withheld("LeadProfessional.agency"), ["NOT_IN_AGREEMENT"]);
    let (_, sdl) = partner.page("/schema.graphql").await;
    assert!(
        sdl.contains("type LeadProfessional") && !sdl.contains("type Agency"),
        "it is beyond the ceiling"
    );
}
on_both!(an_agency_is_told_as_withheld_to_who_may_read_no_catalogue);
