//! The steps of a plan: each from where it is possible, upon the newest version, by whoever may take it.

use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use super::{assert_done, assert_refused, change, errors, hardmans};
use crate::{
    feed::reader,
    support::{
        app::{App, Partner},
        database::{TestDatabase, on_both},
    },
};

const PLAN: &str = "id status version nextSteps agreedOn signedByFamilyOn closedOn closure withoutGoals { criterion reason } \
                    goals { id version description criterion status actions { id version description doneOn } }";

/// The newest plan of a family, as somebody sees it.
async fn newest(partner: &Partner, family: &Value) -> Value {
    let query = format!("query ($id: ID!) {{ family(id: $id) {{ plans {{ {PLAN} }} }} }}");
    let reply = partner.ask_with(&query, json!({ "id": family["id"] })).await;
    reply.data()["family"]["plans"][0].clone()
}

/// A plan of a family by its id.
async fn by_id(partner: &Partner, id: &Value) -> Value {
    let query = format!("query ($id: ID!) {{ node(id: $id) {{ ... on Plan {{ {PLAN} }} }} }}");
    let reply = partner.ask_with(&query, json!({ "id": id })).await;
    reply.data()["node"].clone()
}

/// The Hardmans have no plan, and came in on education alone, of what their Lead Professional may see.
async fn without_plan(app: &App) {
    for text in [
        "UPDATE plan SET status = 'closed', closed_on = '2026-01-01', drawn_up_on = '2025-01-01' WHERE authority_id = 1 AND status <> 'closed'",
        "UPDATE criteria_match SET withdrawn_on = '2026-01-01' WHERE authority_id = 1 AND criterion <> 'EDUCATION'",
    ] {
        reader::change(&app.store, text, vec![]).await;
    }
}

async fn step(partner: &Partner, mutation: &str, gives: &str, input: Value) -> Value {
    change(partner, mutation, gives, input).await
}

async fn draft(partner: &Partner, family: &Value) -> Value {
    let input = json!({ "familyId": family["id"], "drawnUpOn": "2026-06-10" });
    step(partner, "draftPlan", &format!("plan {{ {PLAN} }}"), input).await
}

async fn add_goal(partner: &Partner, plan: &Value, criterion: &str) -> Value {
    let input = json!({ "planId": plan["id"], "version": plan["version"], "description": "Every child in school", "criterion": criterion });
    step(partner, "addGoal", "goal { id version status criterion }", input).await
}

fn agreeing(plan: &Value) -> Value {
    json!({ "planId": plan["id"], "version": plan["version"], "agreedOn": "2026-06-14", "signedByFamilyOn": "2026-06-13" })
}

async fn agree(partner: &Partner, input: Value) -> Value {
    step(partner, "agreePlan", &format!("plan {{ {PLAN} }}"), input).await
}

fn closing(plan: &Value, closure: &str) -> Value {
    json!({ "planId": plan["id"], "version": plan["version"], "closedOn": "2026-06-15", "closure": closure })
}

async fn a_plan_goes_from_draft_to_closed(database: &TestDatabase) {
    let app = App::start(database).await;
    let (lead, family) = (app.lead_professional(), hardmans(&app).await);
    without_plan(&app).await;
    let drafted = draft(&lead, &family).await;
    assert_done(&drafted);
    assert_eq!(drafted["plan"]["status"], "DRAFT");
    assert_eq!(drafted["plan"]["nextSteps"], json!(["ADD_GOAL", "CLOSE"]));
    assert_refused(&draft(&lead, &family).await, "familyId", "PLAN_IS_OPEN");
    let plan = newest(&lead, &family).await;
    assert_eq!(plan, drafted["plan"]);
    // Not before it has a goal, and one for what the family came in on or a reason.
    let told = errors(&agree(&lead, agreeing(&plan)).await);
    let [goal, criterion] = ["NO_GOAL", "CRITERION_WITHOUT_GOAL"].map(str::to_owned);
    assert_eq!(
        told,
        [("planId".to_owned(), goal), ("withoutGoals".to_owned(), criterion)]
    );
    assert_done(&add_goal(&lead, &plan, "CRIME").await);
    let plan = newest(&lead, &family).await;
    assert_refused(
        &agree(&lead, agreeing(&plan)).await,
        "withoutGoals",
        "CRITERION_WITHOUT_GOAL",
    );
    let goal = &plan["goals"][0];
    let action = json!({
        "goalId": goal["id"], "version": goal["version"], "description": "Ring the school", "ownerAgency": "cambs-police", "dueOn": "2026-07-01",
    });
    let added = step(&lead, "addAction", "action { id version }", action).await;
    assert_done(&added);
    let plan = newest(&lead, &family).await;
    assert_eq!(
        plan["nextSteps"],
        json!(["ADD_GOAL", "AMEND_GOAL", "ADD_ACTION", "AGREE", "CLOSE"])
    );
    let mut input = agreeing(&plan);
    input["withoutGoals"] = json!([{ "criterion": "EDUCATION", "reason": "They are all in school again." }]);
    let agreed = agree(&lead, input).await;
    assert_done(&agreed);
    assert_eq!(agreed["plan"]["status"], "AGREED");
    assert_eq!(
        (&agreed["plan"]["agreedOn"], &agreed["plan"]["signedByFamilyOn"]),
        (&json!("2026-06-14"), &json!("2026-06-13"))
    );
    let without = json!([{ "criterion": "EDUCATION", "reason": "They are all in school again." }]);
    assert_eq!(agreed["plan"]["withoutGoals"], without);
    let plan = newest(&lead, &family).await;
    let input = json!({ "planId": plan["id"], "version": plan["version"] });
    assert_done(&step(&lead, "activatePlan", "plan { status }", input).await);
    let plan = newest(&lead, &family).await;
    assert_eq!(
        plan["nextSteps"],
        json!(["ADD_GOAL", "AMEND_GOAL", "ADD_ACTION", "COMPLETE_ACTION", "CLOSE"])
    );
    let action = &plan["goals"][0]["actions"][0];
    let input = json!({ "actionId": action["id"], "version": action["version"], "doneOn": "2026-06-15" });
    assert_done(&step(&lead, "completeAction", "action { doneOn }", input).await);
    let plan = newest(&lead, &family).await;
    assert_refused(
        &step(&lead, "closePlan", "plan { status }", closing(&plan, "WHOLLY_ACHIEVED")).await,
        "closure",
        "GOAL_NOT_ACHIEVED",
    );
    let goal = &plan["goals"][0];
    let input = json!({ "goalId": goal["id"], "version": goal["version"], "status": "ACHIEVED" });
    assert_done(&step(&lead, "amendGoal", "goal { status }", input).await);
    let plan = newest(&lead, &family).await;
    let closed = step(
        &lead,
        "closePlan",
        &format!("plan {{ {PLAN} }}"),
        closing(&plan, "WHOLLY_ACHIEVED"),
    )
    .await;
    assert_done(&closed);
    assert_eq!(closed["plan"]["nextSteps"], json!([]));
    assert_eq!(closed["plan"]["closure"], "WHOLLY_ACHIEVED");
    assert_done(&draft(&lead, &family).await);
}
on_both!(a_plan_goes_from_draft_to_closed);

/// What was decided upon an older version is refused, whatever has changed: the plan or a goal of it. So is a made-up one.
async fn nobody_overwrites_what_they_have_not_seen(database: &TestDatabase) {
    let app = App::start(database).await;
    let (lead, family) = (app.lead_professional(), hardmans(&app).await);
    without_plan(&app).await;
    assert_done(&draft(&lead, &family).await);
    let first = newest(&lead, &family).await;
    assert_done(&add_goal(&lead, &first, "EDUCATION").await);
    assert_refused(&add_goal(&lead, &first, "CRIME").await, "version", "CONFLICT");
    assert_refused(&agree(&lead, agreeing(&first)).await, "version", "CONFLICT");
    let second = newest(&lead, &family).await;
    let goal = &second["goals"][0];
    let input =
        json!({ "goalId": goal["id"], "version": goal["version"], "description": "Both boys in school every day" });
    assert_done(&step(&lead, "amendGoal", "goal { description }", input.clone()).await);
    assert_refused(
        &step(&lead, "amendGoal", "goal { description }", input).await,
        "version",
        "CONFLICT",
    );
    assert_refused(&agree(&lead, agreeing(&second)).await, "version", "CONFLICT");
    let mut made_up = agreeing(&newest(&lead, &family).await);
    made_up["version"] = json!("");
    assert_refused(&agree(&lead, made_up).await, "version", "CONFLICT");
    assert_done(&agree(&lead, agreeing(&newest(&lead, &family).await)).await);
}
on_both!(nobody_overwrites_what_they_have_not_seen);

/// In every state, each step that is offered works, and each that is not is refused.
async fn what_is_offered_works_and_nothing_else_does(database: &TestDatabase) {
    let app = App::start(database).await;
    let (lead, family) = (app.lead_professional(), hardmans(&app).await);
    without_plan(&app).await;
    let all = [
        "ADD_GOAL",
        "AMEND_GOAL",
        "ADD_ACTION",
        "COMPLETE_ACTION",
        "AGREE",
        "ACTIVATE",
        "CLOSE",
    ];
    for state in ["draft", "agreed", "active", "closed"] {
        for tried in all {
            // A plan of one goal with one thing to be done, brought to the state by hand.
            let close = "UPDATE plan SET status = 'closed', closed_on = '2026-06-10' WHERE authority_id = 1 AND status <> 'closed'";
            app.store.databases().main().execute_unprepared(close).await.unwrap();
            let drafted = draft(&lead, &family).await;
            assert_done(&drafted);
            let id = &drafted["plan"]["id"];
            assert_done(&add_goal(&lead, &drafted["plan"], "EDUCATION").await);
            let goal = by_id(&lead, id).await["goals"][0].clone();
            let action = json!({ "goalId": goal["id"], "version": goal["version"], "description": "Ring", "ownerAgency": "cambs-police" });
            assert_done(&step(&lead, "addAction", "action { id }", action).await);
            let closed = if state == "closed" { "'2026-06-15'" } else { "NULL" };
            let text = format!(
                "UPDATE plan SET status = '{state}', closed_on = {closed} WHERE authority_id = 1 AND drawn_up_on = '2026-06-10' AND status = 'draft'"
            );
            reader::change(&app.store, &text, vec![]).await;
            let plan = by_id(&lead, id).await;
            let (goal, action) = (&plan["goals"][0], &plan["goals"][0]["actions"][0]);
            let of_plan = json!({ "planId": plan["id"], "version": plan["version"] });
            let of_goal = json!({ "goalId": goal["id"], "version": goal["version"] });
            let with = |input: &Value, more: Value| {
                let mut input = input.clone();
                input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
                input
            };
            let (mutation, gives, input) = match tried {
                "ADD_GOAL" => (
                    "addGoal",
                    "goal { id }",
                    with(&of_plan, json!({ "description": "More" })),
                ),
                "AMEND_GOAL" => (
                    "amendGoal",
                    "goal { id }",
                    with(&of_goal, json!({ "status": "ACHIEVED" })),
                ),
                "ADD_ACTION" => (
                    "addAction",
                    "action { id }",
                    with(
                        &of_goal,
                        json!({ "description": "More", "ownerAgency": "cambs-police" }),
                    ),
                ),
                "COMPLETE_ACTION" => (
                    "completeAction",
                    "action { id }",
                    json!({ "actionId": action["id"], "version": action["version"], "doneOn": "2026-06-15" }),
                ),
                "AGREE" => ("agreePlan", "plan { id }", agreeing(&plan)),
                "ACTIVATE" => ("activatePlan", "plan { id }", of_plan),
                _ => ("closePlan", "plan { id }", closing(&plan, "FAMILY_DROPPED_OUT")),
            };
            let offered = plan["nextSteps"].as_array().expect("steps").contains(&json!(tried));
            let payload = step(&lead, mutation, gives, input).await;
            let done = payload["errors"] == json!([]);
            assert_eq!(offered, done, "{state}, {tried}: {payload:#}");
            if !done {
                assert_eq!(payload["errors"][0]["code"], "WRONG_STATE", "{state}, {tried}");
            }
        }
    }
}
on_both!(what_is_offered_works_and_nothing_else_does);

/// Whoever may only read plans is offered no step, and takes none; who took each is told to whoever reads the trail.
async fn steps_are_for_those_who_may_write(database: &TestDatabase) {
    let app = App::start(database).await;
    let (lead, family) = (app.lead_professional(), hardmans(&app).await);
    let coordinator = app.partner("tff-team", "coordinator", "programme_management");
    let plan = newest(&coordinator, &family).await;
    assert_eq!(plan["nextSteps"], json!([]), "{plan:#}");
    let query = "mutation ($v: ClosePlanInput!) { closePlan(input: $v) { errors { code } } }";
    let reply = coordinator
        .ask_with(query, json!({ "v": closing(&plan, "FAMILY_DROPPED_OUT") }))
        .await;
    assert_eq!(reply.data()["closePlan"], Value::Null);
    // Whoever sees the same of it has the same version.
    assert_eq!(plan["version"], newest(&lead, &family).await["version"]);
    // Who took each is told to whoever may read the trail of the family, and to nobody else.
    let query =
        "query ($id: ID!) { family(id: $id) { plans { history { step before after subject agency { code } } } } }";
    let history = async |partner: &Partner| {
        let reply = partner.ask_with(query, json!({ "id": family["id"] })).await;
        reply.data()["family"]["plans"][0]["history"].clone()
    };
    let activated = json!({
        "step": "ACTIVATE", "before": "AGREED", "after": "ACTIVE", "subject": "demo-lead-professional", "agency": { "code": "cambs-early-help" },
    });
    assert_eq!(history(&lead).await[0], activated);
    assert_eq!(history(&coordinator).await, Value::Null);
}
on_both!(steps_are_for_those_who_may_write);

/// Two at once: one step is taken, and the other is told that the plan has changed.
async fn of_two_at_once_one_is_told_that_it_changed(database: &TestDatabase) {
    let app = App::start(database).await;
    let (lead, family) = (app.lead_professional(), hardmans(&app).await);
    without_plan(&app).await;
    assert_done(&draft(&lead, &family).await);
    assert_done(&add_goal(&lead, &newest(&lead, &family).await, "EDUCATION").await);
    let plan = newest(&lead, &family).await;
    let (one, other) = tokio::join!(
        agree(&lead, agreeing(&plan)),
        step(
            &lead,
            "closePlan",
            "plan { status }",
            closing(&plan, "FAMILY_DROPPED_OUT")
        )
    );
    let refused: Vec<&Value> = [&one, &other]
        .into_iter()
        .filter(|payload| payload["errors"] != json!([]))
        .collect();
    assert_eq!(refused.len(), 1, "{one:#} {other:#}");
    assert_refused(refused[0], "version", "CONFLICT");
}
on_both!(of_two_at_once_one_is_told_that_it_changed);

async fn bad_input_is_told_and_changes_nothing(database: &TestDatabase) {
    let app = App::start(database).await;
    let (lead, family) = (app.lead_professional(), hardmans(&app).await);
    without_plan(&app).await;
    let with = |input: Value, field: &str, value: Value| {
        let mut input = input;
        input[field] = value;
        input
    };
    let drafting = json!({ "familyId": family["id"], "drawnUpOn": "2026-06-16" });
    assert_refused(
        &step(&lead, "draftPlan", "plan { id }", drafting).await,
        "drawnUpOn",
        "INVALID",
    );
    assert_done(&draft(&lead, &family).await);
    assert_done(&add_goal(&lead, &newest(&lead, &family).await, "EDUCATION").await);
    let plan = newest(&lead, &family).await;
    let (of_plan, goal) = (
        json!({ "planId": plan["id"], "version": plan["version"] }),
        &plan["goals"][0],
    );
    let of_goal = json!({ "goalId": goal["id"], "version": goal["version"] });
    let twice = json!([{ "criterion": "CRIME", "reason": "One" }, { "criterion": "CRIME", "reason": "Two" }]);
    for (mutation, input, field, code) in [
        (
            "addGoal",
            with(of_plan.clone(), "description", json!(" ")),
            "description",
            "INVALID",
        ),
        (
            "addGoal",
            with(of_plan.clone(), "description", json!("x".repeat(2001))),
            "description",
            "INVALID",
        ),
        ("amendGoal", of_goal.clone(), "description", "INVALID"),
        (
            "addAction",
            with(
                with(of_goal.clone(), "description", json!("Ring")),
                "ownerAgency",
                json!("nobody"),
            ),
            "ownerAgency",
            "NOT_FOUND",
        ),
        (
            "agreePlan",
            with(agreeing(&plan), "agreedOn", json!("2026-06-16")),
            "agreedOn",
            "INVALID",
        ),
        (
            "agreePlan",
            with(agreeing(&plan), "signedByFamilyOn", json!("2026-06-15")),
            "signedByFamilyOn",
            "INVALID",
        ),
        (
            "agreePlan",
            with(agreeing(&plan), "withoutGoals", twice),
            "withoutGoals.criterion",
            "INVALID",
        ),
        (
            "closePlan",
            with(closing(&plan, "NOT_ACHIEVED"), "closedOn", json!("2026-06-09")),
            "closedOn",
            "INVALID",
        ),
        ("closePlan", closing(&plan, "NOT_ACHIEVED"), "closure", "NEVER_AGREED"),
        (
            "closePlan",
            with(closing(&plan, "NOT_ACHIEVED"), "planId", family["id"].clone()),
            "planId",
            "NOT_FOUND",
        ),
    ] {
        assert_refused(&step(&lead, mutation, "__typename", input).await, field, code);
    }
    assert_eq!(newest(&lead, &family).await, plan);
}
on_both!(bad_input_is_told_and_changes_nothing);
