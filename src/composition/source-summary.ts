import type { RegisteredSource } from '../core/registry/source-registry.js';
import type { SourceSummary } from './tickloom.js';

export function sourceSummary({ definition, origin }: RegisteredSource): SourceSummary {
  const { name, description, takes = 'paths' } = definition;
  return { name, description, takes, origin };
}
