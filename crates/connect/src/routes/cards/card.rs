//! The card that pays, and another one in its place.

use axum::extract::State;
use axum::response::Response;
use perennial_core::cards::{CardError, CardSettlement, OpenedPage};
use perennial_core::context::App;
use perennial_core::store::StoreError;
use perennial_core::visits::{
    CardUrls, find_own_card, find_own_payment, open_own_card_page, price_own_debts, settle_own_card_page,
    sum_paid_with,
};
use perennial_domain::{Payment, PaymentState};
use serde::Deserialize;

use super::conclude;
use crate::pages::manage::{CardNotice, CardPage, Managed, ManagedPage, SavedCard};
use crate::routes::error::internal;
use crate::routes::fields::Fields;
use crate::routes::input::Query;
use crate::routes::links::{CardWhy, Links};
use crate::routes::mailed::receipt_address;
use crate::routes::portal::render;
use crate::routes::response::see_other;
use crate::routes::visitor::Visitor;

/// What the address says of why the customer is here again.
#[derive(Deserialize)]
pub(super) struct Reason {
    why: Option<CardWhy>,
}

/// `GET …/card`
pub(super) async fn show(State(app): State<App>, Query(reason): Query<Reason>, visitor: Visitor) -> Response {
    let notice = reason.why.map(|why| match why {
        CardWhy::Unfinished => CardNotice::NotFinished,
        CardWhy::Refused => CardNotice::Refused,
        CardWhy::Unavailable => CardNotice::Unavailable,
        CardWhy::Open => CardNotice::Open,
    });
    show_with(&app, &visitor, notice).await
}

async fn show_with(app: &App, visitor: &Visitor, notice: Option<CardNotice>) -> Response {
    let visit = visitor.visit.clone();
    let own = match app.read(move |_, tx| find_own_card(tx, &visit)).await {
        Ok(own) => own,
        Err(error) => return internal(app, &error),
    };
    let (open, notice) = match price_own_debts(app, &visitor.visit).await {
        // What was open then is paid by now.
        Ok(None) => (None, notice.filter(|notice| *notice != CardNotice::Open)),
        Ok(open) => (open, notice),
        Err(error @ CardError::Store(_)) => return internal(app, &error),
        // Without Stripe nobody knows the whole sum, and no card can be given either.
        Err(error) => {
            tracing::warn!(%error, "what a card would be charged is not known");
            (None, Some(CardNotice::Unavailable))
        }
    };
    let page = CardPage {
        card: own.card.map(|method| SavedCard::of(&method.card, app.now())),
        pays_for: own.pays_for,
        open,
        notice,
        has_back: !visitor.visit.session.intent.is_to_pay(),
    };
    render(app, visitor, &page)
}

/// `POST …/card`: to Stripe's page.
pub(super) async fn choose(State(app): State<App>, visitor: Visitor, fields: Fields) -> Response {
    let links = Links::of(&visitor.visit.session);
    if fields.text("action") != "use_another" {
        return see_other(&links.start());
    }
    let urls = CardUrls {
        return_url: links.absolute_card_return(&app),
        cancel_url: links.absolute_card_because(&app, CardWhy::Unfinished),
    };
    match open_own_card_page(&app, &visitor.visit, urls).await {
        Ok(OpenedPage::At(url)) => see_other(&url),
        Ok(OpenedPage::Given) => see_other(&links.card_return()),
        Err(error) => not_done(&app, links, &error),
    }
}

/// `GET …/card/return`: the same that Stripe's event does.
pub(super) async fn returned(State(app): State<App>, visitor: Visitor) -> Response {
    let links = Links::of(&visitor.visit.session);
    match settle_own_card_page(&app, &visitor.visit).await {
        Ok(Some(CardSettlement::Kept(kept))) => match kept.owed.first() {
            None if kept.is_more_owed => see_other(&links.card_because(CardWhy::Open)),
            None => conclude(&visitor, &links.card_saved(kept.paid.first().map(|payment| payment.id))),
            Some(owed) if owed.state == PaymentState::RequiresConfirmation => {
                see_other(&links.payment(owed.id))
            }
            Some(_) => see_other(&links.card_because(CardWhy::Refused)),
        },
        Ok(Some(CardSettlement::Open | CardSettlement::Expired | CardSettlement::Replaced)) => {
            see_other(&links.card_because(CardWhy::Unfinished))
        }
        Ok(Some(CardSettlement::NotOurs) | None) => see_other(&links.start()),
        Err(error) => not_done(&app, links, &error),
    }
}

/// What the address says of what was paid.
#[derive(Deserialize)]
pub(super) struct Paid {
    paid: Option<String>,
}

/// `GET …/card/saved`: for a visit without an app to go back to, or that came for something else.
pub(super) async fn saved(State(app): State<App>, Query(query): Query<Paid>, visitor: Visitor) -> Response {
    let visit = visitor.visit.clone();
    let paid = query.paid.and_then(|id| id.parse().ok());
    let read = app.read(move |_, tx| {
        let paid = match paid {
            Some(id) => find_own_payment(tx, &visit, id)?.map(|own| own.payment),
            None => None,
        };
        let paid = match paid.filter(Payment::has_arrived) {
            Some(payment) => Some((payment.id, sum_paid_with(tx, &visit, &payment)?)),
            None => None,
        };
        Ok::<_, StoreError>((find_own_card(tx, &visit)?.card, paid))
    });
    match read.await {
        Ok((Some(method), paid)) => {
            let (first, paid) = paid.unzip();
            let mail_sent_to = match first {
                Some(payment) => receipt_address(&app, &visitor, payment).await,
                None => None,
            };
            let done = Managed::CardSaved { card: SavedCard::of(&method.card, app.now()), paid };
            // Who came for something else goes on with that.
            let continue_url = (!visitor.visit.session.intent.is_to_pay())
                .then(|| Links::of(&visitor.visit.session).start());
            render(&app, &visitor, &ManagedPage { done, mail_sent_to, continue_url })
        }
        Ok((None, _)) => see_other(&Links::of(&visitor.visit.session).card()),
        Err(error) => internal(&app, &error),
    }
}

/// Nothing was charged, or Stripe's event goes on with it.
fn not_done(app: &App, links: Links, error: &CardError) -> Response {
    match error {
        CardError::Store(_) => internal(app, error),
        CardError::Nobody => see_other(&links.start()),
        CardError::Account(_) | CardError::Customer(_) | CardError::Payments(_) | CardError::Sync(_) => {
            tracing::warn!(%error, "a card could not be asked for, or not be kept");
            see_other(&links.card_because(CardWhy::Unavailable))
        }
    }
}
