//! The choice of something on top of a subscription.

use perennial_domain::{Span, TermUnit};

use super::addon::{CartAddon, Lasts};
use super::parts::CurrentPlan;
use super::samples;
use crate::pages::page;
use crate::pages::summary::Included;

/// The add-ons that fit, each with what it costs. What is due today is on the next page, [`super::AddonPage`].
#[derive(Debug, Clone)]
pub struct ChooseAddonPage {
    /// What they are added to.
    pub current: CurrentPlan,
    /// What can be bought; at least one. The first is chosen until the customer chooses another.
    pub options: Vec<AddonOption>,
}

/// An add-on to choose.
#[derive(Debug, Clone)]
pub struct AddonOption {
    /// The value of the field `addon`.
    pub id: String,
    /// The add-on, at its full price.
    pub addon: CartAddon,
}

page!(ChooseAddonPage, "pages/manage/choose_addon.html", {
    let option = |name: &str, cents, lasts| AddonOption {
        id: format!("add_{cents}"),
        addon: CartAddon {
            name: name.to_owned(),
            included: vec![Included::DataBytes(Some(5_000_000_000))],
            price: samples::euros(cents),
            lasts,
        },
    };
    let week = Lasts::FromFirstUse(Span { unit: TermUnit::Week, count: 1 });
    let page = |options| Self { current: samples::current(), options };
    vec![
        page(vec![option("5 GB <once>", 500, Lasts::Until(samples::TERM_END))]),
        page(vec![
            option("Travel in the Alps", 300, Lasts::Renews(samples::next(300))),
            option("A week in the United States, Canada and Mexico, unlimited", 1200, week),
            option("A gift", 0, Lasts::WithPlan),
        ]),
    ]
});
