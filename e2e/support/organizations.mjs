// What members of the demo's organizations do on the shop's page, and what they see there.
import assert from "node:assert/strict";
import * as walk from "./walk.mjs";

/** Of the page for organizations. */
export function address(shop) {
  return new URL("/demo/organizations", shop.demo.shopBase).href;
}

/** The page, seen by the member of one of the demo's organizations. */
export async function memberPage(shop, organization) {
  const { email, password } = shop.demo.organizations.users.find(({ orgId }) => orgId === `org-${organization}`);
  const page = await shop.open();
  await page.goto(address(shop));
  await logIn(page, email, password);
  await section(page, "Payments").waitFor();
  return page;
}

export async function logIn(page, email, password) {
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in", exact: true }).click();
}

export function section(page, name) {
  return page.getByRole("region", { name, exact: true });
}

export function tier(page, plan) {
  return page.locator("#tiers > li").filter({ has: page.getByRole("heading", { name: plan, exact: true }) });
}

export function offer(page, plan, words) {
  return tier(page, plan).getByRole("button", { name: words });
}

export async function standing(page, plan, words) {
  const stands = section(page, "Your subscription");
  await stands.getByText(plan).waitFor();
  await stands.getByText(words).waitFor();
}

/** Stripe's portal, which opens beside the page. */
export async function openPortal(page) {
  const opening = page.context().waitForEvent("page");
  await page.getByRole("button", { name: "Manage billing" }).click();
  const portal = await opening;
  await portal.waitForURL(/\/p\/session\//);
  return portal;
}

/** What was done at Stripe reaches the server by webhook, a moment later. */
export async function eventuallyStands(page, plan, words) {
  for (let looks = 0; looks < 20; looks += 1) {
    await page.reload();
    await section(page, "Payments").waitFor();
    if ((await section(page, "Your subscription").getByText(words).count()) > 0) break;
  }
  await standing(page, plan, words);
}

export async function said(page, words) {
  await page.getByRole("status").getByText(words).waitFor();
}

/** Buys a period of a plan; ends on Stripe's page. */
export async function hosted(page, plan, words) {
  await walk.press(page, offer(page, plan, words));
  assert.match(page.url(), /\/c\/pay\//);
}

/** By a card that was saved before, if there is one and no other is wanted. */
export async function payOnStripesPage(page, { withAnotherCard = false } = {}) {
  if (withAnotherCard) await page.getByLabel("Another card").check();
  if (await page.locator("#card_number").isVisible()) await walk.fillCard(page, walk.CARDS.pays);
  await walk.payButton(page).click();
  await page.waitForURL((url) => url.pathname === "/demo/organizations");
  await said(page, "Thank you.");
}

/** From an account whose bank answers minutes later. */
export async function payByDebit(page) {
  await page.getByLabel("IBAN").fill("AT321904300235473204");
  await page.getByLabel("Account holder").fill("Ada Quill");
  await page.getByRole("button", { name: "by debit" }).click();
  await page.waitForURL((url) => url.pathname === "/demo/organizations");
}

/** At the sandbox, in the bank's place. */
export async function letBankPay(shop) {
  const page = await shop.open();
  await page.goto(new URL("/_sandbox", shop.demo.sandboxBase).href);
  await page.getByRole("button", { name: "The bank pays" }).click();
  await page.getByRole("button", { name: "The bank pays" }).waitFor({ state: "detached" });
}

export async function cancel(page, when) {
  await section(page, "Your subscription").getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("dialog").getByRole("button", { name: when }).click();
  await said(page, "The subscription is cancelled.");
}
