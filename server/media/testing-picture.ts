// For tests: pictures that differ from each other, and the multipart body that a browser would send.
import sharp from 'sharp';

let shade = 0;
/** Each call makes another picture, so that none is taken for an earlier one. */
export function aPicture(width = 40, height = 30) {
  shade++;
  const background = { r: shade % 256, g: Math.floor(shade / 256), b: 120 };
  return sharp({ create: { width, height, channels: 3, background } });
}

export function multipart(bytes: Buffer, fileName = 'photo.jpg', type = 'image/jpeg', field = 'file') {
  const head = `--cut\r\nContent-Disposition: form-data; name="${field}"; filename="${fileName}"\r\nContent-Type: ${type}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes, Buffer.from('\r\n--cut--\r\n')]);
}
