//! The newest change of each chain that was made is found without reading all of them.

use crate::step::{Script, Step};

/// Makes and drops the index.
pub(crate) const STEP: Step = Step::new("m0021_announced_by_chain", up, down);

fn up(script: &mut Script) {
    script.run("CREATE INDEX announced_write_made ON announced_write (chain_id, seq) WHERE made");
}

fn down(script: &mut Script) {
    script.run("DROP INDEX announced_write_made");
}
