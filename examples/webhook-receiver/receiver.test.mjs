// node --test examples/webhook-receiver

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
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

test("what is not ours is refused and heard by nobody", async () => {
  const heard = [];
  const server = receiver(SECRET, (event) => heard.push(event));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}/`;
  const answer = await fetch(url, { method: "POST", body: BODY, headers: { "webhook-id": "evt_1" } });
  assert.equal(answer.status, 401);
  assert.deepEqual(heard, []);
  server.close();
});
