import { TickloomError } from '../errors/index.js';
import { nearest } from '../text/nearest.js';
import { ALL_SYMBOLS, type StypeIn } from './range-request.js';

const STYPES = ['raw_symbol', 'instrument_id', 'parent', 'continuous'] as const satisfies readonly StypeIn[];
const CONTINUOUS = /^([^.]+)\.([cvn])\.(\d{1,9})$/i;
const PARENT = /^[^.]+\.(?:FUT|OPT)$/i;
const TWO_PARTS = /^[^.]+\.[A-Za-z]+$/;
const INSTRUMENT_ID = /^\d{1,10}$/;
const LARGEST_ID = 0xffff_ffff;

/** Symbols as the service wants them, and how they are to be read. */
export interface SymbolSelection {
  readonly stypeIn: StypeIn;
  /** Nobody said it: it follows from the form of the symbols. */
  readonly inferred: boolean;
  /** In the order given, each once. */
  readonly symbols: readonly string[];
}

/**
 * Reads the symbols of a request. Without a symbology it is taken from their form: `ES.c.0` is continuous, `ES.FUT` and
 * `ES.OPT` are parents, everything else, ALL_SYMBOLS and numbers too, is a raw symbol. Raw symbols stay as they are but
 * for blanks around them.
 * @throws USAGE
 */
export function readSymbols(given: readonly string[], stypeIn?: string): SymbolSelection {
  const texts = given.map((text) => text.trim());
  if (texts.length === 0) throw refused('no symbols are given', 'Give --symbols, e.g. ES.c.0, ESH4 or ALL_SYMBOLS.');
  if (texts.includes('')) {
    throw refused(`one of the ${texts.length} symbols is empty`, 'Separate the symbols with one comma each.');
  }
  const declared = stypeIn === undefined ? undefined : readStype(stypeIn);
  if (texts.some(isEverything)) return everything(texts, declared);
  const stype = declared ?? infer(texts);
  return {
    stypeIn: stype,
    inferred: declared === undefined,
    symbols: [...new Set(texts.map((text) => normalise(text, stype)))],
  };
}

function isEverything(text: string): boolean {
  return text.toUpperCase() === ALL_SYMBOLS;
}

function everything(texts: readonly string[], declared: StypeIn | undefined): SymbolSelection {
  const other = texts.find((text) => !isEverything(text));
  if (other !== undefined) {
    throw refused(
      `${ALL_SYMBOLS} and "${other}" are asked for together, and ${ALL_SYMBOLS} stands alone`,
      `Leave out either ${ALL_SYMBOLS} or the others.`,
    );
  }
  if (declared === 'continuous' || declared === 'instrument_id') {
    throw refused(
      `${ALL_SYMBOLS} is asked for with the symbology ${declared}, expected raw_symbol or parent`,
      'Leave out --stype-in.',
    );
  }
  return { stypeIn: declared ?? 'raw_symbol', inferred: declared === undefined, symbols: [ALL_SYMBOLS] };
}

function readStype(text: string): StypeIn {
  const found = STYPES.find((stype) => stype === text);
  if (found !== undefined) return found;
  const near = nearest(text, STYPES);
  throw refused(
    `the symbology (stype_in) is "${text}", expected ${STYPES.join(', ')}`,
    near === undefined ? 'Leave out --stype-in: it follows from the symbols.' : `Did you mean ${near}?`,
  );
}

function infer(texts: readonly string[]): StypeIn {
  const [first = '', ...others] = texts;
  const stype = formOf(first);
  const different = others.find((text) => formOf(text) !== stype);
  if (different === undefined) return stype;
  throw refused(
    `the symbols have different forms: "${first}" looks like ${stype}, "${different}" like ${formOf(different)}`,
    'Ask for each kind in a run of its own, or say with --stype-in how to read all of them.',
  );
}

function formOf(text: string): StypeIn {
  if (CONTINUOUS.test(text)) return 'continuous';
  return PARENT.test(text) ? 'parent' : 'raw_symbol';
}

function normalise(text: string, stype: StypeIn): string {
  switch (stype) {
    case 'raw_symbol':
      return text;
    case 'instrument_id':
      if (!INSTRUMENT_ID.test(text) || Number(text) > LARGEST_ID) throw misfit(text, stype, 'a number like 5482');
      return String(Number(text));
    case 'parent':
      if (!TWO_PARTS.test(text)) throw misfit(text, stype, 'ROOT.FUT or ROOT.OPT, like ES.FUT');
      return text.toUpperCase();
    case 'continuous': {
      const [, root, rule, rank] = CONTINUOUS.exec(text) ?? [];
      if (root === undefined || rule === undefined) {
        throw misfit(text, stype, 'ROOT.RULE.RANK with a rule of c, v or n, like ES.c.0');
      }
      return `${root.toUpperCase()}.${rule.toLowerCase()}.${Number(rank)}`;
    }
  }
}

function misfit(text: string, stype: StypeIn, expected: string): TickloomError {
  return refused(
    `"${text}" is no symbol of the symbology ${stype}, expected ${expected}`,
    formOf(text) === stype ? 'Correct the symbol.' : 'Correct the symbol, or leave out --stype-in.',
  );
}

function refused(message: string, hint: string): TickloomError {
  return new TickloomError('USAGE', message, { hint, context: { setting: 'symbols' } });
}
