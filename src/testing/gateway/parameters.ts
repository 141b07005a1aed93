import { validationError, type ApiError } from './api-error.js';
import { parseTime, type ParsedTime } from './dates.js';

const TRUE = ['true', '1', 'yes', 'on'];
const FALSE = ['false', '0', 'no', 'off'];

/** The parameters of a request, from its query or its form, read with the checks and defaults of the service. */
export class Parameters {
  constructor(
    private readonly values: URLSearchParams,
    private readonly place: 'query' | 'body',
  ) {}

  /** All of them. A name given twice has its last value. */
  toObject(): Record<string, string> {
    return Object.fromEntries(this.values);
  }

  optional(name: string): string | undefined {
    const value = this.values.getAll(name).at(-1);
    return value === '' ? undefined : value;
  }

  required(name: string): string {
    const value = this.optional(name);
    if (value === undefined) throw this.refusal(name, 'Field required', 'missing');
    return value;
  }

  oneOf(name: string, allowed: readonly string[], otherwise?: string): string {
    const value = otherwise === undefined ? this.required(name) : (this.optional(name) ?? otherwise);
    if (allowed.includes(value)) return value;
    throw this.refusal(name, `Input should be ${allowed.map((one) => `'${one}'`).join(', ')}`, 'enum');
  }

  boolean(name: string): boolean {
    const value = this.optional(name)?.toLowerCase() ?? 'false';
    if (TRUE.includes(value)) return true;
    if (FALSE.includes(value)) return false;
    throw this.refusal(name, 'Input should be a valid boolean, unable to interpret input', 'bool_parsing');
  }

  integer(name: string, least: number): number | undefined {
    const value = this.optional(name);
    if (value === undefined) return undefined;
    if (!/^-?\d+$/.test(value)) throw this.refusal(name, 'Input should be a valid integer', 'int_parsing');
    if (Number(value) >= least) return Number(value);
    throw this.refusal(name, `Input should be greater than or equal to ${least}`, 'greater_than_equal');
  }

  time(name: string): ParsedTime | undefined {
    const value = this.optional(name);
    if (value === undefined) return undefined;
    const time = parseTime(value);
    if (time !== undefined) return time;
    throw this.refusal(name, 'Input should be a valid datetime or date', 'datetime_from_date_parsing');
  }

  refusal(name: string, message: string, type: string): ApiError {
    return validationError(this.place, name, message, type);
  }
}
