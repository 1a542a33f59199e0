//! Tests of `replay_cache`.

use super::*;

fn id(number: u8) -> Thumbprint {
    [number; 32]
}

#[test]
fn a_proof_is_accepted_once_while_it_could_be_valid() {
    for first in [
        GENERATION_SECONDS * 1000,
        GENERATION_SECONDS * 1000 + GENERATION_SECONDS / 2,
        GENERATION_SECONDS * 1001 - 1,
    ] {
        let replays = ReplayCache::new(10);
        assert_eq!(replays.check_and_record(&id(1), first, true), Ok(()));
        assert_eq!(replays.check_and_record(&id(1), first, false), Ok(()));
        for later in 0..GENERATION_SECONDS {
            let again = replays.check_and_record(&id(1), first + later, false);
            assert_eq!(again, Err(AuthRefusal::ProofShownBefore), "after {later} seconds");
        }
        assert_eq!(
            replays.check_and_record(&id(1), first + 2 * GENERATION_SECONDS, false),
            Ok(())
        );
    }
}

#[test]
fn setting_the_clock_back_does_not_make_a_replay_valid() {
    let replays = ReplayCache::new(10);
    assert_eq!(
        replays.check_and_record(&id(1), GENERATION_SECONDS * 1000, false),
        Ok(())
    );
    for at in [0, GENERATION_SECONDS * 500, GENERATION_SECONDS * 999] {
        assert_eq!(
            replays.check_and_record(&id(1), at, false),
            Err(AuthRefusal::ProofShownBefore)
        );
    }
}

#[test]
fn a_full_cache_accepts_nothing_and_evicts_nothing() {
    let replays = ReplayCache::new(3);
    for number in 0..3 {
        assert_eq!(
            replays.check_and_record(&id(number), GENERATION_SECONDS * 1000, false),
            Ok(())
        );
    }
    assert_eq!(
        replays.check_and_record(&id(3), GENERATION_SECONDS * 1000, false),
        Err(AuthRefusal::ProofsTooMany)
    );
    assert_eq!(
        replays.check_and_record(&id(0), GENERATION_SECONDS * 1000, false),
        Err(AuthRefusal::ProofShownBefore)
    );
    assert_eq!(
        replays.check_and_record(&id(3), GENERATION_SECONDS * 1001, false),
        Ok(())
    );
    assert_eq!(
        replays.check_and_record(&id(0), GENERATION_SECONDS * 1001, false),
        Err(AuthRefusal::ProofShownBefore)
    );
}
