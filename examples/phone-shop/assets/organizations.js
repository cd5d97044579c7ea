// The page for organizations: every flow of the Organizations API, through the TypeScript client and nothing else.
import { HttpError, OrganizationsClient } from "./perennial-sdk.js";
import * as view from "./organizations-view.js";

/** How often and how far apart a purchase is asked after: Stripe may tell the server a little later than the browser. */
const ASKED_TIMES = 4;
const PAUSE_MS = 2000;
/** What waited may be sold no more. */
const NOTHING_PENDING = ["NO_PENDING_PAYMENT", "SUBSCRIPTION_PERIOD_NOT_FOUND"];

const find = (id) => document.getElementById(id);
const { api, currency } = find("page").dataset;
const client = new OrganizationsClient({ baseUrl: api, accessToken: session()?.accessToken ?? null });

/** Who is logged in, and goes on to be when Stripe sends the tab back here. */
function session() {
  return JSON.parse(sessionStorage.getItem("member"));
}

function say(text, isError = false) {
  find("messages").replaceChildren(view.alertOf(text, isError));
  find("messages").scrollIntoView({ block: "nearest" });
}

/** Does what somebody asked for, one thing at a time, and says so if it does not work. */
async function attempt(work) {
  const page = find("page");
  if (page.ariaBusy === "true") return;
  page.ariaBusy = "true";
  find("messages").replaceChildren();
  try {
    await work();
  } catch (error) {
    if (error instanceof HttpError && error.status === 401 && session()) forget();
    say(error instanceof HttpError ? error.message : "The server does not answer. Please try again.", true);
    console.error(error);
  } finally {
    page.ariaBusy = "false";
  }
}

function forget() {
  sessionStorage.removeItem("member");
  show("log-in");
  for (const id of ["account", "standing", "pending", "checkout", "payments", "embedding"]) hide(id);
  return showPlans(null);
}

function show(id, content) {
  const part = find(id);
  if (!part) return;
  part.hidden = false;
  if (content) part.querySelector(".content").replaceChildren(content);
}

function hide(id) {
  const part = find(id);
  if (part) part.hidden = true;
}

async function refresh() {
  if (!session()) return forget();
  hide("log-in");
  find("member").textContent = session().email;
  for (const id of ["account", "embedding"]) show(id);
  const { data: mine } = await client.getMySubscription();
  await Promise.all([showPlans(mine), showStanding(mine), showPending(), showPayments()]);
}

async function showPlans(mine) {
  const { data: plans } = await client.getSubscriptions();
  const buying = session() ? (period) => attempt(() => buy(period)) : null;
  find("tiers").replaceChildren(...plans.map((plan) => view.tierCard(plan, mine, currency, buying)));
}

function showStanding(mine) {
  const canCancel = mine?.status === "ACTIVE" && (mine.autoRenew || mine.price === 0);
  const portal = view.button("Manage billing", () => attempt(manageBilling), "button button-quiet");
  portal.append(view.element("span", { className: "unseen" }, " (opens a new tab)"));
  const cancel = view.button("Cancel", () => find("cancelling").showModal(), "button button-quiet");
  show("standing", view.standing(mine, currency, canCancel ? [portal, cancel] : [portal]));
}

async function showPending() {
  try {
    const { data: pending } = await client.getPendingPayment();
    const goOn = () => attempt(() => payPending(pending));
    show("pending", view.pendingPayment(pending, goOn, () => attempt(withdraw)));
  } catch (error) {
    if (!(error instanceof HttpError) || !NOTHING_PENDING.includes(error.code)) throw error;
    hide("pending");
  }
}

async function showPayments() {
  const dates = Object.fromEntries(new FormData(find("payments").querySelector("form")));
  const { data: payments } = await client.getPayments(dates);
  show("payments", view.paymentsTable(payments));
}

async function buy(subscriptionPeriodId, isEmbedded = find("embedded")?.checked) {
  const uiMode = isEmbedded ? "embedded" : "hosted";
  const bought = await client.buySubscription({ subscriptionPeriodId, uiMode });
  sessionStorage.setItem("previous", bought.previousSubscription?.name ?? "");
  if (bought.isFreeSubscription) return confirmPurchase(bought.sessionId);
  if (bought.clientSecret) return payHere(bought);
  location.assign(bought.checkoutUrl);
}

/** Stripe's Checkout in this page. */
async function payHere({ clientSecret, sessionId }) {
  const checkout = await Stripe().initEmbeddedCheckout({
    clientSecret,
    onComplete: () => {
      checkout.destroy();
      hide("checkout");
      attempt(() => confirmPurchase(sessionId));
    },
  });
  show("checkout", view.element("div", { id: "stripe" }));
  checkout.mount("#stripe");
  find("checkout-heading").focus();
}

function payPending({ checkoutUrl, subscriptionPeriod }) {
  if (!checkoutUrl) return buy(subscriptionPeriod.id, true);
  location.assign(checkoutUrl);
}

async function withdraw() {
  await client.cancelPendingPayment();
  find("checkout").querySelector(".content").replaceChildren();
  hide("checkout");
  await refresh();
  say("The purchase is withdrawn. Nothing was charged.");
}

/** Asks how a purchase came out until it is known, or not worth waiting for any more. */
async function confirmPurchase(id) {
  say("We are confirming your purchase …");
  let stands = await client.getCheckoutSessionStatus(id);
  for (let asked = 1; stands.payment_status === "unpaid" && stands.status !== "expired" && asked < ASKED_TIMES; asked += 1) {
    await new Promise((resume) => setTimeout(resume, PAUSE_MS));
    stands = await client.getCheckoutSessionStatus(id);
  }
  history.replaceState(null, "", location.pathname);
  await refresh();
  const previous = sessionStorage.getItem("previous");
  if (stands.status === "expired") say("The purchase was not paid in time. Nothing was charged.", true);
  else if (stands.payment_status === "unpaid") say("The payment has not arrived yet. This page will show it once it has.");
  else say(previous ? `Thank you. It takes the place of ${previous}.` : "Thank you. Your subscription is active.");
}

/** The tab is opened before the question: browsers open none later than the click. */
async function manageBilling() {
  const tab = window.open("", "_blank");
  try {
    const { url } = await client.createBillingPortal();
    if (!tab) return location.assign(url);
    tab.opener = null;
    tab.location.replace(url);
  } catch (error) {
    tab?.close();
    throw error;
  }
}

async function cancel(mode) {
  await client.cancelSubscription({ mode });
  await refresh();
  say("The subscription is cancelled.");
}

async function logIn(form) {
  const { email, password } = Object.fromEntries(new FormData(form));
  const { accessToken, refreshToken } = await client.login({ email, password });
  sessionStorage.setItem("member", JSON.stringify({ email, accessToken, refreshToken }));
  form.reset();
  await begin();
}

async function logOut() {
  const { refreshToken } = session();
  await forget();
  await client.logout(refreshToken);
}

/** Who comes back from Stripe brings the session in the address. */
function begin() {
  const returned = new URLSearchParams(location.search).get("session_id");
  return returned && session() ? confirmPurchase(returned) : refresh();
}

function onSubmit(form, work) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(() => work(form));
  });
}

onSubmit(find("log-in").querySelector("form"), logIn);
onSubmit(find("payments").querySelector("form"), showPayments);
find("log-out").addEventListener("click", () => attempt(logOut));
find("cancelling").addEventListener("close", ({ target }) => {
  if (target.returnValue) attempt(() => cancel(target.returnValue));
  target.returnValue = "";
});
// Something may have changed in the portal's tab.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && session()) refresh().catch(console.error);
});
attempt(begin);
