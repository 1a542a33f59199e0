//! What a move does next, and which table differs.

use super::*;

fn row(fence: Option<(State, u128)>) -> KnownAuthority {
    KnownAuthority {
        number: 7,
        code: "fenland".to_owned(),
        fence: fence.map(|(state, of)| Fence {
            state,
            of: Uuid::from_u128(of),
            since: DateTime::UNIX_EPOCH,
        }),
    }
}

#[test]
fn the_first_differing_table_is_named() {
    let sum = |rows| {
        let mut sum = moving::Checksum::default();
        sum.rows = rows;
        sum
    };
    let read = vec![("family", sum(2)), ("consent", sum(3))];
    assert_eq!(differing(&read, &read), None);
    assert_eq!(
        differing(&read, &vec![("family", sum(2)), ("consent", sum(4))]),
        Some("consent")
    );
    assert_eq!(differing(&read, &vec![("consent", sum(3))]), Some("family"));
}

#[test]
fn a_move_resumes_where_it_stopped() {
    let next_step = |here, there: Option<Option<(State, u128)>>| {
        let there = there.map(row);
        match next_step(&row(here), there.as_ref()) {
            Ok(NextStep::Begin) => "begin",
            Ok(NextStep::Copy(_)) => "copy",
            Ok(NextStep::Finish(_)) => "finish",
            Ok(NextStep::Nothing) => "nothing",
            Err(_) => "refused",
        }
    };
    let at = |state| Some((state, 1));
    for here in [None, at(State::Here)] {
        assert_eq!(next_step(here, None), "begin");
        assert_eq!(next_step(here, Some(Some((State::Elsewhere, 2)))), "begin");
        assert_eq!(next_step(here, Some(None)), "refused");
        assert_eq!(next_step(here, Some(at(State::Here))), "refused");
        assert_eq!(next_step(here, Some(at(State::Arriving))), "refused");
    }
    let leaving = at(State::Leaving);
    assert_eq!(next_step(leaving, None), "copy");
    assert_eq!(next_step(leaving, Some(Some((State::Elsewhere, 2)))), "copy");
    assert_eq!(next_step(leaving, Some(at(State::Arriving))), "copy");
    assert_eq!(next_step(leaving, Some(Some((State::Arriving, 2)))), "refused");
    assert_eq!(next_step(leaving, Some(at(State::Here))), "finish");
    assert_eq!(next_step(leaving, Some(None)), "refused");
    assert_eq!(next_step(leaving, Some(Some((State::Here, 2)))), "refused");
    assert_eq!(next_step(at(State::Moved), Some(at(State::Here))), "finish");
    assert_eq!(next_step(at(State::Moved), None), "refused");
    assert_eq!(next_step(at(State::Elsewhere), Some(at(State::Here))), "nothing");
    assert_eq!(
        next_step(at(State::Elsewhere), Some(Some((State::Elsewhere, 2)))),
        "refused"
    );
    assert_eq!(next_step(at(State::Arriving), None), "refused");
}
