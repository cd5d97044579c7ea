//! The payment page as data: what it says, what its form holds, and what was wrong with it last time.

use askama::Template;

use super::card_form::{CardFields, Field, Problem, Wanted};
use super::card_name::card_name;
use super::offered_cards::OfferedCard;
use super::place;
use super::summary::Summary;
use crate::checkout::{CheckoutView, SavedCard, UiMode};

/// The payment page.
#[derive(Template)]
#[template(path = "checkout/pay.html")]
pub(super) struct PayPage {
    /// The path of the page, to which its forms post.
    address: String,
    embedded: bool,
    takes_cards: bool,
    takes_debits: bool,
    merchant: String,
    cancel_url: Option<String>,
    summary: Summary,
    promotion: Option<PromotionForm>,
    form: FormView,
}

/// The promotion code: applied, or a field to type one into.
struct PromotionForm {
    applied: Option<String>,
    typed: String,
    problem: Option<String>,
}

/// The payment form.
struct FormView {
    wanted: Wanted,
    fields: CardFields,
    saved_cards: Vec<SavedChoice>,
    problems: Vec<Problem>,
    declined: Option<&'static str>,
}

/// A saved card to choose.
struct SavedChoice {
    payment_method: String,
    label: String,
    expiry: String,
    chosen: bool,
}

impl PayPage {
    /// The page as it is first shown.
    pub(super) fn new(view: &CheckoutView) -> Self {
        let mut fields =
            CardFields { email: view.email.clone().unwrap_or_default(), ..CardFields::default() };
        if let Some(card) = view.saved_cards.first() {
            fields.saved_card.clone_from(&card.payment_method);
        }
        Self::with_fields(view, fields)
    }

    /// The page with what was typed. The security code is typed anew each time, as on any payment page.
    pub(super) fn with_typed(view: &CheckoutView, typed: CardFields) -> Self {
        let email = if view.email_editable { typed.email } else { view.email.clone().unwrap_or_default() };
        Self::with_fields(view, CardFields { email, card_cvc: String::new(), ..typed })
    }

    fn with_fields(view: &CheckoutView, fields: CardFields) -> Self {
        Self {
            address: place::address(view),
            embedded: view.ui_mode == UiMode::Embedded,
            takes_cards: view.takes_cards,
            takes_debits: view.takes_debits,
            merchant: view.merchant_name.clone(),
            cancel_url: view.cancel_url.clone(),
            summary: Summary::of(view),
            promotion: PromotionForm::of(view),
            form: FormView {
                wanted: wanted(view),
                saved_cards: view
                    .saved_cards
                    .iter()
                    .map(|card| SavedChoice::of(card, &fields.saved_card))
                    .collect(),
                fields,
                problems: Vec::new(),
                declined: None,
            },
        }
    }

    /// With a test card filled in.
    pub(super) fn with_card(mut self, card: &OfferedCard) -> Self {
        let fields = &mut self.form.fields;
        fields.card_number = card.grouped();
        card.cvc().clone_into(&mut fields.card_cvc);
        "12 / 34".clone_into(&mut fields.card_expiry);
        "Test Customer".clone_into(&mut fields.card_name);
        fields.saved_card.clear();
        for choice in &mut self.form.saved_cards {
            choice.chosen = false;
        }
        self
    }

    /// With what was wrong with the form.
    pub(super) fn with_problems(mut self, problems: Vec<Problem>) -> Self {
        self.form.problems = problems;
        self
    }

    /// With the reason why the card was refused.
    pub(super) fn with_declined(mut self, reason: &'static str) -> Self {
        self.form.declined = Some(reason);
        self
    }

    /// With the promotion code that was typed and what is wrong with it.
    pub(super) fn with_refused_code(mut self, code: String, problem: String) -> Self {
        self.promotion = Some(PromotionForm { applied: None, typed: code, problem: Some(problem) });
        self
    }
}

/// Which parts of the form the session needs.
pub(super) fn wanted(view: &CheckoutView) -> Wanted {
    Wanted { email: view.email_editable, card: view.card_required }
}

impl PromotionForm {
    fn of(view: &CheckoutView) -> Option<Self> {
        view.allow_promotion_codes.then(|| Self {
            applied: view.discount.as_ref().map(|discount| discount.label.clone()),
            typed: String::new(),
            problem: None,
        })
    }
}

impl FormView {
    fn problem(&self, field: Field) -> Option<&Problem> {
        self.problems.iter().find(|problem| problem.field == field)
    }

    /// What an input says about its problem: that there is one, where it is told, and focus for the first.
    fn problem_attributes(&self, field: Field) -> String {
        if self.problem(field).is_none() {
            return String::new();
        }
        let first = self.problems.first().is_some_and(|problem| problem.field == field);
        let name = field.name();
        let focus = if first { " autofocus" } else { "" };
        format!(r#" aria-invalid="true" aria-describedby="{name}-problem"{focus}"#)
    }
}

impl SavedChoice {
    fn of(card: &SavedCard, chosen: &str) -> Self {
        Self {
            payment_method: card.payment_method.clone(),
            label: card_name(&card.brand, &card.last4),
            expiry: format!("{:02} / {:02}", card.exp_month, card.exp_year % 100),
            chosen: card.payment_method == chosen,
        }
    }
}
