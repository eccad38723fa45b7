//! Sizes as people write them, and how much memory there is.

use std::path::Path;

/// The share of the machine's memory that layers may take where nothing is said.
const SHARE: f64 = 0.6;

/// Bytes from text such as `4GB`, `500 MB`, `2GiB` or a plain number.
pub(super) fn parse(text: &str) -> anyhow::Result<u64> {
    let text = text.trim();
    let digits = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let unit = match text[digits..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "k" | "kb" => 1e3,
        "m" | "mb" | "mo" => 1e6,
        "g" | "gb" | "go" => 1e9,
        "kib" => 1024.0,
        "mib" => 1_048_576.0,
        "gib" => 1_073_741_824.0,
        other => anyhow::bail!("\"{other}\" is no unit of memory; write 500MB or 4GB"),
    };
    let number: f64 = text[..digits]
        .parse()
        .map_err(|_| anyhow::anyhow!("\"{text}\" is no size; write 500MB or 4GB"))?;
    let bytes = number * unit;
    anyhow::ensure!(
        (1.0..1e18).contains(&bytes),
        "\"{text}\" is no size that a machine has; write 500MB or 4GB"
    );
    Ok(bytes as u64)
}

/// What layers may take where nothing is said: 60 % of what the machine or its cgroup allows.
pub(super) fn default_budget() -> u64 {
    let machine = first_number(Path::new("/proc/meminfo")).map_or(4_000_000_000, |kb| kb * 1024);
    let cgroup = first_number(Path::new("/sys/fs/cgroup/memory.max"));
    (cgroup.map_or(machine, |c| c.min(machine)) as f64 * SHARE) as u64
}

/// The first number in a file, if there is one (a cgroup without a limit says `max`).
fn first_number(path: &Path) -> Option<u64> {
    let text = std::fs::read_to_string(path).ok()?;
    text.split_whitespace().find_map(|word| word.parse().ok())
}

/// Bytes as megabytes, for messages.
pub(super) fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes.div_ceil(1_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read() {
        for (text, bytes) in [
            ("4GB", 4_000_000_000),
            ("500 MB", 500_000_000),
            ("1.5GiB", 1_610_612_736),
            ("42", 42),
        ] {
            assert_eq!(parse(text).unwrap(), bytes, "{text}");
        }
        for wrong in ["", "GB", "4 parsecs", "-1GB", "0", "1e400"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
