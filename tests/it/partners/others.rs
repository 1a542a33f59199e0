//! School, health, social care, portals, analysts, auditors, researchers and agreement managers.

use super::{
    NAMES, WHITE_BRITISH, changes,
    seen::{BEYOND, EVERYTHING, MARKER, NOTHING, Seen, see},
};
use crate::support::{
    app::App,
    database::{TestDatabase, on_both},
};

async fn school(database: &TestDatabase) {
    let app = App::start(database).await;
    let school = app.partner("fenbrook-school", "practitioner", "education_support");
    // The mother withdrew her consent that schools see the plan.
    let seen = Seen {
        marker: MARKER,
        district: "Alderley",
        names: NAMES,
        phones: "-, -, -, -, -",
        ethnicities: "-, -, -, -, -",
        criteria: "EDUCATION, EDUCATION",
        ..NOTHING
    };
    assert_eq!(see(&school, BEYOND).await.seen, seen);
    changes::consent_again(&app, "Dawn", "PLAN", "school").await;
    assert_eq!(
        see(&school, BEYOND).await.seen,
        Seen {
            goals: "EDUCATION, none",
            ..seen
        },
        "she agreed again"
    );

    let unsigned = app.partner("ely-academy", "practitioner", "education_support");
    let reply = see(&unsigned, BEYOND).await;
    assert_eq!(
        reply.seen, NOTHING,
        "the other school has not signed, though it works with the family"
    );
    assert_eq!(reply.withheld("Query.family"), ["AGREEMENT_NOT_SIGNED"]);
    let other = app.partner("fenbrook-school", "practitioner", "performance_analysis");
    assert_eq!(see(&other, BEYOND).await.seen, NOTHING, "another purpose");
    let clerk = app.partner("fenbrook-school", "marker_lookup", "education_support");
    assert_eq!(
        see(&clerk, BEYOND).await.seen,
        Seen {
            marker: MARKER,
            ..NOTHING
        },
        "another role"
    );
}
on_both!(school);

async fn health(database: &TestDatabase) {
    let app = App::start(database).await;
    let nurse = app.partner("cambs-health", "practitioner", "health_care");
    let uninvolved = Seen {
        marker: MARKER,
        names: "",
        phones: "",
        ethnicities: "",
        criteria: "",
        ..NOTHING
    };
    assert_eq!(see(&nurse, BEYOND).await.seen, uninvolved);
    changes::involve(&app, "cambs-health").await;
    let involved = Seen {
        marker: MARKER,
        district: "Alderley",
        names: NAMES,
        phones: "-, -, -, -, -",
        ethnicities: WHITE_BRITISH,
        criteria: "HEALTH",
        goals: "HEALTH, none",
        ..NOTHING
    };
    assert_eq!(
        see(&nurse, BEYOND).await.seen,
        involved,
        "health is not the mother's alone: the step-father agreed to this kind too"
    );
    changes::withdraw(&app, "Lee", "CRITERION_HEALTH", "health").await;
    assert_eq!(
        see(&nurse, BEYOND).await.seen,
        Seen {
            criteria: "",
            goals: "none",
            ..involved
        }
    );

    // The mental health service was never named in this family's consent.
    changes::involve(&app, "cambs-mental-health").await;
    let other = app.partner("cambs-mental-health", "practitioner", "health_care");
    let reply = see(&other, BEYOND).await;
    assert_eq!((reply.seen, reply.told), (NOTHING, vec![]));
}
on_both!(health);

async fn social_worker(database: &TestDatabase) {
    let app = App::start(database).await;
    let worker = app.partner("cambs-social-care", "practitioner", "safeguarding");
    // Their duty asks no consent, but for health and ethnicity it does: the step-father refused the first.
    let involved = Seen {
        marker: MARKER,
        district: "Alderley",
        names: NAMES,
        phones: "-, -, -, 07700 900101, 07700 900102",
        ethnicities: WHITE_BRITISH,
        postcodes: "ZQ4 7HA",
        criteria: "CHILDREN_NEEDING_HELP, CRIME, DOMESTIC_ABUSE, EDUCATION, EDUCATION, WORK",
        goals: "CHILDREN_NEEDING_HELP, CRIME, DOMESTIC_ABUSE, EDUCATION, WORK, none",
        outcomes: "CRIME, DOMESTIC_ABUSE, EDUCATION, EDUCATION, WORK, none",
    };
    assert_eq!(see(&worker, EVERYTHING).await.seen, involved);
    changes::withdraw(&app, "Dawn", "EQUALITY", "childrens_social_care").await;
    let reply = see(&worker, EVERYTHING).await;
    assert_eq!(
        reply.seen,
        Seen {
            ethnicities: "-, White British, White British, White British, White British",
            ..involved
        }
    );
    assert_eq!(reply.withheld("Member.ethnicity"), ["CONSENT_WITHDRAWN"]);

    let other = app.partner("cambs-social-care", "practitioner", "family_support");
    let reply = see(&other, BEYOND).await;
    assert_eq!(
        reply.seen,
        Seen {
            marker: MARKER,
            ..NOTHING
        },
        "another purpose"
    );
    assert_eq!(reply.withheld("Family.district"), ["NOT_IN_AGREEMENT"]);

    let today = app.clock.today();
    changes::end_involvement(&app, "cambs-social-care", today.succ_opt().unwrap()).await;
    assert_eq!(
        see(&worker, EVERYTHING).await.seen.names,
        NAMES,
        "today is their last day"
    );
    changes::end_involvement(&app, "cambs-social-care", today).await;
    let reply = see(&worker, EVERYTHING).await;
    let ended = Seen {
        marker: MARKER,
        district: "-",
        names: "",
        phones: "",
        ethnicities: "",
        postcodes: "",
        criteria: "",
        goals: "-",
        outcomes: "",
    };
    assert_eq!(reply.seen, ended, "yesterday was their last day");
    assert_eq!(reply.withheld("Family.district"), ["NOT_INVOLVED"]);
}
on_both!(social_worker);

async fn portal_for_a_user(database: &TestDatabase) {
    let app = App::start(database).await;
    let user =
        |portal: &str| app.through_portal(portal, "cambs-early-help", "practitioner", "family_support", "a-worker");
    let through = Seen {
        marker: MARKER,
        district: "Alderley",
        names: NAMES,
        phones: "-, -, -, 07700 900101, 07700 900102",
        ethnicities: "-, -, -, -, -",
        postcodes: "ZQ4 7HA",
        criteria: "CHILDREN_NEEDING_HELP, EDUCATION, EDUCATION, WORK",
        goals: "CHILDREN_NEEDING_HELP, EDUCATION, WORK, none",
        outcomes: "EDUCATION, EDUCATION, WORK, none",
    };
    assert_eq!(see(&user("tff-team"), BEYOND).await.seen, through);
    let direct = app.partner_named(
        "cambridgeshire",
        "cambs-early-help",
        "practitioner",
        "family_support",
        "a-worker",
    );
    assert_eq!(
        see(&direct, BEYOND).await.seen,
        through,
        "the portal takes nothing from this user"
    );
    let reply = see(&user("city-housing"), BEYOND).await;
    assert_eq!(reply.seen, NOTHING, "that agency's portals are in no clause");
    assert_eq!(reply.withheld("Query.family"), ["NOT_IN_AGREEMENT"]);

    // The Lead Professional sees ethnicity, but not through a portal; and the portal adds nothing to what a look-up sees.
    let lead = app.through_portal(
        "tff-team",
        "cambs-early-help",
        "lead_professional",
        "family_support",
        thinkfamily::demo::LEAD_SUBJECT,
    );
    let reply = see(&lead, BEYOND).await;
    assert_eq!(reply.seen.ethnicities, "-, -, -, -, -");
    assert_eq!(reply.withheld("Member.ethnicity"), ["NOT_IN_AGREEMENT"]);
    assert_eq!(
        see(&app.lead_professional(), EVERYTHING).await.seen.ethnicities,
        WHITE_BRITISH
    );
    let police = app.through_portal(
        "tff-team",
        "cambs-police",
        "marker_lookup",
        "safeguarding",
        "an-officer",
    );
    assert_eq!(
        see(&police, BEYOND).await.seen,
        Seen {
            marker: MARKER,
            ..NOTHING
        }
    );
    changes::withdraw(&app, "Dawn", "MARKER", "police").await;
    assert_eq!(
        see(&police, BEYOND).await.seen,
        NOTHING,
        "consent is asked for the user's agency"
    );
}
on_both!(portal_for_a_user);

async fn those_who_count_and_check(database: &TestDatabase) {
    let app = App::start(database).await;
    let all = "CHILDREN_NEEDING_HELP, CRIME, DOMESTIC_ABUSE, EDUCATION, EDUCATION, HEALTH, WORK";
    let outcomes = "CRIME, DOMESTIC_ABUSE, EDUCATION, EDUCATION, HEALTH, WORK, none";
    let nothing = |agency: &str, role: &str, purpose: &str| {
        let partner = app.partner(agency, role, purpose);
        async move {
            let reply = see(&partner, BEYOND).await;
            assert_eq!(reply.seen, NOTHING);
            assert_eq!(reply.withheld("Query.family"), ["NOT_IN_AGREEMENT"]);
        }
    };

    let analyst = app.partner("tff-team", "data_analyst", "programme_management");
    let verifies = Seen {
        marker: MARKER,
        district: "Alderley",
        names: NAMES,
        phones: "-, -, -, -, -",
        ethnicities: "-, -, -, -, -",
        criteria: all,
        outcomes,
        ..NOTHING
    };
    assert_eq!(
        see(&analyst, BEYOND).await.seen,
        verifies,
        "verifying claims: evidence and identity, neither plans nor contact"
    );
    nothing("tff-team", "data_analyst", "performance_analysis").await;
    nothing("cambs-police", "data_analyst", "performance_analysis").await;

    let auditor = app.partner("internal-audit", "auditor", "audit");
    let audits = Seen {
        marker: MARKER,
        criteria: all,
        outcomes,
        ..NOTHING
    };
    assert_eq!(see(&auditor, BEYOND).await.seen, audits, "the evidence, and no names");
    nothing("internal-audit", "auditor", "research").await;
    nothing("internal-audit", "manager", "audit").await;

    nothing("university-research", "researcher", "research").await;
    nothing("university-research", "researcher", "audit").await;

    let manager = app.partner("tff-team", "agreement_manager", "agreement_management");
    assert_eq!(
        see(&manager, BEYOND).await.seen,
        Seen {
            marker: MARKER,
            ..NOTHING
        }
    );
    let manager = app.partner("tff-team", "agreement_manager", "subject_access");
    let answers = Seen {
        marker: MARKER,
        district: "Alderley",
        names: NAMES,
        phones: "-, -, -, -, -",
        ethnicities: "-, -, -, -, -",
        ..NOTHING
    };
    assert_eq!(
        see(&manager, BEYOND).await.seen,
        answers,
        "to tell the family who saw what, one must know who they are"
    );
    nothing("tff-team", "agreement_manager", "performance_analysis").await;
}
on_both!(those_who_count_and_check);
