// Stripe's SDK through what a merchant does beyond the first sale: changes that wait for their payment, the portal,
// taxes, discounts, quotes, bank debits and embedded Checkout.
import test from "node:test";
import assert from "node:assert/strict";
import Stripe from "stripe";
import { card, open } from "./support/browser.mjs";
import { client, offer, sandboxBase, sessionFor } from "./support/sandbox.mjs";

const stripe = client();

/** A customer whose card is a test card, and a subscription to 14.50 euros a month. */
async function subscriber(paymentMethod = "pm_card_visa", more = {}) {
  const customer = await stripe.customers.create({
    email: "ada@example.com",
    payment_method: paymentMethod,
    invoice_settings: { default_payment_method: paymentMethod },
  });
  const price = await offer(stripe);
  const subscription = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }], ...more });
  return { customer, price, subscription };
}

function useCard(customer, paymentMethod) {
  return stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: paymentMethod } });
}

/** An update to a dearer price that counts once it is paid. */
async function pendingChange(subscription) {
  const dearer = await offer(stripe, { unit_amount: 2900 });
  return stripe.subscriptions.update(subscription.id, {
    items: [{ id: subscription.items.data[0].id, price: dearer.id }],
    payment_behavior: "pending_if_incomplete",
    proration_behavior: "always_invoice",
    expand: ["latest_invoice.payments"],
  });
}

const unitAmount = (subscription) => subscription.items.data[0].price.unit_amount;

/** Waits for what happens by the sandbox's clock. */
async function eventually(ask) {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const found = await ask();
    if (found) return found;
    assert.ok(Date.now() < deadline, "it happened in time");
  }
}

test("a change waits for its payment and is made with it", async () => {
  const { customer, subscription } = await subscriber();
  await useCard(customer, "pm_card_chargeCustomerFail");
  const waiting = await pendingChange(subscription);
  assert.deepEqual([waiting.status, unitAmount(waiting), waiting.latest_invoice.status], ["active", 1450, "open"]);
  assert.equal(waiting.pending_update.subscription_items[0].price.unit_amount, 2900);
  await stripe.invoices.pay(waiting.latest_invoice.id, { payment_method: "pm_card_visa" });
  const changed = await stripe.subscriptions.retrieve(subscription.id);
  assert.deepEqual([unitAmount(changed), changed.pending_update], [2900, null]);
});

test("a bank's question about a change is answered on its page", async () => {
  const { customer, subscription } = await subscriber();
  await useCard(customer, "pm_card_authenticationRequired");
  const waiting = await pendingChange(subscription);
  const [payment] = waiting.latest_invoice.payments.data;
  const asked = await stripe.paymentIntents.confirm(payment.payment.payment_intent, { return_url: "https://shop.example/back" });
  assert.equal(asked.next_action.redirect_to_url.return_url, "https://shop.example/back");
  const page = await open(asked.next_action.redirect_to_url.url);
  const back = await page.submit('value="complete"', { outcome: "complete" });
  assert.match(back.location, /^https:\/\/shop\.example\/back\?payment_intent=pi_.*&redirect_status=succeeded$/);
  assert.equal(unitAmount(await stripe.subscriptions.retrieve(subscription.id)), 2900);
});

test("a charge without the customer is refused where the bank wants to ask", async () => {
  const { customer } = await subscriber("pm_card_visa");
  const method = await stripe.paymentMethods.attach("pm_card_authenticationRequired", { customer: customer.id });
  const charge = { amount: 900, currency: "eur", customer: customer.id, payment_method: method.id, confirm: true, off_session: true };
  await assert.rejects(stripe.paymentIntents.create(charge), (error) => {
    assert.ok(error instanceof Stripe.errors.StripeCardError);
    assert.equal(error.code, "authentication_required");
    assert.equal(error.payment_intent.status, "requires_payment_method");
    return true;
  });
});

test("the portal shows what its configuration offers, and a flow leads on", async () => {
  const { customer, price, subscription } = await subscriber();
  const dearer = await stripe.prices.create({ product: price.product, currency: "eur", unit_amount: 2900, recurring: { interval: "month" } });
  const configuration = await stripe.billingPortal.configurations.create({
    features: {
      subscription_cancel: { enabled: true, mode: "at_period_end" },
      subscription_update: {
        enabled: true,
        proration_behavior: "always_invoice",
        products: [{ product: price.product, prices: [price.id, dearer.id] }],
      },
    },
  });
  const session = await stripe.billingPortal.sessions.create({
    customer: customer.id,
    configuration: configuration.id,
    return_url: "https://shop.example/account",
    flow_data: {
      type: "subscription_update_confirm",
      subscription_update_confirm: {
        subscription: subscription.id,
        items: [{ id: subscription.items.data[0].id, price: dearer.id, quantity: 1 }],
      },
      after_completion: { type: "redirect", redirect: { return_url: "https://shop.example/changed" } },
    },
  });
  const page = await open(session.url);
  assert.match(page.text, /Confirm the change .* Due now €14\.50/);
  assert.equal((await page.submit('value="change"', { action: "change" })).location, "https://shop.example/changed");
  assert.equal(unitAmount(await stripe.subscriptions.retrieve(subscription.id)), 2900);
  const home = await open(session.url);
  assert.ok(!home.text.includes("Ways to pay"), "cards are not offered");
  const updated = await stripe.billingPortal.configurations.update(configuration.id, {
    features: { payment_method_update: { enabled: true } },
  });
  assert.equal(updated.features.subscription_update.enabled, true);
  assert.ok((await open(session.url)).text.includes("Ways to pay"));
});

test("tax is on each line, and a customer's discount comes before it", async () => {
  const vat = await stripe.taxRates.create({ display_name: "VAT", percentage: 19, inclusive: false });
  const coupon = await stripe.coupons.create({ percent_off: 20, duration: "forever" });
  const { customer } = await subscriber();
  await stripe.rawRequest("POST", `/v1/customers/${customer.id}`, { coupon: coupon.id });
  const price = await offer(stripe, { unit_amount: 1000 });
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    default_tax_rates: [vat.id],
    expand: ["latest_invoice"],
  });
  const { subtotal, total, total_taxes: taxes, total_discount_amounts: discounts } = subscription.latest_invoice;
  // 800 are left of 1000, and 19 % of them are 152.
  assert.deepEqual([subtotal, discounts[0].amount, taxes[0].amount, total], [1000, 200, 152, 952]);
  assert.equal(subscription.default_tax_rates[0].percentage, 19);
  const gone = await stripe.customers.deleteDiscount(customer.id);
  assert.equal(gone.deleted, true);
  assert.equal((await stripe.taxRates.update(vat.id, { active: false })).active, false);
});

test("an accepted quote becomes a subscription", async () => {
  const { customer, price } = await subscriber();
  const quote = await stripe.quotes.create({ customer: customer.id, line_items: [{ price: price.id, quantity: 2 }] });
  await stripe.quotes.finalizeQuote(quote.id);
  const accepted = await stripe.quotes.accept(quote.id);
  assert.equal(accepted.status, "accepted");
  assert.equal((await stripe.subscriptions.retrieve(accepted.subscription)).items.data[0].quantity, 2);
  const lines = await stripe.quotes.listLineItems(quote.id);
  assert.equal(lines.data[0].amount_total, 2900);
});

test("a bank debit completes a session, and is paid later or not", async () => {
  const price = await offer(stripe, { recurring: undefined });
  for (const [iban, event, status] of [
    ["AT611904300234573201", "checkout.session.async_payment_succeeded", "paid"],
    ["AT861904300235473202", "checkout.session.async_payment_failed", "unpaid"],
  ]) {
    const session = await stripe.checkout.sessions.create(sessionFor(price, { payment_method_types: ["card", "sepa_debit"] }));
    const page = await open(session.url);
    const done = await page.submit('name="iban"', { email: "ada@example.com", iban, card_name: "Ada Byron" });
    assert.equal(done.status, 303);
    await eventually(async () => {
      const events = await stripe.events.list({ type: event, limit: 20 });
      return events.data.some(({ data }) => data.object.id === session.id);
    });
    assert.equal((await stripe.checkout.sessions.retrieve(session.id)).payment_status, status);
  }
});

test("an embedded session is opened by its secret and tells where to go", async () => {
  const price = await offer(stripe);
  const session = await stripe.checkout.sessions.create({
    mode: "subscription",
    ui_mode: "embedded_page",
    line_items: [{ price: price.id, quantity: 1 }],
    return_url: "https://shop.example/back?session={CHECKOUT_SESSION_ID}",
  });
  const script = await open(new URL("/sandbox/embedded.js", sandboxBase));
  assert.match(script.html, /initEmbeddedCheckout/);
  const page = await open(new URL(`/c/embedded/${session.client_secret}`, sandboxBase));
  const done = await page.submit('name="card_number"', { email: "ada@example.com", ...card("4242 4242 4242 4242") });
  const end = await done.follow();
  assert.ok(end.html.includes(`data-redirect="https://shop.example/back?session=${session.id}"`), end.html);
});

test("a card is saved by a setup session and pays afterwards", async () => {
  const { customer, subscription } = await subscriber();
  const session = await stripe.checkout.sessions.create({
    mode: "setup",
    currency: "eur",
    customer: customer.id,
    success_url: "https://shop.example/saved",
  });
  await (await open(session.url)).submit('name="card_number"', { ...card("5555 5555 5555 4444"), saved_card: "" });
  const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ["setup_intent"] });
  assert.deepEqual([done.status, done.customer], ["complete", customer.id]);
  const method = done.setup_intent.payment_method;
  await stripe.subscriptions.update(subscription.id, { default_payment_method: method });
  assert.equal((await stripe.paymentMethods.retrieve(method)).card.last4, "4444");
});
