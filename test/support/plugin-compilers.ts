import { createRequire } from 'node:module';
import ts from 'typescript';

const require = createRequire(import.meta.url);
const swc = require('@swc/wasm') as { transformSync(text: string, options: object): { readonly code: string } };
const { transform, stop } = require('esbuild-wasm') as {
  readonly transform: (text: string, options: object) => Promise<{ readonly code: string }>;
  readonly stop: () => Promise<void>;
};

/** A compiler as a plugin's author has set it: from TypeScript to a module that Node can import. */
export interface PluginCompiler {
  readonly name: string;
  compile(text: string): Promise<string>;
}

const tsc = (name: string, options: ts.CompilerOptions): PluginCompiler => ({
  name: `tsc ${name}`,
  compile: async (text) => {
    const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, ...options };
    return ts.transpileModule(text, { compilerOptions }).outputText;
  },
});

const swcCore = (name: string, options: object): PluginCompiler => ({
  name: `swc ${name}`,
  compile: async (text) => {
    const parser = { syntax: 'typescript', decorators: true };
    const jsc = { target: 'es2022', parser, transform: options };
    return swc.transformSync(text, { filename: 'plugin.ts', swcrc: false, jsc, module: { type: 'es6' } }).code;
  },
});

const esbuild = (name: string, compilerOptions: object, more: object = {}): PluginCompiler => ({
  name: `esbuild ${name}`,
  compile: async (text) => {
    const tsconfigRaw = { compilerOptions };
    return (await transform(text, { loader: 'ts', format: 'esm', target: 'es2022', tsconfigRaw, ...more })).code;
  },
});

const LEGACY = { experimentalDecorators: true };

/** What the documentation asks for, in each way that it can be had. */
export const LEGACY_COMPILERS: readonly PluginCompiler[] = [
  tsc('with legacy decorators', { ...LEGACY, useDefineForClassFields: false }),
  tsc('that also emits metadata', { ...LEGACY, emitDecoratorMetadata: true, useDefineForClassFields: false }),
  tsc('that defines fields', LEGACY),
  swcCore('with legacy decorators', { legacyDecorator: true, useDefineForClassFields: false }),
  swcCore('that also emits metadata', {
    legacyDecorator: true,
    decoratorMetadata: true,
    useDefineForClassFields: true,
  }),
  esbuild('with legacy decorators', LEGACY),
  esbuild('for the newest engines', { ...LEGACY, emitDecoratorMetadata: true }, { target: 'esnext' }),
  esbuild('that minifies', LEGACY, { minify: true }),
];

/** What turns decorators into standard ones. */
export const STANDARD_COMPILERS: readonly PluginCompiler[] = [
  tsc('with standard decorators', {}),
  swcCore('with standard decorators of 2022', { decoratorVersion: '2022-03' }),
  swcCore('with standard decorators of 2023', { decoratorVersion: '2023-11' }),
  esbuild('with standard decorators', {}),
];

/** What leaves decorators as they are, for an engine that may know them one day. */
export const LEAVING_COMPILER: PluginCompiler = esbuild('that leaves decorators', {}, { target: 'esnext' });

/** Ends the process that esbuild has left waiting for more. */
export const endCompilers = stop;
