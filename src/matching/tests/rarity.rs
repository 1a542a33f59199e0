//! A shared rare name is stronger evidence than a frequent one, and no rare name is in a model.

use super::{
    super::{Model, rarity::Rarity},
    named,
};

/// This many of each name.
fn count(names: &[(&str, usize)]) -> Rarity {
    Rarity::count(
        names
            .iter()
            .flat_map(|(name, times)| std::iter::repeat_n(*name, *times)),
    )
}

#[test]
fn a_rare_name_says_more_than_a_frequent_one() {
    let rarity = count(&[
        ("smith", 600),
        ("okafor", 75),
        ("whitcombe", 20),
        ("hale", 19),
        ("ng", 1),
    ]);
    let said = ["smith", "okafor", "whitcombe", "hale", "ng", "nobody has it"].map(|name| rarity.of(name));
    assert!(said[0] < 0.0 && said[0] < said[1] && said[1] < said[2], "{said:?}");
    // 600 of 715 against 75: three bits.
    assert!((said[1] - said[0] - 3.0).abs() <= 0.25, "{said:?}");
    // Names of so few people are not in the model: they could be one family.
    let mut listed: Vec<&str> = rarity.listed.keys().map(String::as_str).collect();
    listed.sort_unstable();
    assert!(!listed.contains(&"hale") && !listed.contains(&"ng"), "{listed:?}");
    assert!(
        said[3..].iter().all(|bits| (bits - rarity.others).abs() < 1e-9),
        "{said:?}"
    );
}

#[test]
fn few_names_say_nothing_of_how_frequent_they_are() {
    let few = count(&[("smith", 400), ("okafor", 20)]);
    assert_eq!(few, Rarity::default());
    assert_eq!(count(&[("", 10_000)]), Rarity::default());
    // Nor does it exceed what a model file may contain.
    let extreme = count(&[("smith", 1_000_000), ("hale", 1)]);
    assert!(extreme.of("hale") <= super::super::rarity::MAX_WEIGHT);
}

#[test]
fn it_counts_where_names_are_the_same_and_nowhere_else() {
    let model = Model::standard().clone().with_households(false);
    let without = Model {
        rarity: Default::default(),
        ..model.clone()
    };
    let more = |one: (&str, &str), other: (&str, &str)| {
        let (one, other) = (named(one.0, one.1), named(other.0, other.1));
        model.score(&one, &other).weight - without.score(&one, &other).weight
    };
    let (smith, rare) = (model.rarity[0].of("smith"), model.rarity[0].others);
    assert!(smith < -1.0 && rare > 1.0);
    let near = |found: f64, wanted: f64| assert!((found - wanted).abs() < 1e-9, "{found}, want {wanted}");
    near(more(("Zebedee", "Smith"), ("Xanthe", "Smith")), smith);
    near(more(("Zebedee", "Smith-Jones"), ("Xanthe", "Smith Jones")), rare);
    near(more(("Zebedee", "Smith"), ("Xanthe", "Smyth")), 0.0);
    let olivia = model.rarity[1].of("olivia");
    near(more(("Olivia Jane", "Ashe"), ("Olivia Jane", "Okafor")), olivia);
    near(more(("Olivia", "Smith"), ("Olivia", "Smith")), olivia + smith);
}

#[test]
fn a_rare_name_does_not_tell_relatives_apart() {
    let model = Model::standard();
    let without = Model {
        rarity: Default::default(),
        ..model.clone()
    };
    // Nobody said when they were born: they could be sisters.
    let (one, other) = (named("Zebedee", "Whitcombe"), named("Xanthe", "Whitcombe"));
    let (said, level) = (model.score(&one, &other).weight, without.score(&one, &other).weight);
    assert!((said - level).abs() < 1e-9, "{said} {level}");
    let (one, other) = (named("Zebedee", "Smith"), named("Xanthe", "Smith"));
    assert!(model.score(&one, &other).weight < without.score(&one, &other).weight - 1.0);
}
