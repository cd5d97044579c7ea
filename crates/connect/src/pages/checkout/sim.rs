//! The choice of a SIM.

use super::samples;
use crate::pages::fields::ICCID;
use crate::pages::form::{Field, Form};
use crate::pages::page;
use crate::pages::problem::Problem;
use crate::pages::summary::Summary;

/// Asks for a SIM: a new eSIM, or a card that the customer holds.
#[derive(Debug, Clone)]
pub struct SimPage {
    /// What is being bought.
    pub summary: Summary,
    /// Whether the plan comes as an eSIM.
    pub offers_new: bool,
    /// Whether the plan works on a card that the customer brings.
    pub offers_own: bool,
    /// Fields `sim_choice` and `iccid`.
    pub form: Form,
}

impl SimPage {
    /// What was chosen stays chosen; before that it is the only choice, or else a new eSIM.
    fn chooses(&self, choice: &str) -> bool {
        let chosen = self.form.value("sim_choice");
        let only = self.offers_new != self.offers_own;
        chosen == choice || (chosen.is_empty() && (only || choice == "new"))
    }

    fn iccid(&self) -> Field<'_> {
        self.form.field(&ICCID)
    }
}

page!(SimPage, "pages/checkout/sim.html", {
    let page =
        |offers_new, offers_own, form| Self { summary: samples::monthly(), offers_new, offers_own, form };
    let own = || Form::default().with_value("sim_choice", "own").with_back();
    vec![
        page(true, true, Form::default().with_back()),
        page(true, true, Form::default().with_problem(Problem::SimChoiceMissing)),
        page(true, true, own().with_value("iccid", "8949 0200 0012").with_problem(Problem::IccidInvalid)),
        page(false, true, Form::default()),
        page(true, false, Form::default()),
    ]
});
