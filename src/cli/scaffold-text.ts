import type { ScaffoldResult } from '../index.js';

/** What was written, and what to type next. */
export function scaffoldText({ folder, package: name, files, next }: ScaffoldResult): string {
  const listed = files.map((path) => `  ${path}\n`).join('');
  return `${folder}: package ${name}\n${listed}\nNext:\n${next.map((command) => `  ${command}\n`).join('')}`;
}
