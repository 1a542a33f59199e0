//! Both sides of the line: each partner asks for the Hardman family and sees precisely what the agreement and the family's consent permit;
//! and in the nearest case on the other side, nothing of it.
//!
//! The agreement is `agreements/demonstration.toml`; the family and its consents are in `src/demo/hardman.rs`.

pub(crate) mod changes;
mod others;
mod seen;
mod times;

use seen::{BEYOND, EVERYTHING, MARKER, NOTHING, Seen, marker, see};

use crate::support::{
    app::App,
    database::{TestDatabase, on_both},
};

const NAMES: &str = "Alfie, Dawn, Lee, Megan, Tyler";
const WHITE_BRITISH: &str = "White British, White British, White British, White British, White British";

async fn police_look_up(database: &TestDatabase) {
    let app = App::start(database).await;
    for purpose in ["safeguarding", "prevention_of_crime"] {
        let police = app.partner("cambs-police", "marker_lookup", purpose);
        let reply = see(&police, BEYOND).await;
        assert_eq!(
            reply.seen,
            Seen {
                marker: MARKER,
                ..NOTHING
            },
            "the marker and nothing more, for {purpose}"
        );
        for field in [
            "Family.district",
            "Family.members",
            "Family.criteriaMatches",
            "Family.plan",
            "Family.outcomes",
        ] {
            assert_eq!(reply.withheld(field), ["NOT_IN_AGREEMENT"], "{field}");
        }
        assert!(
            marker(&police.told_by("fail")).await,
            "what is within the agreement is not refused"
        );
    }
    for purpose in ["family_support", "audit", "research"] {
        let police = app.partner("cambs-police", "marker_lookup", purpose);
        let reply = see(&police, BEYOND).await;
        assert_eq!(reply.seen, NOTHING, "another purpose: {purpose}");
        assert_eq!(reply.withheld("Query.family"), ["NOT_IN_AGREEMENT"]);
    }
    changes::withdraw(&app, "Dawn", "MARKER", "police").await;
    let police = app.partner("cambs-police", "marker_lookup", "safeguarding");
    let reply = see(&police, BEYOND).await;
    assert_eq!(reply.seen, NOTHING, "the mother withdrew her consent a second ago");
    assert!(
        reply.told.is_empty(),
        "a family that is not for you is one that is not there: {:?}",
        reply.told
    );
    let jobcentre = app.partner("jcp-cambridge", "marker_lookup", "employment_support");
    assert_eq!(
        see(&jobcentre, BEYOND).await.seen,
        Seen {
            marker: MARKER,
            ..NOTHING
        },
        "she withdrew it for the police only"
    );
}
on_both!(police_look_up);

async fn police_practitioner(database: &TestDatabase) {
    let app = App::start(database).await;
    let police = app.partner("cambs-police", "practitioner", "safeguarding");
    let reply = see(&police, BEYOND).await;
    let uninvolved = Seen {
        marker: MARKER,
        names: "",
        phones: "",
        ethnicities: "",
        criteria: "",
        ..NOTHING
    };
    assert_eq!(reply.seen, uninvolved, "the police do not work with this family");
    assert_eq!(
        reply.withheld("Family.district"),
        ["NOT_INVOLVED"],
        "the clause explains itself"
    );
    assert_eq!(reply.withheld("Family.outcomes"), ["NOT_IN_AGREEMENT"]);

    changes::involve(&app, "cambs-police").await;
    let reply = see(&police, BEYOND).await;
    let involved = Seen {
        marker: MARKER,
        district: "Alderley",
        names: NAMES,
        phones: "-, -, -, -, -",
        ethnicities: "-, -, -, -, -",
        criteria: "CRIME",
        goals: "CRIME, none",
        ..NOTHING
    };
    assert_eq!(reply.seen, involved);
    assert_eq!(reply.withheld("Member.phone"), ["NOT_IN_AGREEMENT"]);
    // For preventing crime the plan is not shared.
    let prevention = app.partner("cambs-police", "practitioner", "prevention_of_crime");
    assert_eq!(see(&prevention, BEYOND).await.seen, Seen { goals: "-", ..involved });

    changes::withdraw(&app, "Lee", "IDENTITY", "police").await;
    let reply = see(&police, BEYOND).await;
    assert_eq!(
        reply.seen,
        Seen {
            names: "-, Alfie, Dawn, Megan, Tyler",
            ..involved
        },
        "his name, and nobody else's"
    );
    assert_eq!(reply.withheld("Member.givenName"), ["CONSENT_WITHDRAWN"]);
    changes::withdraw(&app, "Lee", "CRITERION_CRIME", "police").await;
    let reply = see(&police, BEYOND).await;
    let less = Seen {
        names: "-, Alfie, Dawn, Megan, Tyler",
        criteria: "",
        goals: "none",
        ..involved
    };
    assert_eq!(
        reply.seen, less,
        "crime is his, and a goal about crime needs every adult's consent"
    );
    changes::withdraw(&app, "Dawn", "PLAN", "police").await;
    assert_eq!(
        see(&police, BEYOND).await.seen,
        Seen { goals: "-", ..less },
        "one adult is enough to keep a plan from them"
    );
}
on_both!(police_practitioner);

async fn jobcentre_work_coach(database: &TestDatabase) {
    let app = App::start(database).await;
    let coach = app.partner("jcp-cambridge", "practitioner", "employment_support");
    let uninvolved = Seen {
        marker: MARKER,
        names: "",
        phones: "",
        ethnicities: "",
        criteria: "",
        ..NOTHING
    };
    let reply = see(&coach, BEYOND).await;
    assert_eq!(reply.seen, uninvolved);
    assert_eq!(
        reply.withheld("Family.district"),
        ["WITHHELD"],
        "the clause does not explain itself"
    );
    changes::involve(&app, "jcp-cambridge").await;
    let involved = Seen {
        marker: MARKER,
        district: "Alderley",
        names: NAMES,
        phones: "-, -, -, -, -",
        ethnicities: "-, -, -, -, -",
        criteria: "WORK",
        goals: "WORK, none",
        ..NOTHING
    };
    assert_eq!(see(&coach, BEYOND).await.seen, involved);
    let other = app.partner("jcp-cambridge", "practitioner", "safeguarding");
    let team = "for safeguarding they are only part of the team around the family";
    assert_eq!(
        see(&other, BEYOND).await.seen,
        Seen {
            marker: MARKER,
            ..NOTHING
        },
        "{team}"
    );
    let other = app.partner("jcp-cambridge", "practitioner", "performance_analysis");
    assert_eq!(see(&other, BEYOND).await.seen, NOTHING, "another purpose");
    changes::withdraw(&app, "Lee", "CRITERION_WORK", "jobcentre_plus").await;
    assert_eq!(
        see(&coach, BEYOND).await.seen,
        Seen {
            criteria: "",
            goals: "none",
            ..involved
        }
    );
}
on_both!(jobcentre_work_coach);

async fn lead_professional(database: &TestDatabase) {
    let app = App::start(database).await;
    let lead = app.lead_professional();
    let reply = see(&lead, EVERYTHING).await;
    // The step-father refused that anyone but health services learns of health; what is about the whole family needs him too.
    let whole = Seen {
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
    assert_eq!(reply.seen, whole);
    assert!(
        reply.told.is_empty(),
        "children without a telephone are not withheld: {:?}",
        reply.told
    );

    for (agency, subject) in [
        ("cambs-early-help", "a-colleague"),
        ("cambs-social-care", thinkfamily::demo::LEAD_SUBJECT),
    ] {
        let other = app.partner_named("cambridgeshire", agency, "lead_professional", "family_support", subject);
        assert_eq!(
            see(&other, EVERYTHING).await.seen,
            NOTHING,
            "{subject} of {agency} leads others, not this family"
        );
    }
    let other = app.partner_named(
        "cambridgeshire",
        "cambs-early-help",
        "lead_professional",
        "audit",
        thinkfamily::demo::LEAD_SUBJECT,
    );
    assert_eq!(see(&other, BEYOND).await.seen, NOTHING, "another purpose");
    changes::withdraw(&app, "Dawn", "EQUALITY", "early_help").await;
    let reply = see(&lead, EVERYTHING).await;
    let ethnicities = "-, White British, White British, White British, White British";
    assert_eq!(
        reply.seen,
        Seen { ethnicities, ..whole },
        "hers alone: her children's is another decision"
    );
    assert_eq!(reply.withheld("Member.ethnicity"), ["CONSENT_WITHDRAWN"]);
    changes::hand_over(&app).await;
    assert_eq!(
        see(&lead, EVERYTHING).await.seen,
        NOTHING,
        "they handed over this morning"
    );
}
on_both!(lead_professional);
