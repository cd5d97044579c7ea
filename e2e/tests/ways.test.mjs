// Ways through the pages that are not straight on: back, again, twice, out, and without scripts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect, picture } from "../support/inspect.mjs";
import { openShop } from "../support/shop.mjs";
import * as walk from "../support/walk.mjs";

const shop = openShop();

test("the whole purchase works without scripts", async () => {
  const email = "plain@example.com";
  const page = await shop.open({ javaScriptEnabled: false });
  await walk.buyNow(page, shop.demo, email);
  await walk.answerAll(page, (page, step) => picture(page, `plain-1-${step}`));
  await picture(page, "plain-2-review");
  await walk.goToPayment(page);
  await picture(page, "plain-3-payment");
  await walk.payWith(page, walk.CARDS.pays);
  await walk.continueToShop(page, shop.demo);

  await page.getByText("Subscription successfully added!").waitFor();
  assert.equal((await shop.sandbox.paidCharges(email)).length, 1);
});

test("Back leads through every question, and the answers are still there", async () => {
  const page = await atReview("back@example.com");

  const seen = [];
  while ((await walk.action(page, "back").count()) > 0) {
    await walk.press(page, walk.action(page, "back"));
    seen.push(walk.stepOf(page));
    assert.ok(seen.length < 10, `back goes in circles: ${seen}`);
  }
  assert.deepEqual(seen.slice(0, 2), ["number", "sim"]);

  await walk.answerAll(page);
  assert.equal(walk.stepOf(page), "review");
});

test("who turns back on the payment page has paid nothing and lost nothing", async () => {
  const email = "hesitant@example.com";
  const page = await atReview(email);
  await walk.goToPayment(page);

  await walk.press(page, page.getByRole("link", { name: "Back" }));
  assert.equal(walk.stepOf(page), "review");
  await page.getByRole("heading", { name: "You have not paid yet" }).waitFor();
  await inspect(page, "ways-turned-back");

  await walk.goToPayment(page);
  await walk.payWith(page, walk.CARDS.pays);
  assert.equal((await shop.sandbox.paidCharges(email)).length, 1);
});

test("loading the last page again repeats nothing, and going back does not pay again", async () => {
  const email = "refresh@example.com";
  const page = await atReview(email);
  const review = page.url();
  await walk.goToPayment(page);
  const payment = page.url();
  await walk.payWith(page, walk.CARDS.pays);

  await page.reload();
  await page.goto(review);
  assert.equal(walk.stepOf(page), "done", "the review leads on to what was bought");
  await page.goto(payment);
  assert.equal(await walk.payButton(page).count(), 0, "a paid page does not ask for a card");
  await page.goto(`${review.replace(/\/review$/, "")}/return`);
  assert.equal(walk.stepOf(page), "done");

  assert.equal((await shop.sandbox.paidCharges(email)).length, 1);
  assert.equal((await shop.projects.subscriptionsOf(email)).length, 1);
});

test("two tabs end in one purchase", async () => {
  const email = "tabs@example.com";
  const first = await atReview(email);
  const second = await first.context().newPage();
  await second.goto(first.url());
  await walk.goToPayment(first);
  await walk.goToPayment(second);
  assert.equal(second.url(), first.url(), "both pay on the same page");
  await walk.fillCard(second, walk.CARDS.pays);

  await walk.payWith(first, walk.CARDS.pays);
  await walk.payButton(second).click();
  await second.getByRole("heading", { level: 1 }).waitFor();
  await inspect(second, "ways-second-tab");

  assert.equal((await shop.sandbox.paidCharges(email)).length, 1);
  assert.equal((await shop.projects.subscriptionsOf(email)).length, 1);
});

test("Leave leads back to the shop, which hears that the customer did not want to", async () => {
  const email = "leave@example.com";
  const page = await atReview(email);

  await walk.press(page, page.getByRole("button", { name: "Leave" }));
  await page.getByRole("alert").getByText("An error occurred: user_aborted").waitFor();
  await inspect(page, "ways-left");
  assert.equal((await shop.projects.subscriptionsOf(email)).length, 0);
});

test("a link works once, and a second browser is sent back", async () => {
  const plan = await shop.projects.plan(walk.PLANS.asksLittle);
  const { url } = await shop.projects.checkout(plan, "link@example.com");
  const owner = await shop.open();
  await owner.goto(url);
  await owner.goto(url);
  assert.match(owner.url(), /\/checkout\/csn_/, "the browser that used it goes on where it was");

  const other = await shop.open();
  await logIn(other, "other@example.com");
  await other.goto(url);
  await other.getByRole("alert").getByText("An error occurred: auth_expired").waitFor();
});

test("a German customer reads German, and may choose French", async () => {
  const plan = await shop.projects.plan(walk.PLANS.asksLittle);
  const details = { fullName: "Ute Weiß", preferredLocale: "de-DE" };
  const { url } = await shop.projects.checkout(plan, "ute@example.com", details);
  const page = await shop.open({ locale: "de-DE" });
  await page.goto(url);
  assert.equal(await page.locator("html").getAttribute("lang"), "de");
  await walk.answerAll(page, (page, step) => inspect(page, `german-1-${step}`));
  await inspect(page, "german-2-review");

  await page.locator("details.languages summary").click();
  await page.getByRole("link", { name: "Français" }).click();
  await page.locator("html[lang=fr]").waitFor();
  await picture(page, "french-review");
});

async function atReview(email) {
  const page = await shop.open();
  await walk.buyNow(page, shop.demo, email);
  await walk.answerAll(page);
  return page;
}

async function logIn(page, email) {
  await page.goto(new URL("/log-in", shop.demo.shopBase).href);
  await page.getByLabel("E-mail address").fill(email);
  await walk.press(page, page.getByRole("button", { name: "Log in" }));
}
