//! A database for one test, on either engine, gone when the test is.
//!
//! PostgreSQL comes from `PERENNIAL_TEST_POSTGRES_URL`, which the test script sets, or else from a throwaway
//! server that this process starts for itself (slower, so that a single test still just runs).

use std::{
    env,
    hash::{DefaultHasher, Hash, Hasher},
    io::{BufRead, BufReader, Read},
    process::{self, Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread,
};

use perennial_store::{DatabaseUrl, Engine, MIGRATIONS, Store, StoreOptions};
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};
use url::Url;

const CLUSTER_VARIABLE: &str = "PERENNIAL_TEST_POSTGRES_URL";
const CLUSTER_SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/postgres-for-tests");

/// Whether commits to SQLite wait for the disk. What a test keeps may be lost with the machine, as that on its PostgreSQL.
static WAIT_FOR_DISK: AtomicBool = AtomicBool::new(false);

/// Has every database that this process opens from now on be as durable as an operator's: for measurements.
pub fn wait_for_disk() {
    WAIT_FOR_DISK.store(true, Ordering::Relaxed);
}

/// A database that nobody else uses.
pub struct TestDatabase {
    url: DatabaseUrl,
    _kept: Kept,
}

/// What has to stay for as long as the database is used, and clears up after it.
enum Kept {
    Folder { _folder: TempDir },
    Database(#[expect(dead_code, reason = "its Drop is what counts")] OwnDatabase),
}

impl TestDatabase {
    /// A SQLite file. It has no tables until [`TestDatabase::store`] makes them.
    pub fn sqlite() -> Self {
        let folder = TempDir::new().expect("a temporary folder can be made");
        let url = DatabaseUrl::Sqlite(folder.path().join("test.db"));
        Self { url, _kept: Kept::Folder { _folder: folder } }
    }

    /// A PostgreSQL database with all migrations applied.
    pub async fn postgres() -> Self {
        let template = migrated_template().await;
        Self::of_cluster(&template).await
    }

    /// A database without any table.
    pub async fn empty(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => Self::sqlite(),
            Engine::Postgres => Self::of_cluster("template0").await,
        }
    }

    /// Where it is.
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// Opens it as it is.
    pub async fn open(&self) -> Store {
        let options = StoreOptions {
            postgres_connections: 4,
            sqlite_waits_for_disk: WAIT_FOR_DISK.load(Ordering::Relaxed),
            ..StoreOptions::default()
        };
        Store::open(&self.url, &options).await.expect("the test's database opens")
    }

    /// Opens it with all migrations applied.
    pub async fn store(&self) -> Store {
        let store = self.open().await;
        store.migrate().await.expect("the migrations apply");
        store
    }

    async fn of_cluster(template: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}_{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let admin = connect_admin().await;
        // A process of the same number may have been killed before it could clear up.
        run(&admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        run(&admin, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        let url = DatabaseUrl::Postgres(database_url(&name));
        Self { url, _kept: Kept::Database(OwnDatabase { name }) }
    }
}

/// Drops its database at the end.
struct OwnDatabase {
    name: String,
}

impl Drop for OwnDatabase {
    fn drop(&mut self) {
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // The test's own runtime cannot be waited on from here.
        let dropping = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime can be made").block_on(async {
                run(&connect_admin().await, &statement).await;
            });
        });
        // A failure has been printed by the thread, and must not hide the test's own.
        let _ = dropping.join();
    }
}

/// The name of a database with all migrations applied, made by whichever process needs it first.
async fn migrated_template() -> String {
    let mut hasher = DefaultHasher::new();
    for migration in MIGRATIONS {
        (migration.name, migration.sql).hash(&mut hasher);
    }
    let name = format!("template_{:016x}", hasher.finish());
    let admin = connect_admin().await;
    // Held until this connection ends.
    run(&admin, "SELECT pg_advisory_lock(1)").await;
    let exists = admin.query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name]).await;
    if exists.expect("the cluster answers").is_none() {
        // It gets its name when it is complete, in case this process is killed half-way.
        run(&admin, "DROP DATABASE IF EXISTS template_new WITH (FORCE)").await;
        run(&admin, "CREATE DATABASE template_new TEMPLATE template0").await;
        let url = DatabaseUrl::Postgres(database_url("template_new"));
        let options = StoreOptions { postgres_connections: 1, ..StoreOptions::default() };
        let store = Store::open(&url, &options).await.expect("the template opens");
        store.migrate().await.expect("the migrations apply");
        store.close().await;
        run(&admin, &format!("ALTER DATABASE template_new RENAME TO {name}")).await;
    }
    name
}

async fn run(admin: &Client, statement: &str) {
    admin.batch_execute(statement).await.unwrap_or_else(|error| panic!("{statement}: {error:?}"));
}

async fn connect_admin() -> Client {
    let (client, connection) = tokio_postgres::connect(cluster_url().as_str(), NoTls)
        .await
        .expect("the test cluster can be reached");
    // Ends with the client.
    tokio::spawn(connection);
    client
}

fn database_url(name: &str) -> String {
    let mut url = cluster_url().clone();
    url.set_path(name);
    url.into()
}

/// The cluster's URL, with the database that administrators use.
fn cluster_url() -> &'static Url {
    static CLUSTER: OnceLock<(Url, Option<Child>)> = OnceLock::new();
    let (url, _) = CLUSTER.get_or_init(|| {
        if let Ok(url) = env::var(CLUSTER_VARIABLE) {
            return (url.parse().expect("PERENNIAL_TEST_POSTGRES_URL holds a URL"), None);
        }
        let (url, server) = start_cluster();
        (url, Some(server))
    });
    url
}

/// Starts a cluster that ends when its standard input does, which is when this process does, however it ends.
#[expect(clippy::zombie_processes, reason = "it is meant to outlive everything else in this process")]
fn start_cluster() -> (Url, Child) {
    let mut server = Command::new(CLUSTER_SCRIPT)
        .arg("run")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("scripts/postgres-for-tests can be started");
    let mut line = String::new();
    if let Some(output) = server.stdout.as_mut() {
        BufReader::new(output).read_line(&mut line).expect("scripts/postgres-for-tests prints text");
    }
    if let Ok(url) = line.trim().parse() {
        return (url, server);
    }
    let mut complaint = String::new();
    if let Some(output) = server.stderr.as_mut() {
        output.read_to_string(&mut complaint).expect("scripts/postgres-for-tests prints text");
    }
    panic!("{complaint}");
}
