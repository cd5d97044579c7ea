// A webhook endpoint on loopback that keeps what it was sent.
import { createServer } from "node:http";
import { once } from "node:events";

export class Receiver {
  #deliveries = [];
  #waiting = [];
  #server = createServer((request, response) => this.#receive(request, response));

  static async start() {
    const receiver = new Receiver();
    receiver.#server.listen(0, "127.0.0.1");
    await once(receiver.#server, "listening");
    return receiver;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}/webhook`;
  }

  /** The first delivery, past or to come, that `matches` accepts: its raw body and its headers. */
  delivery(matches) {
    const found = this.#deliveries.find(matches);
    if (found) return Promise.resolve(found);
    return new Promise((resolve) => this.#waiting.push({ matches, resolve }));
  }

  async stop() {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  async #receive(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const delivery = { body, headers: request.headers, event: JSON.parse(body) };
    response.end();
    this.#deliveries.push(delivery);
    this.#waiting = this.#waiting.filter(({ matches, resolve }) => {
      if (!matches(delivery)) return true;
      resolve(delivery);
      return false;
    });
  }
}
