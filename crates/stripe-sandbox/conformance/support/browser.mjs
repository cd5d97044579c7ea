// A browser without a screen: it reads a page's form, fills it in and posts it, and follows no redirect by itself.
import assert from "node:assert/strict";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#38;": "&", "&#60;": "<", "&#62;": ">", "&#34;": '"', "&#39;": "'", "&#x27;": "'" };

function decodeEntities(text) {
  return text.replace(/&(amp|lt|gt|quot|#38|#60|#62|#34|#39|#x27);/g, (entity) => ENTITIES[entity]);
}

function attribute(tag, name) {
  const found = tag.match(new RegExp(`\\s${name}="([^"]*)"`));
  return found ? decodeEntities(found[1]) : undefined;
}

/** A page as it was answered: its address, status, markup, and where it redirects to. */
export class Page {
  constructor(address, status, html, location) {
    this.address = address;
    this.status = status;
    this.html = html;
    this.location = location;
  }

  /** What a reader sees: the markup without tags, with single spaces. */
  get text() {
    return decodeEntities(this.html.replace(/<(script|style)[\s\S]*?<\/\1>/g, " ").replace(/<[^>]*>/g, " ")).replace(/\s+/g, " ");
  }

  /** Posts the form whose markup contains `marker`, with `fields` over what the page filled in. */
  async submit(marker, fields = {}) {
    const form = this.html.match(/<form\b[\s\S]*?<\/form>/g)?.find((candidate) => candidate.includes(marker));
    assert.ok(form, `${this.address} has a form with ${marker}`);
    const body = new URLSearchParams();
    for (const input of form.match(/<input\b[^>]*>/g) ?? []) {
      const name = attribute(input, "name");
      if (name && !/\sdisabled\b/.test(input)) body.set(name, attribute(input, "value") ?? "");
    }
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    const action = attribute(form.match(/<form\b[^>]*>/)[0], "action") ?? this.address;
    return load(new URL(action, this.address), { method: "POST", body });
  }

  /** Goes where a 303 points to. */
  async follow() {
    assert.equal(this.status, 303, `${this.address} redirects: ${this.text.slice(0, 400)}`);
    return load(new URL(this.location, this.address));
  }
}

async function load(address, request = {}) {
  const response = await fetch(address, { redirect: "manual", ...request });
  return new Page(String(address), response.status, await response.text(), response.headers.get("location"));
}

/** Opens a page. */
export function open(address) {
  return load(address);
}

/** The card fields of the Checkout page, for a test card number. */
export function card(number, more = {}) {
  return { card_number: number, card_expiry: "12 / 34", card_cvc: "123", card_name: "Ada Byron", ...more };
}
