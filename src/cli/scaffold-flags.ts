import { Args, Flags } from '@oclif/core';

/** What both commands that write a plugin take. */
export const scaffoldFlags = {
  output: Flags.string({
    helpValue: '<folder>',
    summary: 'Folder to write, which must not be there. [default: the name]',
  }),
  language: Flags.string({
    options: ['ts', 'js'],
    summary: 'TypeScript, or JavaScript without a build. [default: ts]',
  }),
};

export const nameArgument = (what: string) =>
  Args.string({
    description: `Name of the ${what}: lower-case words with hyphens.`,
    required: true,
    ignoreStdin: true,
  });
