// Every method against a running demo; the cards are given to the sandbox as its page would.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createProjectsClient, HttpError, OrganizationsClient } from "perennial-sdk";
import { startDemo } from "../../../e2e/support/demo.mjs";

let demo;
let plans;

before(async () => {
  demo = await startDemo();
  plans = (await new OrganizationsClient({ baseUrl: demo.organizations.baseUrl }).getSubscriptions()).data;
});
after(() => demo?.stop());

/** A client in the name of one of the demo's organizations. */
function clientOf(organization) {
  const { baseUrl, users } = demo.organizations;
  const { accessToken } = users.find(({ orgId }) => orgId === `org-${organization}`);
  return new OrganizationsClient({ baseUrl, accessToken });
}

function period(plan, type) {
  return plans.find(({ name }) => name === plan).periods.find(({ periodType }) => periodType === type).id;
}

async function pay(url) {
  const card = { card_number: "4242424242424242", card_expiry: "12 / 40", card_cvc: "123", card_name: "Ada Quill" };
  const answer = await fetch(url, { method: "POST", body: new URLSearchParams(card), redirect: "manual" });
  assert.equal(answer.status, 303, await answer.text());
}

function refusal(status, code) {
  return (error) => error instanceof HttpError && error.status === status && error.code === code;
}

test("plans come with periods and capabilities, to anybody", () => {
  assert.deepEqual(plans.map(({ name }) => name), ["Larkspur Free", "Larkspur Plus", "Larkspur Team"]);
  assert.deepEqual(plans[1].periods.map(({ periodType }) => periodType), ["MONTHLY", "YEARLY", "ALL_TIME"]);
  assert.ok(plans[2].capabilities.some(({ description }) => description === "Single sign-on"));
});

test("a purchase from nothing to paid, then cancelled", async () => {
  const client = clientOf("bramble");
  assert.equal((await client.getMySubscription()).data, null);

  const bought = await client.buySubscription({ subscriptionPeriodId: period("Larkspur Plus", "MONTHLY") });
  assert.equal(bought.isSubscriptionChange, false);
  const waiting = await client.getPendingPayment();
  assert.equal(waiting.data.stripePaymentId, bought.sessionId);
  await pay(bought.checkoutUrl);

  const session = await client.getCheckoutSessionStatus(bought.sessionId);
  assert.deepEqual([session.status, session.payment_status], ["complete", "paid"]);
  const { data: mine } = await client.getMySubscription();
  assert.deepEqual([mine.name, mine.status, mine.autoRenew], ["Larkspur Plus", "ACTIVE", true]);

  assert.equal((await client.cancelSubscription()).success, true);
  assert.equal((await client.getMySubscription()).data.autoRenew, false);
  await assert.rejects(client.cancelSubscription(), refusal(400, "SUBSCRIPTION_ALREADY_CANCELLED"));
  const { data: payments } = await client.getPayments();
  assert.deepEqual(payments.map(({ status }) => status), ["CANCELLED", "COMPLETED"]);
  assert.deepEqual((await client.getPayments({ endDate: "2001-01-01" })).data, []);
});

test("a purchase that waits can be withdrawn", async () => {
  const client = clientOf("yarrow");
  const request = { subscriptionPeriodId: period("Larkspur Team", "YEARLY"), uiMode: "embedded" };
  const bought = await client.buySubscription(request);
  assert.equal(bought.checkoutUrl, null);
  assert.ok(bought.clientSecret.startsWith(bought.sessionId));

  const withdrawn = await client.cancelPendingPayment();
  assert.equal(withdrawn.data.stripePaymentId, bought.sessionId);
  await assert.rejects(client.getPendingPayment(), refusal(404, "NO_PENDING_PAYMENT"));
});

test("who has a subscription cannot buy another, and has a portal", async () => {
  const client = clientOf("thistle");
  const another = client.buySubscription({ subscriptionPeriodId: period("Larkspur Team", "MONTHLY") });
  await assert.rejects(another, refusal(409, "SUBSCRIPTION_ALREADY_ACTIVE"));

  const { url } = await client.createBillingPortal();
  assert.equal((await fetch(url)).status, 200);
});

test("a log-in gives the client its token, goes on, and ends", async () => {
  const { baseUrl, users } = demo.organizations;
  const [{ email, password }] = users;
  const client = new OrganizationsClient({ baseUrl });
  await assert.rejects(client.getMySubscription(), refusal(401, "NO_AUTH_USER"));
  await assert.rejects(client.login({ email, password: "wrong" }), refusal(401, "INVALID_PASSWORD"));

  const session = await client.login({ email, password });
  assert.equal(session.user.email, email);
  await client.getMySubscription();
  const next = await client.refresh(session.refreshToken);
  assert.equal(client.accessToken, next.accessToken);
  await client.logout(next.refreshToken);
  await assert.rejects(client.refresh(next.refreshToken), refusal(401, "NO_AUTH_USER"));
  await assert.rejects(client.getMySubscription(), refusal(401, "NO_AUTH_USER"));
});

test("the Projects API answers to its key, and to no other", async () => {
  const params = { params: { path: { project: demo.project } } };
  const projects = createProjectsClient({ baseUrl: demo.apiBase, apiKey: demo.apiKey });
  const { data } = await projects.GET("/projects/{project}/plans", params);
  assert.ok(data.items.some(({ name }) => name === "Tern Talk"));

  const stranger = createProjectsClient({ baseUrl: demo.apiBase, apiKey: "nobody's" });
  const refused = stranger.GET("/projects/{project}/plans", params);
  await assert.rejects(refused, (error) => error instanceof HttpError && error.status === 401 && error.code !== undefined);
});
