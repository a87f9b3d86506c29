/** The live memory of another Deno process, over the inspector that it was started with. */

/**
 * Has a process collect its garbage, and returns how much is left of its heap, in MB. V8 lets
 * garbage lie for minutes where there is memory enough, so that nothing else tells a leak.
 */
export async function liveHeap(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/json`);
  const [{ webSocketDebuggerUrl }] = await response.json();
  const socket = new WebSocket(webSocketDebuggerUrl);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  socket.onopen = () => {
    for (const [id, method] of ["HeapProfiler.collectGarbage", "Runtime.getHeapUsage"].entries()) {
      socket.send(JSON.stringify({ id, method }));
    }
  };
  socket.onmessage = ({ data }) => {
    const { id, result } = JSON.parse(data);
    if (id === 1) resolve(result.usedSize / 2 ** 20);
  };
  socket.onerror = () => reject(new Error("The inspector does not answer"));
  socket.onclose = () => reject(new Error("The inspector is gone"));
  try {
    return await promise;
  } finally {
    socket.close();
  }
}
