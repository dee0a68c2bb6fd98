/**
 * Memory for columns: shared between threads where that is possible, so that nothing is copied to a worker. A browser page that is
 * not isolated from others has no shared memory, and gets plain memory.
 */
export function memoryOf(bytes: number): SharedArrayBuffer | ArrayBuffer {
  return typeof SharedArrayBuffer === 'undefined' ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes)
}

/** Whether an array lies in shared memory. */
export function isShared({ buffer }: { readonly buffer: ArrayBufferLike }): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer
}
