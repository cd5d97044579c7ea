// What a customer does with the plans they have, from the shop's page over ours and back.
import assert from "node:assert/strict";
import * as walk from "./walk.mjs";

/** A customer who has bought a plan, on the shop's page that lists it. */
export async function owner(shop, email, { plan = walk.PLANS.asksLittle, card = walk.CARDS.pays, ...options } = {}) {
  const page = await shop.open(options);
  await walk.buyNow(page, shop.demo, email, plan);
  await walk.answerAll(page);
  await walk.goToPayment(page);
  if (card === walk.CARDS.pays) {
    await walk.payWith(page, card);
  } else {
    await walk.fillCard(page, card);
    await walk.press(page, walk.payButton(page));
    await answerBank(page, "Complete");
    await page.waitForURL(/\/done$/);
  }
  await walk.continueToShop(page, shop.demo);
  return page;
}

/** A plan's card in the shop. */
export function card(page, plan) {
  return page.locator("main li.card").filter({ has: page.getByRole("heading", { name: plan }) });
}

/** Presses one of the plan's buttons in the shop. */
export async function choose(page, plan, button) {
  await walk.press(page, card(page, plan).getByRole("button", { name: button }));
}

/** Chooses an add-on for the plan in the shop. */
export async function chooseAddon(page, plan, addon) {
  await card(page, plan).getByText("Buy add-on").click();
  await addAddon(page, plan, addon);
}

/** The same, once the add-ons are unfolded. */
export async function addAddon(page, plan, addon) {
  const offer = card(page, plan).locator(".addons").getByRole("listitem").filter({ hasText: addon });
  await walk.press(page, offer.getByRole("button"));
}

/** Chooses another plan on our page, and goes on to what it costs. */
export async function choosePlan(page, plan) {
  await page.getByRole("radio", { name: plan }).check();
  await walk.press(page, walk.action(page, "continue"));
}

/** On the sandbox's page: another card. */
export async function giveCard(page, number) {
  await walk.fillCard(page, number);
  await walk.press(page, walk.payButton(page));
}

/** On the test bank's page. */
export async function answerBank(page, answer) {
  await page.waitForURL(/\/3ds\//);
  await walk.press(page, page.getByRole("button", { name: answer }));
}

/** The shop's page, opened anew. */
export async function reopen(page, demo) {
  await page.goto(new URL("/phone-plans", demo.shopBase).href);
}

/** What the shop says on top of the page that a visit ended on. */
export async function hear(page, demo, message) {
  await page.waitForURL((url) => url.origin === new URL(demo.shopBase).origin);
  await page.getByRole("status").getByText(message).waitFor();
  assert.equal(new URL(page.url()).searchParams.get("status"), "success");
}
