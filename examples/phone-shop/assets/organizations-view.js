// What the page for organizations shows: from answers of the API to elements. Nothing here asks or changes anything.

const PERIODS = {
  DAILY: "every day",
  WEEKLY: "every week",
  MONTHLY: "every month",
  YEARLY: "every year",
  ALL_TIME: "once, for good",
};
const GOOD = ["ACTIVE", "COMPLETED"];
const BAD = ["FAILED", "UNPAID", "EXPIRED"];

/** An element with properties and children; text stays text. */
export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** `amount` is in the smallest unit of the currency. */
export function money(amount, currency) {
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  return format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits);
}

export function date(text) {
  return new Intl.DateTimeFormat("en", { dateStyle: "medium", timeZone: "UTC" }).format(new Date(text));
}

export function badge(text, status = text) {
  const kind = GOOD.includes(status) ? " badge-good" : BAD.includes(status) ? " badge-bad" : "";
  return element("span", { className: `badge${kind}` }, text);
}

export function alertOf(text, isError) {
  const kind = isError ? "alert-error" : "alert-success";
  return element("p", { className: `alert ${kind}`, role: isError ? "alert" : "status" }, text);
}

export function button(text, onclick, className = "button") {
  return element("button", { type: "button", className, onclick }, text);
}

/** A plan, with a button for each period; without `buy` there is nobody to buy it. */
export function tierCard(plan, mine, currency, buy) {
  const isMine = mine?.status === "ACTIVE" && mine.id === plan.id;
  const title = element("h3", {}, plan.name);
  const features = plan.capabilities.map(({ type, value, description }) =>
    element("li", {}, type === "BOOLEAN" ? description : `${description}: ${value.toLocaleString("en")}`),
  );
  const periods = plan.periods.map((period) => periodOffer(plan, period, isMine && mine, currency, buy));
  return element(
    "li",
    { className: isMine ? "card card-active" : "card" },
    element("div", { className: "card-title" }, title, isMine ? badge("Your plan", "ACTIVE") : null),
    element("p", { className: "muted" }, plan.description),
    element("ul", {}, ...features),
    element("div", { className: "periods" }, ...periods),
  );
}

function periodOffer(plan, { id, periodType, price }, mine, currency, buy) {
  const words = price === 0 ? "Free" : `${money(price, currency)} ${PERIODS[periodType]}`;
  const goesOn = mine && mine.periodId === id && (mine.autoRenew || mine.dateTo === null);
  if (goesOn) return element("p", {}, badge(words, "ACTIVE"));
  if (!buy) return element("p", { className: "price" }, element("strong", {}, words));
  const unseen = element("span", { className: "unseen" }, `Buy ${plan.name}: `);
  return element("button", { type: "button", className: "button", onclick: () => buy(id) }, unseen, words);
}

/** How the organization stands; `actions` are elements. */
export function standing(mine, currency, actions) {
  const panel = (...content) =>
    element("div", { className: "panel" }, ...content, element("div", { className: "actions" }, ...actions));
  if (!mine) return panel(element("p", {}, "No subscription yet."));
  const price = mine.price === 0 ? "Free" : `${money(mine.price, currency)} ${PERIODS[mine.periodType]}`;
  return panel(
    element("p", { className: "card-title" }, element("strong", {}, mine.name), badge(mine.status)),
    element("p", {}, price),
    element("p", {}, ...outlook(mine)),
  );
}

function outlook({ status, dateTo, autoRenew }) {
  if (status !== "ACTIVE") return [`Ended on ${date(dateTo)}.`];
  if (dateTo === null) return [badge("Lifetime", "ACTIVE")];
  return [autoRenew ? `Renews on ${date(dateTo)}.` : `Cancelled; it goes on until ${date(dateTo)}.`];
}

export function pendingPayment(pending, goOn, withdraw) {
  const { subscription, subscriptionPeriod, amount, currency, status } = pending;
  const words = `${money(amount, currency.toUpperCase())} ${PERIODS[subscriptionPeriod.periodType]}`;
  return element(
    "div",
    { className: "panel" },
    element("p", { className: "card-title" }, element("strong", {}, subscription.name), badge(status)),
    element("p", {}, words),
    element(
      "div",
      { className: "actions" },
      // While a bank has yet to say yes there is nothing to be done.
      ...(status === "PENDING"
        ? [button("Go on to the payment", goOn), button("Withdraw", withdraw, "button button-quiet")]
        : []),
    ),
  );
}

export function paymentsTable(payments) {
  if (payments.length === 0) return element("p", { className: "empty" }, "No payments.");
  const heading = (text, className = "") => element("th", { scope: "col", className }, text);
  const rows = payments.map(({ amount, currency, status, timestamp }) =>
    element(
      "tr",
      {},
      element("td", {}, date(timestamp)),
      element("td", { className: "figure" }, money(amount, currency.toUpperCase())),
      element("td", {}, badge(status)),
    ),
  );
  const head = element("tr", {}, heading("Date"), heading("Amount", "figure"), heading("Status"));
  return element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows));
}
