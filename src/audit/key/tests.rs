//! Tests of `key`.

use super::*;

#[test]
fn the_key_is_created_once_and_only_its_owner_can_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trail.key");
    let keys: Vec<PublicKey> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| HeadKey::load_or_create(&path).unwrap().public()))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(keys.iter().all(|key| *key == keys[0]));
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing is left beside it"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(HeadKey::load_or_create(&path), Err(KeyError::Exposed(_))));
    }
}

#[test]
fn the_public_key_survives_a_round_trip_and_verifies_signatures() {
    let folder = tempfile::tempdir().unwrap();
    let key = HeadKey::load_or_create(&folder.path().join("trail.key")).unwrap();
    let path = folder.path().join("trail.pub");
    key.public().export(&path).unwrap();
    let public = PublicKey::load(&path).unwrap();
    assert_eq!(public, key.public());
    let signature = key.sign(b"head");
    assert!(public.signed(b"head", &signature));
    assert!(!public.signed(b"heaD", &signature));
    assert!(!public.signed(b"head", "not base64!"));
    assert!(!public.signed(b"head", ""));
    for text in ["", "ed25519:", "ed25519:AAAA", "rsa:AAAA", "ed25519:\u{0}"] {
        assert!(text.parse::<PublicKey>().is_err());
    }
    fs::write(folder.path().join("junk"), b"junk").unwrap();
    assert!(HeadKey::from_pkcs8(b"junk").is_err());
}
