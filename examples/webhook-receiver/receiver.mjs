// Receives Perennial's webhooks, and believes none that is not signed. Node.js 20 or later, and nothing else:
//
//   WEBHOOK_SECRET=whsec_… node receiver.mjs
//
// A real receiver answers at once and works afterwards: after ten seconds without an answer it is sent again.

import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

/** How old a webhook may be, in seconds, so that nobody can send an old one again. */
const TOLERANCE = 5 * 60;
/** How long a body may be, in bytes. */
const LONGEST = 1024 * 1024;
/** So many ids of webhooks are remembered: who sends again does so for days, but with pauses. */
const REMEMBERED = 10_000;

/** Whether one of the signatures is ours, of whichever flavour: an HMAC over the time and the body, to the letter. */
export function isGenuine(secret, headers, body, nowSeconds = Date.now() / 1000) {
  const isBusiness = "x-webhook-id" in headers;
  const [id, time, signatures = ""] = ["id", "timestamp", "signature"].map(
    (name) => headers[`${isBusiness ? "x-" : ""}webhook-${name}`],
  );
  if (!id || !(Math.abs(nowSeconds - Number(time)) <= TOLERANCE)) return false;
  const [key, signed, between, encoding] = isBusiness
    ? [secret, `${time}.${body}`, "=", "hex"]
    : [Buffer.from(secret.replace(/^whsec_/, ""), "base64"), `${id}.${time}.${body}`, ",", "base64"];
  const expected = createHmac("sha256", key).update(signed).digest();
  // While a secret is replaced there are two of them.
  return signatures.split(isBusiness ? "," : " ").some((signature) => {
    const given = Buffer.from(signature.slice(3), encoding);
    return signature.startsWith(`v1${between}`) && given.length === expected.length && timingSafeEqual(given, expected);
  });
}

/**
 * A server that has each webhook heard once. Where `hear` fails, it is not taken, and comes again; a receiver that must not
 * forget what it has heard when it is started anew keeps the ids where it keeps what it does with them.
 */
export function receiver(secret, hear) {
  const heard = new Map();
  // A webhook may come twice, and carries the same id then. What is being heard is waited for.
  const hearOnce = (id, body) => {
    if (!heard.has(id)) {
      const hearing = Promise.resolve(body).then(JSON.parse).then(hear);
      heard.set(id, hearing);
      hearing.catch(() => heard.delete(id));
      if (heard.size > REMEMBERED) heard.delete(heard.keys().next().value);
    }
    return heard.get(id);
  };
  return createServer(async (request, response) => {
    const answer = (status, text) => response.writeHead(status, { connection: "close" }).end(text);
    try {
      const body = await read(request);
      if (body === undefined) return answer(413, "too long");
      if (!isGenuine(secret, request.headers, body)) return answer(401, "not ours");
      await hearOnce(request.headers["webhook-id"] ?? request.headers["x-webhook-id"], body);
      response.writeHead(204).end();
    } catch (error) {
      console.error("not heard, and sent again later:", error);
      answer(500, "not heard");
    }
  });
}

/** The body, unless it is longer than any webhook: anybody can send one, and who it is from is known only by all of it. */
async function read(request) {
  const chunks = [];
  let size = 0;
  if (Number(request.headers["content-length"]) > LONGEST) return undefined;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > LONGEST) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { WEBHOOK_SECRET: secret, PORT: port = "4000" } = process.env;
  if (!secret) throw new Error("WEBHOOK_SECRET is what `perennial webhook add` printed");
  const server = receiver(secret, (event) => {
    // The Projects API's flavour names its type, the Business API's what happened to what.
    console.log(event.type ?? `${event.entity_name}/${event.event_type}`, event.data.id ?? event.data.uid);
  });
  server.listen(Number(port), "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${port}`));
}
