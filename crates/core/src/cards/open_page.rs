//! Opening a page of Stripe's on which another card is given, and nothing is charged. The visit remembers its page.

use perennial_domain::{CardPage, ConnectSessionId, CustomerId, ProjectId};
use perennial_store::Tx;

use super::CardError;
use super::setup::change_page;
use crate::context::{App, Cx};
use crate::customers::{replace_lost_customer, stripe_customer};
use crate::ports::{CheckoutSessionStatus, OpenCardSetup, Payments, PaymentsError};

/// A page for a card is wanted.
#[derive(Clone, Debug)]
pub struct OpenPage {
    /// Whose project.
    pub project: ProjectId,
    /// The visit that asks.
    pub visit: ConnectSessionId,
    /// Where Stripe sends who gave a card.
    pub return_url: String,
    /// Where Stripe sends who turned back.
    pub cancel_url: String,
    /// The language of the page, as a tag.
    pub locale: String,
}

/// Where to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenedPage {
    /// To Stripe's page.
    At(String),
    /// A card was given on it already.
    Given,
}

/// Opens the page, or finds the one that is open. Who was deleted at Stripe is another customer there from then on.
pub async fn open_card_page(app: &App, request: &OpenPage) -> Result<OpenedPage, CardError> {
    let payments = app.payments(request.project).await?;
    let payments = payments.as_ref();
    let (project, visit) = (request.project, request.visit);
    loop {
        let seen = latest_page(app, project, visit).await?;
        if let Some(opened) = look_at(payments, seen.as_ref()).await? {
            return Ok(opened);
        }
        let over = seen.filter(|page| page.stripe_session_id.is_some()).map(|page| page.attempt);
        // Where another tab has opened a page meanwhile, that is the one.
        let reserved = app.write(move |cx, tx| reserve(cx, tx, project, visit, over)).await?;
        let Some(page) = reserved else { continue };
        match open(app, payments, request, page).await {
            Err(CardError::Payments(PaymentsError::Refused(refusal))) => {
                if !replace_if_lost(app, payments, request, page).await? {
                    return Err(PaymentsError::Refused(refusal).into());
                }
            }
            opened => return opened,
        }
    }
}

/// Where the page that was opened last leads; `None` when it is over, or leads nowhere yet.
async fn look_at(payments: &dyn Payments, page: Option<&CardPage>) -> Result<Option<OpenedPage>, CardError> {
    let known = page.filter(|page| !page.is_settled).and_then(|page| page.stripe_session_id.as_deref());
    let Some(id) = known else { return Ok(None) };
    let found = payments.card_setup(id).await?;
    Ok(match (found.status, found.url) {
        (CheckoutSessionStatus::Open, Some(url)) => Some(OpenedPage::At(url)),
        (CheckoutSessionStatus::Complete, _) => Some(OpenedPage::Given),
        _ => None,
    })
}

/// A page that is to be opened, and for whom.
#[derive(Clone, Copy)]
struct ReservedPage {
    attempt: u32,
    customer: CustomerId,
}

/// Has Stripe open it, and remembers where.
async fn open(
    app: &App,
    payments: &dyn Payments,
    request: &OpenPage,
    ReservedPage { attempt, customer }: ReservedPage,
) -> Result<OpenedPage, CardError> {
    let setup = OpenCardSetup {
        visit: request.visit,
        attempt,
        stripe_customer_id: stripe_customer(app, payments, request.project, customer).await?,
        return_url: request.return_url.clone(),
        cancel_url: request.cancel_url.clone(),
        locale: request.locale.clone(),
    };
    let opened = payments.open_card_setup(&setup).await?;
    let id = opened.id.clone();
    change_attempt(app, request, attempt, move |cx, page| {
        page.stripe_session_id = Some(id.clone());
        page.look_again(cx.now());
    })
    .await?;
    // Stripe answers an old request as it answered it then; a page that was opened long ago may be over.
    Ok(opened.url.map_or(OpenedPage::Given, OpenedPage::At))
}

/// Where Stripe refused because it has no such customer any more, they get another one there, and the page another number:
/// asked again under the old one, Stripe would answer the same. Answers whether it was so.
async fn replace_if_lost(
    app: &App,
    payments: &dyn Payments,
    request: &OpenPage,
    ReservedPage { attempt, customer }: ReservedPage,
) -> Result<bool, CardError> {
    let was_lost = replace_lost_customer(app, payments, request.project, customer, None).await?;
    if was_lost {
        change_attempt(app, request, attempt, |_, page| page.attempt += 1).await?;
    }
    Ok(was_lost)
}

/// Changes the visit's page, unless another one was opened meanwhile.
async fn change_attempt(
    app: &App,
    request: &OpenPage,
    attempt: u32,
    change: impl Fn(&Cx, &mut CardPage) + Send + Sync + 'static,
) -> Result<(), CardError> {
    let (project, visit) = (request.project, request.visit);
    app.write(move |cx, tx| {
        change_page(tx, project, visit, |page| {
            if page.attempt == attempt {
                change(cx, page);
            }
        })
    })
    .await
}

async fn latest_page(
    app: &App,
    project: ProjectId,
    visit: ConnectSessionId,
) -> Result<Option<CardPage>, CardError> {
    let session = app.read(move |_, tx| tx.connect_sessions(project).find(visit)).await?;
    Ok(session.ok_or(CardError::Nobody)?.progress.card_page)
}

/// Numbers the page. A number whose page Stripe never told us of is used again: it is the same question. Nothing when a
/// page was opened that is none of those up to `over`, which nobody may be led away from before it is looked at.
fn reserve(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    visit: ConnectSessionId,
    over: Option<u32>,
) -> Result<Option<ReservedPage>, CardError> {
    let mut session = tx.connect_sessions(project).lock(visit)?.ok_or(CardError::Nobody)?;
    let customer = session.customer_id.ok_or(CardError::Nobody)?;
    let attempt = match &session.progress.card_page {
        Some(page) if page.stripe_session_id.is_none() => page.attempt,
        Some(page) if over.is_none_or(|over| over < page.attempt) => return Ok(None),
        Some(page) => page.attempt + 1,
        None => 1,
    };
    session.progress.card_page = Some(CardPage {
        attempt,
        opened_at: cx.now(),
        stripe_session_id: None,
        look_at: None,
        is_settled: false,
        invoices: Vec::new(),
    });
    tx.connect_sessions(project).update(&session)?;
    Ok(Some(ReservedPage { attempt, customer }))
}
