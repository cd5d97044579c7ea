export type { Connection, TokenSource } from "./connection.js";
export { type ErrorBody, HttpError } from "./http-error.js";
export { OrganizationsClient, type OrganizationsOptions } from "./organizations.js";
export { createProjectsClient, type ProjectsOptions, type ProjectsTypes } from "./projects.js";
export type * as SubscriptionTypes from "./subscription-types.js";
