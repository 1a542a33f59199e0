//! Whether time tells a family that is hidden from one that is not there, where it is asked for by its reference.

use std::{collections::HashMap, error::Error, fmt::Write as _, sync::Arc, time::Instant};

use rand::{SeedableRng, rngs::ChaCha12Rng, seq::SliceRandom};
use serde_json::json;

use crate::{
    http::{Connection, request},
    people::{Case, Person},
    report,
    server::{Process, Program},
};

/// The questions, each about one family.
const QUESTIONS: [(&str, &str); 3] = [
    (
        "family(reference:), its id",
        "query($r: String!) { family(reference: $r) { id } }",
    ),
    (
        "family(reference:), a page",
        "query($r: String!) { family(reference: $r) { reference hasPlan leadProfessional { name } members { givenName familyName } plan { status } } }",
    ),
    (
        "families(filter: { reference: })",
        "query($r: String!) { families(filter: { reference: $r }) { totalCount nodes { id reference } } }",
    ),
];

/// Families of each case.
const FAMILIES: usize = 60;
/// How often whoever tries to tell them apart may ask.
const TRIES: usize = 7;
/// How often the cases are dealt out anew, to see what chance gives.
const DEALS: usize = 400;

/// A family that is hidden, or a reference that no family has.
struct Asked {
    authority: String,
    reference: String,
    case: Case,
}

fn asked(people: &[Person]) -> Vec<Asked> {
    let mut all = Vec::new();
    for case in [Case::NotShared, Case::NotOnCohort] {
        let mut of_case: Vec<&Person> = people.iter().filter(|person| person.case == case).collect();
        of_case.dedup_by(|one, other| one.reference == other.reference);
        all.extend(of_case.into_iter().take(FAMILIES).map(|person| Asked {
            authority: person.authority_code.clone(),
            reference: person.reference.clone(),
            case,
        }));
    }
    // As many that are not there, of the same authorities and as long.
    let nobody: Vec<Asked> = all
        .iter()
        .take(FAMILIES)
        .enumerate()
        .map(|(number, like)| {
            let kept = like.reference.len().saturating_sub(4);
            Asked {
                authority: like.authority.clone(),
                reference: format!("{}{:04}", "9".repeat(kept), 9_000 + number),
                case: Case::Nobody,
            }
        })
        .collect();
    all.extend(nobody);
    all
}

/// Tokens of the police of each authority that is asked.
async fn tokens(program: &Program, asked: &[Asked]) -> Result<HashMap<String, String>, Box<dyn Error>> {
    let mut tokens = HashMap::new();
    for one in asked {
        if !tokens.contains_key(&one.authority) {
            let agency = format!("{}-police", one.authority);
            let token = program
                .token(&one.authority, &agency, "marker_lookup", "safeguarding")
                .await?;
            tokens.insert(one.authority.clone(), token);
        }
    }
    Ok(tokens)
}

/// Asks one after the other in a random order, so many times for each case and question, and compares how long the answers took.
pub async fn timing(
    program: &Program,
    server: &Process,
    people: &[Person],
    each: usize,
) -> Result<String, Box<dyn Error>> {
    let asked = asked(people);
    let tokens = tokens(program, &asked).await?;
    let tries = (each / FAMILIES).max(TRIES);
    let mut chance = ChaCha12Rng::seed_from_u64(3);
    let mut connection = Connection::open(&server.address).await?;
    let mut text = String::new();
    for (name, document) in QUESTIONS {
        let of = |one: &Asked| {
            let body = json!({ "query": document, "variables": { "r": one.reference } });
            request("/graphql", tokens.get(&one.authority).map(String::as_str), &body)
        };
        // Each once before it counts: what is asked for the first time takes longer, and the asker knows that it is the first time.
        let mut answers: HashMap<Arc<[u8]>, usize> = HashMap::new();
        for one in &asked {
            let reply = connection.send(&of(one)).await?;
            *answers.entry(reply.body.as_slice().into()).or_default() += 1;
        }
        let mut order: Vec<usize> = (0..asked.len()).flat_map(|at| std::iter::repeat_n(at, tries)).collect();
        order.shuffle(&mut chance);
        let mut took: Vec<Vec<f64>> = vec![Vec::with_capacity(tries); asked.len()];
        for at in order {
            let request = of(&asked[at]);
            let since = Instant::now();
            connection.send(&request).await?;
            took[at].push(since.elapsed().as_secs_f64() * 1e6);
        }
        let cases = [Case::Nobody, Case::NotShared, Case::NotOnCohort];
        let samples = cases.map(|case| {
            let of_case = asked.iter().zip(&took).filter(|(one, _)| one.case == case);
            (
                format!("{case:?}"),
                of_case.flat_map(|(_, took)| took.clone()).collect(),
            )
        });
        let headline = format!(
            "{name}: {} different answers to {} questions",
            answers.len(),
            asked.len()
        );
        let _ = writeln!(text, "{}", report::samples(&headline, &samples));
        for case in [Case::NotShared, Case::NotOnCohort] {
            let (right, by_chance) = told(&asked, &took, case, &mut chance);
            let _ = writeln!(
                text,
                "{case:?} told from Nobody by the median of {TRIES} tries: {:.1} % right at best; by chance alone up to {:.1} % (95 of 100 deals)",
                100.0 * right,
                100.0 * by_chance
            );
        }
        text.push('\n');
    }
    Ok(text)
}

/// How many families can be told from references that nobody has, by the median of some tries and the best threshold; and what chance gives
/// where the cases are dealt out at random.
fn told(asked: &[Asked], took: &[Vec<f64>], case: Case, chance: &mut ChaCha12Rng) -> (f64, f64) {
    let mut medians: Vec<f64> = Vec::new();
    let mut hidden: Vec<bool> = Vec::new();
    for (one, took) in asked
        .iter()
        .zip(took)
        .filter(|(one, _)| one.case == case || one.case == Case::Nobody)
    {
        let mut tries = took[..TRIES].to_vec();
        tries.sort_by(f64::total_cmp);
        medians.push(tries[TRIES / 2]);
        hidden.push(one.case == case);
    }
    let right = best(&medians, &hidden);
    let mut dealt: Vec<f64> = (0..DEALS)
        .map(|_| {
            hidden.shuffle(chance);
            best(&medians, &hidden)
        })
        .collect();
    dealt.sort_by(f64::total_cmp);
    (right, dealt[DEALS * 95 / 100])
}

/// The share that the best threshold puts on the right side, whichever side is which.
#[expect(clippy::cast_precision_loss, reason = "some hundred families")]
fn best(medians: &[f64], hidden: &[bool]) -> f64 {
    let mut order: Vec<usize> = (0..medians.len()).collect();
    order.sort_by(|one, other| medians[*one].total_cmp(&medians[*other]));
    let all = hidden.iter().filter(|hidden| **hidden).count();
    let (mut below, mut best) = (0, all.max(hidden.len() - all));
    for (number, at) in order.iter().enumerate() {
        below += usize::from(hidden[*at]);
        // Hidden above the threshold, the others up to it; or the other way round.
        let right = (all - below) + (number + 1 - below);
        best = best.max(right).max(hidden.len() - right);
    }
    best as f64 / hidden.len() as f64
}
