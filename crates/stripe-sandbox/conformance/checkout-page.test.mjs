// The hosted Checkout page, used as a browser without script would use it.
import test from "node:test";
import assert from "node:assert/strict";
import { card, open } from "./support/browser.mjs";
import { client, offer, sessionFor } from "./support/sandbox.mjs";

const CARD_FORM = 'name="card_number"';
const stripe = client();

async function openSession(price = {}, more = {}) {
  const session = await stripe.checkout.sessions.create(sessionFor(await offer(stripe, price), more));
  return { session, page: await open(session.url) };
}

test("the page says what is sold, for how much and how often", async () => {
  const { page } = await openSession();
  assert.equal(page.status, 200);
  assert.match(page.text, /no money moves/);
  assert.match(page.text, /Traveller 10 GB/);
  assert.match(page.text, /€14\.50/);
  assert.match(page.text, /every month/);
});

test("a stranger gives an e-mail address, and becomes a customer", async () => {
  const { session, page } = await openSession();
  const refused = await page.submit(CARD_FORM, card("4242424242424242", { email: "nowhere" }));
  assert.equal(refused.status, 422);
  const answer = await page.submit(CARD_FORM, card("4242424242424242", { email: "grace@example.com" }));
  assert.equal(answer.status, 303, answer.text);
  const { customer } = await stripe.checkout.sessions.retrieve(session.id, { expand: ["customer"] });
  assert.equal(customer.email, "grace@example.com");
});

test("a declined card charges nothing, and another card pays", async () => {
  const { session, page } = await openSession({ recurring: undefined });
  const declined = await page.submit(CARD_FORM, card("4000 0000 0000 9995", { email: "grace@example.com" }));
  assert.equal(declined.status, 402);
  assert.match(declined.text, /funds/);
  assert.match(declined.text, /[Nn]othing (was|has been) charged/);
  assert.equal((await stripe.checkout.sessions.retrieve(session.id)).payment_status, "unpaid");

  const answer = await declined.submit(CARD_FORM, card("5555 5555 5555 4444"));
  assert.equal(answer.status, 303, answer.text);
  const paid = await stripe.checkout.sessions.retrieve(session.id, { expand: ["payment_intent.latest_charge"] });
  assert.equal(paid.payment_status, "paid");
  assert.equal(paid.payment_intent.latest_charge.payment_method_details.card.brand, "mastercard");
});

test("a challenged card pays only after the challenge", async () => {
  const { session, page } = await openSession();
  const asked = await page.submit(CARD_FORM, card("4000 0025 0000 3155", { email: "grace@example.com" }));
  const challenge = await asked.follow();
  assert.match(challenge.address, /\/3ds\//);
  assert.equal((await stripe.checkout.sessions.retrieve(session.id)).payment_status, "unpaid");

  const failed = await challenge.submit('value="fail"', { outcome: "fail" });
  const back = await failed.follow();
  assert.match(back.text, /[Nn]othing (was|has been) charged/);

  const again = await (await back.submit(CARD_FORM, card("4000 0025 0000 3155", { email: "grace@example.com" }))).follow();
  const done = await again.submit('value="complete"', { outcome: "complete" });
  assert.equal(done.status, 303, done.text);
  assert.equal(done.location, `https://shop.example/thanks?session=${session.id}`);
  assert.equal((await stripe.checkout.sessions.retrieve(session.id)).payment_status, "paid");
});

test("a setup session saves a card without a charge", async () => {
  const customer = await stripe.customers.create({ email: "ada@example.com" });
  const session = await stripe.checkout.sessions.create({
    mode: "setup",
    currency: "eur",
    customer: customer.id,
    success_url: "https://shop.example/saved",
  });
  const page = await open(session.url);
  assert.match(page.text, /Save card/);
  const answer = await page.submit(CARD_FORM, card("4242 4242 4242 4242"));
  assert.equal(answer.location, "https://shop.example/saved");
  const saved = await stripe.customers.listPaymentMethods(customer.id);
  assert.equal(saved.data[0].card.last4, "4242");
});

test("a promotion code lowers what is paid", async () => {
  const coupon = await stripe.coupons.create({ percent_off: 50, duration: "once" });
  const promotion = await stripe.promotionCodes.create({
    promotion: { type: "coupon", coupon: coupon.id },
    code: `HALF${Date.now()}`,
  });
  const { session, page } = await openSession({}, { allow_promotion_codes: true });
  const unknown = await page.submit('name="promotion_code"', { promotion_code: "NOSUCHCODE" });
  assert.equal(unknown.status, 422);
  const applied = await (await page.submit('name="promotion_code"', { promotion_code: promotion.code })).follow();
  assert.match(applied.text, /€7\.25/);
  await applied.submit(CARD_FORM, card("4242 4242 4242 4242", { email: "grace@example.com" }));
  assert.equal((await stripe.checkout.sessions.retrieve(session.id)).amount_total, 725);
});

test("a session that is over takes no payment", async () => {
  const { session, page } = await openSession();
  await stripe.checkout.sessions.expire(session.id);
  const late = await page.submit(CARD_FORM, card("4242 4242 4242 4242", { email: "grace@example.com" }));
  assert.equal(late.status, 410);
  assert.match(late.text, /expired/);
  assert.equal((await open(session.url)).status, 410);
  assert.equal((await stripe.checkout.sessions.retrieve(session.id)).status, "expired");
});
