// Debian's Chromium, talking to loopback and to nobody else.
import { accessSync, constants } from "node:fs";
import { chromium } from "playwright-core";

const PLACES = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const WAIT_LIMIT_MS = 15_000;
export const WIDE = { width: 1280, height: 900 };

function executable() {
  const found = PLACES.find((place) => place && isExecutable(place));
  if (!found) throw new Error("no Chromium found: install it, or name it in CHROMIUM");
  return found;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export function launchBrowser() {
  return chromium.launch({
    executablePath: executable(),
    args: [
      "--no-sandbox",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ],
  });
}

/** A customer's browser: cookies of its own, and an empty page. `options` are Playwright's for a context. */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: WIDE, locale: "en-US", colorScheme: "light", ...options });
  context.setDefaultTimeout(WAIT_LIMIT_MS);
  return context.newPage();
}
