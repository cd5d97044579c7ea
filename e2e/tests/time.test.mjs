// What happens by itself when time passes: renewals, ends, changes, and payments that fail.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "../support/inspect.mjs";
import { followLink, openMail, pictureOfMail } from "../support/mailbox.mjs";
import * as plans from "../support/plans.mjs";
import { openShop } from "../support/shop.mjs";
import * as walk from "../support/walk.mjs";

const TALK = walk.PLANS.asksLittle;
const START = walk.PLANS.cheapest;
const shop = openShop();

test("a month renews one plan, changes another, and ends a third", async () => {
  const [renewing, changing, ending] = ["renewing@example.com", "changing@example.com", "ending@example.com"];
  await plans.owner(shop, renewing);
  const changed = await plans.owner(shop, changing);
  await plans.choose(changed, TALK, "Change plan");
  await plans.choosePlan(changed, START);
  await walk.press(changed, walk.action(changed, "confirm"));
  const ended = await plans.owner(shop, ending);
  await plans.choose(ended, TALK, "Cancel plan");
  await walk.press(ended, walk.action(ended, "cancel"));

  await shop.demo.advance("1month");

  const [renewed] = await shop.projects.subscriptionsOf(renewing);
  assert.equal(renewed.currentPeriod.number, 2);
  assert.deepEqual(await amounts(renewing), [1450, 1450]);
  await plans.reopen(changed, shop.demo);
  await plans.card(changed, START).getByText("Renews on").waitFor();
  assert.deepEqual(await amounts(changing), [650, 1450]);
  await plans.reopen(ended, shop.demo);
  await ended.getByText("You have no phone plan yet.").waitFor();
  assert.equal((await shop.projects.subscriptionsOf(ending, "ended")).length, 1);
  assert.deepEqual(await amounts(ending), [1450]);
});

test("a card that fails leads into dunning, and another one out of it", async () => {
  const email = "failing@example.com";
  const page = await plans.owner(shop, email);
  await walk.press(page, page.getByRole("button", { name: "Change card" }));
  await walk.press(page, walk.action(page, "use_another"));
  await plans.giveCard(page, walk.CARDS.failsLater);
  await plans.hear(page, shop.demo, "Card successfully changed!");

  await shop.demo.advance("1month");

  await plans.reopen(page, shop.demo);
  await plans.choose(page, TALK, "Details");
  await page.getByText("A payment is open").waitFor();
  await inspect(page, "dunning-1-details");
  assert.deepEqual(await amounts(email), [1450]);

  const mail = await shop.open();
  await openMail(mail, shop.demo, email, /did not go through/);
  await pictureOfMail(mail, "dunning-2-mail");
  await followLink(mail);
  await mail.getByText("€14.50 is open").waitFor();
  await inspect(mail, "dunning-3-card");
  await walk.press(mail, walk.action(mail, "use_another"));
  await plans.giveCard(mail, walk.CARDS.pays);
  await mail.getByText("The open payment of €14.50 has been charged").waitFor();
  await inspect(mail, "dunning-4-paid");

  const [recovered] = await shop.projects.subscriptionsOf(email);
  assert.equal(recovered.status, "active");
  assert.equal(recovered.currentPeriod.number, 2);
  assert.deepEqual(await amounts(email), [1450, 1450]);
  await plans.reopen(page, shop.demo);
  await plans.choose(page, TALK, "Details");
  await page.getByText("It renews on").waitFor();
  await shop.demo.advance("14days");
  assert.equal((await shop.projects.subscriptionsOf(email))[0].status, "active", "the arrears are forgotten");
});

test("a payment that the bank wants confirmed is mailed, and confirmed on the bank's page", async () => {
  const email = "confirming@example.com";
  const page = await plans.owner(shop, email, { card: walk.CARDS.asksEveryTime });

  await shop.demo.advance("1month");

  await openMail(page, shop.demo, email, /did not go through/);
  await followLink(page);
  await page.getByRole("heading", { name: "Confirm your payment" }).waitFor();
  await inspect(page, "confirm-1-payment");
  const asked = page.url();
  await walk.press(page, walk.action(page, "continue"));
  await page.waitForURL(/\/3ds\//);
  await page.goto(asked);
  assert.deepEqual(await amounts(email), [1450], "who turns back at the bank has paid nothing");

  await walk.press(page, walk.action(page, "continue"));
  await plans.answerBank(page, "Complete");
  await page.getByRole("heading", { name: "Your payment is confirmed" }).waitFor();
  await inspect(page, "confirm-2-done");
  assert.deepEqual(await amounts(email), [1450, 1450]);
});

test("what is never paid ends, and nothing more is charged", async () => {
  const email = "unpaid@example.com";
  const page = await plans.owner(shop, email);
  await walk.press(page, page.getByRole("button", { name: "Change card" }));
  await walk.press(page, walk.action(page, "use_another"));
  await plans.giveCard(page, walk.CARDS.failsLater);
  await plans.hear(page, shop.demo, "Card successfully changed!");

  await shop.demo.advance("2months");

  await plans.reopen(page, shop.demo);
  await page.getByText("You have no phone plan yet.").waitFor();
  await inspect(page, "dunning-ended-shop");
  const [ended] = await shop.projects.subscriptionsOf(email, "ended");
  assert.equal(ended.cancellationDetails.cause, "paymentFailed");
  assert.deepEqual(await amounts(email), [1450]);
});

async function amounts(email) {
  const charges = await shop.sandbox.paidCharges(email);
  return charges.map(({ amount }) => amount).toSorted((one, other) => one - other);
}
