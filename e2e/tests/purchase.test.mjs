// The whole purchase, from the shop to the shop, with a picture of every step.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "../support/inspect.mjs";
import { openShop } from "../support/shop.mjs";
import * as walk from "../support/walk.mjs";

const shop = openShop();

test("a customer of the shop buys a plan and sees it listed", async () => {
  const page = await shop.open();
  const email = "ada@example.com";

  await page.goto(shop.demo.shopBase);
  await inspect(page, "purchase-1-shop");
  await walk.buyNow(page, shop.demo, email);
  assert.doesNotMatch(page.url(), /token/, "the link's token stays out of the address bar");
  await walk.answerAll(page, (page, step) => inspect(page, `purchase-2-${step}`));
  await inspect(page, "purchase-3-review");
  await walk.goToPayment(page);
  await inspect(page, "purchase-4-payment");
  await walk.payWith(page, walk.CARDS.pays);
  assert.equal((await shop.projects.subscriptionsOf(email)).length, 1, "the API shows it before Continue is offered");
  await inspect(page, "purchase-5-done");
  await walk.continueToShop(page, shop.demo);

  await page.getByRole("status").getByText("Subscription successfully added!").waitFor();
  const cards = page.locator("main li.card");
  assert.equal(await cards.count(), 1);
  await inspect(page, "purchase-6-phone-plans");
  assert.equal((await shop.sandbox.paidCharges(email)).length, 1);
});

test("every question is asked where nothing is known, and the answers are kept", async () => {
  const plan = await planThatAsksMost();
  const email = "grace@example.com";
  const { url } = await shop.projects.checkout(plan, email);
  const page = await shop.open();
  await page.goto(url);

  const asked = [];
  await walk.answerAll(page, async (page, step) => {
    asked.push(step);
    await inspect(page, `questions-${asked.length}-${step}`);
  });

  assert.ok(asked.includes("name") && asked.includes("sim") && asked.includes("number"), `asked: ${asked}`);
  await page.getByText("Ada Byron").first().waitFor();
  await inspect(page, "questions-review");
});

test("an empty answer is refused beside its field, with the way to mend it", async () => {
  const { url } = await shop.projects.checkout(await planThatAsksMost(), "empty@example.com");
  const page = await shop.open();
  await page.goto(url);

  await walk.action(page, "continue").click();
  const problem = page.locator("main .problems").getByRole("link").first();
  await problem.waitFor();
  await inspect(page, "refused-answer");
  await problem.click();
  const focused = await page.evaluate(() => document.activeElement.name);
  assert.ok(focused, "the link leads to the field");
});

test("a stranger's link says so on a page", async () => {
  const page = await shop.open();
  const answer = await page.goto(new URL("/checkout/entry?session=csn_0000000000000000000000&token=x", shop.demo.connectBase).href);

  assert.equal(answer.status(), 404);
  await page.getByRole("heading", { name: "This link does not work" }).waitFor();
  await inspect(page, "unknown-link");
});

async function planThatAsksMost() {
  const plans = (await shop.projects.plans()).filter(({ status }) => status === "available");
  return plans.toSorted((a, b) => b.requirements.length - a.requirements.length)[0];
}
