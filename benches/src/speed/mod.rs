//! Ours beside what people would use instead, on the same tables: first whether all give the same values, then how fast and at what cost.

mod agree;
mod hand;
mod measure;
mod mercurius;
mod operations;
mod ours;
mod plot;
mod postgraphile;
mod side;
mod summary;

use std::{collections::HashMap, error::Error, fs, path::PathBuf, time::Duration};

use chrono::NaiveDate;
use clap::Args;
use thinkfamily::{clock::Clock, demo::Size};

use self::{hand::Hand, mercurius::Mercurius, ours::Ours, postgraphile::PostGraphile, side::Side};
use crate::{
    cluster::Cluster,
    npm::Node,
    peer, people,
    report::Report,
    server::{self, Program},
};

/// People to ask about, at most.
const PEOPLE: usize = 20_000;

/// What `bench speed` is told.
#[derive(Args, Debug)]
pub struct SpeedArguments {
    /// How many made-up families.
    #[arg(long, default_value_t = 3_000)]
    families: u64,
    /// In SQLite, beside the hand-written handler only; or in PostgreSQL, beside all.
    #[arg(long)]
    sqlite: bool,
    /// Where data and packages of npm are kept from one run to the next.
    #[arg(long, default_value = "target/bench")]
    folder: PathBuf,
    /// How often each is measured, in turn.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// How long each measurement takes, in seconds.
    #[arg(long, default_value_t = 8.0)]
    seconds: f64,
    /// Questions for which all must give the same values, of each operation; as many as there is time for in 15 seconds.
    #[arg(long, default_value_t = 200)]
    compared: usize,
    /// Only these operations, by number.
    #[arg(long, value_delimiter = ',', value_parser = clap::value_parser!(u8).range(1..=6))]
    only: Vec<u8>,
    /// A build of ours that permits everything, to measure beside it what deciding costs.
    #[arg(long)]
    permitting: Option<PathBuf>,
    /// Without the peers that need Node.
    #[arg(long)]
    without_node: bool,
    /// Draws the processor time into a file.
    #[arg(long, num_args = 0..=1, default_missing_value = "docs/performance.svg")]
    plot: Option<PathBuf>,
}

impl SpeedArguments {
    fn operations(&self) -> Vec<operations::Operation> {
        let all = operations::Operation::ALL.into_iter().zip(1_u8..);
        all.filter(|(_, number)| self.only.is_empty() || self.only.contains(number))
            .map(|(operation, _)| operation)
            .collect()
    }
}

/// Measures, or stops where something is not as it should be. Whatever was started is ended, also by Ctrl-C.
pub async fn speed(arguments: SpeedArguments) -> Result<(), Box<dyn Error>> {
    let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        done = run(arguments) => done,
        _ = tokio::signal::ctrl_c() => Err("interrupted".into()),
        _ = terminated.recv() => Err("terminated".into()),
    }
}

async fn run(arguments: SpeedArguments) -> Result<(), Box<dyn Error>> {
    let day = Clock::system().today();
    let kind = if arguments.sqlite { "sqlite" } else { "postgres" };
    fs::create_dir_all(&arguments.folder)?;
    let data = arguments.folder.join(format!("{kind}-{}-{day}", arguments.families));
    let cluster = if arguments.sqlite {
        None
    } else {
        Some(Cluster::start(&arguments.folder.join("postgres"))?)
    };
    let name = format!("bench_{}_{}", arguments.families, day.format("%Y%m%d"));
    let program = Program {
        file: server::beside_us()?,
        data,
        database: cluster.as_ref().map(|cluster| cluster.url(&name)),
        settings: HashMap::from([
            ("THINKFAMILY_LOOKUP_BUDGET".to_owned(), "100000000".to_owned()),
            ("THINKFAMILY_LOOKUP_AGENCY_BUDGET".to_owned(), "100000000".to_owned()),
            ("THINKFAMILY_COST".to_owned(), "1000000".to_owned()),
        ]),
    };
    if let Some(cluster) = &cluster {
        cluster.create_database(&name).await?;
    }
    crate::fill(&program, arguments.families).await?;
    eprintln!("choosing what to ask");
    let people = people::people(Size::of(arguments.families), 1, day, PEOPLE);
    let (asked, hidden) = operations::asked(people, day);
    if asked.is_empty() {
        return Err("there is no family to ask about: make more families".into());
    }
    let mut sides = start(&arguments, &program, cluster.as_ref(), &name, &asked).await?;
    for operation in arguments.operations() {
        let compared = &asked[..arguments.compared.min(asked.len())];
        let seen = agree::agree(&sides, operation, compared).await?;
        eprintln!(
            "{}: all give the same values for {} of {} questions; {} bytes an answer",
            operation.name(),
            seen.compared - seen.doubted,
            seen.compared,
            seen.bytes
        );
    }
    let compared = &hidden[..arguments.compared.min(hidden.len())];
    let seen = agree::agree_on_hidden(&sides, compared).await?;
    eprintln!(
        "{} of {} people whom the police may not find are treated alike by all that decide",
        seen.compared - seen.doubted,
        seen.compared
    );
    // It gives more than the others, so it is only measured.
    if let Some(file) = &arguments.permitting {
        let permitting = Program {
            file: file.canonicalize()?,
            ..program.clone()
        };
        sides.push(Box::new(
            Ours::start("permitting everything", &permitting, &asked).await?,
        ));
    }
    let mut report = Report::default();
    let measured = measure::Measured {
        sides: &sides,
        database: cluster.as_ref().and_then(Cluster::pid),
        rounds: arguments.rounds,
        lasts: Duration::from_secs_f64(arguments.seconds),
    };
    for operation in arguments.operations() {
        measured.measure(operation, &asked, &mut report).await?;
    }
    tell(&arguments, &report, day)?;
    for side in sides {
        side.into_process().stop().await?;
    }
    Ok(())
}

async fn start(
    arguments: &SpeedArguments,
    program: &Program,
    cluster: Option<&Cluster>,
    name: &str,
    asked: &[operations::Asked],
) -> Result<Vec<Box<dyn Side>>, Box<dyn Error>> {
    let mut forgetful = program.clone();
    let keeps_none = ("THINKFAMILY_FAMILY_CACHE_MB".to_owned(), "0".to_owned());
    forgetful.settings.extend([keeps_none]);
    let mut sides: Vec<Box<dyn Side>> = vec![
        Box::new(Ours::start("ours", program, asked).await?),
        Box::new(Ours::start("ours, keeping nothing", &forgetful, asked).await?),
    ];
    let Some(cluster) = cluster else {
        let file = program.data.join("thinkfamily.db").canonicalize()?;
        sides.push(Box::new(Hand::start(&format!("sqlite:{}", file.display())).await?));
        return Ok(sides);
    };
    let url = cluster.url(name);
    crate::execute(&url, peer::INDEX).await?;
    if !arguments.without_node {
        let node = Node::install(&arguments.folder.join("npm")).await?;
        let reader = cluster.url_of(name, "bench_reader");
        sides.push(Box::new(PostGraphile::start(&node, &url, &reader).await?));
        sides.push(Box::new(Mercurius::start(&node, &url).await?));
    }
    crate::execute(&url, "VACUUM (ANALYZE)").await?;
    sides.push(Box::new(Hand::start(&url).await?));
    Ok(sides)
}

fn tell(arguments: &SpeedArguments, report: &Report, day: NaiveDate) -> Result<(), Box<dyn Error>> {
    let database = if arguments.sqlite { "SQLite" } else { "PostgreSQL" };
    let title = format!(
        "{} families, {database}, {} cores, 32 connections, {day}",
        arguments.families,
        std::thread::available_parallelism()?
    );
    println!("{title}\n\n{}\n{}", report.table(), summary::ratios(&report.medians()));
    if let Some(file) = &arguments.plot {
        fs::write(file, plot::svg(&title, &report.medians()))?;
        eprintln!("drawn into {}", file.display());
    }
    Ok(())
}
