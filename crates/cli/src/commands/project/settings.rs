//! `perennial project set`: what customers of a project see, and where they may be sent back to.

use clap::Args;
use perennial_core::context::App;
use perennial_domain::Project;
use perennial_store::StoreError;
use url::Url;

use crate::failure::Failure;
use crate::{output, projects};

/// What to change; all else stays.
#[derive(Clone, Debug, Args)]
pub(crate) struct SetArguments {
    /// The project
    slug: String,
    /// What customers read
    #[arg(long)]
    name: Option<String>,
    /// The languages of its customers, the usual one first
    #[arg(long = "locale", value_name = "TAG")]
    locales: Option<Vec<String>>,
    /// The colour of the pages' buttons: #rrggbb
    #[arg(long, value_parser = colour)]
    accent_colour: Option<String>,
    /// A logo for the pages
    #[arg(long, value_name = "URL")]
    logo_url: Option<Url>,
    /// Linked in the pages' footer
    #[arg(long, value_name = "URL")]
    terms_url: Option<Url>,
    /// Linked in the pages' footer
    #[arg(long, value_name = "URL")]
    privacy_url: Option<Url>,
    /// Where customers find help
    #[arg(long, value_name = "ADDRESS")]
    support_email: Option<String>,
    /// Whether the pages leave out the line about this server
    #[arg(long, value_name = "BOOL")]
    hide_powered_by: Option<bool>,
    /// Callbacks must begin with this, or with another that is named; replaces those named before
    #[arg(long = "allow-callback", value_name = "URL")]
    callback_allow_list: Option<Vec<Url>>,
}

pub(super) async fn set(app: &App, arguments: SetArguments) -> Result<(), Failure> {
    let id = projects::named(app, &arguments.slug).await?.id;
    app.write(move |_, tx| {
        let Some(project) = tx.projects().find(id)? else { return Ok::<_, StoreError>(()) };
        tx.projects().update(&changed(project, &arguments))
    })
    .await?;
    output::say("changed; servers that run take it up within a second");
    Ok(())
}

fn changed(mut project: Project, arguments: &SetArguments) -> Project {
    put(&mut project.name, arguments.name.as_ref());
    put(&mut project.locales, arguments.locales.as_ref());
    let settings = &mut project.settings;
    put(&mut settings.hide_powered_by, arguments.hide_powered_by.as_ref());
    put(&mut settings.callback_allow_list, arguments.callback_allow_list.as_ref());
    put_some(&mut settings.accent_colour, arguments.accent_colour.as_ref());
    put_some(&mut settings.logo_url, arguments.logo_url.as_ref());
    put_some(&mut settings.terms_url, arguments.terms_url.as_ref());
    put_some(&mut settings.privacy_url, arguments.privacy_url.as_ref());
    put_some(&mut settings.support_email, arguments.support_email.as_ref());
    project
}

fn put<T: Clone>(target: &mut T, wanted: Option<&T>) {
    if let Some(wanted) = wanted {
        target.clone_from(wanted);
    }
}

fn put_some<T: Clone>(target: &mut Option<T>, wanted: Option<&T>) {
    if wanted.is_some() {
        *target = wanted.cloned();
    }
}

fn colour(text: &str) -> Result<String, &'static str> {
    let digits = text.strip_prefix('#').unwrap_or_default();
    if digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err("a colour is written #rrggbb")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_six_hexadecimal_digits() {
        assert_eq!(colour("#0A7F5C").as_deref(), Ok("#0a7f5c"));
        for text in ["", "#", "0a7f5c", "#0a7f5", "#0a7f5cc", "#0a7f5g", "red"] {
            assert!(colour(text).is_err(), "{text:?} was taken");
        }
    }
}
