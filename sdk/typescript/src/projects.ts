import type { Client } from "openapi-fetch";
import { connect, type Connection } from "./connection.js";
import type { components, paths } from "./generated/projects.js";

/** The objects of the Projects API, by the names of its OpenAPI document. */
export type ProjectsTypes = components["schemas"];

/** How the Projects API is reached. Its key opens everything: it belongs on servers, and never into a browser. */
export interface ProjectsOptions extends Connection {
  apiKey: string;
}

/**
 * The Projects API, typed by its OpenAPI document:
 * `projects.GET("/projects/{project}/plans", { params: { path: { project } } })`. Calls answer `{ data }`, or throw an
 * `HttpError`.
 */
export function createProjectsClient({ apiKey, ...connection }: ProjectsOptions): Client<paths> {
  return connect<paths>(connection, () => apiKey);
}
