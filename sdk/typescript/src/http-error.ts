/** What a server says when it does not do what was asked. */
export interface ErrorBody {
  /** For programs, of the Organizations API: `SUBSCRIPTION_ALREADY_ACTIVE`. */
  error_code?: string;
  /** For programs, of the Projects API, which does not always have one. */
  code?: string | null;
  /** The class of the error, of the Projects API. */
  type?: string;
  /** For people. */
  message: string;
  [more: string]: unknown;
}

/**
 * The server answered with another status than 2xx. When no answer came at all, calls fail with the error of `fetch`
 * instead: whether anything was done is then not known, and every call may be made again.
 */
export class HttpError extends Error {
  override readonly name = "HttpError";

  constructor(
    readonly status: number,
    readonly statusText: string,
    /** The answer's body, or null if it is not JSON. */
    readonly data: ErrorBody | null,
  ) {
    super(data?.message ?? `The server answered ${status} ${statusText}`.trimEnd());
  }

  /** Reads the answer's body to the end. */
  static async from(response: Response): Promise<HttpError> {
    const isJson = response.headers.get("content-type")?.includes("application/json") ?? false;
    const data: ErrorBody | null = isJson ? await response.json().catch(() => null) : null;
    return new HttpError(response.status, response.statusText, data);
  }

  /** The error's code, whichever of the two APIs answered; its class where it has no code. */
  get code(): string | undefined {
    return this.data?.error_code ?? this.data?.code ?? this.data?.type;
  }
}
