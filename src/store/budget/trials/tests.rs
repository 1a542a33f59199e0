use std::collections::HashSet;

use super::*;
use crate::clock::Ids;

const BY: Trier = Trier {
    client: 4_095,
    subject: 77,
    purpose: 63,
};

/// Rows in memory, and the current day.
struct Rows(HashMap<i64, String>, i64);

impl Rows {
    fn ask(&mut self, by: Trier, questions: &[Vec<Trial>]) -> Vec<Option<i64>> {
        let days = Days {
            today: self.1,
            before: 28,
        };
        let mut rows = HashMap::new();
        for (digest, text) in added(questions, by, days) {
            let tried = self.0.entry(digest).or_default();
            let before = add(tried, &text);
            rows.insert(
                digest,
                Row {
                    before,
                    tried: tried.clone(),
                },
            );
        }
        let judged = judge(questions, by, days, &rows);
        for (digest, record) in judged.withdrawn {
            let row = self.0.entry(digest).or_default();
            *row = row.replace(&record, "");
        }
        for (digest, long, short) in judged.compacted {
            assert_eq!(self.0.insert(digest, short), Some(long));
        }
        judged
            .stops
            .iter()
            .map(|stop| stop.map(|stop| stop.room_from - self.1))
            .collect()
    }

    fn one(&mut self, by: Trier, value: u32) -> Option<i64> {
        self.ask(by, &[vec![trial(value)]])[0]
    }
}

fn trial(value: u32) -> Trial {
    Trial {
        digest: -5,
        what: 'd',
        value,
        allowed: 4,
        each: 3,
    }
}

#[test]
fn a_record_is_read_as_it_was_written() {
    let trial = trial((1 << 30) - 1);
    for day in [0, 20_000, 4_095, 4_096, 20_479] {
        let text = written(&trial, BY, day);
        assert_eq!(text.len(), RECORD);
        let record = read_one(text.trim_end_matches(END), day + 28).unwrap();
        assert_eq!(
            (record.what, record.value, record.by, record.age),
            ('d', trial.value, BY, 28)
        );
        assert_eq!(
            read_one(text.trim_end_matches(END), day - 1).unwrap().age,
            0,
            "another's clock is ahead"
        );
    }
    assert!(read("no record;;x;", 5).is_empty());
}

#[test]
fn values_within_the_limit_and_known_ones_are_answered() {
    let mut rows = Rows(HashMap::new(), 20_000);
    for value in [1, 2, 3] {
        assert_eq!(rows.one(BY, value), None);
    }
    // One client has used its own share, and another the rest of the agency's.
    assert_eq!(rows.one(BY, 4), Some(29));
    let other = Trier {
        client: 1,
        subject: 1,
        purpose: 1,
    };
    assert_eq!(rows.one(other, 4), None);
    assert_eq!(rows.one(other, 5), Some(29));
    assert_eq!(rows.one(other, 1), None, "what the agency has asked");
    assert_eq!(
        rows.ask(BY, &[vec![trial(1)], vec![trial(9)], vec![trial(3)]]),
        [None, Some(29), None]
    );
    // A stopped question does not count: when one value expires there is room for one.
    rows.1 += 27;
    assert_eq!(rows.one(BY, 2), None);
    assert_eq!(rows.one(BY, 9), Some(2));
    rows.1 += 2;
    assert_eq!(rows.one(BY, 9), None);
    assert_eq!(rows.one(BY, 2), None, "known, since it was asked again");
}

#[test]
fn a_batch_gives_the_same_as_single_questions() {
    let mut rows = Rows(HashMap::new(), 20_000);
    let all: Vec<Vec<Trial>> = (0..40).map(|value| vec![trial(value)]).collect();
    let answered = rows.ask(BY, &all).iter().filter(|stop| stop.is_none()).count();
    assert_eq!(answered, 3);
    assert_eq!(rows.0[&-5].len(), 3 * RECORD, "what went too far is taken out again");
}

#[test]
fn repeated_daily_questions_do_not_grow_a_row() {
    let mut rows = Rows(HashMap::new(), 20_000);
    for _ in 0..400 {
        assert_eq!(rows.ask(BY, &[vec![trial(1)], vec![trial(2)]]), [None, None]);
        rows.1 += 1;
    }
    assert!(
        rows.0[&-5].len() <= (COMPACT_ABOVE + 4) * RECORD,
        "{}",
        rows.0[&-5].len()
    );
    assert_eq!(rows.one(BY, 3), None);
    assert_eq!(rows.one(BY, 4), Some(28));
}

#[test]
fn the_first_in_a_row_is_within_the_limit_whoever_reads_first() {
    // Two processes have appended to one row before either read it.
    let days = Days {
        today: 20_000,
        before: 28,
    };
    let (first, second) = ([vec![trial(1)], vec![trial(2)]], [vec![trial(3)], vec![trial(4)]]);
    let other = Trier {
        client: 2,
        subject: 2,
        purpose: 2,
    };
    let mut row = String::new();
    let mut of = |questions: &[Vec<Trial>], by| {
        let before = add(&mut row, &added(questions, by, days)[&-5]);
        HashMap::from([(
            -5,
            Row {
                before,
                tried: row.clone(),
            },
        )])
    };
    let (rows_of_first, rows_of_second) = (of(&first, BY), of(&second, other));
    for _ in 0..2 {
        assert_eq!(judge(&first, BY, days, &rows_of_first).stops, [None, None]);
        assert_eq!(judge(&second, other, days, &rows_of_second).stops, [None, None]);
    }
    let third = [vec![trial(5)]];
    assert!(judge(&third, other, days, &of(&third, other)).stops[0].is_some());
}

#[test]
fn a_granted_value_is_not_withdrawn_when_it_is_stopped_elsewhere() {
    let less = |trial: Trial| Trial {
        allowed: 1,
        each: 1,
        ..trial
    };
    // With another name the limit may be lower: in a question of its own, and in the same operation.
    let mut rows = Rows(HashMap::new(), 20_000);
    assert_eq!(rows.ask(BY, &[vec![trial(1)], vec![trial(2)]]), [None, None]);
    assert_eq!(rows.ask(BY, &[vec![less(trial(2))]]), [Some(29)]);
    assert_eq!(rows.ask(BY, &[vec![trial(3)], vec![less(trial(3))]]), [None, Some(29)]);
    // All three count: there is no room for a fourth, and each of them is answered again.
    assert_eq!(rows.one(BY, 4), Some(29));
    assert_eq!(
        rows.ask(BY, &[vec![trial(1)], vec![trial(2)], vec![trial(3)]]),
        [None; 3]
    );
}

#[test]
fn a_granted_value_counts_even_if_it_was_stopped_before() {
    let less = |trial: Trial| Trial {
        allowed: 1,
        each: 1,
        ..trial
    };
    let mut rows = Rows(HashMap::new(), 20_000);
    assert_eq!(rows.one(BY, 1), None);
    for value in [2, 3] {
        let both = [vec![less(trial(value))], vec![trial(value)]];
        assert_eq!(rows.ask(BY, &both), [Some(29), None], "{value}");
    }
    let both = [vec![less(trial(4))], vec![trial(4)]];
    assert_eq!(rows.ask(BY, &both), [Some(29), Some(29)], "three were answered");
}

#[test]
fn no_record_that_counts_is_ever_lost() {
    let ids = Ids::seeded(7);
    let below = |most: u32| u32::try_from(ids.uuid().as_u128() % u128::from(most)).unwrap();
    let mut rows = Rows(HashMap::new(), 20_000);
    let counted = |rows: &Rows| -> HashSet<(i64, char, u32, [u32; 3])> {
        let all = rows.0.iter().flat_map(|(digest, text)| {
            let records = read(text, rows.1).into_iter().filter(|record| record.age <= 28);
            records.map(|one| {
                (
                    *digest,
                    one.what,
                    one.value,
                    [one.by.client, one.by.subject, one.by.purpose],
                )
            })
        });
        all.collect()
    };
    let (mut granted, mut stopped) = (0, 0);
    for _ in 0..4_000 {
        rows.1 += i64::from(below(8) == 0);
        let by = Trier {
            client: below(2),
            subject: below(3),
            purpose: below(2),
        };
        let one = |_| Trial {
            digest: -i64::from(below(3)),
            what: if below(2) == 0 { 'd' } else { 'p' },
            value: below(9),
            allowed: 1 + below(6),
            each: 1 + below(4),
        };
        let questions: Vec<Vec<Trial>> = (0..=below(4)).map(|_| (0..=below(2)).map(one).collect()).collect();
        let before = counted(&rows);
        let stops = rows.ask(by, &questions);
        let after = counted(&rows);
        assert!(before.is_subset(&after), "{questions:?}");
        for (question, stop) in questions.iter().zip(stops) {
            if stop.is_some() {
                stopped += 1;
                continue;
            }
            granted += 1;
            for trial in question {
                let record = (
                    trial.digest,
                    trial.what,
                    trial.value,
                    [by.client, by.subject, by.purpose],
                );
                assert!(after.contains(&record), "{trial:?} in {questions:?}");
            }
        }
    }
    assert!(granted > 500 && stopped > 500, "{granted} and {stopped}");
}
