//! `thinkfamily matching`: trains a model of how descriptions of one person differ, and tests a model on
//! data.
//!
//! Reads and writes files; uses no database. The files are about people, so no error message repeats a value.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Subcommand};

use self::people::People;
use super::{
    context::{Context, read_text},
    failure::Failure,
};
use crate::{
    config,
    matching::{Model, Score, Thresholds, Verdict, pairs, train, verdict},
};

mod people;

/// Maximum size of a model file, in bytes.
const MAX_MODEL_BYTES: usize = 64 * 1024;

/// Estimate a model from data, or try one on data.
#[derive(Args, Clone, Debug)]
pub(super) struct MatchingArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Clone, Debug)]
enum Command {
    /// Estimate a model from descriptions of people, without being told who is who.
    Train(TrainArgs),
    /// Write the weight of every pair that shares a key, field by field.
    Score(TryArgs),
    /// Write the answer to each question: the second file asks for people of the first.
    Answer(TryArgs),
}

#[derive(Args, Clone, Debug)]
struct TrainArgs {
    /// A CSV file of descriptions in which people occur more than once; or two files that describe the same
    /// people, those that are stored first.
    #[arg(long, value_name = "FILE", required = true)]
    from: Vec<PathBuf>,
    /// Where the model is written; standard output if not given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The descriptions are of people of whom no two are of one household.
    #[arg(long)]
    no_households: bool,
}

#[derive(Args, Clone, Debug)]
struct TryArgs {
    /// A CSV file of descriptions; or two, those that are stored first.
    #[arg(long, value_name = "FILE", required = true)]
    from: Vec<PathBuf>,
    /// Where the result is written, as CSV; standard output if not given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(
    context: &Context,
    arguments: &MatchingArgs,
    out: &mut (dyn Write + Send),
) -> Result<ExitCode, Failure> {
    let (model, thresholds) = settings(&context.config.matching)?;
    match &arguments.command {
        Command::Train(arguments) => run_train(arguments, &model, out)?,
        Command::Score(arguments) => write_output(arguments.out.as_deref(), out, |out| {
            let (asked, stored) = files(&arguments.from)?;
            score(&model, &asked, stored.as_ref(), out)
        })?,
        Command::Answer(arguments) => write_output(arguments.out.as_deref(), out, |out| {
            let (asked, Some(stored)) = files(&arguments.from)? else {
                return Err(Failure::usage(
                    "want --from twice: those that are stored, then those who are asked about",
                ));
            };
            answer(&model, &thresholds, &asked, &stored, out)
        })?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The configured model and thresholds. An unusable model is a bad setting.
pub(super) fn settings(settings: &config::Matching) -> Result<(Model, Thresholds), Failure> {
    let model = match &settings.model {
        None => Model::standard().clone(),
        Some(path) => {
            let setting_error = |why: &str| Failure::usage(format!("setting `matching_model`: {why}"));
            let text = read_text(path, MAX_MODEL_BYTES).map_err(|failure| setting_error(failure.sentence()))?;
            if text.len() > MAX_MODEL_BYTES {
                return Err(setting_error(&format!(
                    "want a file of at most {MAX_MODEL_BYTES} bytes"
                )));
            }
            Model::parse(&text).map_err(|error| setting_error(&format!("{}: {error}", path.display())))?
        }
    };
    let thresholds = Thresholds {
        upper: settings.upper,
        lower: settings.lower,
        clear: settings.margin,
    };
    Ok((model, thresholds))
}

/// The descriptions to look up, and the stored ones if they are in another file.
fn files(from: &[PathBuf]) -> Result<(People, Option<People>), Failure> {
    match from {
        [one] => Ok((People::read(one)?, None)),
        [stored, asked] => Ok((People::read(asked)?, Some(People::read(stored)?))),
        _ => Err(Failure::usage("want --from once or twice")),
    }
}

fn run_train(arguments: &TrainArgs, base: &Model, out: &mut dyn Write) -> Result<(), Failure> {
    let (asked, stored) = files(&arguments.from)?;
    let base = base.clone().with_households(!arguments.no_households);
    let stored = stored.as_ref().map(|people| &people.descriptions[..]);
    let trained = train::train(&asked.descriptions, stored, &base).map_err(Failure::problem)?;
    write_output(arguments.out.as_deref(), out, |out| {
        Ok(out.write_all(trained.model.to_toml().as_bytes())?)
    })?;
    if let Some(path) = &arguments.out {
        writeln!(
            out,
            "{}: {} pairs, about {:.0} of them of one person; {} rounds{}",
            path.display(),
            trained.pairs,
            trained.matches,
            trained.rounds,
            if trained.converged { "" } else { ", not settled" }
        )?;
    }
    Ok(())
}

fn score(model: &Model, asked: &People, stored: Option<&People>, out: &mut dyn Write) -> Result<(), Failure> {
    let against = stored.unwrap_or(asked);
    writeln!(
        out,
        "asked,stored,weight,family_name,given_name,date_of_birth,postcode,address,sex,identifiers"
    )?;
    for (one, other) in pairs::blocked(&asked.descriptions, stored.map(|stored| &stored.descriptions[..])) {
        let score = model.score(&asked.descriptions[one], &against.descriptions[other]);
        write!(out, "{},{},{:.3}", asked.ids[one], against.ids[other], score.weight)?;
        for comparison in score.fields {
            write!(out, ",{}", comparison.level.name())?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn answer(
    model: &Model,
    thresholds: &Thresholds,
    asked: &People,
    stored: &People,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let pairs = pairs::blocked(&asked.descriptions, Some(&stored.descriptions));
    let mut rest = &pairs[..];
    writeln!(out, "asked,answer,stored")?;
    for (place, (description, id)) in asked.descriptions.iter().zip(&asked.ids).enumerate() {
        let (own_pairs, other_pairs) = rest.split_at(rest.partition_point(|(one, _)| *one <= place));
        rest = other_pairs;
        let compared = |(_, other): &(usize, usize)| model.score(description, &stored.descriptions[*other]);
        let scores: Vec<Score> = own_pairs.iter().map(compared).collect();
        match verdict(scores.iter(), thresholds) {
            Verdict::Matched(index) => writeln!(out, "{id},matched,{}", stored.ids[own_pairs[index].1])?,
            Verdict::Ambiguous => writeln!(out, "{id},ambiguous,")?,
            Verdict::NotFound => writeln!(out, "{id},not_found,")?,
        }
    }
    Ok(())
}

/// Writes to the file, or to `out` if there is none.
fn write_output(
    path: Option<&Path>,
    out: &mut dyn Write,
    write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let Some(path) = path else { return write(out) };
    let write_error =
        |error: std::io::Error| Failure::problem(format!("{} cannot be written: {error}", path.display()));
    let mut file = BufWriter::new(File::create(path).map_err(write_error)?);
    write(&mut file)?;
    file.flush().map_err(write_error)
}
