// Starts a sandbox on a free port, runs the conformance tests against it, and ends what it started.
//
//   SANDBOX_BIN=../../../target/debug/perennial node run.mjs
//   SANDBOX_BIN=../../../target/debug/examples/serve node run.mjs -- {listen}
//
// What follows `--` are the sandbox's arguments, with `{listen}` standing for the address to listen on.
import { spawn } from "node:child_process";
import { createServer, connect } from "node:net";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const START_TIMEOUT_MS = 20_000;
const TESTS = ["sdk.test.mjs", "manage.test.mjs", "extended.test.mjs", "terms.test.mjs", "shapes.test.mjs", "checkout-page.test.mjs", "cli.test.mjs"];
const DEFAULT_ARGUMENTS = ["sandbox", "--listen", "{listen}", "--data", "memory"];

/** A port nobody listens on at this moment. */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function accepts(port) {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function waitUntilListening(sandbox, port) {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await accepts(port))) {
    if (sandbox.exitCode !== null) throw new Error(`the sandbox ended with status ${sandbox.exitCode}`);
    if (Date.now() > deadline) throw new Error(`nothing listens on port ${port} after ${START_TIMEOUT_MS} ms`);
    await pause(50);
  }
}

function sandboxArguments(listen) {
  const separator = process.argv.indexOf("--");
  const given = separator === -1 ? DEFAULT_ARGUMENTS : process.argv.slice(separator + 1);
  return given.map((argument) => argument.replaceAll("{listen}", listen));
}

async function runTests(base) {
  const here = fileURLToPath(new URL(".", import.meta.url));
  const options = ["--test", "--test-reporter=spec", "--test-concurrency=1", "--test-timeout=60000"];
  const tests = spawn(process.execPath, [...options, ...TESTS], {
    cwd: here,
    stdio: "inherit",
    env: { ...process.env, SANDBOX_BASE: base },
  });
  const [status] = await once(tests, "exit");
  return status ?? 1;
}

async function main() {
  const binary = process.env.SANDBOX_BIN;
  if (!binary) throw new Error("SANDBOX_BIN names no program to start");
  const port = await freePort();
  const sandbox = spawn(binary, sandboxArguments(`127.0.0.1:${port}`), { stdio: ["ignore", "inherit", "inherit"] });
  const ended = once(sandbox, "exit");
  try {
    await waitUntilListening(sandbox, port);
    return await runTests(`http://127.0.0.1:${port}`);
  } finally {
    sandbox.kill("SIGTERM");
    await ended;
  }
}

main().then(
  (status) => process.exit(status),
  (error) => {
    console.error(`error: ${error.message}`);
    process.exit(1);
  },
);
