//! Which room may name which, and which libraries belong to which room.

use crate::{
    paths::{first_words, own_paths, without_tests},
    sources::Source,
};

/// A room, and what it may name: another room, or only a part of one.
struct Room {
    name: &'static str,
    may_name: &'static [&'static str],
}

/// The arrows. What is not here is refused.
const ROOMS: [Room; 23] = [
    Room {
        name: "cli",
        may_name: &[
            "audit",
            "auth",
            "catalogue",
            "clock",
            "config",
            "demo",
            "error",
            "graphql",
            "import",
            "matching",
            "readiness",
            "records",
            "sharing",
            "store",
            "telemetry",
            "webhook",
            "wire",
            "witness",
        ],
    },
    Room {
        name: "wire",
        may_name: &[
            "auth",
            "clock",
            "config",
            "error",
            "graphql",
            "json",
            "sharing::caller",
            "telemetry",
        ],
    },
    Room {
        name: "graphql",
        may_name: &[
            "audit",
            "catalogue",
            "clock",
            "error",
            "matching",
            "programme",
            "records",
            "sharing",
            "store",
            "webhook",
        ],
    },
    Room {
        name: "auth",
        may_name: &["clock", "config", "error", "json", "sharing::caller"],
    },
    Room {
        name: "import",
        may_name: &[
            "catalogue",
            "clock",
            "matching",
            "records",
            "sharing::category",
            "store",
        ],
    },
    Room {
        name: "demo",
        may_name: &["catalogue", "clock", "records", "sharing::category", "store::dataset"],
    },
    Room {
        name: "audit",
        may_name: &["clock", "store::trail"],
    },
    Room {
        name: "store",
        may_name: &["catalogue", "clock", "matching", "records", "sharing"],
    },
    Room {
        name: "records",
        may_name: &[
            "catalogue",
            "code",
            "programme",
            "sharing::category",
            "sharing::facts",
            "sharing::grant",
        ],
    },
    Room {
        name: "programme",
        may_name: &["code"],
    },
    Room {
        name: "code",
        may_name: &[],
    },
    Room {
        name: "catalogue",
        may_name: &["sharing::agreement_file", "sharing::category"],
    },
    Room {
        name: "sharing",
        may_name: &[],
    },
    Room {
        name: "webhook",
        may_name: &["audit", "clock", "records", "sharing", "store"],
    },
    Room {
        name: "witness",
        may_name: &["audit"],
    },
    Room {
        name: "readiness",
        may_name: &[],
    },
    Room {
        name: "telemetry",
        may_name: &[],
    },
    Room {
        name: "matching",
        may_name: &[],
    },
    Room {
        name: "config",
        may_name: &[],
    },
    Room {
        name: "clock",
        may_name: &[],
    },
    Room {
        name: "error",
        may_name: &[],
    },
    Room {
        name: "json",
        may_name: &[],
    },
    Room {
        name: "main",
        may_name: &["cli"],
    },
];

/// One file that answers what another room asks by a trait of its own; the room that asks knows nothing of who answers.
const ANSWERS: [(&str, &str); 2] = [("store/agency_cache.rs", "auth"), ("store/directory.rs", "auth")];

/// Libraries that belong to some rooms alone, by the first word of their paths.
const LIBRARIES: [(&str, &[&str]); 30] = [
    ("sea_orm", &["store"]),
    ("sqlx", &["store"]),
    // How much room a disk has.
    ("rustix", &["store"]),
    ("entity", &["store"]),
    ("migration", &["store"]),
    ("async_graphql", &["graphql"]),
    ("async_graphql_value", &["graphql"]),
    ("async_graphql_parser", &["graphql", "wire"]),
    ("apollo_compiler", &["graphql"]),
    ("axum", &["wire"]),
    ("hyper", &["wire"]),
    ("hyper_util", &["wire"]),
    ("tokio_tungstenite", &["wire"]),
    // TLS in the process, pages of other origins and networks of proxies are the edge's alone (docs/decisions/0027).
    ("rustls", &["wire"]),
    ("tokio_rustls", &["wire"]),
    ("tower_http", &["wire"]),
    ("ipnet", &["config", "wire"]),
    // What a request says of the trace that it is part of stands in its headers.
    ("http", &["auth", "cli", "telemetry", "wire"]),
    ("prometheus", &["cli", "wire"]),
    ("jsonwebtoken", &["auth"]),
    ("reqwest", &["auth", "config", "telemetry", "webhook", "witness"]),
    ("opentelemetry", &["telemetry"]),
    ("opentelemetry_http", &["telemetry"]),
    ("opentelemetry_otlp", &["telemetry"]),
    ("opentelemetry_sdk", &["telemetry"]),
    ("tracing_opentelemetry", &["telemetry"]),
    ("clap", &["cli", "config"]),
    ("any_ascii", &["matching"]),
    ("rphonetic", &["matching"]),
    ("strsim", &["graphql", "matching"]),
];

/// The rooms that the table knows; `main.rs` is the door, not a room.
pub fn rooms() -> impl Iterator<Item = &'static str> {
    ROOMS.iter().map(|room| room.name).filter(|name| *name != "main")
}

/// The paths of a file that its room may not name.
pub fn breaches(source: &Source) -> Vec<String> {
    let Some(own) = room_of(source) else { return Vec::new() };
    // Tests of a room may set up what stands behind and before it. The decision's own tests may not: it stands alone.
    if source.is_test() && own != "sharing" {
        return Vec::new();
    }
    let Some(room) = ROOMS.iter().find(|room| room.name == own) else {
        return vec![format!("{}: the room {own} is not in the table", source.name)];
    };
    let mut broken: Vec<String> = own_paths(&source.module(), &source.tokens())
        .into_iter()
        .filter(|path| {
            let Some(first) = path.first() else { return false };
            // Only the names of rooms: the rest are items of the crate's root.
            let names_room = rooms().any(|room| room == first);
            let answers = ANSWERS.iter().any(|(file, asks)| source.name == *file && first == asks);
            names_room && *first != own && !answers && !room.may_name.iter().any(|allowed| within(path, allowed))
        })
        .map(|path| format!("{}: {own} must not name {}", source.name, path.join("::")))
        .collect();
    broken.dedup();
    broken
}

/// Libraries that a file uses outside the rooms they belong to. Of a room's tests only the database is kept away.
pub fn library_breaches(source: &Source) -> Vec<String> {
    let Some(own) = room_of(source) else { return Vec::new() };
    let (all, code) = (source.tokens(), without_tests(source.tokens()));
    let mut broken: Vec<String> = first_words(if source.is_test() { &[] } else { &code })
        .chain(first_words(&all).filter(|word| *word == "sea_orm" || *word == "entity"))
        .filter_map(|word| LIBRARIES.iter().find(|(library, _)| *library == word))
        .filter(|(_, rooms)| !rooms.iter().any(|room| *room == own))
        .map(|(library, rooms)| format!("{}: {library} belongs to {}", source.name, rooms.join(", ")))
        .collect();
    broken.sort();
    broken.dedup();
    broken
}

fn room_of(source: &Source) -> Option<String> {
    match source.name.as_str() {
        "main.rs" => Some("main".to_owned()),
        _ => source.room(),
    }
}

fn within(path: &[String], allowed: &str) -> bool {
    let mut steps = path.iter();
    allowed
        .split("::")
        .all(|step| steps.next().is_some_and(|named| named == step))
}

#[cfg(test)]
mod tests {
    use super::{breaches, library_breaches};
    use crate::sources::Source;

    fn breaks(name: &str, text: &str) -> bool {
        !breaches(&Source::made_up(name, text)).is_empty()
    }

    #[test]
    fn an_arrow_that_runs_back_is_found() {
        assert!(breaks("store/load.rs", "use crate::graphql::Engine;"));
        assert!(breaks("store/load.rs", "use crate::{clock::Clock, audit::Trail};"));
        assert!(breaks("store/load.rs", "fn f() { crate::wire::go() }"));
        assert!(breaks("store/mod.rs", "use super::auth::Directory;"));
        assert!(breaks("auth/directory.rs", "use crate::store::Store;"));
        assert!(breaks("audit/read.rs", "use crate::store::session::Session;"));
        assert!(breaks(
            "wire/graphql.rs",
            "use crate::sharing::{caller::Caller, grant::Grant};"
        ));
        assert!(breaks("sharing/agreement_file.rs", "use crate::catalogue;"));
        assert!(breaks("sharing/decide_tests.rs", "use crate::catalogue;"));
        assert!(breaks("main.rs", "use thinkfamily::wire;"));
        assert!(breaks("a_new_room/mod.rs", ""));
    }

    #[test]
    fn an_arrow_that_runs_forward_is_not() {
        assert!(!breaks(
            "store/load.rs",
            "use crate::{catalogue, sharing::grant::Grant, store::rows::PlanRow};"
        ));
        assert!(!breaks(
            "audit/read.rs",
            "use crate::store::trail::{EntryRow, TrailStore};"
        ));
        assert!(!breaks(
            "wire/graphql.rs",
            "use crate::{graphql::operation::Answer, sharing::caller::Caller};"
        ));
        assert!(!breaks("audit/tests/command.rs", "use crate::cli::audit;"));
        assert!(!breaks("main.rs", "fn main() { thinkfamily::cli::main() }"));
        assert!(!breaks(
            "graphql/context.rs",
            "use super::ids; mod tests { use super::super::page; }"
        ));
    }

    #[test]
    fn a_library_in_the_wrong_room_is_found() {
        let breaks = |name, text| !library_breaches(&Source::made_up(name, text)).is_empty();
        assert!(breaks("graphql/query.rs", "use sea_orm::EntityTrait;"));
        assert!(breaks(
            "graphql/query.rs",
            "fn f() { ::entity::family::Entity::find() }"
        ));
        assert!(breaks("store/load.rs", "use async_graphql::Object;"));
        assert!(breaks("audit/tests/mod.rs", "use sea_orm::Statement;"));
        assert!(!breaks("auth/tests/keys.rs", "use axum::Router;"));
        assert!(!breaks("store/load.rs", "use sea_orm::entity::prelude::*;"));
        assert!(!breaks(
            "audit/entry.rs",
            "use super::entity; fn f() { record::entity::make() }"
        ));
    }
}
