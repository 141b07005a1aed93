import { RTYPE, UNDEF_STAT_QUANTITY, UNDEF_STAT_QUANTITY_V1 } from '../constants.js';
import {
  defineLayout,
  i32,
  i64,
  price,
  reserved,
  timestamp,
  u16,
  u32,
  u8,
  type FieldDeclaration,
} from './define-layout.js';

/** `update_action` of a statistic that is not a deletion. */
const NEW = 1;

const body = (quantity: FieldDeclaration, reservedSize: number): FieldDeclaration[] => [
  timestamp('ts_recv'),
  timestamp('ts_ref'),
  price('price'),
  quantity,
  u32('sequence'),
  i32('ts_in_delta'),
  u16('stat_type'),
  u16('channel_id', 65535n),
  { ...u8('update_action'), initial: NEW },
  u8('stat_flags'),
  reserved('_reserved', reservedSize),
];

export const STATISTICS_V1 = defineLayout({
  name: 'statistics',
  rtypes: [RTYPE.STATISTICS],
  versions: [1, 2],
  size: 64,
  fields: body(i32('quantity', UNDEF_STAT_QUANTITY_V1), 6),
});

export const STATISTICS_V3 = defineLayout({
  name: 'statistics',
  rtypes: [RTYPE.STATISTICS],
  versions: [3],
  size: 80,
  fields: body(i64('quantity', UNDEF_STAT_QUANTITY), 18),
});
