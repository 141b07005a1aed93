/** What stands in `detail` of a validation error: the form of the web framework. */
export interface ValidationDetail {
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
}

export type ErrorPayload = Readonly<Record<string, string | number | null>>;

const DOCS = 'https://databento.com/docs/api-reference-historical/basics/errors';

/** A request that is refused: becomes the reply. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly detail: unknown,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(`status ${status}`);
  }
}

/** `detail` as an object: what the API says about data, money and licences. */
export function businessError(status: number, name: string, message: string, payload?: ErrorPayload): ApiError {
  const detail = { case: name, message, status_code: status, docs: DOCS };
  return new ApiError(status, payload === undefined ? detail : { ...detail, payload });
}

/** `detail` as an array: a parameter that is missing or of the wrong form. */
export function validationError(place: 'query' | 'body', name: string, msg: string, type: string): ApiError {
  const detail: ValidationDetail[] = [{ loc: [place, name], msg, type }];
  return new ApiError(422, detail);
}

/** `detail` as a string: authentication, and what is simple. */
export function plainError(status: number, detail: string, headers?: Readonly<Record<string, string>>): ApiError {
  return new ApiError(status, detail, headers);
}
