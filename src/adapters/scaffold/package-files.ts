import type { ScaffoldFiles, ScaffoldOrder } from './scaffold-order.js';

const TYPESCRIPT = '~5.9.0';
const NODE_TYPES = '^20.19.0';

/** What every plugin's package has, whatever is in it. */
export function packageFiles(
  { name, language, tickloom }: ScaffoldOrder,
  { description, sample }: { readonly description: string; readonly sample: string },
): ScaffoldFiles {
  const ts = language === 'ts';
  const main = ts ? './dist/src/index.js' : './src/index.js';
  const manifest = {
    name: `tickloom-plugin-${name}`,
    version: '0.1.0',
    description,
    keywords: ['tickloom', 'tickloom-plugin'],
    type: 'module',
    main,
    files: [ts ? 'dist/src' : 'src'],
    oclif: {},
    tickloom: { plugins: main },
    scripts: {
      ...(ts ? { build: 'tsc', prepare: 'tsc', pretest: 'tsc' } : {}),
      test: `node --test ${ts ? 'dist/test/contract.test.js' : 'test/contract.test.js'}`,
      sample,
    },
    peerDependencies: { tickloom: /^(file|git)/.test(tickloom) ? '*' : tickloom },
    devDependencies: ts ? { '@types/node': NODE_TYPES, tickloom, typescript: TYPESCRIPT } : { tickloom },
  };
  const compiler = {
    compilerOptions: {
      target: 'ES2022',
      module: 'NodeNext',
      rootDir: '.',
      outDir: 'dist',
      declaration: true,
      strict: true,
      skipLibCheck: true,
      experimentalDecorators: true,
      useDefineForClassFields: false,
      types: ['node'],
    },
    include: ['src', 'test'],
  };
  return {
    'package.json': json(manifest),
    ...(ts ? { 'tsconfig.json': json(compiler) } : {}),
    '.gitignore': ['node_modules', '.tickloom', ...(ts ? ['dist'] : [])].map((line) => `${line}\n`).join(''),
  };
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
