//! The decision alone, over grants as the store makes them: what the pages of operations 2 and 3 ask of it.

use std::{hint::black_box, sync::Arc};

use criterion::Criterion;
use thinkfamily::{
    records::Table,
    sharing::{
        ceiling::Ceiling,
        register::{FieldId, field},
    },
    store::{
        dossier::{Dossier, Locked, Wants},
        reach::{FamilySet, Reach, Window},
        session::{Mode, Session},
    },
};
use tokio::runtime::Runtime;

use super::setting::Setting;

const MEMBER: [FieldId; 7] = [
    field::MEMBER_RELATIONSHIP,
    field::MEMBER_PARENTAL_RESPONSIBILITY,
    field::MEMBER_MEMBER_FROM,
    field::MEMBER_GIVEN_NAME,
    field::MEMBER_FAMILY_NAME,
    field::MEMBER_DATE_OF_BIRTH,
    field::MEMBER_SEX,
];
const MATCH: [FieldId; 6] = [
    field::CRITERIA_MATCH_CRITERION,
    field::CRITERIA_MATCH_EVIDENCE,
    field::CRITERIA_MATCH_EVIDENCE_FROM,
    field::CRITERIA_MATCH_MATCHED_BY,
    field::CRITERIA_MATCH_VERIFIED_ON,
    field::CRITERIA_MATCH_SOURCE_AGENCY,
];
const CONSENT: [FieldId; 4] = [
    field::CONSENT_CATEGORY,
    field::CONSENT_AGENCY_KIND,
    field::CONSENT_DECISION,
    field::CONSENT_RECORDED_AT,
];

pub(crate) fn measure(criterion: &mut Criterion, runtime: &Runtime, setting: &Setting) {
    let (ceiling, dossiers) = runtime.block_on(read(setting));
    let mut group = criterion.benchmark_group("the decision");
    group.bench_function("one family", |bencher| {
        bencher.iter(|| decide(black_box(&dossiers[0])));
    });
    group.bench_function("50 families", |bencher| {
        bencher.iter(|| dossiers.iter().map(|dossier| decide(black_box(dossier))).sum::<usize>());
    });
    group.bench_function("beyond the ceiling", |bencher| {
        bencher.iter(|| black_box(&ceiling).covers(black_box(field::MEMBER_PHONE)));
    });
    group.finish();
}

async fn read(setting: &Setting) -> (Arc<Ceiling>, Vec<Arc<Dossier>>) {
    let caller = &setting.coordinator;
    let session = Session::begin(&setting.store, caller.authority, Mode::Read)
        .await
        .expect("a session");
    let policies = session.policies(&setting.store).await.expect("the agreements");
    let ceiling = Arc::new(Ceiling::of(&policies.policy, Arc::new(caller.clone()), session.today()));
    let window = Window {
        reach: Reach::of(&ceiling, field::FAMILY_ID, session.today()),
        from: None,
        limit: 50,
        beside: None,
    };
    let wants = Wants::of(&[Table::CriteriaMatch, Table::Consent]);
    let read = session.dossiers(&ceiling, &FamilySet::Window(window), wants).await;
    let dossiers = read.expect("families");
    let released: usize = dossiers.iter().map(|dossier| decide(dossier)).sum();
    assert!(
        dossiers.len() == 50 && released > 1_000,
        "{released} values are released"
    );
    (ceiling, dossiers)
}

/// Decides every field of every row that is there, and tells how many were released.
fn decide(dossier: &Dossier) -> usize {
    rows(dossier, field::MEMBER_ID, &dossier.tables.members, &MEMBER)
        + rows(
            dossier,
            field::CRITERIA_MATCH_ID,
            &dossier.tables.criteria_matches,
            &MATCH,
        )
        + rows(dossier, field::CONSENT_ID, &dossier.tables.consents, &CONSENT)
}

fn rows<R>(dossier: &Dossier, existence: FieldId, rows: &[Locked<R>], fields: &[FieldId]) -> usize {
    let visible = rows.iter().filter_map(|row| dossier.grant.visible(existence, row));
    visible
        .map(|row| {
            let released = fields.iter().map(|field| row.release(*field, |_| ()));
            released.filter(|value| value.told().is_ok()).count()
        })
        .sum()
}
