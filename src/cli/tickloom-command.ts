import { setImmediate } from 'node:timers/promises';
import { Command, Flags, type Interfaces } from '@oclif/core';
import type { Tickloom } from '../index.js';
import { TickloomError } from '../config/errors.js';
import type { Settings } from '../config/settings.js';
import { installedPlugins, withWayOut } from './installed-plugins.js';
import { jsonText } from './json-text.js';
import { interrupts, mode, streams, talkJsonProgress } from './session.js';
import type { Table } from './tables/table.js';
import { textLayout } from './text-layout.js';
import { usageErrorOf } from './usage-error.js';

type CommandClass<A extends Interfaces.ArgInput> = typeof Command & { args: A };

/** What a command was called with: arguments as typed, everything else merged from flags, environment and files. */
export interface Call<A extends Interfaces.ArgInput> {
  readonly args: Interfaces.InferredArgs<A>;
  readonly settings: Settings;
  /** Names of the flags that were typed. */
  readonly typed: ReadonlySet<string>;
  /** The config files that took part. */
  readonly files: readonly string[];
  /** The options of sources that the files hold, by name. */
  readonly sources: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

/**
 * What all commands have in common: `--json`, settings, a Tickloom that is closed whatever happens, and errors that
 * are left to main.
 */
export abstract class TickloomCommand extends Command {
  static override readonly enableJsonFlag = true;
  static override readonly baseFlags = {
    verbose: Flags.boolean({
      char: 'v',
      allowNo: true,
      helpGroup: 'GLOBAL',
      summary: 'Say more: each chunk and rejected record, the stack of an error.',
    }),
  };

  #tickloom: Tickloom | undefined;

  /** Parses the arguments and merges all settings. */
  protected async called<A extends Interfaces.ArgInput>(command: CommandClass<A>): Promise<Call<A>> {
    const flags = { ...command.baseFlags, ...command.flags };
    const parsed = await this.parse(command).catch((error: unknown) => {
      throw usageErrorOf(error, { command: this.#words, flags: [...Object.keys(flags), 'json'] }) ?? error;
    });
    const { resolveSettings } = await import('../config/resolve-settings.js');
    const { settings, files, sources } = await resolveSettings({
      command: this.#words,
      commands: this.config.commands.map(({ id }) => id.replaceAll(':', ' ')),
      takes: new Map(Object.entries(flags).map(([name, flag]) => [name, 'options' in flag ? flag.options : undefined])),
      flags: parsed.flags,
      env: process.env,
      workingFolder: process.cwd(),
      userFolder: this.config.configDir,
    });
    // what a config script has left for later, an error perhaps, comes before the command
    await setImmediate();
    mode.undecided = undefined;
    mode.json ||= settings.json === true;
    mode.verbose = settings.verbose === true;
    talkJsonProgress(settings.progress === 'json');
    const typed = new Set(Object.keys(parsed.flags));
    return { args: parsed.args as Interfaces.InferredArgs<A>, settings, typed, files, sources };
  }

  /** The Tickloom that the settings describe; closed when the command ends. */
  protected async open(settings: Settings): Promise<Tickloom> {
    const { createTickloom } = await import('../index.js');
    const { database, dbSchema, home, index, builtins, maxExpansion, apiKeyFile, gateway, archive } = settings;
    const plugins = [...(settings.plugins ?? []), ...installedPlugins(this.config).map(({ root }) => root)];
    const { storage, chunkInterval, compressAfter, bars } = settings;
    const chunkIntervals = Object.fromEntries(
      (chunkInterval ?? []).map((item) => item.split('=') as [schema: string, span: string]),
    );
    const storing = { index, storage, chunkIntervals, compressAfter, bars };
    const where = { database, dbSchema, home, archive, gateway, apiKeyFile };
    this.#tickloom = createTickloom({ ...where, ...storing, builtins, maxExpansion, plugins, env: process.env });
    return this.#tickloom;
  }

  /** Opens a Tickloom and awaits one call on it, or the signal that ends the command. */
  protected async ask<T>(
    settings: Settings,
    call: (tickloom: Tickloom, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const tickloom = await this.open(settings);
    return this.awaited((signal) => call(tickloom, signal));
  }

  /** Awaits one call, or the signal that ends the command. */
  protected async awaited<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = interrupts;
    return Promise.race([call(signal), interruption(signal, this.#words)]);
  }

  /** Writes text for a person to stdout; with `--json` nothing. */
  protected async print(text: string): Promise<void> {
    if (!mode.json) await streams.writeData(text);
  }

  /** Writes tables for a person to stdout, a blank line between them; with `--json` nothing. */
  protected async printTable(...tables: readonly Table[]): Promise<void> {
    if (mode.json) return;
    const { renderTable } = await import('../index.js');
    const layout = await textLayout(process.stdout);
    const texts = tables.map(({ columns, rows, empty }) =>
      rows.length === 0 && empty !== undefined ? `${empty}\n` : renderTable(columns, rows, layout),
    );
    await streams.writeData(texts.join('\n'));
  }

  override jsonEnabled(): boolean {
    return mode.json;
  }

  override logJson(document: unknown): void {
    // main waits until it is out
    void streams.writeData(`${jsonText(document, 2)}\n`).catch(() => undefined);
  }

  override async catch(error: unknown): Promise<never> {
    throw withWayOut(error, installedPlugins(this.config));
  }

  override async finally(): Promise<void> {
    await this.#tickloom?.close();
  }

  get #words(): string {
    return (this.id ?? '').replaceAll(':', ' ');
  }
}

function interruption(signal: AbortSignal, command: string): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void =>
      reject(
        new TickloomError('CANCELLED', `"tickloom ${command}" was interrupted`, { hint: 'Run the command again.' }),
      );
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
