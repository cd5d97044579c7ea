// The steps that a customer takes, from the shop's "Buy now" to "Continue".
import assert from "node:assert/strict";

export const CARDS = {
  pays: "4242 4242 4242 4242",
  declined: "4000 0000 0000 0002",
  asksTheBank: "4000 0025 0000 3155",
  asksEveryTime: "4000 0027 6000 3184",
  failsLater: "4000 0000 0000 0341",
};

/** Plans of the demo's catalogue, examples/catalog.toml, by what they ask for. */
export const PLANS = {
  cheapest: "Tern Start",
  asksLittle: "Tern Talk",
  asksForThePerson: "Tern Visit",
  asksForThePhone: "Tern Endless",
  costsNothing: "Tern Zero",
};

/** What a customer types, by step. Austria is the first country of the plan that asks for an address. */
const ANSWERS = {
  name: () => ({ full_name: "Ada Byron" }),
  birthday: () => ({ birthday_day: "10", birthday_month: "12", birthday_year: "1995" }),
  address: () => ({ line1: "Ringstraße 12", postal_code: "1010", city: "Wien" }),
  device: () => ({ imei: freshImei() }),
};

let phones = 0;

/** The number of a phone that nobody registered before: fourteen digits and their Luhn digit. */
function freshImei() {
  phones += 1;
  const digits = `35${String(phones).padStart(12, "0")}`;
  const sum = [...digits].reduce((sum, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return sum + (value > 9 ? value - 9 : value);
  }, 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

/** Presses a button or link that leads to another address, and waits until that is shown. */
export async function press(page, target) {
  const before = page.url();
  await target.click();
  await page.waitForURL((url) => url.href !== before);
}

/** Where a page of the checkout is: `sim`, `review`, `done` … */
export function stepOf(page) {
  return new URL(page.url()).pathname.split("/").at(-1);
}

export function action(page, name) {
  return page.locator(`main button[name=action][value=${name}]:not([aria-hidden])`);
}

/** In the shop: chooses a plan and logs in on the way. Ends on our pages. */
export async function buyNow(page, demo, email, plan = PLANS.asksLittle) {
  await page.goto(demo.shopBase);
  await press(page, page.getByRole("listitem").filter({ hasText: plan }).getByRole("button"));
  await page.getByLabel("E-mail address").fill(email);
  await press(page, page.getByRole("button", { name: "Log in and continue" }));
}

/** Answers the question on the page, and goes on. */
export async function answerStep(page) {
  for (const [field, value] of Object.entries(ANSWERS[stepOf(page)]?.() ?? {})) {
    await page.locator(`#${field}`).fill(value);
  }
  await press(page, action(page, "continue"));
}

/** Answers every question up to the review; `look` sees each page before it is answered. */
export async function answerAll(page, look = async () => {}) {
  while (stepOf(page) !== "review") {
    await look(page, stepOf(page));
    await answerStep(page);
  }
}

/** From the review to the sandbox's page. */
export async function goToPayment(page) {
  await press(page, action(page, "pay"));
  assert.match(page.url(), /\/c\/pay\//);
}

/** Types a card on the sandbox's page. */
export async function fillCard(page, number) {
  await page.locator("#card_number").fill(number);
  await page.locator("#card_expiry").fill("12 / 40");
  await page.locator("#card_cvc").fill("123");
  await page.locator("#card_name").fill("Ada Byron");
}

export function payButton(page) {
  return page.locator("form[data-pay] button[type=submit]");
}

/** Pays, and waits until our pages say that it is done. */
export async function payWith(page, number) {
  await fillCard(page, number);
  await payButton(page).click();
  await page.waitForURL(/\/done$/);
}

/** From the last page back to the shop. */
export async function continueToShop(page, demo) {
  await press(page, page.getByRole("link", { name: "Continue", exact: true }));
  assert.equal(new URL(page.url()).origin, new URL(demo.shopBase).origin);
}
