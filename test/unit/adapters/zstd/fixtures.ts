/** What {@link FRAME} holds. */
export const CONTENT = Buffer.from(
  Array.from({ length: 400 }, (_, index) => `tick ${index} price ${(index * index) % 97} size ${index % 7}\n`).join(''),
);

/** CONTENT as the zstd program compresses it at level 19: one frame of one block, with its size and a checksum. */
export const FRAME = Buffer.from(
  [
    'KLUv/WRhJfUsAEqKbA8ZkCUFSQcrI7RDjq/dHRB7k723lPAxtqYBAfsA6wDrABJsUcFKwXgItgkWSLAjmDRYHGz2gtVBsLhqUwWH',
    '2lOxVB01uyWcNX1VcVAxF40m6oGCD4VY6HAQL62TOI+kDuheIQhT4A6h8oSpJUQcYXVDY4aoFwI5CHTNM03gYYieCVmGPKbozmaO',
    '9M12MEOXzExCcRD2Edoic0jrypQKTyQcSMMVDVNIOESFJ4SWaB0xN2gz2BcUBzFzdWjqduh9ulladJS8DZkleg08qMxFmhjIgVEP',
    'j4WrgxGXU5OVx3dACcK1aKdV6jBynq3LeGwY7iTEXPCtfRxdi5mCisNMHxEuMTtalzG394DgAgUMDHBwAQIDAgRwMAAEBggIcwrI',
    'cAgY4gkYXAL2CDi6AWNmwIoX8B4EFF612VTboRZPbUstOGq7tZi1erXZQU140aYTreJAi3loo4XWgxa8tBDTDo/GA9p6hXGmMKlD',
    '2H3CgrCEcUdY5YZNzbCIF7Y6CGtcs6hpFshhRs/sWWaBx4zozkLmjHyzooPZ5pJJJ9l2kA09splFRnHI2CujTdk8WWvZFaswxSQc',
    'Yg1PrGGJSThiFW5MaMZaLzYHMdrVsVNHcehmnm5o6ba7e7vN7IpeRx50IRdHNHGBB07m4WjhAjm4qMsdk1s9bhFzwdTbtMlbzFbZ',
    'GNu6BW9vC+EIGuIGDc6gfUFHB0FjrmLFVLyHovApzpZiHXXc4mYxeMUdFOMi1kScHYjChzhdiBUHMeYSR5PYRwweEENcgYcpkIfA',
    '9QnkLIFSR+ANDMIM5F5g5SBw6hpGTMPVYdh4hlHLMJBjSHf4zGHgGxIdDEMuITkJiw7CzSOULsLtEA5d4cwUUjwheyCkXcGZgq3D',
    'BCssQQlHsOEGG2ZQwgtWOAgKXWVrKudQ0p6SXUqKo5y55dAst1feg3JzkUUTSR7IkIckWsjAg5S5JE0ykEdGHZDHNa6mMeIwXs9Y',
    'WcZ3jEG4YztHqTdyDsb1CgLBq9qpOjpUY55qxVK9R1V4q7NZnVfHQXUXNZioO1DjodZCnR1U4aVOJ7XiUWMOqKMrtFNo8BAa4gk9',
    'LKE8QtcbypmhUi/0HoQG4Zpy07RymE4904hlujqmjTuNmtNA3pQOps8lDZykRAdpyCMlF2nRId1cqXRKtycdOpDOXFGKKcoeorQn',
    'Oku0dURvtMKMSnjRhoNow9VKmNoKh1boaVtLO0dLuy07W4rXzhy0Qxe7Tew9sJuHLVpY8mBDLks02cDHyhywdK2BTGvUYT2edbWs',
    'Ecd63bUyV+6tQThY7xVUagrKOQRdn6BLUAaDKagiOHT07r8B0lZJ6bQBEkAQICgIwehhjdbQYtGMhLYVdmIUTSproxZhLpSvfHba',
    'mvygDDNhsuDUQI5YId0sKklKHDFnTpDjaFyGfMw5YOOE0U4By84wwM06jFH+ibJFrBPGGsJKW0bWWq8V0/EZcFuEymxYzWQda0Hl',
    '6vcVynftiz9vmM9sQkrP6MHk0cdag7V0HRp6sAnZ4KKQ71YKl0Mxmmcx7bHndzv4+qB//oMJsrzGjHJ2GVFZHBZdA7G/v/HaEjiv',
    'ypMCC4OWMBcqr32kDZCZpobN2ZGeKldRBrQgHrXhG9iSUdHEaOXElw7HOwE3Rm6s49x4sdjW/mjNJz2OhckskA3tbm01fGFyPwTc',
    'yiNwzDyBI9oTHG+e4GjwwLHaEVZqgck6FLwToeB9AkGNi6pktlXHKUgLiwJVDsjq2NvZHciUpVg2zfdkHNSsWR/bBZA2FVPzSR8h',
    'ZLM/s7MwbbK759qoH9KFtzNZB3uY149pCOMKOY9PRjaU24BxB5mCJUh1CMOwSZlwlUHVCrWYLEpBtm9UJfp6OvS0nt23VI9C+ces',
    'JeTNBjE/t8YMrs9WdfYzb0mppwS8WwFCmbKn',
  ].join(''),
  'base64',
);

const DESCRIPTOR_OFFSET = 4;
const CHECKSUM_FLAG = 0x04;

/** The same frame without a checksum. */
export const FRAME_WITHOUT_CHECKSUM = Buffer.from(FRAME.subarray(0, -4));
FRAME_WITHOUT_CHECKSUM[DESCRIPTOR_OFFSET] = (FRAME[DESCRIPTOR_OFFSET] ?? 0) & ~CHECKSUM_FLAG;

/** A frame that a decompressor steps over. */
export const SKIPPABLE = Buffer.from('5a2a4d1803000000aabbcc', 'hex');

/** A frame header with a window of 128 KiB and nothing else stated. */
export const PLAIN_HEADER = Buffer.from('28b52ffd0038', 'hex');

export const RAW = 0;
export const RLE = 1;

export function blockHeader(type: number, size: number, last = false): Buffer {
  const header = Buffer.alloc(3);
  header.writeUIntLE((size << 3) | (type << 1) | (last ? 1 : 0), 0, 3);
  return header;
}

/** 128 KiB of one byte in four bytes. */
export const RLE_BLOCK = Buffer.concat([blockHeader(RLE, 128 * 1024), Buffer.of(0x2a)]);
