//! A server over made-up families of one made-up authority, for tests of size.

use thinkfamily::{
    clock::{Clock, Ids},
    demo,
    graphql::lookups::LookupSettings,
    store::bulk,
};

use super::{
    app::{App, Partner, lookups, today},
    database::TestDatabase,
};

/// A server with so many made-up families and so many bytes of memory for them, and the code of their authority.
pub(crate) async fn start_keeping(database: &TestDatabase, families: u64, known: usize) -> (App, String) {
    start_asking(database, families, known, lookups()).await
}

/// The same, with certain settings of look-ups.
pub(crate) async fn start_asking(
    database: &TestDatabase,
    families: u64,
    known: usize,
    lookups: LookupSettings,
) -> (App, String) {
    let databases = database.open_keeping(known).await;
    let made = demo::families(demo::Size::of(families), 7, today().date_naive());
    let code = made.authority_codes().next().expect("an authority");
    bulk::load_each(&databases, made, &mut |_| {})
        .await
        .expect("the families load");
    let app = App::over_with(databases, Clock::fixed(today()), Ids::seeded(2), lookups).await;
    app.load_agreement(&demo::agreement_for(&code)).await;
    (app, code)
}

/// The programme's coordinator of that authority, who sees nearly everything of every family.
pub(crate) fn coordinator(app: &App, authority: &str) -> Partner {
    let agency = format!("{authority}-tff-team");
    app.partner_named(
        authority,
        &agency,
        "coordinator",
        "programme_management",
        "demo-coordinator",
    )
}
