//! `perennial project stripe` and `webhook-secret`: what opens a project's Stripe account, and what proves its webhooks.

use std::path::PathBuf;

use clap::Args;
use perennial_core::context::App;
use perennial_core::ports::StripeCredentials;
use perennial_core::projects::{add_webhook_secret, connect_stripe, end_other_webhook_secrets};
use secrecy::ExposeSecret;
use url::Url;

use crate::failure::Failure;
use crate::{output, projects, secret_input};

const SECRET_KEY_VARIABLE: &str = "PERENNIAL_STRIPE_SECRET_KEY";
const WEBHOOK_SECRET_VARIABLE: &str = "PERENNIAL_STRIPE_WEBHOOK_SECRET";

/// An account at Stripe.
#[derive(Debug, Args)]
#[command(after_help = "The secret key comes from the file, or else from PERENNIAL_STRIPE_SECRET_KEY.")]
pub(crate) struct StripeArguments {
    /// The project
    slug: String,
    /// A file with the account's secret key; `-` is standard input
    #[arg(long, value_name = "FILE")]
    secret_key_file: Option<PathBuf>,
    /// Where Stripe's API is: another place for a sandbox
    #[arg(long, value_name = "URL", default_value = "https://api.stripe.com")]
    api_base: Url,
}

/// A secret of a webhook endpoint at Stripe.
#[derive(Debug, Args)]
#[command(after_help = "The secret comes from the file, or else from PERENNIAL_STRIPE_WEBHOOK_SECRET.\n\
                        Older secrets stay in force, so that a change loses no event, until --expire-others.")]
pub(crate) struct WebhookSecretArguments {
    /// The project
    slug: String,
    /// A file with the secret; `-` is standard input
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// Ends all other secrets at once: for one that has leaked
    #[arg(long)]
    expire_others: bool,
}

pub(super) async fn connect(app: &App, arguments: StripeArguments) -> Result<(), Failure> {
    let secret_key = secret_input::read(SECRET_KEY_VARIABLE, arguments.secret_key_file.as_deref())?;
    let is_secret_key = ["sk_", "rk_"].iter().any(|prefix| secret_key.expose_secret().starts_with(prefix));
    if !is_secret_key {
        return Err(Failure::misuse("this is not a secret key of Stripe's")
            .hint("secret keys begin with sk_, restricted ones with rk_"));
    }
    let project = projects::named(app, &arguments.slug).await?;
    let api_base = arguments.api_base.as_str().trim_end_matches('/').to_owned();
    connect_stripe(app, project.id, &StripeCredentials { secret_key, api_base }).await?;
    output::say(format_args!("connected {} with its Stripe account", project.slug));
    output::say(format_args!(
        "hint: have Stripe send webhooks to {}webhooks/stripe/{1}, and add their secret with `project webhook-secret {1}`",
        app.settings().api_url,
        project.slug
    ));
    Ok(())
}

pub(super) async fn add_secret(app: &App, arguments: WebhookSecretArguments) -> Result<(), Failure> {
    let secret = secret_input::read(WEBHOOK_SECRET_VARIABLE, arguments.secret_file.as_deref())?;
    if !secret.expose_secret().starts_with("whsec_") {
        return Err(
            Failure::misuse("this is not a webhook secret of Stripe's").hint("they begin with whsec_")
        );
    }
    let project = projects::named(app, &arguments.slug).await?;
    add_webhook_secret(app, project.id, &secret).await?;
    output::say(format_args!("webhooks to {} may be signed with this secret from now on", project.slug));
    if arguments.expire_others {
        let ended = end_other_webhook_secrets(app, project.id, &secret).await?;
        output::say(format_args!("and with no other: {ended} older secrets ended"));
    }
    Ok(())
}
