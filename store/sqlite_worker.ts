/**
 * SQLite in a thread of its own: a disk that takes seconds to sync must not hold up the keeper.
 *
 * @module
 */

/** A value of a column. */
export type Value = string | number;

/** What the thread is asked to do; it does one after the other. */
export type WorkerRequest =
  /** Open the file. */
  | { readonly type: "open"; readonly path: string }
  /** Read all rows. */
  | { readonly type: "read"; readonly sql: string; readonly parameters: readonly Value[] }
  /** Carry out all steps or none. */
  | {
    readonly type: "transaction";
    readonly statements: readonly string[];
    /**
     * For each step the place of its statement, the number of its parameters, and these: a flat
     * array passes between threads three times as fast as one of arrays.
     */
    readonly steps: readonly Value[];
  }
  /** Let go of the file. */
  | { readonly type: "close" };

/** Its answer. */
export type WorkerAnswer =
  /** The rows one after the other, as flat as the steps of a transaction. */
  | { readonly values: readonly Value[] }
  /** What an error of SQLite tells. */
  | { readonly name: string; readonly message: string; readonly errcode: number | undefined };

/**
 * What runs in the thread. The function's text is all that the thread is given, so that starting it
 * needs no permission to read this file: it must not use anything from outside itself.
 */
async function serve(): Promise<void> {
  const { DatabaseSync } = await import("node:sqlite");
  type Statement = ReturnType<InstanceType<typeof DatabaseSync>["prepare"]> & {
    setReturnArrays(enabled: boolean): void;
  };
  const scope = globalThis as unknown as {
    onmessage: (event: MessageEvent<WorkerRequest>) => void;
    postMessage(answer: WorkerAnswer | "ready"): void;
  };
  const prepared = new Map<string, Statement>();
  let sqlite: InstanceType<typeof DatabaseSync> | undefined;

  // Other than exec(), prepared statements tell why they fail.
  const prepare = (sql: string): Statement => {
    let statement = prepared.get(sql);
    if (statement === undefined) {
      statement = sqlite!.prepare(sql) as Statement;
      statement.setReturnArrays(true);
      prepared.set(sql, statement);
    }
    return statement;
  };

  const answer = (request: WorkerRequest): readonly Value[] => {
    switch (request.type) {
      case "open":
        sqlite = new DatabaseSync(request.path, { timeout: 0 });
        return [];
      case "read":
        return (prepare(request.sql).all(...request.parameters) as unknown as Value[][]).flat();
      case "transaction": {
        const statements = request.statements.map(prepare);
        prepare("BEGIN IMMEDIATE").run();
        try {
          const { steps } = request;
          for (let at = 0; at < steps.length;) {
            const [place, count] = [Number(steps[at]), Number(steps[at + 1])];
            statements[place]!.run(...steps.slice(at + 2, at += 2 + count));
          }
          prepare("COMMIT").run();
        } catch (error) {
          // SQLite may have rolled back by itself already.
          if (sqlite!.isTransaction) prepare("ROLLBACK").run();
          throw error;
        }
        return [];
      }
      case "close":
        prepared.clear();
        sqlite?.close();
        sqlite = undefined;
        return [];
    }
  };

  scope.onmessage = ({ data }) => {
    try {
      scope.postMessage({ values: answer(data) });
    } catch (thrown) {
      const { name, message, errcode } = thrown as Error & { readonly errcode?: number };
      scope.postMessage({ name, message, errcode });
    }
  };
  scope.postMessage("ready");
}

/** What SQLite, or the thread that it runs in, says about a failure. */
export class SqliteError extends Error {
  /** The name that the error had in its thread. */
  override readonly name: string;
  /** SQLite's result code (https://www.sqlite.org/rescode.html), if it is one of SQLite's. */
  readonly errcode: number | undefined;

  /** Makes the error. */
  constructor(name: string, message: string, errcode?: number) {
    super(message);
    this.name = name;
    this.errcode = errcode;
  }
}

interface Waiting {
  readonly resolve: (values: readonly Value[]) => void;
  readonly reject: (error: Error) => void;
}

/** The thread, seen from outside. */
export class SqliteWorker {
  readonly #worker: Worker;
  readonly #ready = Promise.withResolvers<void>();
  /** The requests that are not answered, in order. */
  readonly #waiting: Waiting[] = [];
  #failed: Error | undefined;

  /** Starts the thread. */
  constructor() {
    const source = `(${serve})()`;
    this.#worker = new Worker(`data:text/javascript,${encodeURIComponent(source)}`, {
      type: "module",
    });
    this.#worker.onmessage = ({ data }) => this.#answered(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(new SqliteError("WorkerError", event.message));
    };
    this.#ready.promise.catch(() => {});
  }

  /**
   * Has the thread do something.
   *
   * @returns The columns of all rows, if there are any, row by row.
   * @throws {SqliteError} If it fails.
   */
  async ask(request: WorkerRequest): Promise<readonly Value[]> {
    await this.#ready.promise;
    if (this.#failed !== undefined) throw this.#failed;
    const { promise, resolve, reject } = Promise.withResolvers<readonly Value[]>();
    this.#waiting.push({ resolve, reject });
    this.#worker.postMessage(request);
    return await promise;
  }

  /** Ends the thread at once. */
  terminate(): void {
    this.#fail(new SqliteError("WorkerError", "the store is closed"));
    this.#worker.terminate();
  }

  #answered(data: WorkerAnswer | "ready"): void {
    if (data === "ready") return this.#ready.resolve();
    const { resolve, reject } = this.#waiting.shift()!;
    if ("values" in data) resolve(data.values);
    else reject(new SqliteError(data.name, data.message, data.errcode));
  }

  #fail(error: Error): void {
    this.#failed ??= error;
    this.#ready.reject(error);
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
