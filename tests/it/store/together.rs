//! Fields of one operation read at the same time, over one session. What one reads with other things another may be reading for itself.

use std::sync::Arc;

use thinkfamily::{
    records::Table,
    sharing::ceiling::Ceiling,
    store::{
        dossier::Wants,
        reach::{FamilySet, Reach},
        session::{Mode, Session},
    },
};

use crate::{
    feed::reader::caller,
    support::{
        app::App,
        database::{TestDatabase, on_both},
    },
};

async fn what_several_read_at_once_each_of_them_has(database: &TestDatabase) {
    let app = App::start(database).await;
    let caller = caller(&app.store, "tff-team", "coordinator", "programme_management").await;
    let session = || async {
        let session = Session::begin(&app.store, caller.authority, Mode::Read).await.unwrap();
        let policies = session.policies(&app.store).await.unwrap();
        let ceiling = Ceiling::of(&policies.policy, Arc::new(caller.clone()), session.today());
        (session, Arc::new(ceiling))
    };
    let wants = Wants::of(&[Table::Agency]);
    let (first, ceiling) = session().await;
    let reach = || {
        Reach::of(
            &ceiling,
            thinkfamily::sharing::register::field::FAMILY_ID,
            first.today(),
        )
    };
    let all = first
        .dossiers(&ceiling, &FamilySet::Reach(reach()), wants)
        .await
        .unwrap();
    let keys: Vec<_> = all.iter().map(|dossier| dossier.key()).collect();
    assert!(!keys.is_empty());

    // The families are asked for first, and the others begin before their answer is there.
    let (session, ceiling) = session().await;
    let families = FamilySet::Keys(keys.clone());
    let (dossiers, settings, agencies) = tokio::join!(
        session.dossiers(&ceiling, &families, wants),
        session.authority_row(),
        session.agencies()
    );
    let dossiers = dossiers.unwrap();
    assert_eq!(dossiers.len(), keys.len());
    assert_eq!(settings.unwrap().id, caller.authority);
    let agencies = agencies.unwrap();
    for dossier in &dossiers {
        assert_eq!(dossier.agencies.all().len(), agencies.all().len());
    }
}
on_both!(what_several_read_at_once_each_of_them_has);
