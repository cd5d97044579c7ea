// The two APIs behind the pages: the Projects API, as an app uses it, and the sandbox's, for what was charged.
import assert from "node:assert/strict";

/** Calls the Projects API; the path is below the project. */
export function projectsApi(demo) {
  const base = `${demo.apiBase.replace(/\/$/, "")}/projects/${demo.project}`;
  const call = async (method, path, body) => {
    const answer = await fetch(`${base}${path}`, {
      method,
      headers: { authorization: `Bearer ${demo.apiKey}`, "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    const content = await answer.json();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${content.message}`);
    return content;
  };
  const callbackUrl = new URL("/phone-plans", demo.shopBase).href;
  const userOf = async (email) => (await call("POST", "/users/search", { email })).items[0];
  return {
    plan: async (name) => (await call("GET", "/plans?limit=200")).items.find((plan) => plan.name === name),
    /** A link to the hosted pages, for somebody who becomes a customer by following it. */
    checkout: (plan, email, more = {}) =>
      call("POST", "/connectSessions", {
        intent: { type: "checkoutNewSubscription", checkoutNewSubscription: { plan: plan.id } },
        userDetails: { email, ...more },
        callbackUrl,
      }),
    /** A link to the hosted pages that names nobody: who follows it has to log in. */
    visitOfAnybody: (intent) => call("POST", "/connectSessions", { intent, callbackUrl }),
    /** A link to the hosted pages for this customer, with no app to go back to. */
    visitWithoutApp: async (intent, email) => call("POST", "/connectSessions", { intent, user: (await userOf(email)).id }),
    /** A link to the hosted pages for this customer, from the app that they go back to. */
    visitOf: async (email, intent) => call("POST", "/connectSessions", { intent, user: (await userOf(email)).id, callbackUrl }),
    userOf,
    addressesOf: async (email) => (await call("GET", `/users/${(await userOf(email)).id}/addresses`)).items,
    subscriptionsOf: async (email, status = "") => {
      const user = await userOf(email);
      return user ? (await call("GET", `/subscriptions?user=${user.id}${status && `&status=${status}`}`)).items : [];
    },
    addonsOf: async (email) => (await call("GET", `/subscriptionAddons?user=${(await userOf(email)).id}`)).items,
    paymentsOf: async (email) => (await call("GET", `/payments?user=${(await userOf(email)).id}`)).items,
  };
}

/** Calls Stripe's API at the sandbox; forms in, JSON out. */
export function sandboxApi(demo) {
  const call = async (method, path, form) => {
    const answer = await fetch(new URL(path, demo.sandboxBase), {
      method,
      headers: { authorization: `Bearer ${demo.stripeSecretKey}` },
      body: form && new URLSearchParams(form),
    });
    const content = await answer.json();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${content.error?.message}`);
    return content;
  };
  return {
    /** What was taken from this customer's cards, one entry a charge. */
    paidCharges: async (email) => {
      const customers = await call("GET", `/v1/customers?email=${encodeURIComponent(email)}`);
      const lists = customers.data.map(({ id }) => call("GET", `/v1/charges?customer=${id}`));
      return (await Promise.all(lists)).flatMap(({ data }) => data).filter(({ paid }) => paid);
    },
    /** A code that takes a percentage off. */
    promotionCode: async (code, percentOff) => {
      const coupon = await call("POST", "/v1/coupons", { percent_off: String(percentOff), duration: "once" });
      return call("POST", "/v1/promotion_codes", { coupon: coupon.id, code });
    },
  };
}
