// What leaves the house: events of both flavours on their way over HTTP to a receiver that believes none that is not signed.
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { receiver } from "../../examples/webhook-receiver/receiver.mjs";
import { startDemo } from "../support/demo.mjs";
import { eventually } from "../support/eventually.mjs";

let demo;
const open = [];
before(async () => {
  demo = await startDemo();
});
after(async () => {
  for (const server of open) server.close();
  await demo?.stop();
});

test("an app adds a receiver, hears what happens in order, and catches up without it", async () => {
  const { heard, url, listen } = await aReceiver();
  const made = await projects("POST", "/webhookEndpoints", { url, events: ["user.*"] });
  listen(made.secret);
  const tried = await projects("POST", `/webhookEndpoints/${made.id}/test`, {});
  assert.deepEqual([tried.taken, tried.responseStatus], [true, 204]);
  const user = await projects("POST", "/users", { email: "hooks@example.com" });
  for (const fullName of ["A", "B", "C"]) await projects("PATCH", `/users/${user.id}`, { fullName });
  await heardSoMany(heard, 5);
  assert.deepEqual(
    heard.slice(1).map(({ type, data }) => [type, data.fullName]),
    [["created", null], ["updated", "A"], ["updated", "B"], ["updated", "C"]].map(([what, name]) => [`com.gigs.user.${what}`, name]),
  );
  const newer = await projects("GET", `/events?before=${heard[1].id}&type=user.updated`);
  assert.deepEqual(newer.items.toReversed().map(({ id }) => id), heard.slice(2).map(({ id }) => id));
  const sent = await projects("GET", `/webhookEndpoints/${made.id}/deliveries?state=delivered`);
  assert.equal(sent.items.length, 4);
});

test("a business hears of its subscription in the words of its own door, until it wants no more", async () => {
  const { heard, url, listen } = await aReceiver();
  const business = demo.business.businesses.find(({ currentSku }) => currentSku);
  for (const event of ["purchasable_subscription/create", "purchasable_subscription/updated"]) {
    const { data } = await platform(business, "webhook/subscribe", { event, target_url: url });
    assert.ok(data.subscription_id);
  }
  const { items } = await projects("GET", "/webhookEndpoints?limit=200");
  const { id, flavour } = items.find((endpoint) => endpoint.url === url);
  assert.equal(flavour, "business");
  const { secret } = await projects("POST", `/webhookEndpoints/${id}/rotateSecret`, { overlapSeconds: 0 });
  listen(secret);

  const { subscriptions } = await manager(business, "GET", "subscriptions");
  const held = subscriptions.find((one) => one.is_active && !one.bundled_from_subscription_uid);
  const change = { subscription: { purchase_state: "canceled" } };
  await manager(business, "PUT", `subscriptions/${held.uid}`, change);
  // What was given along is told of, too.
  const told = () => heard.find((event) => event.data.uid === held.uid);
  const { entity_name, event_type, data } = await eventually(() => (told() ? { value: told() } : undefined));
  assert.deepEqual([entity_name, event_type], ["purchasable_subscription", "update"]);
  assert.deepEqual(
    [data.uid, data.subscription_uid, data.business_id, data.purchase_state, data.is_active],
    [held.uid, held.uid, business.businessUid, "canceled", true],
  );
  assert.ok(data.cancellation_date);

  const gone = await platform(business, "webhook/unsubscribe", { target_url: url });
  assert.deepEqual(gone, { data: { unsubscribed: true }, status: "OK" });
  const list = await fetch(new URL("/platform/v1/webhooks", demo.business.baseUrl), { headers: bearer(business.token) });
  assert.deepEqual((await list.json()).response.data.subscriptions, []);
});

/** The example on a port of its own, what it has heard, and `listen(secret)`: before that it believes nobody. */
async function aReceiver() {
  const heard = [];
  let inner;
  const { createServer } = await import("node:http");
  const server = createServer((request, response) => inner.emit("request", request, response));
  const listen = (secret) => {
    inner = receiver(secret, (event) => heard.push(event));
  };
  listen("whsec_nobody");
  open.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { heard, listen, url: `http://127.0.0.1:${server.address().port}/hooks` };
}

function heardSoMany(heard, count) {
  return eventually(() => (heard.length >= count ? { value: heard } : undefined));
}

const bearer = (token) => ({ authorization: `Bearer ${token}`, "content-type": "application/json" });

async function call(method, address, token, body) {
  const answer = await fetch(address, { method, headers: bearer(token), body: body && JSON.stringify(body) });
  const content = await answer.json();
  assert.ok(answer.ok, `${method} ${address}: ${answer.status} ${JSON.stringify(content)}`);
  return content;
}

function projects(method, path, body) {
  return call(method, `${demo.apiBase.replace(/\/$/, "")}/projects/${demo.project}${path}`, demo.apiKey, body);
}

function platform({ token }, path, body) {
  return call("POST", new URL(`/platform/v1/${path}`, demo.business.baseUrl), token, body);
}

async function manager({ token }, method, path, body) {
  const address = new URL(`/business/subscriptionsmng/v1/${path}`, demo.business.baseUrl);
  return (await call(method, address, token, body)).data;
}
