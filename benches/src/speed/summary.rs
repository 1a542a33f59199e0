//! How ours compares with each peer.

use std::fmt::Write as _;

use crate::report::Medians;

/// A table of the processor time for 1,000 requests, server and database together, with the ratio of each peer's to ours.
pub fn ratios(medians: &[Medians]) -> String {
    let mut peers: Vec<&str> = Vec::new();
    for row in medians {
        if row.who != "ours" && !peers.contains(&row.who.as_str()) {
            peers.push(&row.who);
        }
    }
    let mut text = String::from("| CPU s for 1,000, all together | ours |");
    let of = |operation: &str, who: &str| {
        medians
            .iter()
            .find(|row| row.operation == operation && row.who == who)
            .map(Medians::cpu)
    };
    for peer in &peers {
        // Writing to a string cannot fail.
        let _ = write!(text, " {peer} | × ours |");
    }
    text.push_str("\n|---|---|");
    text.push_str(&"---|---|".repeat(peers.len()));
    text.push('\n');
    for ours in medians.iter().filter(|row| row.who == "ours") {
        let _ = write!(text, "| {} | {:.3} |", ours.operation, ours.cpu());
        for peer in &peers {
            let _ = match of(&ours.operation, peer) {
                Some(cpu) => write!(text, " {cpu:.3} | {:.2} |", cpu / ours.cpu()),
                None => write!(text, " — | — |"),
            };
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_that_needs_twice_as_much_has_two() {
        let row = |who: &str, server| Medians {
            operation: "1".to_owned(),
            who: who.to_owned(),
            server,
            database: 0.5,
            ..Medians::default()
        };
        let table = ratios(&[row("ours", 0.5), row("other", 1.5)]);
        assert!(table.contains("| 1 | 1.000 | 2.000 | 2.00 |"), "{table}");
    }
}
