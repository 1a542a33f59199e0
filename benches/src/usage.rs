//! What processes have used, as `/proc` tells: processor time and resident memory. Linux only.

use std::fs;

/// Processor seconds and resident bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// User and system time, in seconds, to a hundredth.
    pub cpu: f64,
    /// Resident memory, in bytes.
    pub resident: u64,
}

/// Of one process.
pub fn of(pid: u32) -> Usage {
    let (cpu, _) = times(pid).unwrap_or_default();
    Usage {
        cpu,
        resident: resident(pid),
    }
}

/// Of a process, its children, and those of its children that have ended.
pub fn of_tree(pid: u32) -> Usage {
    let (own, ended) = times(pid).unwrap_or_default();
    let mut sum = Usage {
        cpu: own + ended,
        resident: resident(pid),
    };
    for child in children(pid) {
        let of = of(child);
        sum.cpu += of.cpu;
        sum.resident += of.resident;
    }
    sum
}

fn children(pid: u32) -> Vec<u32> {
    let parent = |child: u32| -> Option<u32> {
        let stat = fs::read_to_string(format!("/proc/{child}/stat")).ok()?;
        fields(&stat).nth(1)?.parse().ok()
    };
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|child| parent(*child) == Some(pid))
        .collect()
}

/// The fields after the name, which may have spaces: state, parent, …
fn fields(stat: &str) -> impl Iterator<Item = &str> {
    stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace()
}

/// Own time and that of ended children, in seconds.
fn times(pid: u32) -> Option<(f64, f64)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // utime, stime, cutime and cstime are fields 14 to 17, in hundredths of a second.
    let ticks: Vec<f64> = fields(&stat)
        .skip(11)
        .take(4)
        .filter_map(|field| field.parse().ok())
        .collect();
    let [user, system, ended_user, ended_system] = ticks[..] else {
        return None;
    };
    Some(((user + system) / 100.0, (ended_user + ended_system) / 100.0))
}

fn resident(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.trim().split(' ').next()?.parse::<u64>().ok())
        .unwrap_or_default()
        * 1024
}
