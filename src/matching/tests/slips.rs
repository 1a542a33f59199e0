//! What mistakes do to the answer: one in any field still finds the person, and other people are not found.

use super::{
    super::{Description, Model, Sex, Thresholds, Verdict, choose, verdict},
    day, identifier, sarah,
};

fn weight(asked: &Description, stored: &Description) -> f64 {
    Model::standard().score(asked, stored).weight
}

fn answer(asked: &Description, stored: &Description) -> Verdict {
    verdict(
        [&Model::standard().score(asked, stored)].into_iter(),
        &Thresholds::default(),
    )
}

fn enough(asked: &Description) -> bool {
    Model::standard().lacks(asked, Thresholds::default().upper).is_none()
}

/// Sarah with a change.
fn but(change: impl FnOnce(&mut Description)) -> Description {
    let mut asked = sarah();
    asked.identifiers.clear();
    change(&mut asked);
    asked
}

#[expect(clippy::unnecessary_wraps, reason = "the value of a field")]
fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn one_slip_of_any_field_leaves_somebody_found() {
    let slips: [(&str, Description); 16] = [
        ("nothing", but(|_| {})),
        ("family name", but(|asked| asked.family_name = text("Whitcome"))),
        ("family name changed", but(|asked| asked.family_name = text("Okafor"))),
        ("double name", but(|asked| asked.family_name = text("Whitcombe-Hale"))),
        ("given name", but(|asked| asked.given_name = text("Sahra"))),
        ("nickname", but(|asked| asked.given_name = text("Sally"))),
        ("initial", but(|asked| asked.given_name = text("S"))),
        (
            "exchanged",
            but(|asked| std::mem::swap(&mut asked.given_name, &mut asked.family_name)),
        ),
        (
            "day and month",
            but(|asked| asked.date_of_birth = Some(day(1987, 9, 3))),
        ),
        ("digit", but(|asked| asked.date_of_birth = Some(day(1987, 3, 19)))),
        ("year", but(|asked| asked.date_of_birth = Some(day(1988, 3, 9)))),
        ("postcode", but(|asked| asked.postcode = text("ZX3 5QT"))),
        (
            "moved",
            but(|asked| (asked.postcode, asked.address) = (text("ZX7 1AB"), text("9 Canal Street, Fairwick"))),
        ),
        ("address", but(|asked| asked.address = text("14 Mil Road"))),
        ("sex", but(|asked| asked.sex = Some(Sex::Male))),
        (
            "only name and date",
            but(|asked| (asked.postcode, asked.address, asked.sex) = (None, None, None)),
        ),
    ];
    for (what, asked) in slips {
        assert!(enough(&asked), "{what}");
        assert_eq!(
            answer(&asked, &sarah()),
            Verdict::Matched(0),
            "{what}: {}",
            weight(&asked, &sarah())
        );
    }
}

#[test]
fn somebody_else_is_not_found() {
    let others: [(&str, Description, Verdict); 14] = [
        // The closest cases on the other side.
        (
            "a sister",
            but(|asked| (asked.given_name, asked.date_of_birth) = (text("Gemma"), Some(day(1990, 7, 21)))),
            Verdict::NotFound,
        ),
        (
            "a sister whose date has the same day and month",
            but(|asked| (asked.given_name, asked.date_of_birth) = (text("Gemma"), Some(day(1991, 3, 9)))),
            Verdict::NotFound,
        ),
        (
            "a sister whose date is a slip away",
            but(|asked| (asked.given_name, asked.date_of_birth) = (text("Gemma"), Some(day(1985, 3, 9)))),
            Verdict::Ambiguous,
        ),
        (
            "a twin brother",
            but(|asked| (asked.given_name, asked.sex) = (text("Daniel"), Some(Sex::Male))),
            Verdict::Ambiguous,
        ),
        (
            "a twin brother whose name sounds alike",
            but(|asked| (asked.given_name, asked.sex) = (text("Zara"), Some(Sex::Male))),
            Verdict::Ambiguous,
        ),
        (
            "a twin brother whose given name nobody said",
            but(|asked| (asked.given_name, asked.sex) = (None, Some(Sex::Male))),
            Verdict::Ambiguous,
        ),
        (
            "a twin brother, family name first, and hers was another",
            but(|asked| {
                (asked.given_name, asked.family_name) = (text("Whitcombe"), text("Daniel"));
                asked.sex = Some(Sex::Male);
            }),
            Verdict::Ambiguous,
        ),
        (
            "a sister of the same initial, years apart on the same day",
            but(|asked| (asked.given_name, asked.date_of_birth) = (text("S"), Some(day(1991, 3, 9)))),
            Verdict::Ambiguous,
        ),
        (
            "born the same day at the same place, without a name in common",
            but(|asked| (asked.given_name, asked.family_name) = (None, text("Okafor"))),
            Verdict::Ambiguous,
        ),
        (
            "named after her mother",
            but(|asked| asked.date_of_birth = Some(day(2011, 6, 14))),
            Verdict::Ambiguous,
        ),
        (
            "of the same name elsewhere",
            but(|asked| {
                asked.date_of_birth = Some(day(1962, 11, 30));
                (asked.postcode, asked.address) = (text("ZX7 1AB"), text("9 Canal Street, Fairwick"));
            }),
            Verdict::NotFound,
        ),
        (
            "born the same day elsewhere",
            but(|asked| {
                (asked.given_name, asked.family_name) = (text("Gemma"), text("Okafor"));
                (asked.postcode, asked.address) = (text("ZX7 1AB"), text("9 Canal Street, Fairwick"));
            }),
            Verdict::NotFound,
        ),
        (
            "a lodger",
            but(|asked| {
                (asked.given_name, asked.family_name) = (text("Gemma"), text("Okafor"));
                asked.date_of_birth = Some(day(1990, 7, 21));
            }),
            Verdict::NotFound,
        ),
        (
            "a child whose given name nobody said",
            but(|asked| (asked.given_name, asked.date_of_birth) = (None, Some(day(2012, 3, 9)))),
            Verdict::Ambiguous,
        ),
    ];
    for (who, asked, wanted) in others {
        assert_eq!(answer(&asked, &sarah()), wanted, "{who}: {}", weight(&asked, &sarah()));
    }
}

#[test]
fn where_nobody_shares_a_household_a_place_says_as_much_as_a_name() {
    let other_name = but(|asked| {
        (asked.given_name, asked.family_name, asked.date_of_birth) = (None, text("Okafor"), None);
    });
    let alone = Model::standard().clone().with_households(false);
    assert!(weight(&other_name, &sarah()) <= -10.0, "somebody else who lives there");
    let said = alone.score(&other_name, &sarah()).weight;
    assert!(said > 0.0, "{said}");
}

#[test]
fn of_twins_who_are_both_stored_the_right_one_is_found() {
    let twin = but(|twin| twin.given_name = text("Gemma"));
    let both = [weight(&but(|_| {}), &twin), weight(&but(|_| {}), &sarah())];
    assert_eq!(choose(&both, &Thresholds::default()), Verdict::Matched(1), "{both:?}");
}

#[test]
fn a_number_alone_finds_but_not_against_everything_else() {
    let only = Description {
        identifiers: sarah().identifiers,
        ..Description::default()
    };
    assert_eq!(
        answer(&only, &sarah()),
        Verdict::Ambiguous,
        "{}",
        weight(&only, &sarah())
    );
    let with_sex = Description {
        family_name: text("Whitcome"),
        ..only.clone()
    };
    assert_eq!(answer(&with_sex, &sarah()), Verdict::Matched(0));
    let somebody = Description {
        given_name: text("Gemma"),
        family_name: text("Okafor"),
        date_of_birth: Some(day(1990, 7, 21)),
        ..sarah()
    };
    assert_ne!(
        answer(&somebody, &sarah()),
        Verdict::Matched(0),
        "names and date are wholly others"
    );
    // Whatever a model says of numbers.
    let trusting = Model::standard()
        .to_toml()
        .replace("[identifiers]", "[was]")
        .split("[was]")
        .next()
        .unwrap()
        .to_owned()
        + "[identifiers]\ndisagrees = { m = 0.0005, u = 0.999999 }\nslip = { m = 0.0005, u = 1e-12 }\nexact = { m = 0.999, u = 1e-12 }\n";
    let trusting = Model::parse(&trusting).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        choose(&[trusting.score(&somebody, &sarah()).weight], &Thresholds::default()),
        Verdict::Ambiguous
    );
    assert_eq!(
        choose(&[trusting.score(&only, &sarah()).weight], &Thresholds::default()),
        Verdict::Matched(0)
    );
    // Only the name differs: people marry.
    let married = Description {
        family_name: text("Okafor"),
        ..sarah()
    };
    assert_eq!(answer(&married, &sarah()), Verdict::Matched(0));
    let other_number = Description {
        identifiers: vec![identifier("local-case", "HC-777777")],
        ..sarah()
    };
    assert!(weight(&other_number, &sarah()) < weight(&but(|_| {}), &sarah()));
}
