// What a customer says of themselves: a name and an address, on links that an app opens for them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "../support/inspect.mjs";
import * as plans from "../support/plans.mjs";
import { openShop } from "../support/shop.mjs";
import * as walk from "../support/walk.mjs";

const shop = openShop();

/** A customer of the shop, on the page that a link of this intent opens. */
async function open(email, intent) {
  const page = await plans.owner(shop, email);
  const visit = await shop.projects.visitOf(email, { type: intent });
  await page.goto(visit.url);
  return page;
}

test("a name is changed, once there is one", async () => {
  const email = "renamed@example.com";
  const page = await open(email, "updateUserFullName");
  await page.locator("#full_name").fill(" ");
  await walk.action(page, "save").click();
  await page.locator("main .problems").waitFor();
  await inspect(page, "person-name-missing");
  await page.locator("#full_name").fill("Ada King, Countess of Lovelace");
  await inspect(page, "person-name");
  await walk.press(page, walk.action(page, "save"));
  await page.waitForURL((url) => url.origin === new URL(shop.demo.shopBase).origin);
  assert.equal(new URL(page.url()).searchParams.get("status"), "success");
  assert.equal((await shop.projects.userOf(email)).fullName, "Ada King, Countess of Lovelace");
});

test("an address is changed, and what was typed outlives a mistake", async () => {
  const email = "moved@example.com";
  const page = await open(email, "updateUserAddress");
  if ((await page.locator("#country").inputValue()) !== "AT") {
    await Promise.all([page.waitForEvent("load"), page.locator("#country").selectOption("AT")]);
  }
  await page.locator("#line1").fill("Lindengasse 8");
  await walk.action(page, "save").click();
  await page.locator("main .problems").waitFor();
  assert.equal(await page.locator("#line1").inputValue(), "Lindengasse 8");
  await inspect(page, "person-address-missing");
  await page.locator("#postal_code").fill("1070");
  await page.locator("#city").fill("Wien");
  await inspect(page, "person-address");
  await walk.press(page, walk.action(page, "save"));
  await page.waitForURL((url) => url.origin === new URL(shop.demo.shopBase).origin);
  assert.equal(new URL(page.url()).searchParams.get("status"), "success");
  const [address] = await shop.projects.addressesOf(email);
  assert.deepEqual([address.line1, address.city, address.country], ["Lindengasse 8", "Wien", "AT"]);
});
