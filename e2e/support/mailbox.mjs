// The demo's mailbox: what was sent to whom.
import { eventually } from "./eventually.mjs";
import { picture } from "./inspect.mjs";

/** Opens the newest mail to this address whose subject matches, once it has come. Its text is in `pre`. */
export async function openMail(page, demo, to, subject) {
  const mail = page.getByRole("listitem").filter({ hasText: `to ${to} ` }).getByRole("link", { name: subject }).first();
  await eventually(async () => {
    await page.goto(new URL("/mailbox", demo.connectBase).href);
    return (await mail.count()) > 0 ? { value: mail } : undefined;
  });
  await mail.click();
  await page.locator("pre").waitFor();
}

/** The six digits in a log-in mail to this address. */
export async function readCode(page, demo, to) {
  await openMail(page, demo, to, /code/);
  const text = await page.locator("pre").innerText();
  return text.match(/\b\d{3} ?\d{3}\b/)[0];
}

/** Clicks the link in the mail that is open, in its HTML, as in a mail program: it leads the whole window on. */
export async function followLink(page) {
  const mail = page.url();
  await page.frameLocator("iframe").getByRole("link").first().click();
  await page.waitForURL((url) => url.href !== mail);
}

/** The picture of the mail that is open, as HTML: it may run nothing, so only people can look at it. */
export async function pictureOfMail(page, name) {
  const text = page.url();
  await page.goto(`${text}/html`);
  await picture(page, name);
  await page.goto(text);
}
