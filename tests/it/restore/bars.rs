//! A family stays barred to whom it was barred since the backup, and to nobody else.

use std::fs;

use thinkfamily::audit::Kind;

use super::{
    in_worlds,
    world::{Desk, Of, World},
};

/// The bars as an export writes them.
fn bars(world: &World, folder: &str) -> Vec<String> {
    let folder = world.folder().join(folder);
    let (code, said) = world.run(&["export", folder.to_str().unwrap()]);
    assert_eq!(code, 0, "{said}");
    let file = fs::read_to_string(folder.join("barred_subject.csv")).unwrap();
    let mut lines: Vec<String> = file.lines().map(str::to_owned).collect();
    lines[1..].sort();
    lines
}

async fn what_was_barred_and_lifted_since_holds_after_a_restore(world: World) {
    let desk = Desk::open(&world.site).await;
    desk.decide("GIVEN", &["IDENTITY"], &["SCHOOL"]).await;
    desk.bar("later", Some("2098-01-01"), None).await;
    desk.bar("back", None, None).await;
    assert!(desk.school_sees_dawn().await);
    desk.close().await;
    let before = bars(&world, "before");
    world.save().await;

    let desk = Desk::open(&world.site).await;
    // Whom the school's token names.
    desk.bar("test", None, Some("2099-01-01")).await;
    desk.bar("test", None, None).await;
    desk.bar("later", Some("2097-01-01"), None).await;
    desk.bar("back", Some("2026-01-05"), Some("2026-01-05")).await;
    assert!(!desk.school_sees_dawn().await);
    desk.close().await;
    let after = bars(&world, "after");
    assert_eq!(after.len(), before.len() + 1);
    let all = after.join("\n");
    assert!(
        all.contains("2097-01-01") && !all.contains("2098-01-01") && !all.contains("2099-01-01"),
        "{all}"
    );

    world.put_back(Of::Main).await;
    world.refuses(&["it lacks 4 changes that were made"]);
    let (code, said) = world.run(&["restore", "--check"]);
    assert!(
        code == 1 && said.contains("and 4 changes of bars; 0 other changes"),
        "{said}"
    );
    let said = world.restores(&["4 changes of bars were done again"]);
    assert!(!said.contains("not done again"), "{said}");
    assert_eq!(bars(&world, "again"), after);
    let told = world.entries(Kind::Restored).await[0].restored.clone().unwrap();
    assert_eq!((told.again, told.told), (4, 0));
    let desk = Desk::open(&world.site).await;
    assert!(!desk.school_sees_dawn().await);
    desk.close().await;
    assert!(world.entries(Kind::WriteFailed).await.is_empty());
    world.verified();
}
in_worlds!(what_was_barred_and_lifted_since_holds_after_a_restore: files, servers_apart);

async fn a_bar_of_a_file_is_set_again(world: World) {
    let (code, said) = world.run(&["demo", "--families", "1"]);
    assert_eq!(code, 0, "{said}");
    let before = bars(&world, "before");
    let family = fs::read_to_string(world.folder().join("before/family.csv")).unwrap();
    let family = family.lines().nth(1).and_then(|line| line.split(',').next()).unwrap();
    world.save().await;
    let folder = world.folder().join("files");
    fs::create_dir(&folder).unwrap();
    let file = format!("{}\na-bar,{family},,cousin,2026-01-02,\n", before[0]);
    fs::write(folder.join("barred_subject.csv"), file).unwrap();
    let (code, said) = world.run(&["import", folder.to_str().unwrap()]);
    assert_eq!(code, 0, "{said}");
    let after = bars(&world, "after");
    assert_eq!(after.len(), before.len() + 1);
    world.put_back(Of::Main).await;
    world.restores(&["1 changes of bars were done again", "import_barred_subject"]);
    assert_eq!(bars(&world, "again"), after);
    world.verified();
}
in_worlds!(a_bar_of_a_file_is_set_again: files, servers_apart);
