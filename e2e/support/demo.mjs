// A demo of our own: the built program on free ports, with its data in a folder that goes away again.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { eventually } from "./eventually.mjs";

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 15_000;
const JOURNEY_TIMEOUT_MS = 60_000;
const BINARY = process.env.PERENNIAL_BIN ?? fileURLToPath(new URL("../../target/debug/perennial", import.meta.url));
const ANY_PORT = "127.0.0.1:0";

/**
 * Starts a demo. What it answers is what `demo.json` says, with `stop()` beside it; `advance(span)`, which lets time
 * pass in it as `perennial clock advance` does; and `operate(…)`, which runs a command of the operator's on its database
 * and answers what it printed.
 */
export async function startDemo() {
  const folder = await mkdtemp(join(tmpdir(), "perennial-e2e-"));
  const listens = ["--listen", ANY_PORT, "--sandbox-listen", ANY_PORT, "--shop-listen", ANY_PORT];
  const child = spawn(BINARY, ["demo", ...listens, "--data-dir", folder], {
    stdio: ["ignore", "pipe", "pipe"],
    env: withoutSettings(process.env),
  });
  const log = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => log.push(chunk));
  const failed = new Promise((_, reject) => child.once("error", reject));
  const stop = () => end(child, folder);
  try {
    const settings = await Promise.race([failed, eventually(() => ready(child, folder), START_TIMEOUT_MS)]);
    const advanceBy = (span) => advance(folder, span);
    return { ...settings, stop, advance: advanceBy, operate: (...command) => operate(folder, command) };
  } catch (error) {
    await stop();
    throw new Error(`the demo did not start: ${error.message}\n${Buffer.concat(log)}`);
  }
}

/** Ends when all that is due by then has happened. */
async function advance(folder, span) {
  const options = { env: withoutSettings(process.env), timeout: JOURNEY_TIMEOUT_MS };
  const { stdout } = await promisify(execFile)(BINARY, ["clock", "advance", span, "--data-dir", folder], options);
  return new Date(stdout.trim());
}

async function operate(folder, command) {
  const env = {
    ...withoutSettings(process.env),
    PERENNIAL_DATABASE_URL: `sqlite:${join(folder, "perennial.db")}`,
    PERENNIAL_MASTER_KEY_FILE: join(folder, "master.key"),
  };
  const { stdout } = await promisify(execFile)(BINARY, command, { env });
  return stdout.trim();
}

/** The environment without variables that would configure the program: it refuses those that it does not know. */
function withoutSettings(environment) {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith("PERENNIAL_")));
}

/** The settings, once every server answers. */
async function ready(child, folder) {
  if (child.exitCode !== null) return { failure: `it ended with status ${child.exitCode}` };
  const text = await readFile(join(folder, "demo.json"), "utf8").catch(() => null);
  if (text === null) return undefined;
  const settings = JSON.parse(text);
  const pages = [new URL("/readyz", settings.connectBase), new URL("/", settings.shopBase), settings.sandboxBase];
  const answers = await Promise.all(pages.map((page) => fetch(page).catch(() => null)));
  return answers.every((answer) => answer && answer.status < 500) ? { value: settings } : undefined;
}

async function end(child, folder) {
  if (child.exitCode === null && child.signalCode === null && child.pid) {
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    const impatience = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(impatience);
  }
  await rm(folder, { recursive: true, force: true });
}
