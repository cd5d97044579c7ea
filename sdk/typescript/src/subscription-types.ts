// The names that front ends know from the contract, §7, as `SubscriptionTypes.…`; what they stand for is generated.
import type { components, operations } from "./generated/organizations.js";

type Schemas = components["schemas"];

/**
 * The contract gives every answer these fields, and programs that were written against it look at them. From this client
 * an answer is always a success: a refusal is thrown as an `HttpError`.
 */
type Answer<Success> = Omit<Success, "success"> & { success: boolean; message?: string; error_code?: string };

export type PeriodType = Schemas["SubscriptionPeriodResponse"]["periodType"];
export type PaymentStatus = Schemas["PaymentResponse"]["status"];
export type OrgSubscriptionStatus = Schemas["OrgSubscriptionResponse"]["status"];

export type SubscriptionResponse = Schemas["SubscriptionResponse"];
export type SubscriptionPeriodResponse = Schemas["SubscriptionPeriodResponse"] & {
  /** Credits for each period. This server sells none. */
  creditsGranted?: number;
};
export type SubscriptionCapability = Schemas["SubscriptionCapability"];
export type GetSubscriptionsResponse = Answer<Schemas["Data_for_Array_of_SubscriptionResponse"]>;

export type OrgSubscriptionResponse = Schemas["OrgSubscriptionResponse"];
export type MySubscriptionResponse = Answer<Schemas["MySubscriptionResponse"]>;

export type BuySubscriptionRequest = Schemas["BuySubscriptionRequest"];
export type BuySubscriptionResponse = Answer<Schemas["BuySubscriptionResponse"]>;
export type GetCheckoutSessionStatusResponse = Answer<Schemas["GetCheckoutSessionStatusResponse"]>;
export type CreateBillingPortalResponse = Answer<Schemas["CreateBillingPortalResponse"]>;

export type PaymentsQueryParams = NonNullable<operations["getPayments"]["parameters"]["query"]>;
export type PaymentResponse = Schemas["PaymentResponse"];
export type PaymentsListResponse = Answer<Schemas["Data_for_Array_of_PaymentResponse"]>;

/** The contract types its status as any payment's, though what waits is pending or processing. */
export type PendingPaymentData = Omit<Schemas["PendingPaymentData"], "status"> & { status: PaymentStatus };
export type GetPendingPaymentResponse = Answer<{ data: PendingPaymentData }>;
export type CancelPendingPaymentResponse = Answer<Schemas["CancelPendingPaymentResponse"]>;
/** What an `HttpError` of the two calls about the pending payment has as its `data`. */
export type PendingPaymentErrorResponse = Omit<Schemas["Error"], "error_code"> & {
  error_code:
    | "NO_PENDING_PAYMENT"
    | "USER_NOT_FOUND"
    | "NO_ORGANIZATION"
    | "SUBSCRIPTION_PERIOD_NOT_FOUND"
    | "INTERNAL_ERROR";
};

export type CancelSubscriptionRequest = Schemas["CancelSubscriptionRequest"];
export type CancelSubscriptionResponse = Answer<Schemas["CancelSubscriptionResponse"]>;

export type LoginRequest = Schemas["LoginRequest"];
export type LoginResponse = Schemas["LoginResponse"];
export type RefreshResponse = Schemas["RefreshResponse"];
export type LogoutResponse = Schemas["LogoutResponse"];
