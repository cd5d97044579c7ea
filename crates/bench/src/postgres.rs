//! A PostgreSQL server of our own, as durable as one in production: default settings, so every commit is on the disk
//! before it is answered.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::failure::{Failure, failure};

/// What decides over durability, for the notes under the table.
pub(crate) const SETTINGS: &str =
    "fsync = on, synchronous_commit = on, full_page_writes = on, all else default";

/// Stopped, and its folder removed, at the end.
pub(crate) struct Cluster {
    programs: PathBuf,
    folder: TempDir,
}

impl Cluster {
    /// Starts the newest server that is installed, on a socket in a folder of its own.
    pub(crate) fn start() -> Result<Self, Failure> {
        let cluster = Self { programs: newest_programs()?, folder: TempDir::new()? };
        if is_root()? {
            run(Command::new("chown").arg("postgres").arg(cluster.folder.path()))?;
        }
        let data = cluster.path("data");
        run(cluster
            .owned("initdb")
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"])
            .arg("--pgdata")
            .arg(&data))?;
        let options = format!(
            "-c listen_addresses='' -c unix_socket_directories='{}'",
            cluster.folder.path().display()
        );
        run(cluster
            .owned("pg_ctl")
            .args(["start", "--wait", "--silent", "--options", &options])
            .arg("--log")
            .arg(cluster.path("log"))
            .arg("--pgdata")
            .arg(&data))?;
        Ok(cluster)
    }

    /// Where it is reached.
    pub(crate) fn url(&self) -> String {
        format!("postgresql:///postgres?host={}&user=postgres", self.folder.path().display())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// One of its programs, run by somebody whom PostgreSQL accepts: it refuses root.
    fn owned(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = if is_root().unwrap_or(false) {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir("/");
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = self.owned("pg_ctl");
        stop.args(["stop", "--mode=immediate", "--silent", "--pgdata"]).arg(self.path("data"));
        if let Err(error) = run(&mut stop) {
            eprintln!("PostgreSQL did not stop: {error}");
        }
    }
}

fn newest_programs() -> Result<PathBuf, Failure> {
    let version = |path: &PathBuf| path.parent()?.file_name()?.to_str()?.parse::<u32>().ok();
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let programs = versions.map(|entry| entry.path().join("bin")).filter(|path| path.join("initdb").exists());
    programs.max_by_key(version).ok_or_else(|| failure("no PostgreSQL server is installed"))
}

fn is_root() -> Result<bool, Failure> {
    Ok(Path::new("/proc/self").metadata()?.uid() == 0)
}

fn run(command: &mut Command) -> Result<(), Failure> {
    let status = command.stdout(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(failure(format!("{command:?} ended with {status}"))) }
}
