/**
 * Makes oclif's help follow the rule of all other output: `FORCE_COLOR` before `NO_COLOR`, as in Node.js itself, and a
 * variable that is empty, or a `CI` that says no, says nothing. oclif's libraries each have a rule of their own, so they
 * are left with nothing to decide: to be called before they are loaded.
 */
export function agreeOnColor(env: NodeJS.ProcessEnv): void {
  const { FORCE_COLOR: force, CI: ci } = env;
  if (ci === '' || ci === '0' || ci === 'false') delete env['CI'];
  if (force === '') delete env['FORCE_COLOR'];
  else if (force === '0' || force === 'false') env['NO_COLOR'] = '1';
  else if (force !== undefined) delete env['NO_COLOR'];
}
