//! Tests of `load_agreement`.

use super::*;

fn known() -> Known {
    Known::default()
}

#[test]
fn another_authoritys_agreement_is_refused_before_it_is_read() {
    let file = "[agreement]\nauthority = \"elsewhere\"\n";
    let errors = read(file, "here", &known()).expect_err("it is elsewhere's");
    assert_eq!(errors.len(), 1);
    assert!(read("[agreement]\nauthority = \"here\"\n", "here", &known()).is_err_and(|errors| errors.len() > 1));
}

#[test]
fn what_is_wrong_comes_with_its_line() {
    let errors = read(
        "[agreement]\nauthority = \"here\"\nversion = \"one\"\n",
        "here",
        &known(),
    );
    let texts = serde_json::to_string(&errors.expect_err("it is wrong")).expect("errors can be written");
    assert!(texts.contains("line 3"), "{texts}");
    let errors = read("[agreement", "here", &known()).expect_err("it is no TOML");
    assert!(
        serde_json::to_string(&errors)
            .expect("errors can be written")
            .contains("line 1")
    );
}
