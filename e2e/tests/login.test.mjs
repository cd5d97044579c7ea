// Visits that name nobody: an address, a code by mail, and in.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect, picture } from "../support/inspect.mjs";
import { openMail, pictureOfMail, readCode } from "../support/mailbox.mjs";
import * as plans from "../support/plans.mjs";
import { openShop } from "../support/shop.mjs";
import * as walk from "../support/walk.mjs";

const shop = openShop();

test("a code that came by mail lets its owner in, and a wrong one does not", async () => {
  const email = "known@example.com";
  await plans.owner(shop, email);
  const { url } = await shop.projects.visitOfAnybody({ type: "viewSubscriptions" });
  const page = await shop.open();
  await page.goto(url);
  await inspect(page, "login-1-address");
  await page.locator("#email").fill(email);
  await page.getByRole("button", { name: "Send code" }).click();
  await page.getByRole("heading", { name: "Enter your code" }).waitFor();

  const mails = await page.context().newPage();
  const code = await readCode(mails, shop.demo, email);
  await pictureOfMail(mails, "login-mail");
  const digits = code.replaceAll(" ", "");
  await page.locator("#code").fill(digits === "000000" ? "000001" : "000000");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.locator("#code-problem").waitFor();
  await inspect(page, "login-2-wrong-code");

  await page.locator("#code").fill(`${digits.slice(0, 3)} ${digits.slice(3)}`);
  await walk.press(page, page.getByRole("button", { name: "Log in" }));
  await page.getByRole("heading", { name: "Your subscriptions" }).waitFor();
  await inspect(page, "login-3-subscriptions");
  await walk.press(page, page.getByRole("link", { name: walk.PLANS.asksLittle }));
  await walk.press(page, page.getByRole("button", { name: "Leave" }));
  await page.waitForURL((url) => url.origin === new URL(shop.demo.shopBase).origin);
});

test("a stranger's address is told nothing", async () => {
  const { url } = await shop.projects.visitOfAnybody({ type: "viewSubscriptions" });
  const page = await shop.open({ javaScriptEnabled: false });
  await page.goto(url);
  await page.locator("#email").fill("stranger@example.com");
  await page.getByRole("button", { name: "Send code" }).click();
  await page.getByText("If stranger@example.com belongs to an account").waitFor();
  await picture(page, "login-stranger");
});

test("what was bought is confirmed by a receipt", async () => {
  const email = "receipt@example.com";
  const page = await plans.owner(shop, email);
  await openMail(page, shop.demo, email, /receipt/);
  assert.match(await page.locator("pre").innerText(), /€14\.50/);
  await pictureOfMail(page, "mail-receipt");
});
