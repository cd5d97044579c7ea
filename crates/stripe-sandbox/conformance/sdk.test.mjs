// The sandbox as Stripe's own Node SDK sees it.
import test from "node:test";
import assert from "node:assert/strict";
import Stripe from "stripe";
import { card, open } from "./support/browser.mjs";
import { Receiver } from "./support/receiver.mjs";
import { client, offer, sandboxBase, sessionFor } from "./support/sandbox.mjs";

const stripe = client();

async function payOnThePage(session, email) {
  const page = await open(session.url);
  return page.submit('name="card_number"', card("4242 4242 4242 4242", { email }));
}

test("a purchase runs from product to refund, and its webhook verifies", async (t) => {
  const receiver = await Receiver.start();
  t.after(() => receiver.stop());
  const endpoint = await stripe.webhookEndpoints.create({
    url: receiver.url,
    enabled_events: ["checkout.session.completed", "charge.refunded"],
  });
  t.after(() => stripe.webhookEndpoints.del(endpoint.id));

  const price = await offer(stripe);
  const customer = await stripe.customers.create({ email: "ada@example.com", metadata: { tenant: "7" } });
  const session = await stripe.checkout.sessions.create(
    sessionFor(price, { customer: customer.id, subscription_data: { metadata: { order: "42" } } }),
  );
  assert.equal(session.status, "open");
  assert.ok(session.url.startsWith(`${sandboxBase}/c/pay/`));

  const answer = await payOnThePage(session);
  assert.equal(answer.status, 303, answer.text);
  assert.equal(answer.location, `https://shop.example/thanks?session=${session.id}`);

  const paid = await stripe.checkout.sessions.retrieve(session.id, {
    expand: ["customer", "subscription.latest_invoice.payments"],
  });
  assert.equal(paid.status, "complete");
  assert.equal(paid.payment_status, "paid");
  assert.equal(paid.customer.metadata.tenant, "7");
  const { subscription } = paid;
  assert.equal(subscription.status, "active");
  assert.equal(subscription.metadata.order, "42");
  const [item] = subscription.items.data;
  assert.equal(item.price.id, price.id);
  assert.ok(item.current_period_end > item.current_period_start);

  const invoice = subscription.latest_invoice;
  assert.equal(invoice.status, "paid");
  assert.equal(invoice.amount_paid, 1450);
  assert.equal(invoice.billing_reason, "subscription_create");
  assert.equal(invoice.parent.subscription_details.subscription, subscription.id);
  const invoices = await stripe.invoices.list({ subscription: subscription.id });
  assert.deepEqual(invoices.data.map(({ id }) => id), [invoice.id]);

  const paymentIntent = invoice.payments.data[0].payment.payment_intent;
  const refund = await stripe.refunds.create({ payment_intent: paymentIntent, amount: 450 });
  assert.equal(refund.status, "succeeded");
  const charge = await stripe.charges.retrieve(refund.charge);
  assert.equal(charge.amount_refunded, 450);
  assert.equal(charge.refunded, false);

  const { body, headers } = await receiver.delivery(({ event }) => event.data.object.id === session.id);
  const signature = headers["stripe-signature"];
  const event = stripe.webhooks.constructEvent(body, signature, endpoint.secret);
  assert.equal(event.type, "checkout.session.completed");
  assert.equal(event.data.object.subscription, subscription.id);
  const forged = Buffer.from(body.toString().replace(session.id, "cs_test_forged"));
  assert.throws(
    () => stripe.webhooks.constructEvent(forged, signature, endpoint.secret),
    Stripe.errors.StripeSignatureVerificationError,
  );
  await receiver.delivery(({ event }) => event.type === "charge.refunded" && event.data.object.id === charge.id);
});

test("a subscription is cancelled at once or at the end of its period", async () => {
  const price = await offer(stripe);
  const customer = await stripe.customers.create({
    payment_method: "pm_card_visa",
    invoice_settings: { default_payment_method: "pm_card_visa" },
  });
  const subscription = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
  assert.equal(subscription.status, "active");
  const ending = await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
  assert.equal(ending.cancel_at_period_end, true);
  assert.equal(ending.cancel_at, subscription.items.data[0].current_period_end);
  const ended = await stripe.subscriptions.cancel(subscription.id);
  assert.equal(ended.status, "canceled");
  const listed = await stripe.subscriptions.list({ customer: customer.id });
  assert.deepEqual(listed.data, [], "a list without status leaves out what was cancelled");
});

test("an idempotency key answers the same, and refuses other parameters", async () => {
  const idempotencyKey = `conformance-${crypto.randomUUID()}`;
  const first = await stripe.customers.create({ name: "Ada" }, { idempotencyKey });
  const again = await stripe.customers.create({ name: "Ada" }, { idempotencyKey });
  assert.equal(again.id, first.id);
  assert.equal(again.lastResponse.headers["idempotent-replayed"], "true");
  await assert.rejects(stripe.customers.create({ name: "Grace" }, { idempotencyKey }), (error) => {
    assert.ok(error instanceof Stripe.errors.StripeIdempotencyError);
    assert.equal(error.statusCode, 400);
    return true;
  });
});

test("expansion reaches into objects and through lists", async () => {
  const price = await offer(stripe);
  const expanded = await stripe.prices.retrieve(price.id, { expand: ["product.default_price"] });
  assert.equal(expanded.product.name, "Traveller 10 GB");

  const customer = await stripe.customers.create({ name: "Ada" });
  await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    payment_behavior: "default_incomplete",
  });
  const list = await stripe.subscriptions.list({
    customer: customer.id,
    status: "all",
    expand: ["data.customer", "data.latest_invoice"],
  });
  assert.equal(list.data[0].customer.name, "Ada");
  assert.equal(list.data[0].latest_invoice.object, "invoice");
  await assert.rejects(
    stripe.prices.retrieve(price.id, { expand: ["colour"] }),
    Stripe.errors.StripeInvalidRequestError,
  );
});

test("lists page by cursor, newest first", async () => {
  const product = await stripe.products.create({ name: "Paged" });
  const created = [];
  for (let amount = 1; amount <= 25; amount += 1) {
    created.push((await stripe.prices.create({ product: product.id, currency: "eur", unit_amount: amount * 100 })).id);
  }
  const seen = [];
  for await (const price of stripe.prices.list({ product: product.id, limit: 10 })) seen.push(price.id);
  assert.deepEqual(seen, created.toReversed());
  const before = await stripe.prices.list({ product: product.id, limit: 3, ending_before: seen[5] });
  assert.deepEqual(before.data.map(({ id }) => id), seen.slice(2, 5));
});

const DECLINES = {
  pm_card_chargeDeclined: ["card_declined", "generic_decline"],
  pm_card_chargeDeclinedInsufficientFunds: ["card_declined", "insufficient_funds"],
  pm_card_chargeDeclinedExpiredCard: ["expired_card", "expired_card"],
  pm_card_chargeDeclinedIncorrectCvc: ["incorrect_cvc", "incorrect_cvc"],
  pm_card_chargeDeclinedProcessingError: ["processing_error", "processing_error"],
};

for (const [paymentMethod, [code, declineCode]] of Object.entries(DECLINES)) {
  test(`${paymentMethod} is a StripeCardError with ${code}`, async () => {
    const request = { amount: 2000, currency: "eur", confirm: true, payment_method: paymentMethod };
    await assert.rejects(
      stripe.paymentIntents.create({ ...request, payment_method_types: ["card"] }),
      (error) => {
        assert.ok(error instanceof Stripe.errors.StripeCardError, `${error.type}: ${error.message}`);
        assert.equal(error.statusCode, 402);
        assert.equal(error.code, code);
        if (code === "card_declined") assert.equal(error.decline_code, declineCode);
        assert.equal(error.payment_intent.status, "requires_payment_method");
        return true;
      },
    );
  });
}

test("a mistake in a request maps to the SDK's error classes", async () => {
  const { StripeInvalidRequestError, StripeAuthenticationError } = Stripe.errors;
  const mistakes = [
    [() => stripe.products.create({ name: "x", colour: "red" }), StripeInvalidRequestError, 400, "parameter_unknown", "colour"],
    [() => stripe.products.create({}), StripeInvalidRequestError, 400, "parameter_missing", "name"],
    [() => stripe.customers.retrieve("cus_nobody"), StripeInvalidRequestError, 404, "resource_missing", "id"],
    [() => client({}, "pk_wrong").customers.list(), StripeAuthenticationError, 401, undefined, undefined],
  ];
  for (const [request, errorClass, status, code, param] of mistakes) {
    await assert.rejects(request, (error) => {
      assert.ok(error instanceof errorClass, `${error.type}: ${error.message}`);
      assert.equal(error.statusCode, status);
      if (code) assert.equal(error.code, code);
      if (param) assert.equal(error.param, param);
      assert.match(error.requestId, /^req_/);
      return true;
    });
  }
});

test("metadata merges, and an empty value removes a key", async () => {
  const customer = await stripe.customers.create({ metadata: { keep: "1", drop: "2" } });
  const updated = await stripe.customers.update(customer.id, { metadata: { drop: "", add: "3" } });
  assert.deepEqual(updated.metadata, { keep: "1", add: "3" });
  const events = await stripe.events.list({ type: "customer.updated", limit: 1 });
  assert.equal(events.data[0].data.object.id, customer.id);
  assert.deepEqual(events.data[0].data.previous_attributes, { metadata: { drop: "2", add: null } });
});

test("older and newer API versions are answered in their own words", async () => {
  const price = await offer(stripe);
  const older = client({ apiVersion: "2025-03-31.basil" });
  const hosted = await older.checkout.sessions.create(sessionFor(price, { ui_mode: "hosted" }));
  assert.equal(hosted.ui_mode, "hosted");
  const page = await stripe.checkout.sessions.create(sessionFor(price, { ui_mode: "hosted_page" }));
  assert.equal(page.ui_mode, "hosted_page");
});
