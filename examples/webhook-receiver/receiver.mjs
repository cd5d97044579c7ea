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

/** A server that says what it heard. */
export function receiver(secret, hear) {
  const known = new Set();
  return createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString("utf8");
    if (!isGenuine(secret, request.headers, body)) {
      response.writeHead(401).end("not ours");
      return;
    }
    // A webhook may come twice, and carries the same id then.
    const id = request.headers["webhook-id"] ?? request.headers["x-webhook-id"];
    if (!known.has(id)) {
      known.add(id);
      hear(JSON.parse(body));
    }
    response.writeHead(204).end();
  });
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
