//! What surrounds every page: whose it is, in which language and colours, and how to leave.

use jiff::civil::Date;
use perennial_domain::Project;

use crate::assets;
use crate::i18n::{Language, Locale, Translator};
use crate::theme::{Accent, Rgb, Theme};

/// The merchant, as their customers know them.
#[derive(Debug, Clone)]
pub struct Merchant {
    /// The name, shown in the header unless there is a logo, and wherever a text speaks of the merchant.
    pub name: String,
    /// An `https:` address of a logo, shown 32 px high.
    pub logo_url: Option<String>,
    /// The accent colour, fitted to both themes.
    pub accent: Accent,
    /// Where the terms of sale are.
    pub terms_url: Option<String>,
    /// Where the privacy notice is.
    pub privacy_url: Option<String>,
    /// Whether the footer says "Powered by Perennial".
    pub shows_powered_by: bool,
}

/// Where in a flow a page stands. Steps that this customer skips are not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The number of this step, from 1.
    pub step: u32,
    /// How many steps there are.
    pub of: u32,
}

/// What a page does not know of itself.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Whose page it is.
    pub merchant: Merchant,
    /// The language, and the region's way to write numbers and dates.
    pub locale: Locale,
    /// The theme that the connect session asks for.
    pub theme: Theme,
    /// The customer's date, which decides whether other dates need their year.
    pub today: Date,
    /// The value of the hidden field `form_token` in every form.
    pub form_token: String,
    /// What of the address a change of language keeps: nothing, or a query with `&` at its end.
    pub kept_query: String,
    /// Where "Leave" posts to. `None` where there is nothing to leave.
    pub leave_path: Option<String>,
    /// Where the customer is, on pages that are steps.
    pub progress: Option<Progress>,
}

impl Merchant {
    /// What a project's customers see of it.
    pub(crate) fn of(project: &Project) -> Self {
        let settings = &project.settings;
        let chosen = settings.accent_colour.as_deref().and_then(Rgb::from_hex);
        Self {
            name: project.name.clone(),
            logo_url: settings.logo_url.as_ref().map(ToString::to_string),
            accent: chosen.map_or_else(Accent::default, Accent::fit),
            terms_url: settings.terms_url.as_ref().map(ToString::to_string),
            privacy_url: settings.privacy_url.as_ref().map(ToString::to_string),
            shows_powered_by: !settings.hide_powered_by,
        }
    }
}

impl Frame {
    /// Speaks this frame's language.
    pub fn translator(&self) -> Translator<'_> {
        Translator::new(&self.locale, self.today)
    }

    pub(crate) fn language(&self) -> Language {
        self.locale.language()
    }

    pub(crate) fn stylesheet(&self) -> String {
        assets::stylesheet_path(&self.merchant.accent)
    }

    /// "Step 2 of 4: Number", where `label` names the step.
    pub(crate) fn step(&self, t: &Translator<'_>, label: &str) -> Option<String> {
        let Progress { step, of } = self.progress?;
        let label = t.text(label);
        Some(t.with("common-step", &[("step", step.into()), ("of", of.into()), ("label", label.into())]))
    }
}
