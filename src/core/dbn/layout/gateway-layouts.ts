import { RTYPE, SYMBOL_CSTR_LEN, SYMBOL_CSTR_LEN_V1 } from '../constants.js';
import { cstr, defineLayout, reserved, timestamp, u8 } from './define-layout.js';

/** Records that a live gateway makes itself: they steer a stream and never become rows. */

export const SYMBOL_MAPPING_V1 = defineLayout({
  name: 'symbol-mapping',
  rtypes: [RTYPE.SYMBOL_MAPPING],
  versions: [1],
  size: 80,
  control: true,
  fields: [
    cstr('stype_in_symbol', SYMBOL_CSTR_LEN_V1),
    cstr('stype_out_symbol', SYMBOL_CSTR_LEN_V1),
    reserved('_dummy', 4),
    timestamp('start_ts'),
    timestamp('end_ts', null),
  ],
});

export const SYMBOL_MAPPING_V2 = defineLayout({
  name: 'symbol-mapping',
  rtypes: [RTYPE.SYMBOL_MAPPING],
  versions: [2, 3],
  size: 176,
  control: true,
  fields: [
    u8('stype_in', 255n),
    cstr('stype_in_symbol', SYMBOL_CSTR_LEN),
    u8('stype_out', 255n),
    cstr('stype_out_symbol', SYMBOL_CSTR_LEN),
    timestamp('start_ts'),
    timestamp('end_ts', null),
  ],
});

export const ERROR_V1 = defineLayout({
  name: 'error',
  rtypes: [RTYPE.ERROR],
  versions: [1],
  size: 80,
  control: true,
  fields: [cstr('err', 64)],
});

export const ERROR_V2 = defineLayout({
  name: 'error',
  rtypes: [RTYPE.ERROR],
  versions: [2, 3],
  size: 320,
  control: true,
  fields: [cstr('err', 302), u8('code', 255n), u8('is_last')],
});

export const SYSTEM_V1 = defineLayout({
  name: 'system',
  rtypes: [RTYPE.SYSTEM],
  versions: [1],
  size: 80,
  control: true,
  fields: [cstr('msg', 64)],
});

export const SYSTEM_V2 = defineLayout({
  name: 'system',
  rtypes: [RTYPE.SYSTEM],
  versions: [2, 3],
  size: 320,
  control: true,
  fields: [cstr('msg', 303), u8('code', 255n)],
});
