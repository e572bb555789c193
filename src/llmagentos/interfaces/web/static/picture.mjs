// A picture as base64, no larger than can be seen of it: cameras make pictures of many megabytes.
const LONGEST = 1600, QUALITY = 0.88, MOST = 950_000; // characters of one message

export async function shrunk(file) {
  const bitmap = await createImageBitmap(file);
  try {
    for (let longest = LONGEST; ; longest *= 0.7) {
      const data = drawn(bitmap, Math.min(1, longest / Math.max(bitmap.width, bitmap.height)));
      if (data.length < MOST) return data;
    }
  } finally {
    bitmap.close();
  }
}

function drawn(bitmap, scale) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(bitmap.width * scale), Math.round(bitmap.height * scale)];
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", QUALITY).split(",")[1];
}
