//! The folder of the demo: its databases, its master key, and `demo.json`.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use perennial_core::ports::ShiftedClock;
use perennial_core::secrets::Vault;
use perennial_store::DatabaseUrl;
use secrecy::{ExposeSecret, SecretString};

use super::facts::{Facts, Secrets};
use crate::failure::{Explain, Failure};
use crate::private_file;

const FACTS: &str = "demo.json";
const MASTER_KEY: &str = "master.key";
/// How far the demo's clock is ahead of the machine's, in microseconds.
const TIME: &str = "clock";
const DATABASE: &str = "perennial.db";
const SANDBOX: &str = "sandbox.db";
/// What SQLite keeps beside a database that was not closed.
const BESIDE_A_DATABASE: [&str; 3] = ["", "-wal", "-shm"];

/// Where the demo keeps everything.
pub(super) struct DataFolder {
    path: PathBuf,
}

impl DataFolder {
    /// The folder, made when it is missing.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(path).or_fail(&format!("cannot make the folder {}", path.display()))?;
        Ok(Self { path: path.to_owned() })
    }

    /// Removes what an earlier demo made, and nothing else that may be here.
    pub(super) fn clear(&self) -> Result<(), Failure> {
        let databases = [DATABASE, SANDBOX].into_iter();
        let databases = databases.flat_map(|name| BESIDE_A_DATABASE.map(|ending| format!("{name}{ending}")));
        for name in databases.chain([FACTS, MASTER_KEY, TIME].map(str::to_owned)) {
            let path = self.path.join(name);
            match fs::remove_file(&path) {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                removed => removed.or_fail(&format!("cannot remove {}", path.display()))?,
            }
        }
        Ok(())
    }

    /// The server's database.
    pub(super) fn database(&self) -> DatabaseUrl {
        DatabaseUrl::Sqlite(self.path.join(DATABASE))
    }

    /// The sandbox's database.
    pub(super) fn sandbox(&self) -> PathBuf {
        self.path.join(SANDBOX)
    }

    /// Where the facts are.
    pub(super) fn facts_path(&self) -> PathBuf {
        self.path.join(FACTS)
    }

    /// The secrets of the demo before, or fresh ones.
    pub(super) fn secrets(&self) -> Result<Secrets, Failure> {
        let path = self.facts_path();
        let earlier = read(&path)?;
        Secrets::taken_up(earlier.as_deref()).map_err(|error| {
            Failure::new(format!("{} cannot be read: {error}", path.display())).hint("--fresh begins anew")
        })
    }

    /// What seals secrets in the database, made with the folder's first database.
    pub(super) fn vault(&self) -> Result<Vault, Failure> {
        let path = self.path.join(MASTER_KEY);
        let key = if let Some(key) = read(&path)? {
            SecretString::from(key)
        } else {
            let key = Vault::fresh_master_key();
            write(&path, key.expose_secret())?;
            key
        };
        Vault::new(&key).or_fail(&path.display().to_string())
    }

    /// The clock, as far ahead as the demo before left it: what it has recorded must not lie in the future.
    pub(super) fn clock(&self) -> Result<ShiftedClock, Failure> {
        let ahead = read(&self.path.join(TIME))?.unwrap_or_default();
        let ahead = ahead.trim().parse().unwrap_or_default();
        Ok(ShiftedClock::ahead_by(SignedDuration::from_micros(ahead)))
    }

    /// What keeps how far ahead the clock is.
    pub(super) fn remember_time(&self) -> Box<dyn Fn(SignedDuration) + Send + Sync> {
        let path = self.path.join(TIME);
        Box::new(move |ahead| {
            if let Err(error) = write(&path, &ahead.as_micros().to_string()) {
                tracing::warn!(?error, "the next demo will not know what time it is");
            }
        })
    }

    /// Writes `demo.json`, all at once.
    pub(super) fn write_facts(&self, facts: &Facts) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(facts)?;
        write(&self.facts_path(), &format!("{text}\n"))
    }
}

fn read(path: &Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        read => read.map(Some).or_fail(&format!("cannot read {}", path.display())),
    }
}

fn write(path: &Path, content: &str) -> Result<(), Failure> {
    private_file::write(path, content).or_fail(&format!("cannot write {}", path.display()))
}
