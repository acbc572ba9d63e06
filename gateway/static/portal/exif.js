/** Where a photo was taken, read from its EXIF before anything is sent. The server removes it from what is kept. */

/** How much of a file is read: the place stands in its first pages, in bytes. */
const HEAD = 256 * 1024;
const APP1 = 0xffe1;
const GPS = 0x8825;

/**
 * Latitude and longitude, or null.
 * @param {File} file
 * @returns {Promise<[number, number] | null>}
 */
export async function placeOf(file) {
  if (file.type !== "image/jpeg") return null;
  try {
    return findPlace(new DataView(await file.slice(0, HEAD).arrayBuffer()));
  } catch {
    return null; // cut short or broken: a photo without a place
  }
}

/**
 * @param {DataView} data a JPEG from its beginning
 * @returns {[number, number] | null}
 */
function findPlace(data) {
  if (data.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; data.getUint8(at) === 0xff; at += 2 + data.getUint16(at + 2)) {
    if (data.getUint16(at) === APP1 && data.getUint32(at + 4) === 0x45786966) return readExif(data, at + 10);
    if (data.getUint16(at) === 0xffda) return null;
  }
  return null;
}

/**
 * @param {DataView} data
 * @param {number} start of the TIFF inside
 * @returns {[number, number] | null}
 */
function readExif(data, start) {
  const little = data.getUint16(start) === 0x4949;
  const first = entries(data, start + data.getUint32(start + 4, little), little);
  const gps = first.get(GPS);
  if (gps === undefined) return null;
  const place = entries(data, start + data.getUint32(gps, little), little);
  const latitude = degrees(data, start, place.get(2), little);
  const longitude = degrees(data, start, place.get(4), little);
  if (latitude === null || longitude === null || (latitude === 0 && longitude === 0)) return null;
  return [latitude * sign(data, place.get(1), "S"), longitude * sign(data, place.get(3), "W")];
}

/**
 * Tag → where its value stands.
 * @param {DataView} data
 * @param {number} at
 * @param {boolean} little
 */
function entries(data, at, little) {
  /** @type {Map<number, number>} */
  const found = new Map();
  const count = data.getUint16(at, little);
  for (let each = 0; each < count; each++) found.set(data.getUint16(at + 2 + 12 * each, little), at + 10 + 12 * each);
  return found;
}

/**
 * Degrees, minutes and seconds as fractions.
 * @param {DataView} data
 * @param {number} start
 * @param {number | undefined} value
 * @param {boolean} little
 */
function degrees(data, start, value, little) {
  if (value === undefined) return null;
  const at = start + data.getUint32(value, little);
  const part = (/** @type {number} */ place) => data.getUint32(at + 8 * place, little) / data.getUint32(at + 8 * place + 4, little);
  const sum = part(0) + part(1) / 60 + part(2) / 3600;
  return Number.isFinite(sum) ? sum : null;
}

/**
 * @param {DataView} data
 * @param {number | undefined} value
 * @param {string} negative
 */
function sign(data, value, negative) {
  return value !== undefined && String.fromCharCode(data.getUint8(value)) === negative ? -1 : 1;
}
