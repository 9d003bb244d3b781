/**
 * What an application keeps for the length of one request: a session, a database handle. Declare
 * its members by module augmentation.
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- empty so that it can be augmented
export interface RequestContext {}

/** What the response will carry beside its body. Handlers and server actions write to it. */
export interface ResponseInfo {
  /** HTTP status; `undefined` leaves the choice to the framework. */
  status: number | undefined
  readonly headers: Headers
}

/** Everything known about the request being served. */
export interface RequestInfo {
  readonly request: Request
  /** Unique for each request. */
  readonly id: string
  /** Route parameters. */
  readonly params: Readonly<Record<string, string>>
  readonly ctx: RequestContext
  readonly response: ResponseInfo
}

/** What {@link RequestInfo} is made from: the request, and whatever the defaults should not be. */
export type RequestInfoInit = Pick<RequestInfo, 'request'> & Partial<RequestInfo>
