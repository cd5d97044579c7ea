// The names that front ends know from the contract, §7, as `SubscriptionTypes.…`; what they stand for is generated.
import type { components, operations } from "./generated/organizations.js";

type Schemas = components["schemas"];

export type PeriodType = Schemas["SubscriptionPeriodResponse"]["periodType"];
export type PaymentStatus = Schemas["PaymentResponse"]["status"];
export type OrgSubscriptionStatus = Schemas["OrgSubscriptionResponse"]["status"];

export type SubscriptionResponse = Schemas["SubscriptionResponse"];
export type SubscriptionPeriodResponse = Schemas["SubscriptionPeriodResponse"];
export type SubscriptionCapability = Schemas["SubscriptionCapability"];
export type GetSubscriptionsResponse = Schemas["Data_for_Array_of_SubscriptionResponse"];

export type OrgSubscriptionResponse = Schemas["OrgSubscriptionResponse"];
export type MySubscriptionResponse = Schemas["MySubscriptionResponse"];

export type BuySubscriptionRequest = Schemas["BuySubscriptionRequest"];
export type BuySubscriptionResponse = Schemas["BuySubscriptionResponse"];
export type GetCheckoutSessionStatusResponse = Schemas["GetCheckoutSessionStatusResponse"];
export type CreateBillingPortalResponse = Schemas["CreateBillingPortalResponse"];

export type PaymentsQueryParams = NonNullable<operations["getPayments"]["parameters"]["query"]>;
export type PaymentResponse = Schemas["PaymentResponse"];
export type PaymentsListResponse = Schemas["Data_for_Array_of_PaymentResponse"];

export type PendingPaymentData = Schemas["PendingPaymentData"];
export type GetPendingPaymentResponse = Schemas["Data_for_PendingPaymentData"];
export type CancelPendingPaymentResponse = Schemas["CancelPendingPaymentResponse"];

export type CancelSubscriptionRequest = Schemas["CancelSubscriptionRequest"];
export type CancelSubscriptionResponse = Schemas["CancelSubscriptionResponse"];

export type LoginRequest = Schemas["LoginRequest"];
export type LoginResponse = Schemas["LoginResponse"];
export type RefreshResponse = Schemas["RefreshResponse"];
export type LogoutResponse = Schemas["LogoutResponse"];
