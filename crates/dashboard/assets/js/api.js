// Client of the API of the server that the page came from.

/** An error returned by the API. */
export class ApiError extends Error {
  constructor(status, detail) {
    super(detail?.message ?? `the server answered with ${status}`);
    this.status = status;
    this.advice = detail?.advice ?? '';
  }
}

/** The server could not be reached. */
export class Unreachable extends Error {}

/** Path below `/api/v1` from parts and a query. Both are escaped. */
export function path(parts, query) {
  const joined = parts.map((part) => encodeURIComponent(part).replaceAll('%3A', ':')).join('/');
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined) asked.set(name, value);
  }
  return `/api/v1/${joined}${asked.size ? `?${asked}` : ''}`;
}

/** Returns the text of an answer. Throws ApiError, Unreachable, or the reason with which `signal` is aborted. */
export async function text(url, signal) {
  let response;
  let body;
  try {
    response = await fetch(url, { signal, headers: { accept: 'application/json' } });
    body = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Unreachable('the server does not answer');
  }
  if (response.ok) return body;
  // a proxy in front of an unavailable server
  if (response.status === 502 || response.status === 504) throw new Unreachable('the server does not answer');
  let detail;
  try {
    detail = JSON.parse(body).error;
  } catch {
    // not the API's own error
  }
  throw new ApiError(response.status, detail);
}

/** Returns an answer as an object. */
export async function get(url, signal) {
  return JSON.parse(await text(url, signal));
}
