// Every kind of object has the members, and the types, that Stripe's SDK declares for its newest API version.
import test from "node:test";
import assert from "node:assert/strict";
import Stripe from "stripe";
import { card, open } from "./support/browser.mjs";
import { client, offer, sandboxBase, secretKey, sessionFor } from "./support/sandbox.mjs";
import { differences } from "./support/shapes.mjs";

const stripe = client();

/** The JSON as it is sent, which the SDK would partly turn into objects of its own. */
async function raw(path) {
  const headers = { authorization: `Bearer ${secretKey}`, "stripe-version": Stripe.API_VERSION };
  const response = await fetch(new URL(path, sandboxBase), { headers });
  return response.json();
}

/** Differences that are meant, each with its reason. */
const INTENDED = [
  [/^credit_note\.pdf is null/, "the sandbox prints invoices, and no credit notes"],
  [/\.(items|lines)\.total_count is not declared$/, "Stripe sends it, though its SDK does not declare it"],
];

async function assertShape(path) {
  const object = await raw(path);
  const found = differences(object).filter((sentence) => !INTENDED.some(([pattern]) => pattern.test(sentence)));
  assert.deepEqual(found, [], path);
}

async function purchase() {
  const coupon = await stripe.coupons.create({ percent_off: 20, duration: "forever", name: "Friends" });
  const promotion = await stripe.promotionCodes.create({ promotion: { type: "coupon", coupon: coupon.id } });
  const price = await offer(stripe);
  const customer = await stripe.customers.create({ email: "ada@example.com" });
  const session = await stripe.checkout.sessions.create(
    sessionFor(price, { customer: customer.id, discounts: [{ promotion_code: promotion.id }] }),
  );
  await (await open(session.url)).submit('name="card_number"', card("4242 4242 4242 4242"));
  const paid = await stripe.checkout.sessions.retrieve(session.id, {
    expand: ["subscription", "invoice.payments", "subscription.discounts"],
  });
  return { coupon, promotion, price, customer, session: paid };
}

test("what a purchase leaves behind has the declared shapes", async (t) => {
  const { coupon, promotion, price, customer, session } = await purchase();
  const { subscription, invoice } = session;
  const payment = invoice.payments.data[0];
  const intent = await stripe.paymentIntents.retrieve(payment.payment.payment_intent);
  const refund = await stripe.refunds.create({ payment_intent: intent.id, amount: 100 });
  const paths = [
    `coupons/${coupon.id}`,
    `promotion_codes/${promotion.id}`,
    `products/${price.product}`,
    `prices/${price.id}`,
    `customers/${customer.id}`,
    `checkout/sessions/${session.id}`,
    `checkout/sessions/${session.id}?expand[]=line_items`,
    `subscriptions/${subscription.id}`,
    `subscriptions/${subscription.id}?expand[]=discounts`,
    `subscription_items/${subscription.items.data[0].id}`,
    `invoices/${invoice.id}`,
    `invoices/${invoice.id}?expand[]=payments`,
    `invoice_payments/${payment.id}`,
    `payment_intents/${intent.id}`,
    `payment_methods/${intent.payment_method}`,
    `charges/${intent.latest_charge}`,
    `refunds/${refund.id}`,
    `balance_transactions/${refund.balance_transaction}`,
    "balance",
  ];
  for (const path of paths) await t.test(path.replace(/\/[^/?]*_[^/?]*/, ""), () => assertShape(`/v1/${path}`));
});

test("what stands by itself has the declared shapes", async (t) => {
  const price = await offer(stripe, { recurring: undefined });
  const customer = await stripe.customers.create({ payment_method: "pm_card_visa" });
  const declined = stripe.paymentIntents.create({
    amount: 2000,
    currency: "eur",
    confirm: true,
    payment_method: "pm_card_chargeDeclined",
    payment_method_types: ["card"],
  });
  const failed = await declined.catch((error) => error.payment_intent);
  const challenged = await stripe.paymentIntents.create({
    amount: 2000,
    currency: "eur",
    confirm: true,
    payment_method: "pm_card_authenticationRequired",
    return_url: "https://shop.example/back",
  });
  const disputed = await stripe.paymentIntents.create({
    amount: 2000,
    currency: "eur",
    confirm: true,
    payment_method: "pm_card_createDispute",
    payment_method_types: ["card"],
  });
  const [dispute] = (await stripe.disputes.list({ payment_intent: disputed.id })).data;
  const setup = await stripe.setupIntents.create({ customer: customer.id, payment_method_types: ["card"] });
  const item = await stripe.invoiceItems.create({ customer: customer.id, amount: 500, currency: "eur" });
  const draft = await stripe.invoices.create({ customer: customer.id });
  const session = await stripe.checkout.sessions.create(sessionFor(price));
  const endpoint = await stripe.webhookEndpoints.create({ url: "http://127.0.0.1:9/", enabled_events: ["coupon.deleted"] });
  const paths = {
    "a failed payment intent": `payment_intents/${failed.id}`,
    "its charge": `charges/${failed.latest_charge}`,
    "a challenged payment intent": `payment_intents/${challenged.id}`,
    "a dispute": `disputes/${dispute.id}`,
    "a setup intent": `setup_intents/${setup.id}`,
    "an invoice item": `invoiceitems/${item.id}`,
    "a draft": `invoices/${draft.id}`,
    "an open session": `checkout/sessions/${session.id}`,
    "a webhook endpoint": `webhook_endpoints/${endpoint.id}`,
    "a one-off price": `prices/${price.id}`,
  };
  for (const [name, path] of Object.entries(paths)) await t.test(name, () => assertShape(`/v1/${path}`));
  await stripe.webhookEndpoints.del(endpoint.id);
});

test("what manages subscriptions has the declared shapes", async (t) => {
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: 1_800_000_000 });
  const price = await offer(stripe);
  const customer = await stripe.customers.create({ payment_method: "pm_card_visa", invoice_settings: { default_payment_method: "pm_card_visa" } });
  const coupon = await stripe.coupons.create({ percent_off: 10, duration: "forever" });
  await stripe.rawRequest("POST", `/v1/customers/${customer.id}`, { coupon: coupon.id });
  const vat = await stripe.taxRates.create({ display_name: "VAT", percentage: 19, inclusive: false });
  const subscription = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }], default_tax_rates: [vat.id] });
  const schedule = await stripe.subscriptionSchedules.create({ from_subscription: subscription.id });
  const waiting = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: "pm_card_chargeCustomerFail" } });
  const dearer = await offer(stripe, { unit_amount: 2900 });
  await stripe.subscriptions.update(waiting.id, {
    items: [{ id: waiting.items.data[0].id, price: dearer.id }],
    payment_behavior: "pending_if_incomplete",
    proration_behavior: "always_invoice",
  });
  const note = await stripe.creditNotes.create({ invoice: subscription.latest_invoice, amount: 100, credit_amount: 100 });
  const movement = await stripe.customers.createBalanceTransaction(customer.id, { amount: -100, currency: "eur" });
  const quote = await stripe.quotes.create({ customer: customer.id, line_items: [{ price: price.id }] });
  const configuration = await stripe.billingPortal.configurations.create({ features: { invoice_history: { enabled: true } } });
  const card = await stripe.customers.createSource(customer.id, { source: "tok_visa" });
  const debit = await stripe.paymentMethods.create({
    type: "sepa_debit",
    sepa_debit: { iban: "AT611904300234573201" },
    billing_details: { name: "Ada", email: "ada@example.com" },
  });
  const paths = {
    "a test clock": `test_helpers/test_clocks/${clock.id}`,
    "a customer with a discount": `customers/${customer.id}`,
    "a tax rate": `tax_rates/${vat.id}`,
    "a taxed subscription": `subscriptions/${subscription.id}`,
    "a taxed invoice": `invoices/${subscription.latest_invoice}`,
    "a subscription with a pending update": `subscriptions/${waiting.id}`,
    "a schedule": `subscription_schedules/${schedule.id}`,
    "a credit note": `credit_notes/${note.id}`,
    "a balance transaction": `customers/${customer.id}/balance_transactions/${movement.id}`,
    "a quote": `quotes/${quote.id}`,
    "a plan": `plans/${price.id}`,
    "a portal configuration": `billing_portal/configurations/${configuration.id}`,
    "a source": `customers/${customer.id}/sources/${card.id}`,
    "a bank debit": `payment_methods/${debit.id}`,
  };
  for (const [name, path] of Object.entries(paths)) await t.test(name, () => assertShape(`/v1/${path}`));
});
