import { call, flat, typeCode, unsigned, type Code, type Local, type ValueType } from './code.js';

/** Magic and version 1. */
const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const FUNCTION_TYPE = 0x60;
const END = 0x0b;
const NAMES_OF_FUNCTIONS = 1;
const SECTION = { custom: 0, types: 1, imports: 2, functions: 3, exports: 7, code: 10 };
const utf8 = new TextEncoder();

/** The variables of a function that is being written. */
export class FunctionBuilder {
  readonly #locals: Local[] = [];

  constructor(private readonly parameters: number) {}

  /** Another variable; it begins as 0. */
  local(type: ValueType): Local {
    const index = this.#locals.length;
    const made: Local = {
      index,
      type,
      get: [0x20, unsigned(index)],
      set: (value) => [value, 0x21, unsigned(index)],
    };
    this.#locals.push(made);
    return made;
  }

  /** Variables and code, as they stand in a module. */
  bodyOf(code: Code): Code {
    const own = this.#locals.slice(this.parameters);
    return sized([vector(own.map(({ type }) => [1, typeCode(type)])), code, END]);
  }
}

/** How a function is called. */
export interface FunctionHandle {
  call(...parameters: readonly Code[]): Code;
}

/** A module of functions over one memory, which it imports as `env.memory`. */
export class ModuleBuilder {
  readonly #types: Code[] = [];
  readonly #bodies: Code[] = [];
  readonly #exports: Code[] = [];
  readonly #names: Code[] = [];

  /**
   * Adds a function.
   * @param name as profiles and stacks show it
   * @param write gives its code, from its variables: the parameters come first. Results stay on the stack
   * @param options `exported`: by its name; else only functions of the module call it
   */
  function(
    name: string,
    parameters: readonly ValueType[],
    results: readonly ValueType[],
    write: (parameters: readonly Local[], builder: FunctionBuilder) => Code,
    { exported = false } = {},
  ): FunctionHandle {
    const builder = new FunctionBuilder(parameters.length);
    const code = write(
      parameters.map((type) => builder.local(type)),
      builder,
    );
    const index = this.#bodies.length;
    this.#types.push([FUNCTION_TYPE, vector(parameters.map(bytesOfType)), vector(results.map(bytesOfType))]);
    this.#bodies.push(builder.bodyOf(code));
    this.#names.push([unsigned(index), text(name)]);
    if (exported) this.#exports.push([text(name), 0, unsigned(index)]);
    return { call: (...given) => call(index, ...given) };
  }

  compile(): WebAssembly.Module {
    const indexes = this.#types.map((_, index) => unsigned(index));
    const memory = [text('env'), text('memory'), [2, 0, 1]];
    const module = [
      PREAMBLE,
      section(SECTION.types, this.#types),
      section(SECTION.imports, [memory]),
      section(SECTION.functions, indexes),
      section(SECTION.exports, this.#exports),
      section(SECTION.code, this.#bodies),
      // a custom section: engines read it when somebody asks for a name, and run the same code without it
      [SECTION.custom, sized([text('name'), NAMES_OF_FUNCTIONS, sized(vector(this.#names))])],
    ];
    return new WebAssembly.Module(Uint8Array.from(flat(module)));
  }
}

const bytesOfType = (type: ValueType): Code => [typeCode(type)];
const vector = (items: readonly Code[]): Code => [unsigned(items.length), items];
const section = (id: number, items: readonly Code[]): Code => [id, sized(vector(items))];
const text = (value: string): Code => sized([...utf8.encode(value)]);

/** With its length in front. */
function sized(code: Code): Code {
  const bytes = flat(code);
  return [unsigned(bytes.length), bytes];
}
