//! Decisions about consent that came by a file are made again like others.

use std::fs;

use super::{
    in_worlds,
    world::{Of, World},
};
use crate::support::process::Site;

fn run(site: &Site, arguments: &[&str]) {
    let ran = site.run(arguments);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

/// The decisions as an export writes them.
fn consents(world: &World, folder: &str) -> String {
    let folder = world.folder().join(folder);
    run(&world.site, &["export", folder.to_str().unwrap()]);
    fs::read_to_string(folder.join("consent.csv")).unwrap()
}

async fn what_a_file_decided_is_done_again(world: World) {
    run(&world.site, &["demo", "--families", "1"]);
    let before = consents(&world, "before");
    world.save().await;
    let mut lines: Vec<String> = before.lines().map(str::to_owned).collect();
    let fields: Vec<&str> = lines[1].split(',').collect();
    assert!(fields[5] == "given" && fields[12].is_empty(), "{}", lines[1]);
    let withdrawn = [&fields[..12], &["2026-01-02T03:04:05Z"], &fields[13..]]
        .concat()
        .join(",");
    let recorded = "2026-01-02T03:04:05Z";
    let mut refused = fields.clone();
    (refused[0], refused[5], refused[10], refused[11]) = ("a-no", "refused", recorded, "");
    let refused = refused.join(",");
    lines[1] = withdrawn.replace("2026-01-02T03:04:05Z", "2099-01-01T00:00:00Z");
    lines.push(refused);
    let folder = world.folder().join("files");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("consent.csv"), lines.join("\n")).unwrap();
    run(&world.site, &["import", folder.to_str().unwrap()]);
    let after = consents(&world, "after");
    assert_ne!(after, before);

    world.put_back(Of::Main).await;
    world.restores(&["2 decisions about consent were done again", "import_consent"]);
    assert_eq!(consents(&world, "again"), after);
    world.verified();
}

in_worlds!(what_a_file_decided_is_done_again: files, servers_apart);
