import createClient, { type Client } from "openapi-fetch";
import { HttpError } from "./http-error.js";

/** A token, or how to come by the one of the moment. Null is nobody's. */
export type TokenSource = string | null | (() => string | null | Promise<string | null>);

/** How the server is reached. */
export interface Connection {
  /** Its address; a slash at the end does not matter. */
  baseUrl: string;
  /** What is asked instead of the platform's own `fetch`. */
  fetch?: (request: Request) => Promise<Response>;
}

/**
 * A client of the paths of an OpenAPI document. It sends the token with every path but the `open` ones, and throws an
 * {@link HttpError} for every answer that is not a yes.
 */
export function connect<Paths extends {}>(
  connection: Connection,
  token: () => TokenSource,
  open: ReadonlySet<string> = new Set(),
): Client<Paths> {
  const { baseUrl, fetch } = connection;
  const client = createClient<Paths>(fetch ? { baseUrl, fetch } : { baseUrl });
  client.use({
    async onRequest({ request, schemaPath }) {
      if (open.has(schemaPath)) return;
      const source = token();
      const known = typeof source === "function" ? await source() : source;
      if (known !== null) request.headers.set("authorization", `Bearer ${known}`);
    },
    async onResponse({ response }) {
      if (!response.ok) throw await HttpError.from(response);
    },
  });
  return client;
}
