// Stripe's Node SDK changes subscriptions, looks at what changes would cost, and travels through time.
import test from "node:test";
import assert from "node:assert/strict";
import Stripe from "stripe";
import { client, offer } from "./support/sandbox.mjs";

const stripe = client();
const DAY = 86_400;
const APRIL = Date.UTC(2026, 3, 1) / 1000;

/** A customer in a time of their own, with a monthly subscription to ten euros half of whose first month is over. */
async function halfway() {
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: APRIL });
  const customer = await stripe.customers.create({
    test_clock: clock.id,
    payment_method: "pm_card_visa",
    invoice_settings: { default_payment_method: "pm_card_visa" },
  });
  const price = await offer(stripe, { unit_amount: 1000 });
  const subscription = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
  await travel(clock, APRIL + 15 * DAY);
  return { clock, customer, price, subscription, item: subscription.items.data[0].id };
}

async function travel(clock, time) {
  const { status } = await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: time });
  assert.equal(status, "ready");
}

const amounts = (invoice) => invoice.lines.data.map(({ amount }) => amount);

test("a preview costs what the update then charges", async () => {
  const { subscription, item } = await halfway();
  const dearer = await offer(stripe, { unit_amount: 2000 });
  const items = [{ id: item, price: dearer.id }];
  const preview = await stripe.invoices.createPreview({
    subscription: subscription.id,
    subscription_details: { items, proration_behavior: "always_invoice" },
  });
  assert.deepEqual(amounts(preview), [-500, 1000]);
  assert.ok(preview.lines.data.every((line) => line.parent.subscription_item_details.proration));
  const updated = await stripe.subscriptions.update(subscription.id, {
    items,
    proration_behavior: "always_invoice",
    payment_behavior: "error_if_incomplete",
    expand: ["latest_invoice"],
  });
  assert.deepEqual(amounts(updated.latest_invoice), amounts(preview));
  assert.equal(updated.latest_invoice.amount_paid, preview.amount_due);
});

test("a refused card is an error and leaves the subscription as it was", async () => {
  const { customer, subscription, item } = await halfway();
  const settings = { default_payment_method: "pm_card_chargeCustomerFail" };
  await stripe.customers.update(customer.id, { invoice_settings: settings });
  const dearer = await offer(stripe, { unit_amount: 2000 });
  const change = { items: [{ id: item, price: dearer.id }], proration_behavior: "always_invoice" };
  await assert.rejects(
    stripe.subscriptions.update(subscription.id, { ...change, payment_behavior: "error_if_incomplete" }),
    Stripe.errors.StripeCardError,
  );
  const unchanged = await stripe.subscriptions.retrieve(subscription.id);
  assert.equal(unchanged.items.data[0].price.unit_amount, 1000);
  const invoices = await stripe.invoices.list({ subscription: subscription.id });
  assert.equal(invoices.data.length, 1);
});

test("items are added, changed and removed by themselves", async () => {
  const { subscription } = await halfway();
  const extra = await offer(stripe, { unit_amount: 600 });
  const item = await stripe.subscriptionItems.create({ subscription: subscription.id, price: extra.id });
  const more = await stripe.subscriptionItems.update(item.id, { quantity: 3 });
  assert.equal(more.quantity, 3);
  const { deleted } = await stripe.subscriptionItems.del(item.id);
  assert.equal(deleted, true);
  const waiting = await stripe.invoiceItems.list({ customer: subscription.customer, pending: true });
  assert.deepEqual(waiting.data.map(({ amount }) => amount).toReversed(), [300, -300, 900, -900]);
});

test("a schedule changes the price when the period ends", async () => {
  const { clock, subscription, price } = await halfway();
  const cheaper = await offer(stripe, { unit_amount: 400 });
  const schedule = await stripe.subscriptionSchedules.create({ from_subscription: subscription.id });
  const [{ start_date, end_date }] = schedule.phases;
  const updated = await stripe.subscriptionSchedules.update(schedule.id, {
    phases: [
      { items: [{ price: price.id }], start_date, end_date },
      { items: [{ price: cheaper.id }], duration: { interval: "month", interval_count: 1 } },
    ],
  });
  assert.equal(updated.phases.length, 2);
  await travel(clock, end_date);
  const [renewal] = (await stripe.invoices.list({ subscription: subscription.id, limit: 1 })).data;
  assert.equal(renewal.amount_paid, 400);
  const released = await stripe.subscriptionSchedules.release(schedule.id);
  assert.equal(released.status, "released");
});

test("a card that fails is retried on its days and a better one mends it", async () => {
  const { clock, customer, subscription } = await halfway();
  const settings = { default_payment_method: "pm_card_chargeCustomerFail" };
  await stripe.customers.update(customer.id, { invoice_settings: settings });
  await travel(clock, APRIL + 33 * DAY);
  const late = await stripe.subscriptions.retrieve(subscription.id, { expand: ["latest_invoice"] });
  assert.equal(late.status, "past_due");
  assert.equal(late.latest_invoice.attempt_count, 3);
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: "pm_card_visa" } });
  const paid = await stripe.invoices.pay(late.latest_invoice.id);
  assert.equal(paid.status, "paid");
  assert.equal((await stripe.subscriptions.retrieve(subscription.id)).status, "active");
});

test("what is credited pays for the next invoice", async () => {
  const { clock, customer, subscription } = await halfway();
  const note = await stripe.creditNotes.create({ invoice: subscription.latest_invoice, amount: 300, credit_amount: 300 });
  assert.equal(note.post_payment_amount, 300);
  const adjusted = await stripe.customers.createBalanceTransaction(customer.id, { amount: -200, currency: "eur" });
  assert.equal(adjusted.ending_balance, -500);
  await travel(clock, APRIL + 30 * DAY);
  const [renewal] = (await stripe.invoices.list({ subscription: subscription.id, limit: 1 })).data;
  assert.deepEqual([renewal.total, renewal.starting_balance, renewal.amount_paid], [1000, -500, 500]);
});

test("a paused collection drafts and a clock that is deleted takes its customers along", async () => {
  const { clock, subscription } = await halfway();
  await stripe.subscriptions.update(subscription.id, { pause_collection: { behavior: "void" } });
  await travel(clock, APRIL + 30 * DAY);
  const [voided] = (await stripe.invoices.list({ subscription: subscription.id, limit: 1 })).data;
  assert.equal(voided.status, "void");
  await stripe.testHelpers.testClocks.del(clock.id);
  assert.equal((await stripe.subscriptions.retrieve(subscription.id)).status, "canceled");
});
