// Stripe's Node SDK lets subscriptions begin later, end on a day, cost less from now on, or never be paid.
import test from "node:test";
import assert from "node:assert/strict";
import Stripe from "stripe";
import { client, offer } from "./support/sandbox.mjs";

const stripe = client();
const DAY = 86_400;
const APRIL = Date.UTC(2026, 3, 1) / 1000;

/** A customer with this card in a time of their own, and a monthly subscription to ten euros. */
async function subscribed(more = {}, card = "pm_card_visa") {
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: APRIL });
  const customer = await stripe.customers.create({
    test_clock: clock.id,
    payment_method: card,
    invoice_settings: { default_payment_method: card },
  });
  const price = await offer(stripe, { unit_amount: 1000 });
  const items = [{ price: price.id }];
  const subscription = await stripe.subscriptions.create({ customer: customer.id, items, ...more });
  return { clock, customer, subscription };
}

const travel = (clock, time) => stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: time });

async function paid(subscription) {
  const { data } = await stripe.invoices.list({ subscription: subscription.id });
  return data.map((invoice) => invoice.amount_paid).toReversed();
}

test("a trial costs nothing, and its end begins the first month that does", async () => {
  const { clock, subscription } = await subscribed({ trial_period_days: 14 });
  assert.equal(subscription.status, "trialing");
  assert.equal(subscription.trial_end, APRIL + 14 * DAY);
  await travel(clock, APRIL + 15 * DAY);
  const begun = await stripe.subscriptions.retrieve(subscription.id);
  assert.equal(begun.status, "active");
  assert.equal(begun.items.data[0].current_period_start, APRIL + 14 * DAY);
  assert.deepEqual(await paid(subscription), [0, 1000]);
});

test("an anchor that moves to now begins a period and credits what was left of the last", async () => {
  const { clock, subscription } = await subscribed();
  await travel(clock, APRIL + 15 * DAY);
  const change = { billing_cycle_anchor: "now", proration_behavior: "create_prorations" };
  const moved = await stripe.subscriptions.update(subscription.id, change);
  assert.equal(moved.billing_cycle_anchor, APRIL + 15 * DAY);
  assert.equal(moved.items.data[0].current_period_end, Date.UTC(2026, 4, 16) / 1000);
  assert.deepEqual(await paid(subscription), [1000, 500]);
});

test("what comes next can be seen by the older name too, unless nothing does", async () => {
  const { subscription } = await subscribed();
  const path = `/v1/invoices/upcoming?subscription=${subscription.id}`;
  const coming = await stripe.rawRequest("GET", path);
  const preview = await stripe.invoices.createPreview({ subscription: subscription.id });
  assert.deepEqual([coming.amount_due, preview.amount_due], [1000, 1000]);
  await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
  await assert.rejects(stripe.rawRequest("GET", path), { code: "invoice_upcoming_none" });
});

test("an invoice that nobody pays is written off, and can be paid even so", async () => {
  const { customer } = await subscribed();
  await stripe.invoiceItems.create({ customer: customer.id, amount: 700, currency: "eur" });
  const draft = await stripe.invoices.create({ customer: customer.id, pending_invoice_items_behavior: "include" });
  await stripe.invoices.finalizeInvoice(draft.id, { auto_advance: false });
  const written = await stripe.invoices.markUncollectible(draft.id);
  assert.equal(written.status, "uncollectible");
  assert.equal((await stripe.invoices.pay(draft.id)).status, "paid");
});

test("an end on a day in the middle of a month comes on that day", async () => {
  const { clock, subscription } = await subscribed();
  const end = APRIL + 40 * DAY;
  const set = await stripe.subscriptions.update(subscription.id, { cancel_at: end, proration_behavior: "none" });
  assert.equal(set.cancel_at, end);
  await travel(clock, end - 1);
  assert.equal((await stripe.subscriptions.retrieve(subscription.id)).status, "active");
  await travel(clock, end);
  const over = await stripe.subscriptions.retrieve(subscription.id);
  assert.deepEqual([over.status, over.ended_at], ["canceled", end]);
  await assert.rejects(
    stripe.subscriptions.update(subscription.id, { cancel_at: end + DAY }),
    Stripe.errors.StripeInvalidRequestError,
  );
});

test("a coupon on a subscription that runs takes off what comes, and is taken away again", async () => {
  const { clock, subscription } = await subscribed();
  const coupon = await stripe.coupons.create({ percent_off: 25, duration: "repeating", duration_in_months: 2 });
  await stripe.subscriptions.update(subscription.id, { discounts: [{ coupon: coupon.id }] });
  await travel(clock, Date.UTC(2026, 4, 2) / 1000);
  await stripe.subscriptions.deleteDiscount(subscription.id);
  await travel(clock, Date.UTC(2026, 5, 2) / 1000);
  assert.deepEqual(await paid(subscription), [1000, 750, 1000]);
});
