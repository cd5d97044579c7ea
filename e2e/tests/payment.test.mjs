// Paying: cards that are refused, banks that ask, codes that save money.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "../support/inspect.mjs";
import { openShop } from "../support/shop.mjs";
import * as walk from "../support/walk.mjs";

const shop = openShop();

test("a declined card charges nothing, and another one pays", async () => {
  const email = "declined@example.com";
  const page = await atPayment(email);

  await walk.fillCard(page, walk.CARDS.declined);
  await walk.payButton(page).click();
  await page.getByText("Nothing was charged").first().waitFor();
  await inspect(page, "payment-declined");
  assert.equal((await shop.sandbox.paidCharges(email)).length, 0);
  assert.equal((await shop.projects.subscriptionsOf(email)).length, 0);

  await walk.payWith(page, walk.CARDS.pays);
  assert.equal((await shop.sandbox.paidCharges(email)).length, 1);
  assert.equal((await shop.projects.subscriptionsOf(email)).length, 1);
});

test("a bank that asks is answered on its own page", async () => {
  const email = "secure@example.com";
  const page = await atPayment(email);

  await walk.fillCard(page, walk.CARDS.asksTheBank);
  await walk.press(page, walk.payButton(page));
  await page.waitForURL(/\/3ds\//);
  await inspect(page, "payment-challenge");
  await walk.press(page, page.getByRole("button", { name: "Complete" }));

  await page.waitForURL(/\/done$/);
  assert.equal((await shop.sandbox.paidCharges(email)).length, 1);
});

test("who fails the bank's check is charged nothing and may try again", async () => {
  const email = "unproved@example.com";
  const page = await atPayment(email);

  await walk.fillCard(page, walk.CARDS.asksTheBank);
  await walk.press(page, walk.payButton(page));
  await walk.press(page, page.getByRole("button", { name: "Fail" }));
  await page.getByText("Nothing was charged").first().waitFor();
  assert.equal((await shop.sandbox.paidCharges(email)).length, 0);

  await walk.payWith(page, walk.CARDS.pays);
  assert.equal((await shop.sandbox.paidCharges(email)).length, 1);
});

test("a voucher saves what the review says it saves", async () => {
  await shop.sandbox.promotionCode("SAVE25", 25);
  const email = "voucher@example.com";
  const page = await shop.open();
  await walk.buyNow(page, shop.demo, email);
  await walk.answerAll(page);

  await page.getByText("I have a voucher").click();
  await page.locator("#voucher").fill("NOSUCHCODE");
  await walk.action(page, "apply_voucher").click();
  await page.locator("#voucher-problem").waitFor();
  await page.locator("#voucher").fill("SAVE25");
  await walk.action(page, "apply_voucher").click();
  await page.getByText("Voucher SAVE25 saves you").waitFor();
  await inspect(page, "payment-voucher");
  const promised = await page.locator("input[name=due]").inputValue();

  await walk.goToPayment(page);
  await walk.payWith(page, walk.CARDS.pays);
  const [charge] = await shop.sandbox.paidCharges(email);
  assert.equal(String(charge.amount), promised);
});

async function atPayment(email) {
  const page = await shop.open();
  await walk.buyNow(page, shop.demo, email);
  await walk.answerAll(page);
  await walk.goToPayment(page);
  return page;
}
