// The whole purchase, from the shop to the shop, with a picture of every step.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect, picture } from "../support/inspect.mjs";
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
  await picture(page, "readme", { width: 1120, height: 760 });
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

test("every question is asked where nothing is known, and the answers are shown", async () => {
  const page = await openCheckout(walk.PLANS.asksForThePerson, "grace@example.com");

  const asked = [];
  await walk.answerAll(page, async (page, step) => {
    asked.push(step);
    await inspect(page, `questions-${asked.length}-${step}`);
  });

  assert.deepEqual(asked, ["name", "birthday", "address", "sim", "number"]);
  for (const answer of ["Ada Byron", "December 10, 1995", "Ringstraße 12", "New eSIM", "A new number"]) {
    await page.getByText(answer).first().waitFor();
  }
  await inspect(page, "questions-review");
});

test("the phone is asked for where the network has to know it", async () => {
  const page = await openCheckout(walk.PLANS.asksForThePhone, "phone@example.com");
  const asked = [];
  await walk.answerAll(page, async (page, step) => {
    asked.push(step);
    if (step === "device") await inspect(page, "questions-device");
  });
  assert.ok(asked.includes("device"), `asked: ${asked}`);
});

test("an address is asked for as its country writes it", async () => {
  const page = await openCheckout(walk.PLANS.asksForThePerson, "ireland@example.com");
  while (walk.stepOf(page) !== "address") await walk.answerStep(page);

  await page.locator("#country").selectOption("IE");
  await page.getByLabel("Eircode").waitFor();
  await inspect(page, "questions-address-of-ireland");
});

test("a SIM of one's own and a number from elsewhere are on the last pages", async () => {
  const page = await openCheckout(walk.PLANS.asksLittle, "porting@example.com");
  while (walk.stepOf(page) !== "sim") await walk.answerStep(page);
  await page.locator("input[name=sim_choice][value=own]").check();
  await page.locator("#iccid").fill("8931 4404 0000 0000 012");
  await inspect(page, "own-sim");
  await walk.press(page, walk.action(page, "continue"));
  await page.locator("input[name=number_choice][value=keep]").check();
  await page.locator("#phone_number").fill("+31 6 12345678");
  await inspect(page, "kept-number");
  await walk.press(page, walk.action(page, "continue"));

  await inspect(page, "porting-review");
  await walk.goToPayment(page);
  await walk.payWith(page, walk.CARDS.pays);
  await page.getByText("Number to keep").waitFor();
  await inspect(page, "porting-done");
});

test("an empty answer is refused beside its field, with a link to it", async () => {
  const page = await openCheckout(walk.PLANS.asksForThePerson, "empty@example.com");

  await walk.action(page, "continue").click();
  const problem = page.locator("main .problems").getByRole("link").first();
  await problem.waitFor();
  await inspect(page, "refused-answer");
  await problem.click();
  await page.locator("#full_name:focus").waitFor();
});

test("a stranger's link says so on a page", async () => {
  const page = await shop.open();
  const link = new URL("/checkout/entry?session=csn_0000000000000000000000&token=x", shop.demo.connectBase);
  const answer = await page.goto(link.href);

  assert.equal(answer.status(), 404);
  await page.getByRole("heading", { name: "This link does not work" }).waitFor();
  await inspect(page, "unknown-link");
});

/** The hosted pages, opened by somebody of whom the app knows the e-mail address alone. */
async function openCheckout(plan, email) {
  const { url } = await shop.projects.checkout(await shop.projects.plan(plan), email);
  const page = await shop.open();
  await page.goto(url);
  return page;
}
