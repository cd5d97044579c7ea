// node --test examples/webhook-receiver

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { request } from "node:http";
import { test } from "node:test";

import { isGenuine, receiver } from "./receiver.mjs";

// The published example of Standard Webhooks' signatures.
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const BODY = '{"test": 2432232314}';
const TIME = 1614265330;
const HEADERS = {
  "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
  "webhook-timestamp": String(TIME),
  "webhook-signature": "v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};

test("a signature of one secret in force is enough", () => {
  assert.equal(isGenuine(SECRET, HEADERS, BODY, TIME), true);
});

test("the Business API's flavour is checked by its own headers", () => {
  const signature = createHmac("sha256", SECRET).update(`${TIME}.${BODY}`).digest("hex");
  const headers = {
    "x-webhook-id": "evt_1/subscription/update",
    "x-webhook-timestamp": String(TIME),
    "x-webhook-signature": `v1=${"00".repeat(32)},v1=${signature}`,
  };
  assert.equal(isGenuine(SECRET, headers, BODY, TIME), true);
  assert.equal(isGenuine(SECRET, headers, `${BODY} `, TIME), false);
  assert.equal(isGenuine("whsec_AAAA", headers, BODY, TIME), false);
  assert.equal(isGenuine(SECRET, headers, BODY, TIME + 301), false);
});

test("another body, another time, another secret or no signature is not ours", () => {
  assert.equal(isGenuine(SECRET, HEADERS, `${BODY} `, TIME), false);
  assert.equal(isGenuine(SECRET, HEADERS, BODY, TIME + 301), false);
  assert.equal(isGenuine("whsec_AAAA", HEADERS, BODY, TIME), false);
  assert.equal(isGenuine(SECRET, { ...HEADERS, "webhook-signature": undefined }, BODY, TIME), false);
  assert.equal(isGenuine(SECRET, { ...HEADERS, "webhook-timestamp": undefined }, BODY, TIME), false);
});

/** What a receiver answers to these requests, one after the other. */
async function answers(server, requests) {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}/`;
  const statuses = [];
  for (const { body, headers } of requests) {
    const answer = await fetch(url, { method: "POST", body, headers });
    statuses.push(answer.status);
  }
  server.close();
  return statuses;
}

/** A webhook of now, signed. */
function signed(id, data) {
  const [time, body] = [String(Math.floor(Date.now() / 1000)), JSON.stringify(data)];
  const key = Buffer.from(SECRET.slice("whsec_".length), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${time}.${body}`).digest("base64");
  const headers = { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": `v1,${signature}` };
  return { body, headers };
}

test("what is not ours is refused and heard by nobody", async () => {
  const heard = [];
  const server = receiver(SECRET, (event) => heard.push(event));
  assert.deepEqual(await answers(server, [{ body: BODY, headers: { "webhook-id": "evt_1" } }]), [401]);
  assert.deepEqual(heard, []);
});

test("what comes twice is heard once", async () => {
  const heard = [];
  const server = receiver(SECRET, (event) => heard.push(event.number));
  const webhooks = [signed("evt_1", { number: 1 }), signed("evt_1", { number: 1 }), signed("evt_2", { number: 2 })];
  assert.deepEqual(await answers(server, webhooks), [204, 204, 204]);
  assert.deepEqual(heard, [1, 2]);
});

test("what could not be heard is not taken, and heard when it comes again", async () => {
  const heard = [];
  const server = receiver(SECRET, async (event) => {
    heard.push(event.number);
    if (heard.length === 1) throw new Error("the database is away");
  });
  const webhook = signed("evt_1", { number: 1 });
  const { error } = console;
  console.error = () => {};
  assert.deepEqual(await answers(server, [webhook, webhook, webhook]), [500, 204, 204]);
  console.error = error;
  assert.deepEqual(heard, [1, 1]);
});

test("a body without an end is not read to its end", async () => {
  const server = receiver(SECRET, () => assert.fail("it was heard"));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const status = (headers, chunks) =>
    new Promise((resolve) => {
      const asked = request({ port: server.address().port, method: "POST", headers });
      asked.on("response", (answer) => resolve(answer.statusCode));
      asked.on("error", () => {});
      for (const chunk of chunks) asked.write(chunk);
      asked.flushHeaders();
    });
  // Neither is ever ended: the one says how long it will be, the other does not.
  assert.equal(await status({ "content-length": 1024 ** 3 }, []), 413);
  assert.equal(await status({}, Array(5).fill(Buffer.alloc(256 * 1024))), 413);
  server.closeAllConnections();
  server.close();
});
