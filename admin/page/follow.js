// @ts-check
/// <reference no-default-lib="true" />
/// <reference lib="dom" />
/// <reference lib="esnext" />
/**
 * The live connection to Roomkeeper.
 *
 * @module
 */

/**
 * Follows a view while the page can be seen. A page that nobody looks at holds no connection.
 *
 * @template View
 * @param {(view: View) => void} show Called with each new state of the view.
 * @param {(live: boolean) => void} changed Called when the connection is made or lost.
 * @returns {(parameters: Record<string, string>) => void} Changes what is followed.
 */
export function follow(show, changed) {
  /** @type {EventSource | undefined} */
  let source;
  let address = "";

  function open() {
    source?.close();
    source = undefined;
    if (document.hidden || address === "") return;
    const opened = new EventSource(address);
    source = opened;
    opened.onopen = () => changed(true);
    opened.onmessage = ({ data }) => show(JSON.parse(data));
    opened.onerror = async () => {
      changed(false);
      // While it is closed for good, only a new one can bring it back.
      if (opened.readyState !== EventSource.CLOSED || source !== opened) return;
      const answer = await fetch(address, { method: "HEAD" }).catch(() => undefined);
      if (answer?.status === 401) location.reload();
      else setTimeout(() => source === opened && open(), 3_000);
    };
  }

  document.addEventListener("visibilitychange", open);
  return (parameters) => {
    address = `/api/events?${new URLSearchParams(parameters)}`;
    open();
  };
}

/**
 * Calls `change` when a search field has rested for a moment.
 *
 * @param {HTMLInputElement} field
 * @param {() => void} change
 */
export function onSearch(field, change) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(change, 200);
  });
  field.form?.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    change();
  });
}
