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
