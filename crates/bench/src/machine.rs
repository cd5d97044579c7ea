//! What has to be known of the machine to read the figures.

use std::fs::File;
use std::io::Write;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::failure::{Failure, failure};

/// How often the disk is asked for the average.
const SYNCS: u32 = 500;

/// The time, which no test sets here: Stripe's signatures and the rows must be as young as the server thinks.
#[expect(clippy::disallowed_methods, reason = "there is no application here to take a Cx from")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// Lines for under the table.
pub(crate) fn describe() -> Result<Vec<String>, Failure> {
    let cores = std::thread::available_parallelism()?;
    let model = field_of("/proc/cpuinfo", "model name").unwrap_or_else(|| "an unknown processor".to_owned());
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let sqlite = rusqlite::version();
    Ok(vec![
        format!("{}, {cores} cores of {model}, Linux {}.", now().strftime("%Y-%m-%d"), kernel.trim()),
        format!("A 4 KiB write with fdatasync takes {:.0} µs on this disk; SQLite {sqlite}.", sync_us()?),
    ])
}

/// The most memory that this process ever had in use, in bytes (`VmHWM` of `proc_pid_status(5)`).
pub(crate) fn peak_memory_bytes() -> Result<u64, Failure> {
    let peak = field_of("/proc/self/status", "VmHWM");
    let kibibytes = peak.and_then(|peak| peak.strip_suffix(" kB")?.trim().parse::<u64>().ok());
    kibibytes.map(|number| number * 1024).ok_or_else(|| failure("no VmHWM in /proc"))
}

/// How long a process, by its number or as `self`, has kept cores busy (`utime` and `stime` of `proc_pid_stat(5)`, in
/// hundredths of a second on every Linux). Whoever else uses the machine hardly changes it, unlike how much is done in a
/// second.
pub(crate) fn busy(process: &str) -> Result<Duration, Failure> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let after_name = stat.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2).map(str::parse::<u64>);
    Ok(Duration::from_millis(ticks.sum::<Result<u64, _>>()? * 10))
}

/// How many processes wanted a core during the last minute, 5 and 15 minutes.
pub(crate) fn load_average() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

fn field_of(file: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.split_once(':'))?.1;
    Some(value.trim().to_owned())
}

/// The average in microseconds, in the folder where the databases will be.
fn sync_us() -> Result<f64, Failure> {
    let folder = tempfile::TempDir::new()?;
    let mut file = File::create(folder.path().join("synced"))?;
    let begun = Instant::now();
    for _ in 0..SYNCS {
        file.write_all(&[0; 4096])?;
        file.sync_data()?;
    }
    Ok(begun.elapsed().as_secs_f64() * 1e6 / f64::from(SYNCS))
}
