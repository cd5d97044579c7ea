// What happens to an organization's subscription when time passes (the contract's §9.4): it renews, it is not paid, it is
// paid late, it expires and is bought again. A log-in lasts for an hour, so each look is another one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "../support/inspect.mjs";
import { eventuallyStands, hosted, memberPage, openPortal, payOnStripesPage, section, standing } from "../support/organizations.mjs";
import { openShop } from "../support/shop.mjs";
import * as walk from "../support/walk.mjs";

const OWNER = "owner@thistle.example";
const PLUS = 600;
const TEAM = 2400;
const shop = openShop();

test("a month later the subscription has renewed, and the payment is listed", async () => {
  const before = await memberPage(shop, "thistle");
  await standing(before, "Larkspur Plus", "Renews on");
  const [first, paid] = [await renewal(before), await states(before)];

  await shop.demo.advance("1month");

  const page = await memberPage(shop, "thistle");
  await standing(page, "Larkspur Plus", "Renews on");
  assert.notEqual(await renewal(page), first);
  assert.deepEqual(await states(page), ["COMPLETED", ...paid]);
  assert.deepEqual(await charged(), [PLUS, PLUS]);
  await inspect(page, "organizations-time-1-renewed");
});

test("a renewal that fails is shown, expires after its grace, and is paid by another card at Stripe's portal", async () => {
  await useCard(await memberPage(shop, "thistle"), walk.CARDS.failsLater);

  await shop.demo.advance("1month");

  let page = await memberPage(shop, "thistle");
  await standing(page, "Larkspur Plus", "ACTIVE");
  assert.deepEqual((await states(page)).slice(0, 2), ["FAILED", "COMPLETED"]);
  await inspect(page, "organizations-time-2-failed");

  await shop.demo.advance("2days");

  page = await memberPage(shop, "thistle");
  await standing(page, "Larkspur Plus", "EXPIRED");
  await inspect(page, "organizations-time-3-expired");
  await useCard(page, walk.CARDS.pays, { pays: true });
  await eventuallyStands(page, "Larkspur Plus", "Renews on");
  await standing(page, "Larkspur Plus", "ACTIVE");
  assert.deepEqual((await states(page)).slice(0, 2), ["COMPLETED", "COMPLETED"], "what had failed is paid");
  assert.deepEqual(await charged(), [PLUS, PLUS, PLUS]);
  await inspect(page, "organizations-time-4-recovered");
});

test("who let it expire buys again, and what was owed is let go", async () => {
  await useCard(await memberPage(shop, "thistle"), walk.CARDS.failsLater);

  await shop.demo.advance("1month");

  const page = await memberPage(shop, "thistle");
  await standing(page, "Larkspur Plus", "EXPIRED");
  await hosted(page, "Larkspur Team", "every month");
  await payOnStripesPage(page, { withAnotherCard: true });
  await page.getByRole("status").getByText("Your subscription is active.").waitFor();
  await standing(page, "Larkspur Team", "Renews on");
  await inspect(page, "organizations-time-5-bought-again");

  await shop.demo.advance("7days");

  await standing(await memberPage(shop, "thistle"), "Larkspur Team", "Renews on");
  assert.deepEqual(await charged(), [PLUS, PLUS, PLUS, TEAM], "Stripe tries the old renewal no more");
});

/** When the subscription renews, in the page's words. */
function renewal(page) {
  return section(page, "Your subscription").getByText("Renews on").textContent();
}

/** The badges of the payments, newest first. */
function states(page) {
  return section(page, "Payments").locator("tbody .badge").allTextContents();
}

/** At Stripe's portal: another card, which pays from now on, and what is open if it shall. */
async function useCard(page, number, { pays = false } = {}) {
  const portal = await openPortal(page);
  await portal.getByText("Add a card").click();
  await portal.getByLabel("Card number").fill(number);
  await portal.getByLabel("Expiry, MM / YY").fill("12 / 40");
  await portal.getByLabel("Security code").fill("123");
  await portal.getByRole("button", { name: "Use this card" }).click();
  const last4 = number.slice(-4);
  await portal.getByRole("listitem").filter({ hasText: last4 }).getByText("Pays for what renews").first().waitFor();
  if (pays) {
    await portal.getByRole("button", { name: "Pay", exact: true }).click();
    await portal.getByRole("button", { name: "Pay", exact: true }).waitFor({ state: "detached" });
  }
  await portal.close();
}

/** What was taken from the organization's cards, oldest first. */
async function charged() {
  const charges = await shop.sandbox.paidCharges(OWNER);
  return charges.toSorted((one, other) => one.created - other.created).map(({ amount }) => amount);
}
