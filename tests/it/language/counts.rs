//! A filter that asks for something beyond the agreement is not answered by a number.

use serde_json::{Value, json};

use crate::support::{
    app::App,
    database::{TestDatabase, on_both},
};

async fn a_filter_beyond_the_ceiling_counts_nothing(database: &TestDatabase) {
    let app = App::start(database).await;
    let police = app.partner("cambs-police", "practitioner", "safeguarding");
    for (list, filter, told) in [
        ("families", "{ needLevel: MONITORING }", "FamilyFilter.needLevel"),
        (
            "families",
            "{ needLevel: MONITORING, onCohort: true }",
            "FamilyFilter.needLevel",
        ),
        // This police force is given criteria of crime, and none of health.
        ("families", "{ criterion: HEALTH }", "FamilyFilter.criterion"),
        (
            "criteriaMatches",
            "{ criterion: HEALTH }",
            "CriteriaMatchFilter.criterion",
        ),
        (
            "members",
            "{ employmentStatus: \"none\" }",
            "MemberFilter.employmentStatus",
        ),
    ] {
        let total = format!(
            "{}Connection.totalCount",
            match list {
                "families" => "Family",
                "members" => "Member",
                _ => "CriteriaMatch",
            }
        );
        let query = format!("{{ {list}(filter: {filter}) {{ totalCount nodes {{ id }} }} }}");
        let reply = police.ask(&query).await;
        assert_eq!(
            reply.data()[list],
            json!({ "totalCount": null, "nodes": [] }),
            "{query}"
        );
        assert_eq!(reply.withheld(told), ["NOT_IN_AGREEMENT"], "{query}");
        assert_eq!(reply.withheld(&total), ["NOT_IN_AGREEMENT"], "{query}");
        let refused = police.told_by("fail").ask(&query).await;
        assert_eq!(refused.code(), "NOT_IN_AGREEMENT", "{query}");
        // Told of also where nobody asks for the number.
        let nodes = police
            .ask(&format!("{{ {list}(filter: {filter}) {{ nodes {{ id }} }} }}"))
            .await;
        assert_eq!(nodes.withheld(told), ["NOT_IN_AGREEMENT"], "{query}");
    }
    // An ordering leaves as many rows as there are.
    let all = police.ask("{ families { totalCount } }").await;
    let ordered = police
        .ask("{ families(orderBy: { field: NEED_LEVEL }) { totalCount } }")
        .await;
    assert_eq!(all.data(), ordered.data());
    assert!(all.data()["families"]["totalCount"].as_u64().unwrap() > 0);
}
on_both!(a_filter_beyond_the_ceiling_counts_nothing);

async fn a_filter_within_the_ceiling_counts_whatever_each_row_withholds(database: &TestDatabase) {
    let app = App::start(database).await;
    let lead = app.lead_professional();
    for filter in [
        "{ district: \"Nowhere\" }",
        "{ criterion: HEALTH, reference: \"nothing\" }",
    ] {
        let reply = lead
            .ask(&format!("{{ families(filter: {filter}) {{ totalCount }} }}"))
            .await;
        assert_eq!(reply.data()["families"]["totalCount"], 0, "{filter}");
        assert_eq!(reply.body["extensions"].get("disclosure"), None::<&Value>, "{filter}");
    }
}
on_both!(a_filter_within_the_ceiling_counts_whatever_each_row_withholds);
