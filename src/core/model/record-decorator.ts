import { declareRecord, refuseStandardDecorator, type ModelClass } from './declaration.js';
import { modelOf } from './market-model.js';

/** Binds a model to bytes: to a layout of the codec, or to one of its own. */
export type RecordOptions =
  | {
      /** Struct name of the codec's layout (`trade`, `mbp-1`, `definition` …), bound by field name in every version. */
      readonly dbn: string;
      /** The text field that is the record's own symbol, if it has one. */
      readonly symbol?: string;
    }
  | {
      /** The field that sorts, filters and maps the records of a layout of the model's own: fields in declaration order. */
      readonly indexTimestamp: string;
      readonly symbol?: string;
    };

/**
 * Declares a class as the model of a record.
 * @throws MODEL_INVALID when the declaration does not fit the layout
 */
export function Record(options: RecordOptions): (target: object, context?: unknown) => void {
  return (target, context) => {
    refuseStandardDecorator('@Record()', context);
    const model = target as ModelClass;
    declareRecord(model, {
      dbn: 'dbn' in options ? (options.dbn ?? null) : null,
      indexTimestamp: 'indexTimestamp' in options ? (options.indexTimestamp ?? null) : null,
      symbol: options.symbol ?? null,
    });
    modelOf(model);
  };
}
