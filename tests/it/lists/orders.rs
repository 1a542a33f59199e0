//! Lists ordered by a code come in the order of the code's list, which means something, and never by its letters.

use thinkfamily::{
    clock::{Clock, Ids},
    demo,
    records::NeedLevel,
    store::bulk,
};

use crate::support::{
    api::Api,
    app::{App, Partner, today},
    database::{TestDatabase, on_both},
};

/// The demonstration, with families of every need and of none.
async fn started(database: &TestDatabase) -> App {
    let mut data = demo::worked(today().date_naive());
    let levels = [
        Some(NeedLevel::Monitoring),
        Some(NeedLevel::HighOrComplex),
        None,
        Some(NeedLevel::ExpertHelp),
    ];
    let families = data
        .families
        .iter_mut()
        .filter(|family| family.authority_id == demo::CAMBRIDGESHIRE);
    for (family, level) in families.zip(levels.iter().cycle()) {
        family.need_level = *level;
        family.attached_on = family.attached_on.or(Some(today().date_naive()));
        family.closed_on = None;
    }
    let databases = database.open().await;
    bulk::load(&databases, &data, &mut |_| {}).await.unwrap();
    let app = App::over(databases, Clock::fixed(today()), Ids::seeded(1)).await;
    for agreement in demo::worked_agreements() {
        app.load_agreement(agreement).await;
    }
    app
}

/// Every value of a field, in pages of two, in an order; none for null.
async fn paged(partner: &Partner, list: &str, value: &str, order: &str, direction: &str) -> Vec<Option<String>> {
    let (mut values, mut after) = (Vec::new(), String::new());
    loop {
        let query = format!(
            "{{ {list}(first: 2, orderBy: {{ field: {order}, direction: {direction} }}{after}) {{ totalCount nodes {{ {value} }} pageInfo {{ hasNextPage \
             endCursor }} }} }}"
        );
        let reply = partner.ask(&query).await;
        let page = &reply.data()[list];
        for node in page["nodes"].as_array().unwrap() {
            values.push(node[value].as_str().map(str::to_owned));
        }
        if page["pageInfo"]["hasNextPage"] != true {
            assert_eq!(page["totalCount"], values.len(), "no row is lost or double");
            return values;
        }
        after = format!(", after: {}", page["pageInfo"]["endCursor"]);
    }
}

async fn codes_come_in_the_order_of_their_list(database: &TestDatabase) {
    let (app, api) = (started(database).await, Api::new());
    let coordinator = app.partner("tff-team", "coordinator", "programme_management");
    let levels = api.values("NeedLevel");
    assert_eq!(
        levels,
        ["HIGH_OR_COMPLEX", "EXPERT_HELP", "MONITORING"],
        "from the greatest need"
    );
    for (list, value, order, of, least) in [
        ("families", "needLevel", "NEED_LEVEL", "NeedLevel", 3),
        ("criteriaMatches", "criterion", "CRITERION", "CriterionCode", 3),
        ("plans", "status", "STATUS", "PlanStatus", 1),
        ("consents", "category", "CATEGORY", "DataCategory", 2),
    ] {
        let codes = api.values(of);
        let place = |value: &String| codes.iter().position(|code| code == value).unwrap();
        let up = paged(&coordinator, list, value, order, "ASCENDING").await;
        let down = paged(&coordinator, list, value, order, "DESCENDING").await;
        let places = |values: &[Option<String>]| values.iter().flatten().map(place).collect::<Vec<_>>();
        let (up_places, mut down_places) = (places(&up), places(&down));
        assert!(up_places.is_sorted(), "{list} by {order}: {up:?}");
        down_places.reverse();
        assert_eq!(up_places, down_places, "{list} by {order}, descending: {down:?}");
        let mut different = up_places;
        different.dedup();
        assert!(different.len() >= least, "{list} by {order}: {up:?}");
        for values in [&up, &down] {
            let known = values.iter().take_while(|value| value.is_some()).count();
            assert!(
                values[known..].iter().all(Option::is_none),
                "what is unknown comes last"
            );
        }
    }
}
on_both!(codes_come_in_the_order_of_their_list);
