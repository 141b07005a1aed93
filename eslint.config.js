import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Layers, outermost last: a file may import from its own layer and from those before it. */
const restrict = (patterns, message) => ({
  'no-restricted-imports': ['error', { patterns: patterns.map((regex) => ({ regex, message })) }],
});
const TECHNOLOGIES = ['^tsyringe$', '^@oclif/', '^pg($|-)', '^cosmiconfig$', '^cli-', '^umzug$'];
const NODE_IO = ['^node:(fs|net|http|https|child_process|os|process|readline|tty|worker_threads)'];

export default tseslint.config(
  { ignores: ['dist', 'coverage', 'node_modules'] },
  eslint.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allowNullish: false },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-control-regex': 'off',
      eqeqeq: 'error',
    },
  },
  // plain JavaScript belongs to no TypeScript project, so there are no types to lint it by
  { files: ['*.js', 'bin/*.js', 'scripts/*.mjs'], ...tseslint.configs.disableTypeChecked },
  {
    files: ['src/core/**'],
    rules: {
      ...restrict(
        [...TECHNOLOGIES, ...NODE_IO, '/(adapters|config|composition|cli|commands|hooks|testing)/', '/plugins/'],
        'core is pure: no I/O, no technology, nothing of ours outside core',
      ),
      'no-restricted-globals': ['error', 'process', 'console'],
    },
  },
  {
    files: ['src/adapters/**'],
    rules: restrict(
      ['^tsyringe$', '^@oclif/', '/(config|composition|cli|commands|hooks|testing)/', '/plugins/'],
      'adapters know core and their own technology',
    ),
  },
  {
    files: ['src/adapters/**'],
    ignores: ['src/adapters/postgres/**', 'src/adapters/embedded/**'],
    rules: restrict(
      ['^tsyringe$', '^@oclif/', '^pg($|-)', '/(config|composition|cli|commands|hooks|testing)/', '/plugins/'],
      'pg belongs to adapters/postgres and adapters/embedded',
    ),
  },
  {
    files: ['src/config/**'],
    rules: restrict(
      ['^tsyringe$', '^@oclif/', '^pg($|-)', '/(adapters|composition|cli|commands|hooks|testing)/', '/plugins/'],
      'config knows core only',
    ),
  },
  {
    files: ['src/composition/**'],
    rules: restrict(['^@oclif/', '/(cli|commands|hooks|testing)/'], 'composition puts adapters and core together'),
  },
  {
    files: ['src/cli/**', 'src/commands/**', 'src/hooks/**'],
    rules: restrict(
      ['^tsyringe$', '^pg($|-)', '/(core|adapters)/'],
      'the commands are a host: they use what src/index.ts and src/config export',
    ),
  },
  {
    files: ['plugins/**'],
    ignores: ['plugins/**/test/**'],
    rules: restrict(
      ['/src/', '^tsyringe$', '^@oclif/', '^pg($|-)'],
      'a plugin imports the package by its name, as a stranger would',
    ),
  },
  {
    files: ['examples/**'],
    rules: restrict(['^[./]', '^tickloom/'], 'an example uses the package by its name, as a host would'),
  },
  {
    files: ['test/**', 'plugins/**/test/**', 'bench/**'],
    rules: { '@typescript-eslint/no-unused-expressions': 'off', 'no-restricted-imports': 'off' },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
);
