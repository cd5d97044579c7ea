//! What surrounds a page: taken from the project, the visit and the time.

use jiff::tz::TimeZone;
use perennial_core::context::App;
use perennial_core::visits::{CheckoutVisit, Visit};
use perennial_domain::CheckoutStep;

use super::links::Links;
use crate::i18n::Locale;
use crate::pages::{Frame, Merchant, Progress};
use crate::theme::{Accent, Theme};

/// The frame of a page that is no step.
pub(super) fn frame_of(app: &App, visit: &Visit, form_token: &str) -> Frame {
    Frame {
        merchant: Merchant::of(&visit.project),
        locale: Locale::for_tag(visit.locale()),
        theme: match visit.session.appearance.theme {
            None => Theme::System,
            Some(perennial_domain::Theme::Light) => Theme::Light,
            Some(perennial_domain::Theme::Dark) => Theme::Dark,
        },
        today: today(app),
        form_token: form_token.to_owned(),
        kept_query: String::new(),
        leave_path: None,
        progress: None,
    }
}

/// The frame of a step: with the way out, and how far it is.
pub(super) fn step_frame(app: &App, checkout: &CheckoutVisit, step: CheckoutStep, form_token: &str) -> Frame {
    let links = Links::of(&checkout.visit.session);
    let position = checkout.steps.iter().position(|known| *known == step);
    let progress = position.filter(|_| checkout.steps.len() > 1).map(|position| Progress {
        step: u32::try_from(position + 1).unwrap_or_default(),
        of: u32::try_from(checkout.steps.len()).unwrap_or_default(),
    });
    let leave_path = checkout.visit.session.callback.as_ref().map(|_| links.leave());
    Frame { leave_path, progress, ..frame_of(app, &checkout.visit, form_token) }
}

/// The frame for someone of whom nothing is known.
pub(super) fn anonymous_frame(app: &App) -> Frame {
    Frame {
        merchant: Merchant {
            name: "Perennial".to_owned(),
            logo_url: None,
            accent: Accent::default(),
            terms_url: None,
            privacy_url: None,
            shows_powered_by: false,
        },
        locale: Locale::for_tag("en"),
        theme: Theme::System,
        today: today(app),
        form_token: String::new(),
        kept_query: String::new(),
        leave_path: None,
        progress: None,
    }
}

/// The date in UTC: we do not know where the customer is.
fn today(app: &App) -> jiff::civil::Date {
    app.now().to_zoned(TimeZone::UTC).date()
}
