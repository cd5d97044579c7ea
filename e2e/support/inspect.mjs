// Looking at a page as it must look to everybody: light, dark, narrow, and through a screen reader's eyes.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { WIDE } from "./browser.mjs";

const OUTPUT = fileURLToPath(new URL("../output/", import.meta.url));
const NARROW = { width: 320, height: 640 };
const LOOKS = [
  { name: "light", colorScheme: "light", viewport: WIDE },
  { name: "dark", colorScheme: "dark", viewport: WIDE },
  { name: "narrow", colorScheme: "light", viewport: NARROW },
  { name: "narrow-dark", colorScheme: "dark", viewport: NARROW },
];

/** Takes the page's picture in every look, and refuses one that anybody could not use. */
export async function inspect(page, name) {
  for (const look of LOOKS) {
    await page.emulateMedia({ colorScheme: look.colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize(look.viewport);
    await picture(page, `${name}-${look.name}`);
    await refuseSideways(page, `${name}, ${look.name}`);
    await refuseViolations(page, `${name}, ${look.name}`);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(WIDE);
}

/** The whole page, or with a `viewport` what it shows without scrolling. */
export async function picture(page, name, viewport) {
  mkdirSync(OUTPUT, { recursive: true });
  if (viewport) await page.setViewportSize(viewport);
  await page.screenshot({ path: `${OUTPUT}${name}.png`, fullPage: viewport === undefined });
}

async function refuseSideways(page, where) {
  const widths = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  assert.ok(widths[0] <= widths[1], `${where}: scrolls sideways, ${widths[0]} px in ${widths[1]}`);
}

async function refuseViolations(page, where) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  assert.deepEqual(found, [], `${where}: axe found violations`);
}
