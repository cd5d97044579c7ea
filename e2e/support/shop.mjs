// One demo and one browser for a file of tests, begun before the first and ended after the last.
import { after, before } from "node:test";
import { projectsApi, sandboxApi } from "./api.mjs";
import { launchBrowser, openPage } from "./browser.mjs";
import { startDemo } from "./demo.mjs";

/**
 * What the tests of a file share. It is filled before the first test: `demo`, `projects` and `sandbox` (the APIs),
 * and `open(options)`, a fresh browser that is closed with the rest.
 */
export function openShop() {
  const shop = {};
  before(async () => {
    shop.demo = await startDemo();
    shop.browser = await launchBrowser();
    shop.projects = projectsApi(shop.demo);
    shop.sandbox = sandboxApi(shop.demo);
    shop.open = (options) => openPage(shop.browser, options);
  });
  after(async () => {
    await shop.browser?.close();
    await shop.demo?.stop();
  });
  return shop;
}
