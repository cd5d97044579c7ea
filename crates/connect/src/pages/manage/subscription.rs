//! One subscription in full, with what can be done about it now.

use jiff::civil::Date;

use super::parts::{NextPayment, SavedCard};
use super::samples;
use super::standing::{OpenPayment, Standing};
use crate::i18n::Translator;
use crate::pages::page;
use crate::pages::summary::Included;

/// Everything about one subscription. Its buttons are those that would succeed now.
#[derive(Debug, Clone)]
pub struct SubscriptionPage {
    /// The plan's name.
    pub plan: String,
    /// What is in it.
    pub included: Vec<Included>,
    /// How it stands.
    pub standing: Standing,
    /// What the plan alone costs; `None` if it is free or does not renew.
    pub price: Option<NextPayment>,
    /// The phone number, when there is one.
    pub phone_number: Option<String>,
    /// The SIM in the customer's words, by its ICCID.
    pub sim: Option<String>,
    /// What was added to it and still runs.
    pub addons: Vec<OwnedAddon>,
    /// What pays for it.
    pub card: Option<SavedCard>,
    /// The change that waits for the next renewal.
    pub scheduled_change: Option<ScheduledChange>,
    /// Whether they are back because a change is being paid, which comes before whatever they wanted.
    pub waits_for_change: bool,
    /// What the customer may do now.
    pub allowed: Vec<Task>,
    /// Whether there is an overview to go back to.
    pub has_back: bool,
}

/// An add-on that runs.
#[derive(Debug, Clone)]
pub struct OwnedAddon {
    /// Its name.
    pub name: String,
    /// Its last day; `None` if it renews or ends with the plan.
    pub until: Option<Date>,
    /// What it costs next, if it renews.
    pub next: Option<NextPayment>,
}

/// A change that waits for its day.
#[derive(Debug, Clone)]
pub struct ScheduledChange {
    /// Its id: what is taken back is the change that was shown.
    pub id: String,
    /// The new plan's name.
    pub plan: String,
    /// When it begins.
    pub on: Date,
    /// What it costs from then; `None` if it is free.
    pub next: Option<NextPayment>,
}

/// What the customer may do with a subscription. The value of `action` is [`Task::action`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Choose another plan.
    ChangePlan,
    /// Buy something on top.
    BuyAddon,
    /// Pay with another card from now on.
    ChangeCard,
    /// End it.
    Cancel,
    /// Let it go on after all.
    Resume,
    /// Keep the present plan after all.
    UndoChange,
    /// Pay what is open.
    Pay,
}

/// A row of the list of facts.
pub(crate) struct Fact {
    pub(crate) label: String,
    pub(crate) lines: Vec<(String, Option<String>)>,
}

impl Task {
    /// The value of the button that asks for it.
    pub fn action(self) -> &'static str {
        match self {
            Self::ChangePlan => "change_plan",
            Self::BuyAddon => "buy_addon",
            Self::ChangeCard => "change_card",
            Self::Cancel => "cancel",
            Self::Resume => "resume",
            Self::UndoChange => "undo_change",
            Self::Pay => "pay",
        }
    }

    /// The key of its row in the list of what can be done, if that is where it stands.
    pub(crate) fn row_key(self) -> Option<&'static str> {
        match self {
            Self::ChangePlan => Some("manage-task-change-plan"),
            Self::BuyAddon => Some("manage-task-buy-addon"),
            Self::ChangeCard => Some("manage-task-change-card"),
            Self::Cancel => Some("manage-task-cancel"),
            Self::Resume | Self::UndoChange | Self::Pay => None,
        }
    }
}

impl SubscriptionPage {
    fn allows(&self, task: Task) -> bool {
        self.allowed.contains(&task)
    }

    fn open_payment(&self) -> Option<OpenPayment> {
        match self.standing {
            Standing::PastDue(open) => Some(open),
            _ => None,
        }
    }

    /// Action and label of each row of the list of what can be done, save for what stands beside an open payment.
    fn rows(&self, t: &Translator<'_>) -> Vec<(&'static str, String)> {
        let is_past_due = self.open_payment().is_some();
        let tasks = self.allowed.iter().filter(|task| !(is_past_due && **task == Task::ChangeCard));
        tasks.filter_map(|task| Some((task.action(), t.text(task.row_key()?)))).collect()
    }

    fn facts(&self, t: &Translator<'_>) -> Vec<Fact> {
        let one = |key: &str, text: String| Fact { label: t.text(key), lines: vec![(text, None)] };
        let mut facts = Vec::new();
        if let Standing::Renews(next) = &self.standing {
            facts.push(one("manage-fact-price", self.price.as_ref().unwrap_or(next).price(t)));
            facts.push(one("manage-fact-next-payment", next.due(t)));
        }
        if !self.included.is_empty() {
            let lines = self.included.iter().map(|included| (included.text(t), None)).collect();
            facts.push(Fact { label: t.text("manage-fact-included"), lines });
        }
        if !self.addons.is_empty() {
            let lines = self.addons.iter().map(|addon| (addon.name.clone(), Some(addon.end(t)))).collect();
            facts.push(Fact { label: t.text("manage-fact-addons"), lines });
        }
        facts.extend(self.phone_number.iter().map(|number| one("manage-fact-number", number.clone())));
        facts.extend(self.sim.iter().map(|sim| one("manage-fact-sim", sim.clone())));
        if let Some(card) = &self.card {
            let lines = vec![(card.name(t), Some(card.expiry(t)))];
            facts.push(Fact { label: t.text("manage-fact-card"), lines });
        }
        facts
    }
}

impl OwnedAddon {
    fn end(&self, t: &Translator<'_>) -> String {
        match (&self.until, &self.next) {
            (Some(until), _) => t.one("manage-addon-until", "date", &t.date(until)),
            (None, Some(next)) => next.price(t),
            (None, None) => t.text("manage-addon-with-plan"),
        }
    }
}

impl ScheduledChange {
    /// "From 5 April: Heron 30, €29.00 every month."
    fn sentence(&self, t: &Translator<'_>) -> String {
        let (date, plan) = (t.date(&self.on), self.plan.as_str());
        match &self.next {
            None => t.with("manage-scheduled-free", &[("date", date.into()), ("plan", plan.into())]),
            Some(next) => t.with(
                "manage-scheduled-text",
                &[("date", date.into()), ("plan", plan.into()), ("price", next.price(t).into())],
            ),
        }
    }
}

page!(SubscriptionPage, "pages/manage/subscription.html", samples::subscriptions());
