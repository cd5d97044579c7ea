// Another plan, and another card to pay for it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "../support/inspect.mjs";
import * as plans from "../support/plans.mjs";
import { openShop } from "../support/shop.mjs";
import * as walk from "../support/walk.mjs";

const TALK = walk.PLANS.asksLittle;
const START = walk.PLANS.cheapest;
const ZERO = walk.PLANS.costsNothing;
const shop = openShop();

test("a larger plan begins at once, for the sum that was shown", async () => {
  const email = "upgrade@example.com";
  const page = await plans.owner(shop, email, { plan: START });
  await plans.choose(page, START, "Change plan");

  await page.getByRole("radio", { name: TALK }).check();
  await inspect(page, "manage-4-change");
  await walk.press(page, walk.action(page, "continue"));
  await inspect(page, "manage-5-change-review");
  const promised = Number(await page.locator("input[name=due]").inputValue());
  await walk.press(page, walk.action(page, "confirm"));

  await plans.hear(page, shop.demo, "Subscription successfully changed!");
  await plans.card(page, TALK).waitFor();
  const amounts = (await shop.sandbox.paidCharges(email)).map(({ amount }) => amount);
  assert.deepEqual(amounts.toSorted((one, other) => one - other), [650, promised].toSorted((one, other) => one - other));
});

test("a free plan becomes a paid one on Stripe's page, and keeps its number", async () => {
  const email = "first@example.com";
  const page = await shop.open();
  await walk.buyNow(page, shop.demo, email, ZERO);
  await walk.answerAll(page);
  await walk.press(page, walk.action(page, "pay"));
  await walk.continueToShop(page, shop.demo);
  const [free] = await shop.projects.subscriptionsOf(email);

  await plans.choose(page, ZERO, "Change plan");
  await page.getByRole("radio", { name: TALK }).check();
  await inspect(page, "manage-change-from-free");
  await walk.press(page, walk.action(page, "continue"));
  await inspect(page, "manage-change-from-free-review");
  await walk.press(page, walk.action(page, "confirm"));
  assert.match(page.url(), /\/c\/pay\//);
  await inspect(page, "manage-change-from-free-at-stripe");
  await walk.fillCard(page, walk.CARDS.pays);
  await walk.press(page, walk.payButton(page));

  await plans.hear(page, shop.demo, "Subscription successfully changed!");
  await plans.card(page, TALK).waitFor();
  await inspect(page, "manage-change-from-free-shop");
  const [paid] = await shop.projects.subscriptionsOf(email);
  assert.deepEqual([paid.id, paid.phoneNumber, paid.plan.name], [free.id, free.phoneNumber, TALK]);
  assert.deepEqual((await shop.sandbox.paidCharges(email)).map(({ amount }) => amount), [1450]);

  // And back: the free plan begins when what is paid is used up.
  await plans.choose(page, TALK, "Change plan");
  await plans.choosePlan(page, ZERO);
  await inspect(page, "manage-change-to-free-review");
  await walk.press(page, walk.action(page, "confirm"));
  await plans.hear(page, shop.demo, "Subscription successfully changed!");
  await plans.card(page, TALK).waitFor();
});

test("a smaller plan waits for the renewal, and the customer may stay after all", async () => {
  const email = "downgrade@example.com";
  const page = await plans.owner(shop, email);
  await plans.choose(page, TALK, "Change plan");
  await plans.choosePlan(page, START);
  await inspect(page, "manage-change-review-later");
  await walk.press(page, walk.action(page, "confirm"));
  await plans.hear(page, shop.demo, "Subscription successfully changed!");
  await plans.card(page, TALK).waitFor();

  await plans.choose(page, TALK, "Details");
  await page.getByText("Your plan changes").waitFor();
  await inspect(page, "manage-details-change-scheduled");
  await page.getByRole("button", { name: `Stay with ${TALK}` }).click();
  await page.getByText("Your plan changes").waitFor({ state: "detached" });
  assert.equal((await shop.sandbox.paidCharges(email)).length, 1);
});

test("an upgrade with a card whose bank has agreed before asks nobody", async () => {
  const email = "agreed@example.com";
  const page = await plans.owner(shop, email, { plan: START, card: walk.CARDS.asksTheBank });
  await plans.choose(page, START, "Change plan");
  await plans.choosePlan(page, TALK);
  await walk.press(page, walk.action(page, "confirm"));
  await plans.hear(page, shop.demo, "Subscription successfully changed!");
  assert.equal((await shop.sandbox.paidCharges(email)).length, 2);
});

test("an upgrade that the bank does not let through changes nothing, and another card pays it", async () => {
  const email = "refused@example.com";
  const page = await plans.owner(shop, email, { plan: START, card: walk.CARDS.asksEveryTime });
  await plans.choose(page, START, "Change plan");
  await plans.choosePlan(page, TALK);
  await walk.press(page, walk.action(page, "confirm"));
  await plans.answerBank(page, "Fail");
  await page.locator("main [role=alert], main .notice").first().waitFor();
  await inspect(page, "manage-change-not-authenticated");
  assert.equal((await shop.sandbox.paidCharges(email)).length, 1);
  assert.equal((await shop.projects.subscriptionsOf(email))[0].plan.name, START);

  await walk.press(page, walk.action(page, "change_card"));
  await walk.press(page, walk.action(page, "use_another"));
  await plans.giveCard(page, walk.CARDS.pays);
  await page.getByRole("heading", { name: "Your new card is saved" }).waitFor();
  await inspect(page, "manage-change-card-saved");
  await walk.press(page, page.getByRole("link", { name: "Continue" }));
  await plans.choosePlan(page, TALK);
  await walk.press(page, walk.action(page, "confirm"));
  await plans.hear(page, shop.demo, "Subscription successfully changed!");
  assert.equal((await shop.sandbox.paidCharges(email)).length, 2);
});

test("another card takes the place of the first", async () => {
  const email = "card@example.com";
  const page = await plans.owner(shop, email);
  await walk.press(page, page.getByRole("button", { name: "Change card" }));
  await page.getByText("•••• 4242").waitFor();
  await inspect(page, "manage-9-card");
  await walk.press(page, walk.action(page, "use_another"));
  await inspect(page, "manage-card-at-stripe");
  await plans.giveCard(page, walk.CARDS.asksTheBank);
  await plans.answerBank(page, "Complete");
  await plans.hear(page, shop.demo, "Card successfully changed!");

  await plans.choose(page, TALK, "Details");
  await page.getByText("•••• 3155").waitFor();
  assert.equal((await shop.sandbox.paidCharges(email)).length, 1, "looking at cards costs nothing");
});

test("who turns back from the card page keeps the card, and may leave", async () => {
  const page = await plans.owner(shop, "hesitant@example.com");
  await walk.press(page, page.getByRole("button", { name: "Change card" }));
  await walk.press(page, walk.action(page, "use_another"));
  await walk.press(page, page.getByRole("link", { name: "Back" }));
  await page.getByRole("heading", { name: "No new card was saved" }).waitFor();
  await inspect(page, "manage-card-unfinished");
  await walk.press(page, page.getByRole("button", { name: "Leave" }));
  await page.getByRole("alert").getByText("An error occurred: user_aborted").waitFor();
});
