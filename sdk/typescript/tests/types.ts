// Compiled, never run: what a program with types may write, and what the compiler refuses.
import { createProjectsClient, OrganizationsClient, type ProjectsTypes, type SubscriptionTypes } from "../src/index.js";

export async function periodsOf(client: OrganizationsClient): Promise<SubscriptionTypes.SubscriptionPeriodResponse[]> {
  const { data } = await client.getSubscriptions();
  return data.flatMap((plan) => plan.periods);
}

export async function isForLife(client: OrganizationsClient): Promise<boolean> {
  const { data } = await client.getMySubscription();
  // @ts-expect-error There may be no subscription.
  data.status;
  const lifetime: SubscriptionTypes.PeriodType = "ALL_TIME";
  return data?.periodType === lifetime && data.dateTo === null;
}

/** Every name of the contract, §7. */
export type NamesOfTheContract = [
  SubscriptionTypes.SubscriptionResponse,
  SubscriptionTypes.SubscriptionPeriodResponse,
  SubscriptionTypes.SubscriptionCapability,
  SubscriptionTypes.BuySubscriptionRequest,
  SubscriptionTypes.BuySubscriptionResponse,
  SubscriptionTypes.OrgSubscriptionResponse,
  SubscriptionTypes.MySubscriptionResponse,
  SubscriptionTypes.GetSubscriptionsResponse,
  SubscriptionTypes.PaymentResponse,
  SubscriptionTypes.PaymentsListResponse,
  SubscriptionTypes.PaymentsQueryParams,
  SubscriptionTypes.CancelSubscriptionResponse,
  SubscriptionTypes.CreateBillingPortalResponse,
  SubscriptionTypes.GetCheckoutSessionStatusResponse,
  SubscriptionTypes.GetPendingPaymentResponse,
  SubscriptionTypes.PendingPaymentData,
  SubscriptionTypes.CancelPendingPaymentResponse,
  SubscriptionTypes.PendingPaymentErrorResponse,
];

/** Programs that know the contract look whether it worked, and show why not. */
export async function problems(client: OrganizationsClient): Promise<(string | undefined)[]> {
  const answers = [
    await client.getSubscriptions(),
    await client.getMySubscription(),
    await client.buySubscription({ subscriptionPeriodId: "" }),
    await client.getCheckoutSessionStatus(""),
    await client.createBillingPortal(),
    await client.getPayments(),
    await client.getPendingPayment(),
    await client.cancelPendingPayment(),
    await client.cancelSubscription(),
  ];
  return answers.filter((answer) => !answer.success).map((answer) => answer.message ?? answer.error_code);
}

/** What is always sent need not be looked for, only whether it is null. */
export async function nulls(client: OrganizationsClient): Promise<(string | null)[]> {
  const { checkoutUrl, redirectUrl, previousSubscription, ...bought } =
    await client.buySubscription({ subscriptionPeriodId: "" });
  const replaced = previousSubscription === null ? null : previousSubscription.name;
  const { subscriptionId } = await client.getCheckoutSessionStatus(bought.sessionId ?? "");
  const { data: own } = await client.getMySubscription();
  const { data: pending } = await client.getPendingPayment();
  const waits = pending.status !== "COMPLETED" && pending.sessionStatus !== null;
  return [checkoutUrl, redirectUrl, replaced, subscriptionId, own === null ? null : own.dateTo, waits ? pending.checkoutUrl : null];
}

export function isNonePending(error: SubscriptionTypes.PendingPaymentErrorResponse): boolean {
  return !error.success && error.error_code === "NO_PENDING_PAYMENT" && error.debug_info?.error_type !== "";
}

export async function refusals(client: OrganizationsClient): Promise<void> {
  // @ts-expect-error What is bought must be said.
  await client.buySubscription({});
  // @ts-expect-error There is no such mode.
  await client.cancelSubscription({ mode: "tomorrow" });
}

export async function plans(baseUrl: string, apiKey: string): Promise<ProjectsTypes["Plan"][]> {
  const projects = createProjectsClient({ baseUrl, apiKey });
  const { data } = await projects.GET("/projects/{project}/plans", { params: { path: { project: "demo" } } });
  return data?.items ?? [];
}
