// What a customer does with a plan, from the shop and back to it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect, picture } from "../support/inspect.mjs";
import * as plans from "../support/plans.mjs";
import { openShop } from "../support/shop.mjs";
import * as walk from "../support/walk.mjs";

const TALK = walk.PLANS.asksLittle;
const START = walk.PLANS.cheapest;
const shop = openShop();

test("an add-on is bought with the card that is known, once", async () => {
  const email = "addon@example.com";
  const page = await plans.owner(shop, email);
  await plans.card(page, TALK).getByText("Buy add-on").click();
  await inspect(page, "manage-1-shop");
  await plans.addAddon(page, TALK, "5 GB more");

  await inspect(page, "manage-2-addon");
  await walk.press(page, walk.action(page, "pay"));
  await page.getByRole("heading", { name: "Your add-on is active" }).waitFor();
  await inspect(page, "manage-3-addon-done");
  await page.reload();
  await walk.continueToShop(page, shop.demo);

  await plans.hear(page, shop.demo, "Addon successfully added to subscription!");
  await plans.card(page, TALK).getByText("5 GB more, until").waitFor();
  const amounts = (await shop.sandbox.paidCharges(email)).map(({ amount }) => amount);
  assert.deepEqual(amounts.toSorted((one, other) => one - other), [500, 1450]);
});

test("an add-on that renews is an item of the subscription", async () => {
  const email = "abroad@example.com";
  const page = await plans.owner(shop, email);
  await plans.chooseAddon(page, TALK, "Calls abroad");

  await page.getByRole("heading", { name: `Add to ${TALK}` }).waitFor();
  await inspect(page, "manage-addon-renewing");
  await walk.press(page, walk.action(page, "pay"));
  await walk.continueToShop(page, shop.demo);
  await plans.card(page, TALK).getByText("Calls abroad, renews on").waitFor();

  await plans.choose(page, TALK, "Details");
  await page.getByText("Calls abroad").waitFor();
  await inspect(page, "manage-details-with-addon");
  const [addon] = await shop.projects.addonsOf(email);
  assert.equal(addon.status, "active");
});

test("an add-on that is found on the details is bought in a visit of its own", async () => {
  const email = "browsing@example.com";
  const page = await plans.owner(shop, email);
  await plans.choose(page, TALK, "Details");
  await walk.press(page, walk.action(page, "buy_addon"));
  await inspect(page, "manage-choose-addon");
  await page.getByRole("radio", { name: "5 GB more" }).check();
  await walk.press(page, walk.action(page, "continue"));
  await walk.press(page, walk.action(page, "pay"));
  await walk.continueToShop(page, shop.demo);
  await plans.hear(page, shop.demo, "Addon successfully added to subscription!");
});

test("a plan is cancelled with a reason, and the cancellation taken back", async () => {
  const email = "leaving@example.com";
  const page = await plans.owner(shop, email);
  await plans.choose(page, TALK, "Cancel plan");
  await page.getByRole("radio", { name: "Something else" }).check();
  await page.locator("#comment").fill("I am moving to an island without masts.");
  await inspect(page, "manage-6-cancel");
  await walk.press(page, walk.action(page, "cancel"));
  await plans.hear(page, shop.demo, "Subscription successfully cancelled!");
  await plans.card(page, TALK).getByText("Ends on").waitFor();
  await inspect(page, "manage-7-shop-cancelled");
  const [cancelled] = await shop.projects.subscriptionsOf(email);
  assert.equal(cancelled.cancellationDetails.userReason, "other");

  await plans.choose(page, TALK, "Details");
  await page.getByText("Changed your mind?").waitFor();
  await inspect(page, "manage-details-cancelled");
  await plans.reopen(page, shop.demo);
  await plans.choose(page, TALK, "Undo cancellation");
  await inspect(page, "manage-8-resume");
  await walk.press(page, walk.action(page, "resume"));
  await plans.hear(page, shop.demo, "Subscription successfully resumed!");
  await plans.card(page, TALK).getByText("Renews on").waitFor();
});

test("who keeps the plan after all has cancelled nothing", async () => {
  const email = "staying@example.com";
  const page = await plans.owner(shop, email);
  await plans.choose(page, TALK, "Cancel plan");
  await walk.press(page, walk.action(page, "keep"));

  await page.getByRole("heading", { name: TALK }).waitFor();
  await inspect(page, "manage-details");
  await walk.press(page, page.getByRole("button", { name: "Leave" }));
  const [kept] = await shop.projects.subscriptionsOf(email);
  assert.equal(kept.canceledAt, null);
});

test("everything works without scripts on a small phone", async () => {
  const email = "plain@example.com";
  const options = { plan: START, javaScriptEnabled: false, viewport: { width: 320, height: 640 } };
  const page = await plans.owner(shop, email, options);
  await plans.choose(page, START, "Change plan");
  await picture(page, "manage-plain-change");
  await plans.choosePlan(page, TALK);
  await picture(page, "manage-plain-change-review");
  await walk.press(page, walk.action(page, "confirm"));
  await plans.hear(page, shop.demo, "Subscription successfully changed!");

  await plans.chooseAddon(page, TALK, "A week in Europe");
  await picture(page, "manage-plain-addon");
  await walk.press(page, walk.action(page, "pay"));
  await walk.continueToShop(page, shop.demo);
  await plans.hear(page, shop.demo, "Addon successfully added to subscription!");

  await walk.press(page, page.getByRole("button", { name: "Change card" }));
  await walk.press(page, walk.action(page, "use_another"));
  await plans.giveCard(page, "5555 5555 5555 4444");
  await plans.hear(page, shop.demo, "Card successfully changed!");

  await plans.choose(page, TALK, "Cancel plan");
  await picture(page, "manage-plain-cancel");
  await walk.press(page, walk.action(page, "cancel"));
  await plans.hear(page, shop.demo, "Subscription successfully cancelled!");
  await plans.choose(page, TALK, "Undo cancellation");
  await walk.press(page, walk.action(page, "resume"));
  await plans.hear(page, shop.demo, "Subscription successfully resumed!");
  await plans.choose(page, TALK, "Details");
  await picture(page, "manage-plain-details");
});
