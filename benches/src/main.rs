//! Measures the server beside what people would use instead; `README.md` says how to run it.

#![expect(clippy::print_stderr, reason = "a bench tells how far it is beside what it prints")]

mod cluster;
mod feed;
mod hidden;
mod http;
mod load;
mod lookups;
mod npm;
mod peer;
mod people;
mod report;
mod server;
mod speed;
mod usage;

use std::{collections::HashMap, error::Error, fs, path::PathBuf};

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand};
use thinkfamily::{clock::Clock, demo::Size, store::database_url::DatabaseUrl};
use tokio_postgres::NoTls;

use self::{
    cluster::Cluster,
    lookups::Sides,
    report::Report,
    server::{Process, Program},
};

/// Measures the server beside what people would use instead.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Six operations, ours beside what people would use instead.
    Speed(speed::SpeedArguments),
    /// Marker look-ups.
    Lookups(LookupArguments),
    /// Families that are hidden beside references that nobody has: whether time tells them apart.
    Hidden(HiddenArguments),
    /// The feed of markers.
    Feed(FeedArguments),
    /// The hand-written handler alone; the bench starts it itself.
    Peer {
        /// The database.
        #[arg(long)]
        url: String,
    },
}

#[derive(Args, Debug)]
struct FeedArguments {
    /// How many made-up families in one authority; the police may know of more than half of them.
    #[arg(long, default_value_t = 200_000)]
    families: u64,
    /// In SQLite, or in PostgreSQL.
    #[arg(long)]
    sqlite: bool,
    /// Where data is kept from one run to the next.
    #[arg(long, default_value = "target/bench")]
    folder: PathBuf,
}

#[derive(Args, Debug)]
struct HiddenArguments {
    /// How many made-up families.
    #[arg(long, default_value_t = 3_000)]
    families: u64,
    /// In SQLite, or in PostgreSQL.
    #[arg(long)]
    sqlite: bool,
    /// Questions of each of three cases, for each of three questions.
    #[arg(long, default_value_t = 3_000)]
    timing: usize,
    /// The pace of answers, in milliseconds: 0 shows what is left without it.
    #[arg(long, default_value_t = 5)]
    pace: u32,
    /// Where data is kept from one run to the next.
    #[arg(long, default_value = "target/bench")]
    folder: PathBuf,
}

#[derive(Args, Debug)]
struct LookupArguments {
    /// How many made-up families.
    #[arg(long, default_value_t = 3_000)]
    families: u64,
    /// In SQLite, or in PostgreSQL.
    #[arg(long)]
    sqlite: bool,
    /// A PostgreSQL database that `thinkfamily demo` has filled with so many families of seed 1, instead of one of the bench's own.
    #[arg(long, requires = "postgres_data")]
    postgres: Option<String>,
    /// The data folder of that PostgreSQL, to find its processes.
    #[arg(long)]
    postgres_data: Option<PathBuf>,
    /// The day on which it was filled.
    #[arg(long)]
    day: Option<NaiveDate>,
    /// Where data is kept from one run to the next.
    #[arg(long, default_value = "target/bench")]
    folder: PathBuf,
    /// How often each is measured.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Look-ups of each of four cases in the comparison of times; 0 leaves it out.
    #[arg(long, default_value_t = 3_000)]
    timing: usize,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    match Arguments::parse().what {
        What::Peer { url } => peer::serve(&url).await,
        What::Speed(arguments) => speed::speed(arguments).await,
        What::Lookups(arguments) => look_ups(arguments).await,
        What::Hidden(arguments) => hidden_families(&arguments).await,
        What::Feed(arguments) => feed(&arguments).await,
    }
}

async fn hidden_families(arguments: &HiddenArguments) -> Result<(), Box<dyn Error>> {
    let day = Clock::system().today();
    let kind = if arguments.sqlite { "sqlite" } else { "postgres" };
    fs::create_dir_all(&arguments.folder)?;
    let cluster = if arguments.sqlite {
        None
    } else {
        Some(Cluster::start(&arguments.folder.join("postgres"))?)
    };
    let mut database = None;
    if let Some(cluster) = &cluster {
        let name = format!("bench_{}_{}", arguments.families, day.format("%Y%m%d"));
        cluster.create_database(&name).await?;
        database = Some(cluster.url(&name));
    }
    let program = Program {
        file: server::beside_us()?,
        data: arguments.folder.join(format!("{kind}-{}-{day}", arguments.families)),
        database: database.clone(),
        settings: HashMap::from([("THINKFAMILY_LOOKUP_PACE_MS".to_owned(), arguments.pace.to_string())]),
    };
    fill(&program, arguments.families).await?;
    if let Some(url) = &database {
        execute(url, "VACUUM (ANALYZE)").await?;
    }
    let people = people::people(Size::of(arguments.families), 1, day, 20_000);
    let server = program.serve().await?;
    let told = hidden::timing(&program, &server, &people, arguments.timing).await?;
    println!(
        "{} families, {kind}, pace {} ms, {day}\n\n{told}",
        arguments.families, arguments.pace
    );
    server.stop().await?;
    drop(cluster);
    Ok(())
}

async fn feed(arguments: &FeedArguments) -> Result<(), Box<dyn Error>> {
    let day = Clock::system().today();
    let stamp = day.format("%Y%m%d");
    fs::create_dir_all(&arguments.folder)?;
    let name = format!("feed_{}_{stamp}", arguments.families);
    let mut program = Program {
        file: server::beside_us()?,
        data: arguments.folder.join(format!(
            "{name}_{}",
            if arguments.sqlite { "sqlite" } else { "postgres" }
        )),
        database: None,
        // The first look at so many families of one authority takes longer than a request usually may.
        settings: HashMap::from([("THINKFAMILY_REQUEST_TIMEOUT_MS".to_owned(), "600000".to_owned())]),
    };
    fs::create_dir_all(&program.data)?;
    let (cluster, url) = if arguments.sqlite {
        (None, DatabaseUrl::sqlite(program.data.join("thinkfamily.db")))
    } else {
        let cluster = Cluster::start(&arguments.folder.join("postgres"))?;
        cluster.create_database(&name).await?;
        let url = cluster.url(&name);
        program.database = Some(url.clone());
        (Some(cluster), url.parse()?)
    };
    let loaded = program.data.join("loaded");
    if !loaded.exists() {
        eprintln!("loading {} families", arguments.families);
        let code = feed::fill(&program, &url, arguments.families, day).await?;
        fs::write(&loaded, code)?;
    }
    if let Some(url) = &program.database {
        execute(url, "VACUUM (ANALYZE)").await?;
        // A consumer that has been told nothing.
        execute(url, "TRUNCATE marker_change, marker_told, marker_consumer").await?;
    }
    let code = fs::read_to_string(&loaded)?;
    let told = feed::measure(&program, &code, cluster.as_ref().and_then(Cluster::pid)).await?;
    println!(
        "{} families of one authority, {}, {day}: {told}",
        arguments.families,
        if arguments.sqlite { "SQLite" } else { "PostgreSQL" }
    );
    Ok(())
}

async fn look_ups(arguments: LookupArguments) -> Result<(), Box<dyn Error>> {
    let day = arguments.day.unwrap_or_else(|| Clock::system().today());
    let kind = if arguments.sqlite { "sqlite" } else { "postgres" };
    fs::create_dir_all(&arguments.folder)?;
    let data = arguments.folder.join(format!("{kind}-{}-{day}", arguments.families));
    let mut database = None;
    let mut cluster = None;
    let mut pid = None;
    if let (Some(url), Some(folder)) = (&arguments.postgres, &arguments.postgres_data) {
        database = Some(url.clone());
        pid = cluster::pid(folder);
    } else if !arguments.sqlite {
        let running = Cluster::start(&arguments.folder.join("postgres"))?;
        let name = format!("bench_{}_{}", arguments.families, day.format("%Y%m%d"));
        running.create_database(&name).await?;
        database = Some(running.url(&name));
        pid = running.pid();
        cluster = Some(running);
    }
    let program = Program {
        file: server::beside_us()?,
        data,
        database: database.clone(),
        settings: HashMap::from([
            ("THINKFAMILY_LOOKUP_BUDGET".to_owned(), "100000000".to_owned()),
            ("THINKFAMILY_LOOKUP_AGENCY_BUDGET".to_owned(), "100000000".to_owned()),
            ("THINKFAMILY_COST".to_owned(), "1000000".to_owned()),
        ]),
    };
    if arguments.postgres.is_none() {
        fill(&program, arguments.families).await?;
    }
    let peer = if let Some(url) = &database {
        execute(url, peer::INDEX).await?;
        execute(url, "VACUUM (ANALYZE)").await?;
        let mut command = tokio::process::Command::new(std::env::current_exe()?);
        command.args(["peer", "--url", url]);
        let mut started = Process::start(command, "127.0.0.1:").await?;
        started.address.truncate(started.address.trim_end_matches('/').len());
        Some(started)
    } else {
        None
    };
    eprintln!("choosing whom to ask about");
    let people = people::people(Size::of(arguments.families), 1, day, 20_000);
    let tokens = lookups::tokens(&program, &people).await?;
    let sides = Sides {
        ours: program.serve().await?,
        peer,
        database: pid,
    };
    let mut report = Report::default();
    lookups::measure(&sides, &people, &tokens, arguments.rounds, &mut report).await?;
    println!(
        "{} families, {kind}, {} cores, {day}\n\n{}",
        arguments.families,
        std::thread::available_parallelism()?,
        report.table()
    );
    if arguments.timing > 0 {
        println!("{}", lookups::timing(&sides, &people, &tokens, arguments.timing).await?);
    }
    sides.ours.stop().await?;
    if let Some(peer) = sides.peer {
        peer.stop().await?;
    }
    drop(cluster);
    Ok(())
}

/// Loads made-up families, unless it was done before.
async fn fill(program: &Program, families: u64) -> Result<(), Box<dyn Error>> {
    let loaded = program.data.join("loaded");
    if !loaded.exists() {
        eprintln!("loading {families} families");
        program
            .run(&["demo", "--families", &families.to_string(), "--seed", "1"])
            .await?;
        fs::write(&loaded, "")?;
    }
    Ok(())
}

async fn execute(url: &str, statement: &str) -> Result<(), Box<dyn Error>> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    client.batch_execute(statement).await?;
    Ok(())
}
