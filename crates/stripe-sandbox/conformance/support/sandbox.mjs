// The sandbox under test, and Stripe's own SDK pointed at it.
import Stripe from "stripe";

const base = process.env.SANDBOX_BASE;
if (!base) throw new Error("SANDBOX_BASE is not set: start the tests through run.mjs");

export const sandboxBase = base;
export const secretKey = "sk_test_conformance";

/** A client of the official SDK; `options` go to its constructor. */
export function client(options = {}, apiKey = secretKey) {
  const { hostname, port } = new URL(sandboxBase);
  return new Stripe(apiKey, {
    host: hostname,
    port,
    protocol: "http",
    telemetry: false,
    maxNetworkRetries: 0,
    ...options,
  });
}

/** A new product with one price, monthly unless `price` says otherwise. */
export async function offer(stripe, price = {}) {
  const product = await stripe.products.create({ name: "Traveller 10 GB" });
  return stripe.prices.create({
    product: product.id,
    currency: "eur",
    unit_amount: 1450,
    recurring: { interval: "month" },
    ...price,
  });
}

/** The parameters of a Checkout Session that sells one of `price`. */
export function sessionFor(price, more = {}) {
  return {
    mode: price.recurring ? "subscription" : "payment",
    line_items: [{ price: price.id, quantity: 1 }],
    success_url: "https://shop.example/thanks?session={CHECKOUT_SESSION_ID}",
    cancel_url: "https://shop.example/basket",
    ...more,
  };
}
