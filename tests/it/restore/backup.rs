//! The drill: a backup is taken while the server runs, the machine is lost, and what comes of the backup and the keys is served.

use std::{fs, os::unix::fs::PermissionsExt as _};

use serde_json::Value;
use thinkfamily::audit::{Kind, hash::Hash};

use super::world::{Desk, World};

const FILES: [&str; 2] = ["thinkfamily.db", "thinkfamily.trail.db"];

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_files_is_taken_while_the_server_runs_and_served_from_after_the_loss_of_all_else() {
    let world = World::files().await.unwrap();
    let desk = Desk::open(&world.site).await;
    let given = desk.decide("GIVEN", &["IDENTITY"], &["SCHOOL"]).await;
    let (code, said) = world.run(&["backup", "copies"]);
    assert!(code == 0 && said.contains("copies: whole, "), "{said}");
    let before = desk.consents().await;
    desk.withdraw(&given[0]).await;
    assert_eq!(before.len(), desk.consents().await.len());
    world.told().await;
    desk.kill();

    let folder = world.folder().join("copies");
    let manifest: Value = serde_json::from_slice(&fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    for (file, name) in manifest["files"].as_array().unwrap().iter().zip(FILES) {
        let bytes = fs::read(folder.join(name)).unwrap();
        assert_eq!(file["name"], name);
        assert_eq!(file["bytes"], bytes.len());
        assert_eq!(file["sha256"], Hash::of(&[&bytes]).to_string());
    }
    for path in fs::read_dir(&folder).unwrap() {
        let mode = path.as_ref().unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{path:?}");
    }
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    // Nothing is written over.
    let (code, said) = world.run(&["backup", "copies"]);
    assert!(code == 1 && said.contains("copies: "), "{said}");

    // Another machine, with the keys and nothing else: it knows of nothing that was lost.
    let elsewhere = World::files().await.unwrap();
    for name in ["secret.key", "trail.key", "development-issuer.key"] {
        fs::copy(world.folder().join(name), elsewhere.folder().join(name)).unwrap();
    }
    for name in FILES {
        fs::copy(folder.join(name), elsewhere.folder().join(name)).unwrap();
    }
    elsewhere.verified();
    let desk = Desk::open(&elsewhere.site).await;
    assert_eq!(desk.consents().await, before);
    assert!(desk.school_sees_dawn().await);
    desk.close().await;
    elsewhere.verified();

    // The same machine, whose trail is whole: it knows what was withdrawn.
    let main = world.folder().join(FILES[0]);
    for ending in ["-wal", "-shm"] {
        fs::remove_file(format!("{}{ending}", main.display())).unwrap();
    }
    fs::copy(folder.join(FILES[0]), main).unwrap();
    world.refuses(&["the main database is behind the trail: it lacks 1 changes"]);
    world.restores(&["1 decisions about consent were done again"]);
    let desk = Desk::open(&world.site).await;
    assert!(!desk.school_sees_dawn().await);
    desk.close().await;
    world.verified();
}

/// However much is changed meanwhile, what comes of a backup has no change without its entry, and lacks no decision that the trail has.
#[tokio::test(flavor = "multi_thread")]
async fn backups_that_are_taken_while_much_is_changed_can_be_served_from() {
    let world = World::files().await.unwrap();
    let desk = Desk::open(&world.site).await;
    let changing = async {
        let mut count = 0;
        for _ in 0..4 {
            let given = desk
                .decide("GIVEN", &["IDENTITY", "PLAN", "CRITERION_WORK"], &["SCHOOL"])
                .await;
            for consent in &given {
                desk.withdraw(consent).await;
            }
            count += given.len();
        }
        count
    };
    let backups = async {
        for number in 0..3 {
            let mut command = world.site.command(&["backup", &format!("copies{number}")]);
            let ran = tokio::task::spawn_blocking(move || command.output().unwrap())
                .await
                .unwrap();
            assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        }
    };
    let (count, ()) = tokio::join!(changing, backups);
    assert_eq!(count, 12);
    desk.close().await;
    for number in 0..3 {
        let elsewhere = World::files().await.unwrap();
        for name in ["secret.key", "trail.key", "development-issuer.key"] {
            fs::copy(world.folder().join(name), elsewhere.folder().join(name)).unwrap();
        }
        for name in FILES {
            let from = world.folder().join(format!("copies{number}")).join(name);
            fs::copy(from, elsewhere.folder().join(name)).unwrap();
        }
        let (code, said) = elsewhere.run(&["restore"]);
        assert_eq!(code, 0, "{said}");
        let desk = Desk::open(&elsewhere.site).await;
        let consents = desk.consents().await;
        desk.close().await;
        elsewhere.verified();
        // Each decision of the trail is there, but for one that was just being made.
        let told = elsewhere.entries(Kind::Consent).await.len();
        let ours: Vec<&String> = consents.iter().filter(|row| row.contains("2100-01-01")).collect();
        let withdrawn = ours.iter().filter(|row| !row.contains("\"withdrawnAt\":null")).count();
        let given = ours.len() / 3;
        let unmade = elsewhere.entries(Kind::WriteFailed).await.len();
        assert!(unmade <= 1, "{unmade}");
        assert_eq!(given + withdrawn + unmade, told, "{ours:#?}");
    }
}
