/**
 * All that a plugin needs, of a schema, a source or a progress reporter. What it uses of class-validator and class-transformer it takes from here, so that
 * both see the same registrations.
 */
import * as plugin from './plugin.js';

export * from 'class-validator';

const required: object = plugin;
// From a CommonJS package the star brings this name too, and require() of this module would return class-validator.
/** @internal */
export { required as 'module.exports' };
export { Exclude, Expose, Transform, Type } from 'class-transformer';
export * from './plugin-core.js';
