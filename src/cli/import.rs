//! stub
use std::{io::Write, process::ExitCode};
use clap::Args;
use super::{context::Context, failure::Failure};
/// Load CSV
#[derive(Args, Clone, Debug)]
pub(super) struct ImportArgs {}
pub(super) async fn run(_context: &Context, _arguments: ImportArgs, _out: &mut (dyn Write + Send)) -> Result<ExitCode, Failure> { Ok(ExitCode::SUCCESS) }
