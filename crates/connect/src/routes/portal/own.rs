//! The visitor's subscriptions: all, and one.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::response::Response;
use jiff::Timestamp;
use perennial_core::context::App;
use perennial_core::store::StoreError;
use perennial_core::subscriptions::{DeleteChangeError, WithdrawError, delete_subscription_change};
use perennial_core::visits::{OwnAction, OwnAddon, OwnSubscription, find_own, list_allowed, list_own};
use perennial_domain::{Intent, SimType, Subscription, SubscriptionId, Term};

use super::render;
use super::standing::{plan_price, standing_of};
use crate::from_core::date_of;
use crate::pages::manage::{
    NextPayment, OwnedAddon, SavedCard, ScheduledChange, SubscriptionCard, SubscriptionPage,
    SubscriptionsPage, Task,
};
use crate::pages::{Notice, PaymentFailure, WayOut};
use crate::routes::error::{internal, notice, stranger};
use crate::routes::fields::Fields;
use crate::routes::input::Query;
use crate::routes::links::Links;
use crate::routes::response::see_other;
use crate::routes::summary::included_in;
use crate::routes::visitor::Visitor;

/// A visitor, and the subscription of theirs that the address names.
pub(in crate::routes) struct Owner {
    pub(super) visitor: Visitor,
    pub(super) own: OwnSubscription,
}

impl Owner {
    pub(super) fn links(&self) -> Links {
        Links::of(&self.visitor.visit.session)
    }

    pub(super) fn id(&self) -> SubscriptionId {
        self.own.view.subscription.id
    }

    pub(super) fn plan(&self) -> String {
        self.own.view.product.name.clone()
    }

    /// The same as it is by now.
    pub(super) async fn reload(self, app: &App) -> Result<Self, Response> {
        let id = self.id();
        Self::load(app, self.visitor, id).await
    }

    async fn load(app: &App, visitor: Visitor, id: SubscriptionId) -> Result<Self, Response> {
        let visit = visitor.visit.clone();
        let own = app
            .read(move |cx, tx| find_own(cx, tx, &visit, id))
            .await
            .map_err(|error| internal(app, &error))?;
        let Some(own) = own else {
            // Somebody else's and nobody's are not told apart.
            let start = WayOut::TryAgain(Links::of(&visitor.visit.session).subscriptions());
            return Err(notice(app, &visitor.visit, &visitor.form_token(), Notice::NotFound, Some(start)));
        };
        Ok(Self { visitor, own })
    }
}

impl FromRequestParts<App> for Owner {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        let path = Path::<HashMap<String, String>>::from_request_parts(parts, app).await;
        let id = path.ok().and_then(|Path(path)| path.get("subscription")?.parse::<SubscriptionId>().ok());
        let id = id.ok_or_else(|| stranger(app, Notice::NotFound))?;
        Self::load(app, visitor, id).await
    }
}

/// `GET …/subscriptions`
pub(super) async fn list(State(app): State<App>, visitor: Visitor) -> Response {
    let visit = visitor.visit.clone();
    let links = Links::of(&visitor.visit.session);
    match app.read(move |cx, tx| list_own(cx, tx, &visit)).await {
        Ok(views) => {
            let now = app.now();
            let cards = views.iter().map(|(view, next)| SubscriptionCard {
                path: links.subscription(view.subscription.id),
                plan: view.product.name.clone(),
                phone_number: view.subscription.phone_number.clone(),
                standing: standing_of(view, next.as_ref(), None, now),
            });
            render(&app, &visitor, &SubscriptionsPage { subscriptions: cards.collect() })
        }
        Err(error) => internal(&app, &error),
    }
}

/// Why the customer is back on the details.
#[derive(serde::Deserialize)]
pub(super) struct Back {
    #[serde(default)]
    changing: bool,
}

/// `GET …/subscriptions/{subscription}`
pub(super) async fn show(State(app): State<App>, Query(back): Query<Back>, owner: Owner) -> Response {
    let allowed = match allowed(&app, &owner).await {
        Ok(allowed) => allowed,
        Err(error) => return internal(&app, &error),
    };
    let (view, now) = (&owner.own.view, app.now());
    let sim = view.sim.as_ref();
    let page = SubscriptionPage {
        plan: owner.plan(),
        included: included_in(&view.product),
        standing: standing_of(view, owner.own.next.as_ref(), owner.own.owed.as_ref(), now),
        price: plan_price(view, now),
        phone_number: view.subscription.phone_number.clone(),
        sim: sim.filter(|sim| sim.sim_type == SimType::Psim).map(|sim| sim.iccid.to_string()),
        addons: owner.own.addons.iter().map(|own| owned_addon(own, &view.subscription, now)).collect(),
        card: owner.own.card.as_ref().map(|method| SavedCard::of(&method.card, now)),
        scheduled_change: scheduled_change(&owner, now),
        waits_for_change: back.changing,
        allowed,
        has_back: matches!(owner.visitor.visit.session.intent, Intent::ViewSubscriptions),
    };
    render(&app, &owner.visitor, &page)
}

/// `POST …/subscriptions/{subscription}`: to the page that asks once more.
pub(super) async fn choose(State(app): State<App>, owner: Owner, fields: Fields) -> Response {
    match fields.text("action") {
        "cancel" => see_other(&owner.links().cancel(owner.id())),
        "resume" => see_other(&owner.links().resume(owner.id())),
        "change_plan" => see_other(&owner.links().change(owner.id())),
        "buy_addon" => see_other(&owner.links().addons_for(owner.id())),
        "undo_change" => undo_change(&app, &owner, fields.text("change")).await,
        "change_card" => see_other(&owner.links().card()),
        "pay" => match &owner.own.owed {
            Some(owed) => see_other(&owner.links().payment(owed.id)),
            None => see_other(&owner.links().subscription(owner.id())),
        },
        _ => see_other(&owner.links().subscriptions()),
    }
}

/// What renews is charged with its subscription.
fn owned_addon(own: &OwnAddon, subscription: &Subscription, now: Timestamp) -> OwnedAddon {
    let next = match (own.price.term, subscription.charged_next_at(now)) {
        (Term::Recurring(every), Some(at)) if !own.price.amount.is_zero() => {
            Some(NextPayment { amount: own.price.amount, every, on: date_of(at) })
        }
        _ => None,
    };
    OwnedAddon { name: own.product.name.clone(), until: own.addon.ended_at.map(date_of), next }
}

/// The change that waits for its renewal. One whose day has come begins as soon as that is paid: today, as far as we know.
fn scheduled_change(owner: &Owner, now: Timestamp) -> Option<ScheduledChange> {
    let view = owner.own.change.as_ref()?;
    let on = date_of(view.change.scheduled_at?.max(now));
    let next = match view.price.term {
        Term::Recurring(every) if !view.price.amount.is_zero() => {
            Some(NextPayment { amount: view.price.amount, every, on })
        }
        _ => None,
    };
    let id = view.change.id.to_string();
    Some(ScheduledChange { id, plan: view.product.name.clone(), on, next })
}

/// The present plan is kept after all. What is true then is on the page. Another change than the one that was shown, as
/// in a tab that was left open, stays.
async fn undo_change(app: &App, owner: &Owner, shown: &str) -> Response {
    let page = owner.links().subscription(owner.id());
    let open = owner.own.change.as_ref().filter(|view| view.change.id.to_string() == shown);
    let Some(view) = open else { return see_other(&page) };
    match delete_subscription_change(app, view.change.project_id, view.change.id).await {
        Ok(()) | Err(DeleteChangeError::Unknown(_) | DeleteChangeError::Final(_)) => see_other(&page),
        Err(DeleteChangeError::UnderWay) => see_other(&owner.links().subscription_changing(owner.id())),
        Err(DeleteChangeError::Withdraw(WithdrawError::Store(error))) => internal(app, &error),
        Err(error) => {
            tracing::warn!(%error, "Stripe could not take a change of plan back");
            let failed = Notice::PaymentFailed(PaymentFailure::ServiceUnavailable);
            notice(
                app,
                &owner.visitor.visit,
                &owner.visitor.form_token(),
                failed,
                Some(WayOut::TryAgain(page)),
            )
        }
    }
}

async fn allowed(app: &App, owner: &Owner) -> Result<Vec<Task>, StoreError> {
    let (visit, own) = (owner.visitor.visit.clone(), owner.own.clone());
    let actions = app.read(move |cx, tx| list_allowed(cx, tx, &visit, &own)).await?;
    Ok(actions.into_iter().map(Task::from).collect())
}

impl From<OwnAction> for Task {
    fn from(action: OwnAction) -> Self {
        match action {
            OwnAction::Pay => Self::Pay,
            OwnAction::UndoChange => Self::UndoChange,
            OwnAction::ChangePlan => Self::ChangePlan,
            OwnAction::BuyAddon => Self::BuyAddon,
            OwnAction::ChangeCard => Self::ChangeCard,
            OwnAction::Cancel => Self::Cancel,
            OwnAction::Resume => Self::Resume,
        }
    }
}

/// What the resume page says of the next payment.
pub(super) fn next(owner: &Owner) -> Option<NextPayment> {
    owner.own.next.map(NextPayment::from)
}
