// What goes over the wire, against a server that is not there.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpError, OrganizationsClient } from "perennial-sdk";

/** A client whose requests are kept and answered with `response`. */
function recording(response = () => Response.json({ success: true })) {
  const requests = [];
  const fetch = async (request) => {
    requests.push(request);
    return response();
  };
  return { requests, client: new OrganizationsClient({ baseUrl: "http://server.test/", accessToken: "a.b.c", fetch }) };
}

test("what has no body has no content type, and one slash joins address and path", async () => {
  const { client, requests } = recording();
  await client.createBillingPortal();
  await client.cancelSubscription();
  await client.cancelPendingPayment();

  const sent = requests.map(({ method, url, body, headers }) => [method, url, body, headers.get("content-type")]);
  assert.deepEqual(sent, [
    ["POST", "http://server.test/subscriptions/portal", null, null],
    ["POST", "http://server.test/subscriptions/cancel", null, null],
    ["DELETE", "http://server.test/subscriptions/pending-payment", null, null],
  ]);
});

test("the token goes along, but not to the list that everybody may read", async () => {
  const { client, requests } = recording();
  await client.getMySubscription();
  await client.getSubscriptions();
  client.accessToken = async () => "of the moment";
  await client.getMySubscription();
  client.accessToken = null;
  await client.getMySubscription();

  const sent = requests.map(({ headers }) => headers.get("authorization"));
  assert.deepEqual(sent, ["Bearer a.b.c", null, "Bearer of the moment", null]);
});

test("ids and dates are escaped, and dates that are not given are left out", async () => {
  const { client, requests } = recording();
  await client.getCheckoutSessionStatus("cs/../my?x");
  await client.getPayments({ startDate: "2031-03-05T08:00:00+01:00" });
  await client.getPayments();

  const sent = requests.map(({ url }) => url.replace("http://server.test/subscriptions/", ""));
  assert.deepEqual(sent, [
    "checkout-session/cs%2F..%2Fmy%3Fx",
    "payments?startDate=2031-03-05T08%3A00%3A00%2B01%3A00",
    "payments",
  ]);
});

test("a no is an error with the status, the code and the whole body", async () => {
  const body = { success: false, error_code: "NO_PENDING_PAYMENT", message: "Nothing waits.", debug_info: { x: 1 } };
  const { client } = recording(() => Response.json(body, { status: 404, statusText: "Not Found" }));

  await assert.rejects(client.getPendingPayment(), (error) => {
    assert.ok(error instanceof HttpError);
    assert.deepEqual([error.status, error.statusText, error.code], [404, "Not Found", "NO_PENDING_PAYMENT"]);
    assert.deepEqual([error.message, error.data], ["Nothing waits.", body]);
    return true;
  });
});

test("a no that is not JSON has null data", async () => {
  for (const type of ["text/html", "application/json"]) {
    const answer = () => new Response("<h1>Bad gateway</h1>", { status: 502, headers: { "content-type": type } });
    const { client } = recording(answer);
    await assert.rejects(client.getMySubscription(), { name: "HttpError", status: 502, data: null });
  }
});

test("when no answer comes the error is that of fetch", async () => {
  const fetch = () => Promise.reject(new TypeError("fetch failed"));
  const client = new OrganizationsClient({ baseUrl: "http://server.test", fetch });
  await assert.rejects(client.getSubscriptions(), { name: "TypeError", message: "fetch failed" });
});
