/**
 * What the pages need, by path. The files of admin/page are imported as text, so that showing them
 * takes no permission to read, and they are in a compiled binary.
 *
 * @module
 */
import { createHash } from "node:crypto";
import chart from "./page/chart.js" with { type: "text" };
import dom from "./page/dom.js" with { type: "text" };
import domain from "./page/domain.js" with { type: "text" };
import follow from "./page/follow.js" with { type: "text" };
import frame from "./page/frame.js" with { type: "text" };
import icon from "./page/icon.svg" with { type: "text" };
import status from "./page/status.js" with { type: "text" };
import store from "./page/store.js" with { type: "text" };
import style from "./page/style.css" with { type: "text" };
import words from "./page/words.js" with { type: "text" };

/** A file that a page needs. */
export interface Asset {
  /** Its media type. */
  readonly type: string;
  /** Its entity tag, which changes with it. */
  readonly tag: string;
  /** Itself. */
  readonly body: string;
}

/** The files that pages need, by path. */
export const ASSETS: Readonly<Record<string, Asset>> = {
  "/assets/chart.js": script(chart),
  "/assets/dom.js": script(dom),
  "/assets/domain.js": script(domain),
  "/assets/follow.js": script(follow),
  "/assets/frame.js": script(frame),
  "/assets/icon.svg": asset("image/svg+xml", icon),
  "/assets/status.js": script(status),
  "/assets/store.js": script(store),
  "/assets/style.css": asset("text/css; charset=utf-8", style),
  "/assets/words.js": script(words),
};

function script(body: string): Asset {
  return asset("text/javascript; charset=utf-8", body);
}

function asset(type: string, body: string): Asset {
  return { type, tag: `"${createHash("sha256").update(body).digest("hex").slice(0, 16)}"`, body };
}
