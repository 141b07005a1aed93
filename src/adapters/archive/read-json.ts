import { plainToInstance } from 'class-transformer';
import type { ValidationError } from 'class-validator';
import { validateSync } from '../../core/validation/class-validator-parts.js';
import { archiveDamaged } from './archive-errors.js';

/**
 * Reads a JSON document of the archive's and checks it against its class.
 * @param damaged words what is wrong
 * @throws ARCHIVE_DAMAGED naming what is wrong
 */
export function readJson<T extends object>(
  path: string,
  text: string,
  shape: new () => T,
  damaged: typeof archiveDamaged = archiveDamaged,
): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw damaged(path, 'it is not JSON', error);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw damaged(path, 'it is not a JSON object');
  }
  const document = plainToInstance(shape, value);
  const [first] = validateSync(document, { forbidUnknownValues: true });
  if (first !== undefined) throw damaged(path, firstFault(first));
  return document;
}

function firstFault({ property, constraints, children }: ValidationError): string {
  const [message] = Object.values(constraints ?? {});
  const [child] = children ?? [];
  return message ?? (child === undefined ? property : `${property}: ${firstFault(child)}`);
}
