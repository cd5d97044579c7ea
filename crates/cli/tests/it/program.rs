//! Runs the program, in a folder of its own and with none of this machine's settings.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, ExitStatus, Output, Stdio};

use perennial_store::{Store, StoreError, StoreOptions, Tx};
use serde_json::Value;
use tempfile::TempDir;

/// How often a test looks for what a running program does by itself: each look is a process, so this is many seconds.
const LOOKS: usize = 1_000;

/// A folder in which the program is run.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    /// A folder with a master key and these settings beside it.
    pub(crate) fn with_settings(settings: &str) -> Self {
        let place = Self::new();
        place.write("perennial.toml", &format!("[secrets]\nmaster_key_file = 'master.key'\n{settings}"));
        place.write("master.key", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
        place
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Puts a file there.
    pub(crate) fn write(&self, name: &str, content: &str) {
        std::fs::write(self.path().join(name), content).unwrap();
    }

    /// The program with these arguments, ready to run there.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_perennial"));
        let ours = std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PERENNIAL_"));
        for (name, _) in ours {
            command.env_remove(name);
        }
        command.args(arguments).current_dir(self.path()).stdin(Stdio::null());
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::from(self.command(arguments).output().unwrap())
    }

    /// What a command prints as JSON, once that is so: a program that runs beside it is at work.
    pub(crate) fn eventually(&self, arguments: &[&str], is_so: impl Fn(&Value) -> bool) -> Value {
        let printed = (0..LOOKS).map(|_| serde_json::from_str(self.run(arguments).data()).unwrap());
        let mut last = Value::Null;
        for printed in printed {
            if is_so(&printed) {
                return printed;
            }
            last = printed;
        }
        panic!("it never came: {last}");
    }

    /// The place's database, which is up to date.
    pub(crate) async fn store(&self) -> Store {
        let url = format!("sqlite:{}", self.path().join("perennial.db").display()).parse().unwrap();
        Store::open(&url, &StoreOptions::default()).await.unwrap()
    }

    /// Does something to the place's database, and must succeed.
    pub(crate) async fn write_rows<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, StoreError> + Send + Sync + 'static,
    ) -> T {
        let store = self.store().await;
        let written = store.write(work).await.unwrap();
        store.close().await;
        written
    }

    /// What the doctor says of this: whether all is well, and each detail.
    pub(crate) fn diagnosis(&self, what: &str) -> (bool, Vec<String>) {
        let findings: Value = serde_json::from_str(&self.run(&["doctor", "--json"]).stdout).unwrap();
        let findings = findings.as_array().unwrap().iter().filter(|finding| finding["what"] == what);
        let findings = findings.collect::<Vec<_>>();
        let details = findings.iter().map(|finding| finding["detail"].as_str().unwrap().to_owned());
        (findings.iter().all(|finding| finding["is_well"] == true), details.collect())
    }

    /// Starts the program, and waits until it has said this.
    pub(crate) fn start(&self, arguments: &[&str], until: &str) -> Running {
        let mut command = self.command(arguments);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut heard = String::new();
        while !heard.contains(until) {
            // The end of its words is the end of the program: then it will never say it.
            assert!(said.read_line(&mut heard).unwrap() > 0, "it ended, and had said:\n{heard}");
        }
        Running { child, said, heard }
    }

    /// Serves on a port that the system chooses; answers where.
    pub(crate) fn serve(&self) -> (Running, String) {
        let server = self.start(&["serve", "--listen=127.0.0.1:0"], "the server is ready at ");
        let (_, base) = server.heard().rsplit_once("ready at ").unwrap();
        let base = base.trim().trim_end_matches('/').to_owned();
        (server, base)
    }
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    /// The data, of a run that went well.
    #[track_caller]
    pub(crate) fn data(&self) -> &str {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        self.stdout.trim_end()
    }
}

/// A program that goes on until it is told to stop; at the latest when the test ends.
pub(crate) struct Running {
    child: Child,
    said: BufReader<ChildStderr>,
    heard: String,
}

impl Running {
    /// What it said until it was ready.
    pub(crate) fn heard(&self) -> &str {
        &self.heard
    }

    /// Asks it to end, and waits until it has. Answers what it said meanwhile.
    pub(crate) fn terminate(mut self) -> (ExitStatus, String) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let mut last_words = String::new();
        self.said.read_to_string(&mut last_words).unwrap();
        (self.child.wait().unwrap(), last_words)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail when it has ended already, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
