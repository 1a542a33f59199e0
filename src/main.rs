//! `thinkfamily`: reads the command line, does what it says, and tells by the exit code how it went.

use std::process::ExitCode;

fn main() -> ExitCode {
    thinkfamily::cli::main()
}
