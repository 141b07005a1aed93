/** JSON leaves these as they are, and a terminal would obey them: DEL, C1 controls, marks that turn the direction of text. */
const OBEYED = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** A value as JSON whose text no terminal obeys: what the format would let through is escaped, and means the same. */
export function jsonText(value: unknown, indent?: number): string {
  return harmlessJson(JSON.stringify(value, null, indent));
}

/** The same for text that is JSON already. */
export function harmlessJson(json: string): string {
  return json.replace(OBEYED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
