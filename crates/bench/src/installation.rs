//! A Perennial of our own: set up as an operator would, with its own commands, and served as it is shipped.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use crate::failure::{Failure, failure};
use crate::machine;
use crate::organizations::PRODUCT_LINE;

/// The project's slug.
pub(crate) const PROJECT: &str = "bench";
/// What webhooks are signed with.
pub(crate) const WEBHOOK_SECRET: &str = "whsec_of_the_bench";
/// What the access tokens of organizations' members are signed with, by the server and by the bench.
pub(crate) const SIGNING_SECRET: &str = "a secret of the bench, and of nobody else at all";
/// 32 bytes in base64. It guards nothing but the bench's own rows.
const MASTER_KEY: &str = "YmVuY2gtYmVuY2gtYmVuY2gtYmVuY2gtYmVuY2gtMDE=";
const CATALOGUE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/catalog.toml");

/// Longer than any start that is worth measuring.
const START_TIMEOUT: Duration = Duration::from_secs(20);
/// How often a server that starts is asked whether it is ready: the resolution of that figure.
const POLL_PAUSE: Duration = Duration::from_millis(1);

/// A database with a project in it, and the program that serves it.
pub(crate) struct Installation {
    program: PathBuf,
    folder: TempDir,
    database_url: String,
    listen: SocketAddr,
    api_key: String,
}

impl Installation {
    /// Makes the schema, a project with the demo's catalogue that serves organizations, a key and secrets. Without a URL the database is
    /// a SQLite file.
    pub(crate) fn set_up(program: &Path, database_url: Option<String>) -> Result<Self, Failure> {
        let folder = TempDir::new()?;
        let of_file = || format!("sqlite:{}", folder.path().join("perennial.db").display());
        let database_url = database_url.unwrap_or_else(of_file);
        let new = Self {
            program: program.to_owned(),
            folder,
            database_url,
            listen: free_address()?,
            api_key: String::new(),
        };
        new.run(["migrate"])?;
        new.run(["project", "create", PROJECT, "--name", "Bench"])?;
        new.run(["project", "webhook-secret", PROJECT])?;
        new.apply_catalogue()?;
        let settings = json!({ "product_line": PRODUCT_LINE, "frontend_url": "https://app.bench.example" });
        new.run(["project", "set", PROJECT, "--organizations", &settings.to_string()])?;
        new.run(["organization", "signing-secret", "--own"])?;
        let api_key = new.run(["key", "create", "--label", "bench"])?.trim().to_owned();
        Ok(Self { api_key, ..new })
    }

    /// Where the database is.
    pub(crate) fn database_url(&self) -> &str {
        &self.database_url
    }

    /// Opens the project's API.
    pub(crate) fn api_key(&self) -> &str {
        &self.api_key
    }

    /// Starts the server on what is there, and waits until it says that it is ready.
    pub(crate) fn serve(&self, worker: bool) -> Result<Server, Failure> {
        let log = File::create(self.folder.path().join("server.log"))?;
        let mut command = self.command(["serve", if worker { "--worker=true" } else { "--worker=false" }]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let begun = Instant::now();
        let mut server =
            Server { child: command.spawn()?, address: self.listen, ready_after: Duration::ZERO };
        wait_until(&mut server.child, || is_ready(self.listen))?;
        server.ready_after = begun.elapsed();
        Ok(server)
    }

    /// The catalogue goes through Stripe, so a sandbox plays it for as long as that takes.
    fn apply_catalogue(&self) -> Result<(), Failure> {
        let stripe = free_address()?;
        let mut sandbox = self.command(["sandbox", "--listen", &stripe.to_string()]);
        let mut sandbox = Server::of(sandbox.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?, stripe);
        wait_until(&mut sandbox.child, || TcpStream::connect(stripe).is_ok())?;
        self.run(["project", "stripe", PROJECT, "--api-base", &format!("http://{stripe}")])?;
        self.run(["catalog", "apply", CATALOGUE]).map(drop)
    }

    fn run<const N: usize>(&self, arguments: [&str; N]) -> Result<String, Failure> {
        let output = self.command(arguments).output()?;
        if output.status.success() {
            return Ok(String::from_utf8(output.stdout)?);
        }
        let complaint = String::from_utf8_lossy(&output.stderr);
        Err(failure(format!("`perennial {}`: {complaint}", arguments.join(" "))))
    }

    /// Configured by variables alone, whatever lies about.
    fn command(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir(self.folder.path());
        command.env("PERENNIAL_DATABASE_URL", &self.database_url);
        command.env("PERENNIAL_HTTP_LISTEN", self.listen.to_string());
        command.env("PERENNIAL_MASTER_KEY", MASTER_KEY);
        command.env("PERENNIAL_STRIPE_SECRET_KEY", "sk_test_bench");
        command.env("PERENNIAL_STRIPE_WEBHOOK_SECRET", WEBHOOK_SECRET);
        command.env("PERENNIAL_SIGNING_SECRET", SIGNING_SECRET);
        command
    }
}

/// A process that answers at an address, stopped at the end.
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    ready_after: Duration,
}

impl Server {
    /// A process that listens there.
    pub(crate) fn of(child: Child, address: SocketAddr) -> Self {
        Self { child, address, ready_after: Duration::ZERO }
    }

    /// Where it answers.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How long it took from its start to its first good answer to `/readyz`.
    pub(crate) fn ready_after(&self) -> Duration {
        self.ready_after
    }

    /// How much memory it has in use, in bytes (`VmRSS` of `proc_pid_status(5)`).
    pub(crate) fn resident_bytes(&self) -> Result<u64, Failure> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
        kibibytes.map(|number| number * 1024).ok_or_else(|| failure("no VmRSS in /proc"))
    }

    /// How long it has kept cores busy.
    pub(crate) fn busy(&self) -> Result<Duration, Failure> {
        machine::busy(&self.child.id().to_string())
    }
}

impl Drop for Server {
    /// Asked to stop, as an operator would: a server that is killed leaves its log to the next one's start.
    fn drop(&mut self) {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        if asked.is_ok_and(|status| status.success()) {
            let _ = self.child.wait();
        } else {
            let _ = self.child.kill();
        }
    }
}

/// An address that nobody listens at.
pub(crate) fn free_address() -> Result<SocketAddr, Failure> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

fn wait_until(child: &mut Child, is_so: impl Fn() -> bool) -> Result<(), Failure> {
    let begun = Instant::now();
    while !is_so() {
        if let Some(status) = child.try_wait()? {
            return Err(failure(format!("the program ended with {status} before it was ready")));
        }
        if begun.elapsed() > START_TIMEOUT {
            return Err(failure("the program does not get ready"));
        }
        thread::sleep(POLL_PAUSE);
    }
    Ok(())
}

fn is_ready(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.starts_with("HTTP/1.1 200"))
    };
    ask().unwrap_or(false)
}
