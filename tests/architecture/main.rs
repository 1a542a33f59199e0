//! The house keeps its rooms: which room may name which, who may touch the database and the clock, and how long a file may be.
//!
//! Reads the sources as text. Each rule also has a test that it finds what breaks it, since a check that finds nothing proves nothing.

mod arrows;
mod circles;
mod code;
mod dependencies;
mod documents;
mod paths;
mod permitting;
mod releasing;
mod sources;
mod writes;

use std::collections::BTreeSet;

use sources::Source;

/// No file of `src` is longer, in lines.
const LONGEST: usize = 500;

fn fail_on(broken: &[String], rule: &str) {
    assert!(broken.is_empty(), "{rule}:\n  {}\n", broken.join("\n  "));
}

fn all_sources() -> Vec<Source> {
    let sources = sources::sources();
    assert!(sources.len() > 100, "the sources were not found");
    sources
}

#[test]
fn no_arrow_runs_back() {
    let broken: Vec<String> = all_sources().iter().flat_map(arrows::breaches).collect();
    fail_on(
        &broken,
        "cli -> wire -> {auth, graphql} -> {store, sharing, catalogue, audit}; see docs/ARCHITECTURE.md",
    );
}

#[test]
fn no_files_of_a_room_need_each_other_in_a_circle() {
    fail_on(
        &circles::broken(&all_sources()),
        "files of a room need each other in a circle; what several need goes into a file that needs none of them",
    );
}

#[test]
fn every_room_is_in_the_table_of_arrows() {
    let rooms: BTreeSet<String> = all_sources().iter().filter_map(Source::room).collect();
    let known: BTreeSet<String> = arrows::rooms().map(str::to_owned).collect();
    assert_eq!(
        rooms, known,
        "rooms of src/ against the table in tests/architecture/arrows.rs"
    );
}

#[test]
fn libraries_stay_in_their_rooms() {
    let broken: Vec<String> = all_sources().iter().flat_map(arrows::library_breaches).collect();
    fail_on(
        &broken,
        "a library is used outside its room (the table is in tests/architecture/arrows.rs)",
    );
}

#[test]
fn no_code_asks_whether_it_is_the_police() {
    let broken: Vec<String> = all_sources().iter().flat_map(code::agency_names).collect();
    fail_on(
        &broken,
        "an agency or kind of agency is named in code; who may see what is for the agreement to say",
    );
}

#[test]
fn time_and_chance_come_from_the_clock() {
    let broken: Vec<String> = all_sources().iter().flat_map(code::time_and_chance).collect();
    fail_on(
        &broken,
        "only src/clock.rs reads the time or draws random numbers; take a clock::Clock or clock::Ids",
    );
}

#[test]
fn days_come_from_the_clock() {
    let broken: Vec<String> = all_sources().iter().flat_map(code::days_of_their_own).collect();
    fail_on(
        &broken,
        "a day is one of the United Kingdom; take clock::day_of, Clock::today or Session::today",
    );
}

#[test]
fn the_decision_is_pure() {
    let broken: Vec<String> = all_sources().iter().flat_map(code::impure_decision).collect();
    fail_on(
        &broken,
        "sharing is facts in, decision out: no async, files, environment or output",
    );
}

#[test]
fn nothing_is_written_without_a_permit() {
    let sources = all_sources();
    let mut broken: Vec<String> = sources.iter().flat_map(writes::past_a_permit).collect();
    broken.extend(writes::idle(&sources));
    fail_on(
        &broken,
        "a change spends a permit (src/store/writing.rs); what else writes is listed with its reason in tests/architecture/writes.rs",
    );
    let broken: Vec<String> = sources.iter().flat_map(writes::for_an_operator).collect();
    fail_on(&broken, "only a command of an operator writes as one");
}

#[test]
fn nothing_about_anybody_is_released_by_the_ceiling_alone() {
    let sources = all_sources();
    let mut broken = releasing::without_row(&sources);
    broken.extend(sources.iter().flat_map(releasing::decided_elsewhere));
    fail_on(
        &broken,
        "a value comes out of a row that a grant opened (src/sharing/grant.rs); what else does is listed with its reason in tests/architecture/releasing.rs",
    );
}

#[test]
fn no_file_is_too_long() {
    let sources = all_sources();
    let too_long = |source: &&Source| source.lines() > LONGEST;
    let long: Vec<String> = sources
        .iter()
        .filter(too_long)
        .map(|source| format!("{}: {} lines", source.name, source.lines()))
        .collect();
    fail_on(
        &long,
        "a file has more than 500 lines; split it by what its parts are about",
    );
}

#[test]
fn every_folder_says_what_it_is() {
    let broken: Vec<String> = sources::folders_without_a_word();
    fail_on(
        &broken,
        "a folder's module must begin with `//!`: what it is, what it may and may not touch",
    );
}
