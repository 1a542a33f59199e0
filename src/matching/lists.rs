//! Reads built-in list files: sections with names in brackets, and comments after `#`.

/// The lines of one section.
pub(super) fn lines(file: &'static str, section: &str) -> impl Iterator<Item = &'static str> {
    let begin = file.find(&format!("\n[{section}]\n")).map_or(file.len(), |at| at + 1);
    let lines = file.get(begin..).unwrap_or_default().lines().skip(1);
    lines
        .take_while(|line| !line.starts_with('['))
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}
