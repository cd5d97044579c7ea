//! The attempts to pay for a form: which of its orders are paid by them, and which may still be begun.

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{Checkout, CheckoutForm, CheckoutState};
use perennial_store::{StoreError, Tx};
use sha2::{Digest, Sha256};

use crate::context::{App, Cx};
use crate::idempotency::RequestKey;

/// For so long the first charge may be begun that was agreed to. It is as long as Stripe's page is open.
const AGREEMENT_LASTS: SignedDuration = SignedDuration::from_hours(1);
/// What is left of a cart may be begun for longer: a part of it is paid, and nobody meant to have that part alone.
const REST_LASTS: SignedDuration = SignedDuration::from_hours(24);

/// What tells this order of this form from every other one.
pub(super) fn request_of(form: &CheckoutForm, position: usize) -> RequestKey {
    let name = format!("{}/{position}", form.id);
    RequestKey::from_hash(Sha256::digest(name.as_bytes()).into())
}

/// The attempts to pay the order at this position that are known of, even one that a crash kept from being noted.
pub(super) fn attempts_at(
    tx: &mut Tx<'_>,
    form: &CheckoutForm,
    position: usize,
) -> Result<Vec<Checkout>, StoreError> {
    let mut checkouts = tx.checkouts(form.project_id);
    let noted = form.checkouts.get(position).map(|id| checkouts.find(*id)).transpose()?.flatten();
    let charged = checkouts.find_by_request(request_of(form, position).bytes(), form.created_at)?;
    Ok(noted.into_iter().chain(charged).collect())
}

/// The attempts that paid the first orders of a form, up to the first that is not paid.
pub(super) fn paid_attempts(tx: &mut Tx<'_>, form: &CheckoutForm) -> Result<Vec<Checkout>, StoreError> {
    let mut paid = Vec::new();
    for position in 0..form.orders().len() {
        let attempts = attempts_at(tx, form, position)?;
        let settled = attempts.into_iter().find(|attempt| attempt.state == CheckoutState::Settled);
        let Some(settled) = settled else { break };
        paid.push(settled);
    }
    Ok(paid)
}

/// Notes with a form what a crash kept from being noted, and answers how many of its orders are paid.
pub(super) async fn note_paid(app: &App, form: &CheckoutForm) -> Result<(CheckoutForm, usize), StoreError> {
    let asked = form.clone();
    let paid = app.read(move |_, tx| paid_attempts(tx, &asked)).await?;
    let (count, ids) = (paid.len(), paid.iter().map(|attempt| attempt.id).collect::<Vec<_>>());
    if form.checkouts.starts_with(&ids) {
        return Ok((form.clone(), count));
    }
    let noted = note(app, form, move |_, form| {
        for (position, id) in ids.iter().enumerate() {
            if form.checkouts.get(position) != Some(id) {
                form.note_attempt(position, *id);
            }
        }
    });
    Ok((noted.await?, count))
}

/// Whether the yes that was given once covers a charge that begins now: not for long, and only the first.
pub(super) async fn may_begin(app: &App, form: &CheckoutForm, position: usize) -> Result<bool, StoreError> {
    let form = form.clone();
    app.read(move |cx, tx| {
        let is_covered = cx.now() <= covered_until(tx, &form, position)?;
        let request = request_of(&form, position);
        let tried = tx.checkouts(form.project_id).find_by_request(request.bytes(), form.created_at)?;
        Ok(is_covered && tried.is_none())
    })
    .await
}

fn covered_until(tx: &mut Tx<'_>, form: &CheckoutForm, position: usize) -> Result<Timestamp, StoreError> {
    let Some(before) = position.checked_sub(1) else { return Ok(form.created_at + AGREEMENT_LASTS) };
    let before = attempts_at(tx, form, before)?;
    let paid_at = before.iter().filter_map(|attempt| attempt.closed_at).max();
    Ok(paid_at.unwrap_or(form.created_at) + REST_LASTS)
}

/// Changes what is kept of a form, and answers how it is kept now.
pub(super) async fn note(
    app: &App,
    form: &CheckoutForm,
    change: impl Fn(&Cx, &mut CheckoutForm) + Send + Sync + 'static,
) -> Result<CheckoutForm, StoreError> {
    let form = form.clone();
    app.write(move |cx, tx| {
        let mut forms = tx.checkout_forms(form.project_id);
        let Some(mut kept) = forms.lock(form.id)? else { return Ok(form.clone()) };
        change(cx, &mut kept);
        forms.update(&kept)?;
        Ok(kept)
    })
    .await
}
