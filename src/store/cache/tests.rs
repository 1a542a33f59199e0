//! Cached data is only used for the same view, and the cache is bounded.

use crate::records::{Route, Table, TableSet};
use std::time::Instant;

use chrono::{DateTime, NaiveDate};

use super::*;

const AUTHORITY: i32 = 7;

fn day(number: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, number).expect("a day")
}

fn settings(own_consent_age: i32) -> AuthorityRow {
    AuthorityRow {
        id: AUTHORITY,
        code: "made-up".into(),
        name: "Made-up".into(),
        own_consent_age,
        emergency_hours: 24,
        suppression_threshold: 5,
        marker_advice: "Ring first.".into(),
        number_to_ring: None,
    }
}

fn key(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn family(number: u128) -> Arc<CachedFamily> {
    use crate::{
        records::FamilyRow,
        sharing::{facts::RowFacts, grant::Guarded},
    };
    let row = FamilyRow {
        authority_id: AUTHORITY,
        id: key(number),
        reference: "TF-1".into(),
        district: None,
        ward: None,
        locality: None,
        reach_area: None,
        need_level: None,
        route: Route::Data,
        attached_on: None,
        closed_on: None,
    };
    let record = FamilyRecord {
        row,
        on_cohort: false,
        has_plan: false,
        leads: Vec::new(),
        lead: None,
        what_to_do: "Ring first.".into(),
    };
    Arc::new(CachedFamily {
        facts: FamilyFacts {
            authority: AUTHORITY,
            family: key(number),
            on_cohort: false,
            involved: Vec::new(),
            lead: None,
            people: Vec::new(),
            people_read: true,
            elsewhere: Vec::new(),
            responsibilities: Vec::new(),
            consents: Vec::new(),
            bars: Vec::new(),
            emergencies: Vec::new(),
            own_consent_age: 16,
            now: DateTime::UNIX_EPOCH,
            today: day(1),
        },
        family: Arc::new(Guarded::new(key(number), record, RowFacts::family())),
        tables: Arc::default(),
    })
}

fn shape(plans: bool) -> Shape {
    Shape {
        tables: if plans { Table::Plan.into() } else { TableSet::EMPTY },
        needed: Needed::default(),
        agencies: None,
        consents: None,
    }
}

fn moment(written: i64, day: NaiveDate) -> Moment {
    Moment {
        written: Written {
            number: written,
            drawn: i64::MAX,
            life: Life { server: 1, triggers: 1 },
        },
        lapses: 0,
        began: Instant::now(),
        day,
    }
}

fn now(cache: &FamilyCache, written: i64) -> View {
    match cache.since(&settings(16), moment(written, day(1))) {
        Since::Now(view) => view,
        other => panic!("{other:?}"),
    }
}

fn kept(cache: &FamilyCache, view: &View, plans: bool, number: u128) -> bool {
    cache.get(view, &shape(plans), &[key(number)])[0].is_some()
}

#[test]
fn hits_need_the_same_view_and_shape() {
    let cache = FamilyCache::new(1_000_000);
    let earlier = moment(2, day(1));
    let view = now(&cache, 3);
    cache.put(&view, &shape(false), &[family(1)]);
    assert!(kept(&cache, &view, false, 1));
    assert!(!kept(&cache, &view, true, 1), "without its plans");
    assert!(!kept(&cache, &view, false, 2));
    cache.count(1, 2);
    assert_eq!(cache.hits(), CacheHits { cached: 1, read: 2 });
    assert_eq!(cache.since(&settings(16), moment(4, day(1))), Since::Earlier(3));
    assert_eq!(cache.since(&settings(16), earlier), Since::Later);
    assert!(kept(&cache, &now(&cache, 3), false, 1));
}

#[test]
fn a_restored_or_different_database_clears_the_cache() {
    let cache = FamilyCache::new(1_000_000);
    let view = now(&cache, 3);
    cache.put(&view, &shape(false), &[family(1)]);
    // It began after the third write was seen, and does not see it.
    let back = now(&cache, 2);
    assert!(!kept(&cache, &back, false, 1));
    assert_eq!(cache.since(&settings(16), moment(3, day(1))), Since::Earlier(2));
    cache.invalidate(AUTHORITY, (2, 3), Some(&[]));
    let again = now(&cache, 3);
    assert!(!kept(&cache, &again, false, 1), "another third write");
    // The same number from another server.
    cache.put(&again, &shape(false), &[family(1)]);
    let mut other = moment(3, day(1));
    other.written.life.server = 2;
    let Since::Now(other) = cache.since(&settings(16), other) else {
        panic!("of this moment");
    };
    assert!(!kept(&cache, &other, false, 1));
}

#[test]
fn only_written_families_are_invalidated() {
    let cache = FamilyCache::new(1_000_000);
    let before = now(&cache, 3);
    cache.put(&before, &shape(false), &[family(1), family(2)]);
    cache.invalidate(AUTHORITY, (3, 5), Some(&[key(2)]));
    let after = now(&cache, 5);
    assert!(kept(&cache, &after, false, 1) && !kept(&cache, &after, false, 2));
    // An operation with the older view neither finds nor caches anything.
    assert!(!kept(&cache, &before, false, 1));
    cache.put(&before, &shape(false), &[family(2)]);
    assert!(!kept(&cache, &after, false, 2));
    // Somebody else was first: nothing is invalidated twice.
    cache.put(&after, &shape(false), &[family(2)]);
    cache.invalidate(AUTHORITY, (3, 5), Some(&[key(2)]));
    assert!(kept(&cache, &after, false, 2));
    cache.invalidate(AUTHORITY, (5, 6), None);
    assert!(!kept(&cache, &now(&cache, 6), false, 1));
}

#[test]
fn another_day_or_other_settings_clear_the_cache() {
    let cache = FamilyCache::new(1_000_000);
    let view = now(&cache, 3);
    cache.put(&view, &shape(false), &[family(1)]);
    let Since::Now(older) = cache.since(&settings(14), moment(3, day(1))) else {
        panic!("of this moment");
    };
    assert!(!kept(&cache, &older, false, 1) && !kept(&cache, &view, false, 1));
    cache.put(&older, &shape(false), &[family(1)]);
    let Since::Now(next) = cache.since(&settings(14), moment(3, day(2))) else {
        panic!("of this moment");
    };
    assert!(!kept(&cache, &next, false, 1));
}

#[test]
fn the_least_recently_used_are_evicted() {
    let cache = FamilyCache::new(8 * 1_500);
    let view = now(&cache, 1);
    cache.put(&view, &shape(false), &[family(0)]);
    for number in 1..100 {
        cache.put(&view, &shape(false), &[family(number)]);
        assert!(kept(&cache, &view, false, 0), "asked for all along");
    }
    let there = (1..100).filter(|number| kept(&cache, &view, false, *number)).count();
    assert!(there < 8, "{there}");
    assert!(kept(&cache, &view, false, 99));
    // A load that would evict everything else is not cached at all.
    cache.put(&view, &shape(false), &(200..205).map(family).collect::<Vec<_>>());
    assert!(!kept(&cache, &view, false, 204) && kept(&cache, &view, false, 99));
}
