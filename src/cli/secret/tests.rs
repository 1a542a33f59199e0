//! Tests of `secret`.

use super::*;

#[test]
fn the_secret_is_created_once_and_keys_differ_by_use() {
    let folder = tempfile::tempdir().unwrap();
    let first = Secret::load_or_create(folder.path()).unwrap();
    let again = Secret::load_or_create(folder.path()).unwrap();
    assert_eq!(first.key("ids").unwrap(), again.key("ids").unwrap());
    assert_ne!(first.key("ids").unwrap(), first.key("cursors").unwrap());
    assert_ne!(first.key("ids").unwrap(), first.0);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let elsewhere = tempfile::tempdir().unwrap();
    let other = Secret::load_or_create(elsewhere.path()).unwrap();
    assert_ne!(first.key("ids").unwrap(), other.key("ids").unwrap());
}

#[cfg(unix)]
#[test]
fn a_secret_readable_by_others_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    Secret::load_or_create(folder.path()).unwrap();
    let path = folder.path().join(FILE_NAME);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o604)).unwrap();
    let error = Secret::load_or_create(folder.path()).unwrap_err();
    assert!(matches!(error, SecretError::Exposed(_)), "{error}");
}

#[test]
fn a_secret_of_another_length_is_refused() {
    for content in [&b""[..], b"short", &[7; 33]] {
        let folder = tempfile::tempdir().unwrap();
        write_new_atomically(&folder.path().join(FILE_NAME), content).unwrap();
        let error = Secret::load_or_create(folder.path()).unwrap_err();
        assert!(matches!(error, SecretError::Length(_)), "{error}");
    }
}
