//! Tests of `trail`.

use super::*;

fn read(file: &str, development: bool) -> Result<Trail, ConfigError> {
    Trail::read(&RawSettings::from_toml(file)?, Path::new("data"), development)
}

#[test]
fn no_witness_is_configured_by_default() {
    let trail = read("", false).unwrap();
    assert_eq!(trail.witness, Witness::default());
    assert_eq!(trail.witness_every, Duration::from_mins(1));
    assert_eq!(trail.check_within, Some(Duration::from_hours(24)));
    assert_eq!(read("trail_check_s = 0", false).unwrap().check_within, None);
    let keys = read("trail_former_keys = [\"a.pub\", \"b.pub\"]", false)
        .unwrap()
        .former_keys;
    assert_eq!(keys, [PathBuf::from("a.pub"), PathBuf::from("b.pub")]);
}

#[test]
fn time_stamps_are_kept_in_the_data_directory_by_default() {
    assert_eq!(read("timestamp_dir = \"theirs\"", false).unwrap().timestamps, None);
    let set = "timestamp_url = \"https://tsa.example/\"\n";
    let stamps = read(set, false).unwrap().timestamps.unwrap();
    assert_eq!(stamps.folder, Path::new("data/stamps"));
    assert_eq!(stamps.every, Duration::from_hours(1));
    let set = format!("{set}timestamp_dir = \"theirs\"\ntimestamp_interval_s = 60");
    let stamps = read(&set, false).unwrap().timestamps.unwrap();
    assert_eq!(
        (stamps.folder.as_path(), stamps.every.as_secs()),
        (Path::new("theirs"), 60)
    );
}

#[test]
fn a_witness_address_is_https_or_loopback_in_development() {
    for (address, in_production, in_development) in [
        ("https://witness.example/add", true, true),
        ("http://127.0.0.1:9/add", false, true),
        ("http://[::1]:9/", false, true),
        ("http://witness.example/", false, false),
        ("https://me@witness.example/", false, false),
        ("file:///tmp/x", false, false),
        ("witness.example", false, false),
    ] {
        for setting in ["witness_url", "timestamp_url"] {
            let file = format!("{setting} = \"{address}\"");
            for (development, taken) in [(false, in_production), (true, in_development)] {
                let read = read(&file, development);
                assert_eq!(read.is_ok(), taken, "{address}, {development}");
                assert!(read.is_ok() || read.unwrap_err().setting == setting);
            }
        }
    }
}
