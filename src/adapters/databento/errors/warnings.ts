import { plainText } from './plain-text.js';

/**
 * The warnings of a reply, each `Type: message`. The header `X-Warning` holds a JSON array of strings; one that does not
 * is a warning as it stands, because what the vendor wants to tell matters more than how.
 */
export function readWarnings(headers: readonly string[]): string[] {
  return headers.flatMap(warningsOf).map(plainText).filter(Boolean);
}

function warningsOf(header: string): string[] {
  try {
    const parsed: unknown = JSON.parse(header);
    if (typeof parsed === 'string') return [parsed];
    if (Array.isArray(parsed))
      return parsed.map((entry) => (typeof entry === 'string' ? entry : JSON.stringify(entry)));
  } catch {
    // shown as it is
  }
  return [header];
}
