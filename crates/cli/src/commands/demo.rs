//! `perennial demo`: the whole of it on this machine, in one process: the server, the Stripe sandbox, and a shop.
//!
//! Everything it makes is in a folder of its own, and starting it again goes on from there.

mod businesses;
mod data_folder;
mod doors;
mod facts;
mod merchant;
mod organizations;
mod sandbox;
mod shop;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use clap::Args;
use perennial_core::context::{App, Settings};
use perennial_http::ApiOptions;
use perennial_store::DatabaseUrl;
use secrecy::{ExposeSecret, SecretString};
use stripe_sandbox::Sandbox;
use tokio::net::TcpListener;

use self::data_folder::DataFolder;
use self::doors::{Addresses, Doors};
use self::facts::{Facts, Secrets};
use self::sandbox::RunningSandbox;
use self::shop::Shop;
use super::sandbox::{DEFAULT_LISTEN as SANDBOX_LISTEN, DunningArguments};
use super::worker::work;
use crate::application::Surroundings;
use crate::config::{LogConfig, origin};
use crate::failure::{Explain, Failure};
use crate::mail::Mailbox;
use crate::shutdown::Shutdown;
use crate::{application, key_sets, logging, output, serving};

/// How many tasks at once: one customer does not need more.
const WORKER_CONCURRENCY: u16 = 4;

/// How the demo runs.
#[derive(Debug, Args)]
pub(crate) struct DemoArguments {
    /// Where the server listens
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where the Stripe sandbox listens
    #[arg(long, value_name = "ADDRESS", default_value_t = SANDBOX_LISTEN)]
    sandbox_listen: SocketAddr,
    /// Where the shop listens
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3000")]
    shop_listen: SocketAddr,
    /// Leaves the shop out
    #[arg(long)]
    no_shop: bool,
    /// Where everything is kept
    #[arg(long, value_name = "FOLDER", default_value = ".perennial")]
    data_dir: PathBuf,
    /// Begins anew: removes what an earlier demo kept in the folder
    #[arg(long)]
    fresh: bool,
    /// Another database than the one in the folder
    #[arg(long, value_name = "URL")]
    database_url: Option<SecretString>,
    #[command(flatten)]
    dunning: DunningArguments,
    /// What is logged
    #[arg(long, env = "PERENNIAL_LOG_LEVEL", default_value = "warn")]
    log_level: String,
}

/// Starts everything, says where to click, and runs until it is told to stop.
pub(crate) async fn run(arguments: DemoArguments) -> Result<(), Failure> {
    logging::start(&LogConfig { level: arguments.log_level.clone(), ..LogConfig::default() })?;
    // The doors come first: a demo that runs already holds them, and its data must not be touched.
    let doors = Doors::open(&arguments).await?;
    let addresses = doors.addresses()?;
    let folder = open_folder(&arguments)?;
    let secrets = folder.secrets()?;
    let shutdown = Shutdown::on_signal()?;
    let clock = Arc::new(folder.clock()?);
    let mailbox = Arc::new(Mailbox::default());
    let mut sandbox = RunningSandbox::start(
        doors.sandbox,
        addresses,
        &folder,
        &secrets,
        Arc::clone(&clock),
        arguments.dunning.clone().into(),
    )?;
    let surroundings = Surroundings { clock, mailer: Arc::clone(&mailbox) as _ };
    let app = open_app(&arguments, &folder, addresses, surroundings).await?;
    sandbox.take_along(&app);
    let served = async {
        let options = key_sets::organizations(Some(facts::PROJECT.to_owned()))?;
        let open = crate::doors::open(&app, &ApiOptions::default(), options, mailbox.router());
        let facts = furnish(&app, sandbox.stripe(), &open, addresses, secrets).await?;
        let shop = Shop::new(doors.shop, &facts)?;
        folder.write_facts(&facts)?;
        announce(&facts, &folder);
        // The sandbox first falls silent, then the server goes, and the sandbox last: what is being finished may need it.
        let (stopper, last_call) = Shutdown::manual();
        let stopping = async {
            shutdown.requested().await;
            sandbox.fall_silent().await;
            stopper.stop();
        };
        tokio::join!(serve(&app, doors.server, open, shop, last_call), stopping);
        Ok(())
    };
    let served = served.await;
    sandbox.stop().await;
    app.store().clone().close().await;
    served
}

fn open_folder(arguments: &DemoArguments) -> Result<DataFolder, Failure> {
    if arguments.fresh && arguments.database_url.is_some() {
        // The database may hold more than the demo's, and without its old master key it would be of no use.
        return Err(Failure::misuse("--fresh empties no database that --database-url names")
            .hint("name one that is empty, and a --data-dir of its own, without --fresh"));
    }
    let folder = DataFolder::open(&arguments.data_dir)?;
    if arguments.fresh {
        folder.clear()?;
    }
    Ok(folder)
}

async fn open_app(
    arguments: &DemoArguments,
    folder: &DataFolder,
    addresses: Addresses,
    surroundings: Surroundings,
) -> Result<App, Failure> {
    let url = match &arguments.database_url {
        Some(url) => url.expose_secret().parse::<DatabaseUrl>().or_fail("--database-url")?,
        None => folder.database(),
    };
    let vault = folder.vault()?;
    let store = application::open_store(&url).await?;
    application::migrate(&store).await?;
    let server = origin(addresses.server);
    // Whoever tries it out listens on this machine.
    let settings = Settings { private_receivers: true, ..Settings::at(server.clone(), server) };
    application::assemble(store, vault, settings, surroundings)
}

/// Makes whatever the demo shows and is not there yet.
async fn furnish(
    app: &App,
    stripe: &Sandbox,
    doors: &Router,
    addresses: Addresses,
    secrets: Secrets,
) -> Result<Facts, Failure> {
    let api_key = merchant::prepare(app, &secrets, format!("http://{}", addresses.sandbox)).await?;
    let frontend = origin(addresses.shop.unwrap_or(addresses.server));
    let base_url = format!("http://{}", addresses.server);
    let organizations = organizations::prepare(app, stripe, doors, &frontend, base_url.clone());
    let organizations = Box::pin(organizations).await?;
    let business = businesses::prepare(app, stripe, base_url, &frontend).await?;
    Ok(Facts::new(addresses, secrets, api_key, organizations, business))
}

async fn serve(app: &App, listener: TcpListener, doors: Router, shop: Option<Shop>, shutdown: Shutdown) {
    let selling = async {
        if let Some(shop) = shop {
            shop.serve(shutdown.clone()).await;
        }
    };
    tokio::join!(
        serving::serve(listener, doors, shutdown.clone()),
        selling,
        work(app, WORKER_CONCURRENCY, shutdown.clone()),
    );
}

/// The listeners are open by now: whoever clicks at once waits a moment at the most.
fn announce(facts: &Facts, folder: &DataFolder) {
    output::say("Perennial runs, all of it on this machine.\n");
    if let Some(shop) = &facts.shop_base {
        output::say(format_args!("  Buy a plan      {shop}"));
        output::say(format_args!("  Organizations   {shop}/demo/organizations"));
    }
    output::say(format_args!("  Businesses      {}", facts.business.form_link()));
    output::say(format_args!("  Projects API    {}/projects/{}", facts.api_base, facts.project));
    output::say(format_args!("  Stripe sandbox  {}", facts.sandbox_base));
    output::say(format_args!("  Mailbox         {}/mailbox", facts.connect_base));
    output::say(format_args!("  Keys            {}", folder.facts_path().display()));
    output::say("\nPay with the card 4242 4242 4242 4242, any date to come, and any CVC.");
    output::say("`perennial clock advance 1month` lets a month pass.");
    output::say("Ctrl-C stops it all; the next start goes on from there.");
}
