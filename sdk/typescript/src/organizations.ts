import type { Client } from "openapi-fetch";
import { connect, type Connection, type TokenSource } from "./connection.js";
import type { paths } from "./generated/organizations.js";
import type * as Types from "./subscription-types.js";

/** These need no token, and without one a browser need not ask first whether it may call. */
const OPEN_PATHS = new Set(["/subscriptions", "/user/login", "/user/refresh", "/user/logout"]);

/** How the Organizations API is reached, and in whose name. */
export interface OrganizationsOptions extends Connection {
  /** A member's access token, of this server or of your identity provider. May be set later. */
  accessToken?: TokenSource;
}

/**
 * The Organizations API: what a front end of a software product needs. Amounts are in the smallest unit of their
 * currency. Every call may throw an `HttpError`, whose codes are those of the contract, §12.
 */
export class OrganizationsClient {
  /** Whose calls these are from now on; null for nobody's. */
  accessToken: TokenSource;

  readonly #client: Client<paths>;

  constructor({ accessToken = null, ...connection }: OrganizationsOptions) {
    this.accessToken = accessToken;
    this.#client = connect<paths>(connection, () => this.accessToken, OPEN_PATHS);
  }

  /** The plans on sale, each with its periods and what it lets one do. Needs no token. */
  getSubscriptions(): Promise<Types.GetSubscriptionsResponse> {
    return answer(this.#client.GET("/subscriptions"));
  }

  /** The subscription of the organization, or null in `data` if it never had one. */
  getMySubscription(): Promise<Types.MySubscriptionResponse> {
    return answer(this.#client.GET("/subscriptions/my"));
  }

  /**
   * Buys a period of a plan. The browser then goes to `checkoutUrl`, or mounts Stripe's Checkout with `clientSecret`;
   * what is free is active already.
   */
  buySubscription(request: Types.BuySubscriptionRequest): Promise<Types.BuySubscriptionResponse> {
    return answer(this.#client.POST("/subscriptions/buy", { body: request }));
  }

  /** How a purchase stands. Ask two or three times over some seconds after the customer has come back. */
  getCheckoutSessionStatus(id: string): Promise<Types.GetCheckoutSessionStatusResponse> {
    return answer(this.#client.GET("/subscriptions/checkout-session/{id}", { params: { path: { id } } }));
  }

  /** A way into Stripe's billing portal, to be opened in a new tab at once: it does not work for long. */
  createBillingPortal(): Promise<Types.CreateBillingPortalResponse> {
    return answer(this.#client.POST("/subscriptions/portal"));
  }

  /** Payments, the newest first: all, or those between two dates (ISO 8601, both included). */
  getPayments(query: Types.PaymentsQueryParams = {}): Promise<Types.PaymentsListResponse> {
    return answer(this.#client.GET("/subscriptions/payments", { params: { query } }));
  }

  /** The purchase that waits for its payment. Without one, the error is 404 `NO_PENDING_PAYMENT`. */
  getPendingPayment(): Promise<Types.GetPendingPaymentResponse> {
    return answer(this.#client.GET("/subscriptions/pending-payment"));
  }

  /** Withdraws the purchase that waits, so that it cannot be paid any more. */
  cancelPendingPayment(): Promise<Types.CancelPendingPaymentResponse> {
    return answer(this.#client.DELETE("/subscriptions/pending-payment"));
  }

  /** Cancels the subscription, with the period or at once, as the server usually does unless told here. */
  cancelSubscription(request?: Types.CancelSubscriptionRequest): Promise<Types.CancelSubscriptionResponse> {
    return answer(this.#client.POST("/subscriptions/cancel", request ? { body: request } : {}));
  }

  /** Logs a member in; later calls of this client are theirs. */
  async login(request: Types.LoginRequest): Promise<Types.LoginResponse> {
    const session = await answer(this.#client.POST("/user/login", { body: request }));
    this.accessToken = session.accessToken;
    return session;
  }

  /** Goes on with a log-in. The refresh token works once; the next one is in the answer. */
  async refresh(refreshToken: string): Promise<Types.RefreshResponse> {
    const session = await answer(this.#client.POST("/user/refresh", { body: { refresh_token: refreshToken } }));
    this.accessToken = session.accessToken;
    return session;
  }

  /** Ends a log-in. The access token goes on working until its hour is over, but not in this client. */
  async logout(refreshToken: string): Promise<Types.LogoutResponse> {
    const ended = await answer(this.#client.POST("/user/logout", { body: { refresh_token: refreshToken } }));
    this.accessToken = null;
    return ended;
  }
}

/** The payload: a no has been thrown by then. */
async function answer<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call;
  return data as T;
}
