// The checkout forms of the third door, to which another system leads the demo's businesses by a link.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "../support/inspect.mjs";
import { readCode } from "../support/mailbox.mjs";
import { openShop } from "../support/shop.mjs";
import * as walk from "../support/walk.mjs";

const DESK = "FF-DESK-12";
const FLOOR = "FF-FLOOR-12";
const TRIAL = "FF-TRIAL";
const TILL = "FF-TILL";
const TRAINING = "FF-TRAINING";
const shop = openShop();

test("a business changes its package, charged to the card on file, and lands where the link leads", async () => {
  const [bakery] = shop.demo.business.businesses;
  assert.equal(bakery.currentSku, DESK);
  const page = await shop.open();
  await openForm(page, "change-plan", bakery, { current_plan: DESK, selected_plan: FLOOR });
  await page.getByText("€99.00 today, then €99.00 every month").waitFor();
  await inspect(page, "business-1-change");

  await page.getByRole("button", { name: "Back" }).click();
  assert.equal(page.url(), back("cu"));
  assert.deepEqual(await held(bakery), [DESK], "who leaves changes nothing");

  await page.goBack();
  await walk.press(page, page.getByRole("button", { name: "Pay €99.00 and change now" }));
  assert.equal(page.url(), back("su"));
  assert.deepEqual(await held(bakery), [FLOOR]);

  await openForm(page, "change-plan", bakery, { current_plan: DESK, selected_plan: FLOOR }, 404);
  await page.getByRole("heading", { name: "You do not have this plan" }).waitFor();
  await inspect(page, "business-2-refused");
});

test("a business without a card buys a cart on Stripe's page", async () => {
  const pottery = shop.demo.business.businesses.find(({ currentSku }) => !currentSku);
  const items = [{ name: "Desk", purchasable_price_uid: await monthly(pottery, DESK), price: 1, currency: "EUR" }];
  const page = await shop.open();
  await openForm(page, "purchase", pottery, { cart_items: JSON.stringify(items) });
  await page.getByRole("alert").getByText("Please look at the prices").waitFor();
  await inspect(page, "business-3-purchase");

  await walk.press(page, walk.action(page, "leave"));
  assert.equal(page.url(), back("cu"));
  assert.deepEqual(await held(pottery), [], "who leaves buys nothing");
  await page.goBack();

  await walk.press(page, page.getByRole("button", { name: "Continue to pay €32.00" }));
  assert.match(page.url(), /\/c\/pay\//);
  assert.match(await page.getByLabel("E-mail").inputValue(), /@/, "nobody is asked for what is known");
  await walk.fillCard(page, walk.CARDS.declined);
  await walk.payButton(page).click();
  await page.getByText("Nothing was charged").first().waitFor();
  await inspect(page, "business-4-declined");
  assert.deepEqual(await held(pottery), [], "a declined card buys nothing");

  await walk.fillCard(page, walk.CARDS.pays);
  await walk.press(page, walk.payButton(page));
  assert.equal(page.url(), back("su"));
  assert.deepEqual(await held(pottery), [DESK]);
});

test("a business cancels at the end of what is paid, in its own language", async () => {
  const pottery = shop.demo.business.businesses.find(({ currentSku }) => !currentSku);
  const [subscription] = await subscriptions(pottery);
  const page = await shop.open();
  await openForm(page, "cancel", pottery, { smng_external_id: subscription.uid });
  await inspect(page, "business-5-cancel");

  await walk.press(page, walk.action(page, "leave"));
  assert.equal(page.url(), back("cu"));
  assert.equal((await subscriptions(pottery))[0].purchase_state, subscription.purchase_state, "who leaves keeps it");
  await page.goBack();

  await page.locator(".languages summary").click();
  await walk.press(page, page.getByRole("link", { name: "Deutsch" }));
  await page.getByRole("heading", { name: "Fieldfare Desk kündigen" }).waitFor();
  await walk.press(page, walk.action(page, "confirm"));
  assert.equal(page.url(), back("su"));
  const [cancelled] = await subscriptions(pottery);
  assert.deepEqual([cancelled.purchase_state, cancelled.is_active], ["canceled", true]);
});

test("a card whose bank asks each time is asked about on Stripe's page, also when it is on file", async () => {
  const repairs = shop.demo.business.businesses.find(({ currentSku }) => currentSku === TRIAL);
  const page = await shop.open();
  const plans = { current_plan: TRIAL, selected_plan: DESK, billing_period: "monthly" };
  await openForm(page, "change-plan", repairs, plans);
  await walk.press(page, walk.action(page, "confirm"));
  await walk.fillCard(page, walk.CARDS.asksEveryTime);
  await walk.press(page, walk.payButton(page));
  await walk.press(page, page.getByRole("button", { name: "Complete" }));
  await page.waitForURL(back("su"));
  assert.deepEqual(await held(repairs), [DESK]);

  const items = [{ name: "Till", purchasable_price_uid: await monthly(repairs, TILL), price: 19, currency: "EUR" }];
  await openForm(page, "purchase", repairs, { cart_items: JSON.stringify(items) });
  // The card is on file once Stripe's event was worked on, which the way back did not wait for.
  const onFile = page.getByText("Visa •••• 3184");
  for (let looks = 0; looks < 50 && !(await onFile.isVisible()); looks++) await page.reload();
  await onFile.waitFor();
  await walk.press(page, walk.action(page, "confirm"));
  assert.match(page.url(), /\/c\/pay\//, "its bank asks, which it does on Stripe's page");
  await walk.press(page, walk.payButton(page));
  await inspect(page, "business-6-bank");
  await walk.press(page, page.getByRole("button", { name: "Fail" }));
  await page.getByText("Nothing was charged").first().waitFor();
  assert.deepEqual(await held(repairs), [DESK], "without the bank's yes nothing is bought");

  await walk.press(page, walk.payButton(page));
  await walk.press(page, page.getByRole("button", { name: "Complete" }));
  await page.waitForURL(back("su"));
  assert.deepEqual(await held(repairs), [DESK, TILL]);
});

test("where links are signed, a signed one needs no log-in and any other one a code by mail", async () => {
  const bakery = shop.demo.business.businesses[0];
  const settings = {
    checkout_require_token: true,
    redirect_allow_list: [new URL(shop.demo.shopBase).host],
  };
  await shop.demo.operate("project", "set", shop.demo.project, "--business", JSON.stringify(settings));
  const training = [{ name: "Training", purchasable_price_uid: await onlyPrice(bakery, TRAINING) }];
  const cart = { cart_items: JSON.stringify(training) };

  const ct = await shop.demo.operate("business", "sign-link", bakery.businessUid);
  const signed = await shop.open();
  await openForm(signed, "purchase", bakery, { ...cart, ct });
  await walk.press(signed, walk.action(signed, "confirm"));
  assert.equal(signed.url(), back("su"));

  const page = await shop.open();
  await openForm(page, "purchase", bakery, cart);
  await walk.press(page, walk.action(page, "confirm"));
  await page.locator("#email").fill("ownerharbour0001@businesses.example");
  await inspect(page, "business-7-login");
  await page.getByRole("button", { name: "Send code" }).click();
  await page.getByRole("heading", { name: "Enter your code" }).waitFor();
  const mails = await page.context().newPage();
  await page.locator("#code").fill(await readCode(mails, shop.demo, "ownerharbour0001@businesses.example"));
  await walk.press(page, page.getByRole("button", { name: "Log in" }));
  assert.equal(new URL(page.url()).pathname, "/checkout/purchase", "back at the form, which still asks");
  assert.deepEqual(await held(bakery), [FLOOR, TRAINING]);
  await walk.press(page, walk.action(page, "confirm"));
  assert.equal(page.url(), back("su"));
  assert.deepEqual(await held(bakery), [FLOOR, TRAINING, TRAINING]);
});

/** Where a form leads in the end. */
function back(name) {
  return new URL(`/?from=${name}`, shop.demo.shopBase).href;
}

async function openForm(page, form, { businessUid }, parameters, status = 200) {
  const address = new URL(`/checkout/${form}`, shop.demo.business.checkoutBase);
  const all = { business_uid: businessUid, ...parameters, su: back("su"), cu: back("cu") };
  for (const [name, value] of Object.entries(all)) address.searchParams.set(name, value);
  const answer = await page.goto(address.href);
  assert.equal(answer.status(), status, await page.content());
}

async function call({ token }, path) {
  const address = new URL(`/business/subscriptionsmng/v1/${path}`, shop.demo.business.baseUrl);
  const answer = await fetch(address, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200);
  return (await answer.json()).data;
}

/** What a business has by itself, and has not lost. */
async function subscriptions(business) {
  const all = (await call(business, "subscriptions")).subscriptions;
  return all.filter((one) => one.is_active && !one.bundled_from_subscription_uid);
}

/** The SKUs of it, in order. */
async function held(business) {
  const { purchasables } = await call(business, "purchasables?per_page=100");
  const skuOf = new Map(purchasables.map(({ uid, item_uid }) => [uid, item_uid]));
  return (await subscriptions(business)).map(({ purchasable_uid }) => skuOf.get(purchasable_uid)).sort();
}

/** The uid of a purchasable's monthly price. */
async function monthly(business, sku) {
  return (await prices(business, sku)).find(({ payment_type }) => payment_type === "monthly").uid;
}

/** The uid of the price of a purchasable that has one. */
async function onlyPrice(business, sku) {
  const [price] = await prices(business, sku);
  return price.uid;
}

async function prices(business, sku) {
  const { purchasables } = await call(business, "purchasables?per_page=100");
  return purchasables.find(({ item_uid }) => item_uid === sku).prices;
}
