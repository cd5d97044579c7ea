// Every flow of the Organizations API, as members of the demo's three organizations meet it on the shop's page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../support/eventually.mjs";
import { inspect } from "../support/inspect.mjs";
import {
  address, cancel, eventuallyStands, hosted, letBankPay, logIn, memberPage, offer, openPortal, payByDebit, payOnStripesPage,
  said, section, standing, tier,
} from "../support/organizations.mjs";
import { openShop } from "../support/shop.mjs";
import * as walk from "../support/walk.mjs";

const shop = openShop();

test("an organization without a subscription takes the free plan, then pays, then cancels", async () => {
  const page = await memberPage(shop, "bramble");
  await section(page, "Your subscription").getByText("No subscription yet.").waitFor();
  await inspect(page, "organizations-1-none");

  await offer(page, "Larkspur Free", "Free").click();
  await said(page, "Thank you. Your subscription is active.");
  await standing(page, "Larkspur Free", "Lifetime");
  await tier(page, "Larkspur Free").getByText("Your plan").waitFor();
  await inspect(page, "organizations-2-free");

  await hosted(page, "Larkspur Plus", "every month");
  await inspect(page, "organizations-3-checkout");
  await payOnStripesPage(page);
  await said(page, "It takes the place of Larkspur Free.");
  await standing(page, "Larkspur Plus", "Renews on");
  await inspect(page, "organizations-4-paid");

  await cancel(page, "When the period ends");
  await standing(page, "Larkspur Plus", "Cancelled; it goes on until");
  await inspect(page, "organizations-5-cancelled");
  assert.equal(await section(page, "Your subscription").getByRole("button", { name: "Cancel" }).count(), 0);
});

test("a purchase that waits can be gone on with, replaced or withdrawn", async () => {
  const page = await memberPage(shop, "yarrow");
  await standing(page, "Larkspur Plus", "Cancelled; it goes on until");
  await hosted(page, "Larkspur Team", "every year");
  const first = page.url();
  await walk.press(page, page.getByRole("link", { name: "Back" }));
  await section(page, "Waiting for payment").getByText("every year").waitFor();
  await inspect(page, "organizations-6-pending");

  await walk.press(page, page.getByRole("button", { name: "Go on to the payment" }));
  assert.equal(page.url(), first, "the same purchase is the same page");
  await page.goBack();
  await hosted(page, "Larkspur Team", "every month");
  assert.notEqual(page.url(), first);
  await walk.press(page, page.getByRole("link", { name: "Back" }));
  await section(page, "Waiting for payment").getByText("every month").waitFor();

  await page.getByRole("button", { name: "Withdraw" }).click();
  await said(page, "The purchase is withdrawn.");
  await section(page, "Waiting for payment").waitFor({ state: "hidden" });
  await section(page, "Payments").getByText("CANCELLED").first().waitFor();
});

test("a cancelled subscription gives way to one that is paid inside the page", async () => {
  const page = await memberPage(shop, "yarrow");
  await page.getByLabel("Pay on this page").check();
  await offer(page, "Larkspur Team", "every month").click();
  const checkout = page.frameLocator("#stripe iframe");
  await walk.payButton(checkout).waitFor();
  await inspect(page, "organizations-7-embedded");

  await walk.payButton(checkout).click();
  await said(page, "It takes the place of Larkspur Plus.");
  await standing(page, "Larkspur Team", "Renews on");
  assert.equal(await page.locator("#stripe iframe").count(), 0);
  await inspect(page, "organizations-8-changed");
});

test("who pays already buys nothing else, and manages billing at Stripe", async () => {
  const page = await memberPage(shop, "thistle");
  await standing(page, "Larkspur Plus", "Renews on");
  await offer(page, "Larkspur Team", "every year").click();
  await page.getByRole("alert").waitFor();
  await inspect(page, "organizations-9-refused");

  let portal = await openPortal(page);
  await inspect(portal, "organizations-10-portal");
  await walk.press(portal, portal.getByRole("link", { name: /cancel/i }).first());
  await portal.getByRole("button", { name: "Cancel the subscription" }).click();
  await portal.waitForURL((url) => !url.pathname.includes("/cancel"));
  await portal.close();
  await eventuallyStands(page, "Larkspur Plus", "Cancelled; it goes on until");

  portal = await openPortal(page);
  await portal.getByRole("button", { name: "Keep it" }).click();
  await portal.getByRole("link", { name: "Cancel", exact: true }).waitFor();
  await walk.press(portal, portal.getByRole("link", { name: /^Return to / }).first());
  assert.equal(portal.url(), new URL("/", shop.demo.shopBase).href, "the portal leads back to the front end");
  await portal.close();
  await eventuallyStands(page, "Larkspur Plus", "Renews on");
  await cancel(page, "When the period ends");
  await standing(page, "Larkspur Plus", "Cancelled; it goes on until");
});

test("a lifetime is paid once, has its badge, and cannot be cancelled", async () => {
  const page = await memberPage(shop, "thistle");
  await hosted(page, "Larkspur Plus", "once, for good");
  await payOnStripesPage(page);
  await standing(page, "Larkspur Plus", "Lifetime");
  assert.equal(await section(page, "Your subscription").getByRole("button", { name: "Cancel" }).count(), 0);
  await inspect(page, "organizations-11-lifetime");
});

test("payments are shown between two dates, and dates in the wrong order are refused", async () => {
  const page = await memberPage(shop, "thistle");
  const payments = section(page, "Payments");
  await payments.getByText("COMPLETED").first().waitFor();
  const all = await payments.getByRole("row").count();
  assert.ok(all > 2, `${all} rows`);

  await payments.getByLabel("To").fill("2001-01-01");
  await payments.getByRole("button", { name: "Show" }).click();
  await payments.getByText("No payments.").waitFor();
  await payments.getByLabel("From").fill("2001-01-02");
  await payments.getByRole("button", { name: "Show" }).click();
  await page.getByRole("alert").waitFor();
  await payments.getByLabel("To").fill("");
  await payments.getByRole("button", { name: "Show" }).click();
  await payments.getByRole("row").nth(all - 1).waitFor();
  await inspect(page, "organizations-12-payments");
});

test("cancelling at once ends the subscription at once", async () => {
  const page = await memberPage(shop, "yarrow");
  await standing(page, "Larkspur Team", "Renews on");
  await cancel(page, "At once");
  await standing(page, "Larkspur Team", "Ended on");
  await inspect(page, "organizations-13-ended");
});

test("a debit is under way until the bank pays, and nothing can be withdrawn meanwhile", async () => {
  await set({ payment_methods: "cards_and_sepa_debits" }, "https://debits.example");
  const page = await memberPage(shop, "bramble");
  await hosted(page, "Larkspur Team", "every month");
  await payByDebit(page);
  await said(page, "We are confirming your purchase");
  await said(page, "The payment has not arrived yet.");
  const waiting = section(page, "Waiting for payment");
  await waiting.getByText("PROCESSING").waitFor();
  assert.equal(await waiting.getByRole("button").count(), 0);
  await section(page, "Payments").getByText("PROCESSING").waitFor();
  await standing(page, "Larkspur Plus", "Cancelled; it goes on until");
  await inspect(page, "organizations-14-processing");

  await letBankPay(shop);
  await eventuallyStands(page, "Larkspur Team", "Renews on");
  await waiting.waitFor({ state: "hidden" });
});

test("where the operator allows it, who pays changes to another plan, and gives nothing up before it is paid", async () => {
  await set({ allow_subscription_change: true }, "https://changes.example");
  const page = await memberPage(shop, "yarrow");
  await hosted(page, "Larkspur Plus", "every month");
  await payOnStripesPage(page);
  await standing(page, "Larkspur Plus", "Renews on");

  await hosted(page, "Larkspur Team", "every month");
  await walk.press(page, page.getByRole("link", { name: "Back" }));
  await section(page, "Waiting for payment").getByText("every month").waitFor();
  await standing(page, "Larkspur Plus", "Renews on");
  await inspect(page, "organizations-15-change-waits");

  await walk.press(page, page.getByRole("button", { name: "Go on to the payment" }));
  await payOnStripesPage(page);
  await said(page, "It takes the place of Larkspur Plus.");
  await standing(page, "Larkspur Team", "Renews on");
  await tier(page, "Larkspur Team").getByText("Your plan").waitFor();
  await inspect(page, "organizations-16-upgraded");

  await offer(page, "Larkspur Free", "Free").click();
  await said(page, "It takes the place of Larkspur Team.");
  await standing(page, "Larkspur Team", "it goes on until");
  await shop.demo.advance("1month");
  // The log-in of a month ago is over.
  await standing(await memberPage(shop, "yarrow"), "Larkspur Free", "Lifetime");
});

test("a stranger sees the plans, and a wrong password opens nothing", async () => {
  const page = await shop.open();
  await page.goto(address(shop));
  await tier(page, "Larkspur Team").waitFor();
  assert.equal(await page.getByRole("button", { name: /Larkspur/ }).count(), 0);
  await inspect(page, "organizations-17-stranger");
  await logIn(page, "owner@thistle.example", "wrong");
  await page.getByRole("alert").waitFor();
  await inspect(page, "organizations-18-wrong-password");
});

/** Changes the door's settings. The server may remember for a moment what held before: `origin` tells when it does not. */
async function set(more, origin) {
  const settings = {
    product_line: "workspace",
    frontend_url: shop.demo.shopBase,
    return_path: "/demo/organizations",
    cancel_path: "/demo/organizations",
    cors_origins: [origin],
    ...more,
  };
  await shop.demo.operate("project", "set", shop.demo.project, "--organizations", JSON.stringify(settings));
  const plans = new URL("/subscriptions", shop.demo.organizations.baseUrl);
  const isKnown = async () => {
    const answer = await fetch(plans, { headers: { origin } });
    return answer.headers.get("access-control-allow-origin") === origin ? { value: true } : undefined;
  };
  await eventually(isKnown, 10_000);
}
