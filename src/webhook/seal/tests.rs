//! Tests of `seal`.

use super::*;

#[test]
fn a_sealed_secret_opens_for_its_endpoint_only() {
    let key = Sealer::new(&[1; 32]).expect("a key");
    let secret = Secret::generate().expect("chance");
    let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let sealed = key.seal(7, one, &secret).expect("it is sealed");
    assert_eq!(key.open(7, one, &sealed), Some(secret.clone()));
    assert_eq!(key.open(7, other, &sealed), None, "another endpoint");
    assert_eq!(key.open(8, one, &sealed), None, "another authority");
    assert_eq!(
        Sealer::new(&[2; 32]).expect("a key").open(7, one, &sealed),
        None,
        "another key"
    );
    assert_ne!(
        key.seal(7, one, &secret).expect("it is sealed"),
        sealed,
        "it looks different each time"
    );
    let plain = secret.reveal();
    assert!(!sealed.contains(plain.trim_start_matches("whsec_")));
    for bad in ["", "AAAA", "!", &sealed[..sealed.len() - 4]] {
        assert_eq!(key.open(7, one, bad), None, "{bad:?}");
    }
}
