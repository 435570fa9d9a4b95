/** What the hub takes of a packed file in base64. */
const largestPacked = 5_592_408;

/** The file gzipped, in base64, as the hub takes it; undefined when it is too large even so. */
export async function packFile(file: Blob): Promise<string | undefined> {
  const packed = await new Response(file.stream().pipeThrough(new CompressionStream('gzip'))).blob();
  const text = await base64Of(packed);
  return text.length <= largestPacked ? text : undefined;
}

function base64Of(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(reader.error ?? new Error('the file cannot be read'));
    reader.readAsDataURL(blob);
  });
}
