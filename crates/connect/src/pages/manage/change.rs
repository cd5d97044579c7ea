//! The choice of another plan.

use super::cost::{Cost, Difference};
use super::parts::CurrentPlan;
use super::samples;
use crate::i18n::Translator;
use crate::pages::form::Form;
use crate::pages::page;
use crate::pages::problem::Problem;

/// The other plans that fit, each with what it costs now and from when.
#[derive(Debug, Clone)]
pub struct ChangePlanPage {
    /// What the customer has.
    pub current: CurrentPlan,
    /// What they can have instead.
    pub options: Vec<PlanOption>,
    /// Whether there are add-ons that can be bought for the present plan.
    pub has_addons: bool,
    /// Field `plan`.
    pub form: Form,
}

/// A plan to change to.
#[derive(Debug, Clone)]
pub struct PlanOption {
    /// The value of the field `plan`.
    pub id: String,
    /// The plan's name.
    pub name: String,
    /// One sentence about the plan.
    pub description: Option<String>,
    /// What it costs, and when.
    pub cost: Cost,
    /// What is different from the present plan.
    pub differences: Vec<Difference>,
}

/// There is nothing to change to.
#[derive(Debug, Clone)]
pub struct NoOtherPlanPage {
    /// The present plan's name.
    pub plan: String,
    /// The add-ons without which there would be plans to change to.
    pub in_the_way: Vec<String>,
    /// Whether there are add-ons that can be bought for it instead.
    pub has_addons: bool,
}

impl ChangePlanPage {
    fn is_chosen(&self, option: &PlanOption) -> bool {
        self.form.value("plan") == option.id
    }
}

impl NoOtherPlanPage {
    fn text(&self, t: &Translator<'_>) -> String {
        if self.in_the_way.is_empty() {
            return t.one("manage-nothing-fits-text", "plan", &self.plan);
        }
        let addons = self.in_the_way.join(", ");
        t.with(
            "manage-nothing-fits-addons",
            &[("plan", self.plan.as_str().into()), ("addons", addons.into())],
        )
    }
}

page!(ChangePlanPage, "pages/manage/change_plan.html", {
    let page =
        |form| Self { current: samples::current(), options: samples::options(), has_addons: false, form };
    let chosen = Form::default().with_value("plan", "pln_larger");
    let later = Form::default().with_value("plan", "pln_smaller").with_back();
    vec![
        page(Form::default()),
        Self { has_addons: true, ..page(Form::default().with_back()) },
        page(chosen.with_back()),
        page(later),
        page(Form::default().with_problem(Problem::PlanMissing)),
        page(Form::default().with_problem(Problem::PlanGone).with_back()),
    ]
});

page!(NoOtherPlanPage, "pages/manage/no_other_plan.html", {
    let page = |has_addons| Self { plan: "Heron <12>".to_owned(), in_the_way: Vec::new(), has_addons };
    let in_the_way = vec!["Abroad <&>".to_owned(), "Five more".to_owned()];
    vec![page(false), page(true), Self { in_the_way, ..page(false) }]
});
