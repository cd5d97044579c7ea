//! Connecting to PostgreSQL, plainly or over TLS, and the prepared statements of a connection.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rustls::{ClientConfig, RootCertStore, crypto::ring};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    task::JoinHandle,
};
use tokio_postgres::{Client, Config, NoTls, Statement, config::SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::{Cause, OpenError, StoreOptions, UrlError};

/// How long the network may leave a connection attempt, or sent data, without an answer.
const NETWORK_TIMEOUT: Duration = Duration::from_secs(10);

/// More than the program has statements; only texts built at run time could ever exceed it.
const CACHED_STATEMENTS: usize = 512;

/// Knows how to make a connection.
pub(super) struct Connector {
    config: Config,
    tls: Option<MakeRustlsConnect>,
    setup: String,
}

impl Connector {
    pub(super) fn new(address: &str, options: &StoreOptions) -> Result<Self, OpenError> {
        // We check the certificate and its name whenever we encrypt, which libpq calls `verify-full`.
        let address = address.replace("sslmode=verify-full", "sslmode=require");
        let mut config: Config = address
            .parse()
            .map_err(|error: tokio_postgres::Error| OpenError::Url(UrlError::Postgres(error.into())))?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(NETWORK_TIMEOUT);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(NETWORK_TIMEOUT);
        }
        if config.get_application_name().is_none() {
            config.application_name("perennial");
        }
        let tls = match config.get_ssl_mode() {
            SslMode::Require => Some(tls().map_err(OpenError::Unusable)?),
            _ => None,
        };
        Ok(Self { config, tls, setup: setup(options) })
    }

    /// Makes a connection and has this runtime drive it, until nobody has it any more.
    pub(super) async fn connect(&self) -> Result<(Connection, JoinHandle<()>), tokio_postgres::Error> {
        let (client, driver) = match &self.tls {
            None => {
                let (client, connection) = self.config.connect(NoTls).await?;
                (client, drive(connection))
            }
            Some(tls) => {
                let (client, connection) = self.config.connect(tls.clone()).await?;
                (client, drive(connection))
            }
        };
        client.batch_execute(&self.setup).await?;
        Ok((Connection { client, statements: Mutex::default() }, driver))
    }
}

fn drive<S, T>(connection: tokio_postgres::Connection<S, T>) -> JoinHandle<()>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    tokio::spawn(async {
        // Whoever uses the connection next gets an error of its own.
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection to PostgreSQL ended");
        }
    })
}

/// The server gives up what takes too long, so that a lost node holds no locks for long.
fn setup(options: &StoreOptions) -> String {
    let statement_ms = options.statement_timeout.as_millis();
    let lock_ms = options.lock_timeout.as_millis();
    format!(
        "SET statement_timeout = {statement_ms}; SET idle_in_transaction_session_timeout = {statement_ms}; \
         SET lock_timeout = {lock_ms}; SET client_min_messages = warning"
    )
}

fn tls() -> Result<MakeRustlsConnect, Cause> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    // The provider is named here so that nothing has to be installed for the whole process.
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// An open connection with its prepared statements.
pub(super) struct Connection {
    pub(super) client: Client,
    statements: Mutex<HashMap<String, Statement>>,
}

impl Connection {
    /// The prepared statement of this text.
    pub(super) async fn statement(&self, sql: &str) -> Result<Statement, tokio_postgres::Error> {
        if let Some(statement) = self.statements().get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).await?;
        let mut statements = self.statements();
        if statements.len() >= CACHED_STATEMENTS {
            statements.clear();
        }
        statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    fn statements(&self) -> MutexGuard<'_, HashMap<String, Statement>> {
        self.statements.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
